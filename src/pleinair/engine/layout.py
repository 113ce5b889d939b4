"""An engine that draws what is laid out: label maps with their renders, and noise, become scenes. On ONNX Runtime.

Shapes: l latent numbers, k numbers per cell of noise, t numbers that a place is told by, r×q cells of CELL_SIDE pixels.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pleinair.engine.opening import CPU, LAYOUT, check_kind, described, one_line, refusal, session
from pleinair.engine.protocol import Array
from pleinair.errors import ModelError, SettingError
from pleinair.fiction.palette import NAMES
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE
from pleinair.spec import ModelSpec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

INPUTS, OUTPUT = ("latents", "noise", "told"), "pictures"
COLORS = 3  # of the render


class LayoutEngine(Protocol):
    """Whatever draws a laid-out scene. Rendering knows this and nothing of the runtime behind it."""

    @property
    def spec(self) -> ModelSpec:
        """What the model draws."""
        ...

    def draw(self, latents: Array, noise: Array, told: Array) -> Array:
        """Latents (1, l), noise (1, k, r, q + 2·HALO), told (1, t, r · 16, (q + 2·HALO) · 16) → float32
        (1, 3, r · 16, q · 16), not clipped to [-1, 1]."""
        ...


class OnnxLayoutEngine:
    """A layout generator's file, opened. Threads may share it."""

    def __init__(self, session: "InferenceSession", spec: ModelSpec) -> None:
        self._session = session
        self._spec = spec

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    def draw(self, latents: Array, noise: Array, told: Array) -> Array:
        """As the protocol says. Raises SettingError for other shapes, ModelError if the runtime gives up."""
        rows, across = checked_cells(self._spec, latents, noise, told)
        values = zip(INPUTS, (latents, noise, told), strict=True)
        try:
            pictures: Array = self._session.run(
                [OUTPUT], {name: np.ascontiguousarray(value, np.float32) for name, value in values}
            )[0]
        except Exception as error:  # the runtime's errors have no common parent but this
            raise ModelError(
                f"model {self._spec.name!r} cannot draw {across * CELL_SIDE}x{rows * CELL_SIDE} pixels: "
                f"{one_line(error)}"
            ) from error
        wanted = (1, 3, rows * CELL_SIDE, across * CELL_SIDE)
        if pictures.shape != wanted:
            raise ModelError(
                f"model {self._spec.name!r} drew {pictures.shape}, not {wanted} as it says; fetch or export it again"
            )
        return pictures


def load(path: str | Path, threads: int | None = None, providers: Sequence[str] = CPU) -> OnnxLayoutEngine:
    """An engine that draws what is laid out. threads: CPU threads; by default one per core that this process may use.

    Raises ModelError in one line if the file is no layout generator's, SettingError for a number of threads that cannot
    be.
    """
    path = Path(path)
    file, spec = described(path)
    check_kind(path, spec, LAYOUT)
    if spec.kinds != NAMES:
        raise refusal(path, "it was told other classes apart than the palette has")
    try:
        return OnnxLayoutEngine(session(file.data, INPUTS, [OUTPUT], threads, providers), spec)
    except ModelError as error:
        raise refusal(path, str(error)) from error


def checked_cells(spec: ModelSpec, latents: Array, noise: Array, told: Array) -> tuple[int, int]:
    """The rows and columns of cells of a picture that this noise makes. Raises SettingError for shapes that do not
    belong together."""
    classes = len(spec.kinds)
    rows, across = (int(noise.shape[-2]), int(noise.shape[-1]) - 2 * HALO) if noise.ndim == 4 else (0, 0)
    wanted = (
        (1, LATENT),
        (1, NOISE, rows, across + 2 * HALO),
        (1, classes + COLORS, rows * CELL_SIDE, (across + 2 * HALO) * CELL_SIDE),
    )
    if (latents.shape, noise.shape, told.shape) != wanted or rows < 1 or across < 1:
        raise SettingError(
            f"latents, noise and what is told must be (1, {LATENT}), (1, {NOISE}, r, q + {2 * HALO}) and "
            f"(1, {classes + COLORS}, r · {CELL_SIDE}, (q + {2 * HALO}) · {CELL_SIDE}), "
            f"not {latents.shape}, {noise.shape} and {told.shape}"
        )
    return rows, across
