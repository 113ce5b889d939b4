"""An engine that draws scenes out of noise, on ONNX Runtime, and a fake without a network for tests.

Shapes: n pictures, l latent numbers, m marks (one-hot of the domain, then of the kind), k numbers per cell of noise,
c columns of noise without the halo H, see `halo_of`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pleinair.engine.opening import CPU, SCENE, check_kind, described, one_line, refusal, session
from pleinair.engine.protocol import Array
from pleinair.errors import ModelError, SettingError
from pleinair.seeds import HALO, LATENT, NOISE, ROWS
from pleinair.spec import ModelSpec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

INPUTS, OUTPUT = ("latents", "noise", "marks"), "pictures"


class SceneEngine(Protocol):
    """Whatever draws float pictures out of noise. Rendering knows this and nothing of the runtime behind it."""

    @property
    def spec(self) -> ModelSpec:
        """What the model draws."""
        ...

    def draw(self, latents: Array, noise: Array, marks: Array) -> Array:
        """Latents (n, l), noise (n, k, ROWS, c + 2·H), marks (n, m) → float32 (n, 3, side, c · side / ROWS), not
        clipped to [-1, 1]."""
        ...


class OnnxSceneEngine:
    """A scene generator's file, opened. Threads may share it."""

    def __init__(self, session: "InferenceSession", spec: ModelSpec) -> None:
        self._session = session
        self._spec = spec

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    def draw(self, latents: Array, noise: Array, marks: Array) -> Array:
        """As the protocol says. Raises SettingError for other shapes, ModelError if the runtime gives up."""
        columns = checked_columns(self._spec, latents, noise, marks)
        given = {
            name: np.ascontiguousarray(value, np.float32)
            for name, value in zip(INPUTS, (latents, noise, marks), strict=True)
        }
        try:
            pictures: Array = self._session.run([OUTPUT], given)[0]
        except Exception as error:  # the runtime's errors have no common parent but this
            raise ModelError(
                f"model {self._spec.name!r} cannot draw {len(latents)} pictures of {columns} columns: {one_line(error)}"
            ) from error
        wanted = (len(latents), 3, self._spec.side, columns * self._spec.side // ROWS)
        if pictures.shape != wanted:
            raise ModelError(
                f"model {self._spec.name!r} drew {pictures.shape}, not {wanted} as it says; fetch or export it again"
            )
        return pictures


def load(path: str | Path, threads: int | None = None, providers: Sequence[str] = CPU) -> OnnxSceneEngine:
    """An engine that draws scenes. threads: CPU threads; by default one per core that this process may use.

    Raises ModelError in one line if the file is no scene generator's, SettingError for a number of threads that cannot
    be.
    """
    path = Path(path)
    file, spec = described(path)
    check_kind(path, spec, SCENE)
    if spec.side < 2 * ROWS or spec.side & (spec.side - 1):
        raise refusal(path, f"it says that its pictures are {spec.side} pixels high, which none are")
    try:
        return OnnxSceneEngine(session(file.data, INPUTS, [OUTPUT], threads, providers), spec)
    except ModelError as error:
        raise refusal(path, str(error)) from error


def checked_columns(spec: ModelSpec, latents: Array, noise: Array, marks: Array) -> int:
    """The columns of a picture that this noise makes. Raises SettingError for shapes that do not belong together."""
    count, told, halo = len(latents), len(spec.styles) + len(spec.kinds), halo_of(spec)
    columns = int(noise.shape[-1]) - 2 * halo
    wanted = ((count, LATENT), (count, NOISE, ROWS, columns + 2 * halo), (count, told))
    if (latents.shape, noise.shape, marks.shape) != wanted or columns < 1 or count < 1:
        raise SettingError(
            f"latents, noise and marks must be (n, {LATENT}), (n, {NOISE}, {ROWS}, c + {2 * halo}) and (n, {told}), "
            f"not {latents.shape}, {noise.shape} and {marks.shape}"
        )
    return columns


def halo_of(spec: ModelSpec) -> int:
    """Columns of noise beyond each edge of a picture that the model wants: as it says, or as seeds give them."""
    return spec.halo or HALO
