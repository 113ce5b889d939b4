"""An engine on ONNX Runtime: a trunk file and a mix of styles, baked in numpy before the runtime sees them.

Two other ways of giving the runtime the baked weights were tried (1.32, CPU). `SessionOptions.add_initializer` puts
them in only after the graph was optimized: the blocked NCHWc layout has by then been made from the weights in the file,
so that the painting is wrong without a word, and right only with that optimization off. `add_external_initializers` is
right and as fast, but asks for a file whose weights lie outside of it, which no other tool could open. So the weights
are patched into the file's bytes: plain constants, which the runtime prepacks and lays out as it does those of any
model.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pleinair.engine.bake import Tables, baked, shares
from pleinair.engine.onnx_file import OnnxFile, rewritten
from pleinair.engine.opening import CPU, PAINTER, check_kind, described, one_line, refusal, session
from pleinair.engine.protocol import Array
from pleinair.errors import ModelError, SettingError
from pleinair.spec import ModelSpec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TABLE_MARK = ".styles."
TABLE_NAMES = ("scale", "gain", "bias")
# Where styles have weights of their own: own_in in steps (S, r) of int8, over inputs of scales (i,).
OWN_NAMES = ("own_out", "own_in", "own_step", "own_scale")
INPUT, OUTPUT = "pictures", "painted"


class OnnxEngine:
    """A model with one mix of styles baked in. Threads may share it."""

    def __init__(self, session: "InferenceSession", spec: ModelSpec) -> None:
        self._session = session
        self._spec = spec

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    def paint(self, pictures: Array) -> Array:
        """float32 (n, 3, h + 2·halo, w + 2·halo), about [-1, 1] → float32 (n, 3, h, w), not clipped; h, w multiples of
        stride.

        Raises SettingError for other shapes, ModelError if the runtime gives up.
        """
        margin, stride = 2 * self._spec.halo, self._spec.stride
        sizes = [size - margin for size in pictures.shape[2:]]
        if pictures.ndim != 4 or pictures.shape[1] != 3 or any(size < stride or size % stride for size in sizes):
            raise SettingError(
                f"pictures must be (n, 3, h, w) with h and w {margin} plus a multiple of {stride}, not {pictures.shape}"
            )
        try:
            painted = self._session.run([OUTPUT], {INPUT: np.ascontiguousarray(pictures, np.float32)})[0]
        except Exception as error:  # the runtime's errors have no common parent but this
            raise ModelError(f"model {self._spec.name!r} cannot paint {pictures.shape}: {one_line(error)}") from error
        result: Array = painted
        return result


def read_spec(path: str | Path) -> ModelSpec:
    """What a model file says of itself. Raises ModelError if it is not one of ours, in one line that names the file."""
    return described(Path(path))[1]


def load(
    path: str | Path, mix: Mapping[str, float], threads: int | None = None, providers: Sequence[str] = CPU
) -> OnnxEngine:
    """An engine that paints in a mix of the file's styles; weights are scaled to sum 1.

    threads: CPU threads per picture; by default one per core that this process may use.
    Raises ModelError, UnknownStyleError, and SettingError for a mix or number of threads that cannot be.
    """
    path = Path(path)
    file, spec = described(path)
    check_kind(path, spec, PAINTER)
    weights = shares(mix, spec.styles)
    try:
        return OnnxEngine(session(bake_file(file, weights), [INPUT], [OUTPUT], threads, providers), spec)
    except ModelError as error:
        raise refusal(path, str(error)) from error


def bake_file(file: OnnxFile, mix: npt.NDArray[np.float64]) -> bytes:
    """The bytes of a trunk with a mix (S,) baked in, the style tables gone. A file without tables comes back as it
    is."""
    tables = _tables(file)
    replaced: dict[str, npt.NDArray[Any]] = {}
    for layer, table in tables.items():
        if f"{layer}.weight" not in file.initializers or f"{layer}.bias" not in file.initializers:
            raise ModelError(f"it has styles for a layer {layer!r} that it does not have")
        weight = file.initializers[f"{layer}.weight"].array()
        replaced[f"{layer}.weight"], replaced[f"{layer}.bias"] = baked(weight, table, mix)
    if not tables and len(mix) > 1:
        raise ModelError(f"it names {len(mix)} styles but has no tables of them")
    names = {f"{layer}{TABLE_MARK}{name}" for layer in tables for name in (*TABLE_NAMES, *OWN_NAMES)}
    return rewritten(file, replaced, frozenset(names & file.initializers.keys()))


def _tables(file: OnnxFile) -> dict[str, Tables]:
    """The style tables by layer."""
    layers = [
        name.removesuffix(f"{TABLE_MARK}scale") for name in file.initializers if name.endswith(f"{TABLE_MARK}scale")
    ]
    found: dict[str, Tables] = {}
    for layer in layers:
        try:
            plain, own = (
                [file.initializers[f"{layer}{TABLE_MARK}{name}"].array() for name in names]
                for names in (
                    TABLE_NAMES,
                    OWN_NAMES if f"{layer}{TABLE_MARK}{OWN_NAMES[0]}" in file.initializers else (),
                )
            )
        except KeyError as error:
            raise ModelError(f"a style table of layer {layer!r} is missing") from error
        found[layer] = Tables(*plain, *(_own(layer, *own) if own else ()))
    return found


def _own(
    layer: str, out: npt.NDArray[Any], steps: npt.NDArray[Any], step: npt.NDArray[Any], scale: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Own weights as `Tables` has them, out of what a file holds. Raises ModelError for shapes that do not fit."""
    if steps.ndim != 3 or step.shape != steps.shape[:2] or not scale.size or steps.shape[2] % scale.size:
        shapes = f"{steps.shape}, {step.shape}, {scale.shape}"
        raise ModelError(f"the tables of own weights of layer {layer!r} do not fit each other: {shapes}")
    cells = np.repeat(scale.astype(np.float32), steps.shape[2] // scale.size)
    return out, steps * step[:, :, None].astype(np.float32) * cells
