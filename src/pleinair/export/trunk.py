"""A translator → one `.onnx`: the trunk with every style, or a single style with everything baked.

The trunk's graph is that of its first style, so the file opened as it is, in any tool, paints that one. Further
initializers, which the graph does not use, say how each convolution differs from style to style; `engine/bake.py` reads
them.
Shapes: o outputs, i inputs, k kernel, S styles, r rank of the weights that styles have of their own.
"""

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from pleinair.engine.onnx_file import sealed
from pleinair.engine.ort import INPUT, OUTPUT, TABLE_MARK
from pleinair.errors import OutputError, SettingError, UnknownStyleError
from pleinair.export.graph import Kernel
from pleinair.export.translator_graph import translator_graph
from pleinair.networks.layers import StyledConv
from pleinair.networks.statistics import settled
from pleinair.networks.translator import Translator, one_hot
from pleinair.spec import METADATA_KEY, ModelSpec
from pleinair.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto

REFINED = 4  # rows of a style's own weights held in 16 bits, the weightiest; with three, vangogh painted 3 codes off
Weights = dict[str, tuple[Kernel, Kernel]]


def export_trunk(translator: Translator, spec: ModelSpec, path: Path, half: bool = True) -> ModelSpec:
    """Write the trunk with all its styles and return the spec that went into the file.

    half: weights are stored in fp16 (and computed with in fp32), which halves the file. Stride, halo, width and version
    are filled in. Raises SettingError if the spec's styles are not the network's, OutputError if the file cannot be
    written.
    """
    spec = described(spec, translator)
    translator = settled(translator)
    graph = translator_graph(translator, plain_weights(translator, 0), INPUT, half=half)
    for layer, conv in translator.layers():
        for name, table in {**style_tables(conv), **own_tables(conv, half)}.items():
            graph.constant(f"{layer}{TABLE_MARK}{name}", table)
    save(graph.model(INPUT, OUTPUT, {METADATA_KEY: spec.to_json()}), path)
    return spec


def export_single(translator: Translator, spec: ModelSpec, style: str, path: Path, half: bool = False) -> ModelSpec:
    """Write one style with everything baked, for other tools, and return the spec that went into the file.

    Raises UnknownStyleError, and as `export_trunk` does.
    """
    spec = described(spec, translator)
    if style not in spec.styles:
        raise UnknownStyleError(f"the run has no style {style!r}; it has {', '.join(spec.styles)}")
    graph = translator_graph(translator, plain_weights(translator, spec.styles.index(style)), INPUT, half=half)
    spec = replace(
        spec,
        styles=(style,),
        scores=tuple(score for score in spec.scores if score.style == style),
        titles={name: title for name, title in spec.titles.items() if name == style},
    )
    save(graph.model(INPUT, OUTPUT, {METADATA_KEY: spec.to_json()}), path)
    return spec


@torch.no_grad()
def style_tables(conv: StyledConv) -> dict[str, Kernel]:
    """How styles modulate a convolution: log scales relative to the first style's (S, i), log gains and biases (S, o),
    float32."""
    tables = {"scale": conv.scale - conv.scale[:1], "gain": conv.gain, "bias": conv.bias}
    return {name: table.detach().cpu().float().numpy() for name, table in tables.items()}


@torch.no_grad()
def own_tables(conv: StyledConv, half: bool) -> dict[str, npt.NDArray[np.generic]]:
    """What styles add of their own to the weights that the file holds, which are baked for the first style: own_out
    (S, o, r), own_in (S, r, i·k·k) as int8 if half, its steps (S, r) and the scales of the inputs (i,). Nothing where
    styles share all weights.

    The file's weights are f · (W + own of the first style) · e with its factor f per output and scale e per input, so
    what any style adds is put in the same terms.
    """
    if not conv.rank:
        return {}
    first = one_hot(torch.tensor(0), len(conv.scale)).to(conv.weight.device)[None]
    scale, factor, _ = conv.factors(first)
    own_out = conv.own_out * factor[0][None, :, None] / math.sqrt(conv.rank)
    # The scales stay apart: inputs that the first style hardly looks at would get too few steps, and others look.
    outer, inner, over = (x.detach().cpu().float().numpy() for x in (own_out, conv.own_in, scale[0]))
    if not half:
        return {"own_out": outer, "own_in": inner, "own_step": np.ones(inner.shape[:2], np.float32), "own_scale": over}
    outer, inner = principal(outer, inner)
    whole, step = rounded(inner)
    # What rounding leaves of the weightiest rows is added as further rows, which are small.
    rest, fine = rounded((inner - whole * step[:, :, None])[:, :REFINED])
    outer = np.concatenate((outer, outer[:, :, :REFINED]), 2).astype(np.float16)
    whole, step = np.concatenate((whole, rest), 1), np.concatenate((step, fine), 1)
    return {"own_out": outer, "own_in": whole, "own_step": step, "own_scale": over}


def rounded(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Rows (S, r, n) as whole numbers of steps (S, r)."""
    step = np.abs(rows).max(2) / 127
    step[step == 0] = 1
    return np.rint(rows / step[:, :, None]).astype(np.int8), step.astype(np.float32)


def principal(outer: npt.NDArray[np.float32], inner: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
    """Factors (S, o, r) and (S, r, n) of the same products, whose inner rows are orthonormal, the weightiest first.

    As they were learned, rows may be large and nearly cancel; rounded, they would no longer.
    """
    left, middle = np.linalg.qr(outer.astype(np.float64))  # (S, o, r), (S, r, r)
    u, size, rows = np.linalg.svd(middle @ inner, full_matrices=False)  # (S, r, r), (S, r), (S, r, n)
    return ((left @ u) * size[:, None]).astype(np.float32), rows.astype(np.float32)


def described(spec: ModelSpec, translator: Translator) -> ModelSpec:
    """The spec with what the network and this version say of themselves."""
    if len(spec.styles) != translator.styles:
        raise SettingError(f"the spec names {len(spec.styles)} styles, the network has {translator.styles}; name each")
    return replace(spec, stride=translator.stride, halo=translator.halo, width=translator.width, version=__version__)


@torch.no_grad()
def plain_weights(translator: Translator, style: int) -> Weights:
    """Weight (o, i, k, k) and bias (o,) of every convolution for one style, float32."""
    mix = one_hot(torch.tensor(style), translator.styles)
    weights = {}
    for layer, conv in translator.layers():
        weight, bias = conv.baked(mix.to(conv.weight.device))
        weights[layer] = weight.cpu().float().numpy(), bias.cpu().float().numpy()
    return weights


def save(model: "ModelProto", path: Path) -> None:
    """Write a model, sealed, beside `path`, then rename, so that no half file is ever seen. Raises OutputError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(sealed(model.SerializeToString()))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}); choose another --out") from error
