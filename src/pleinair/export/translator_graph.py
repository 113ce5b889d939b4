"""The translator as an ONNX graph: the same function as `Translator.forward` of unpadded pictures, laid out for speed.

Measured against the literal form (valid convolutions, a crop at each skip) on ONNX Runtime 1.32, one busy core, window
of 1024 px, six interleaved runs: 1.32 s of processor time instead of 1.59 s (medians), and 470 MiB instead of 790. What
bought it: blocks that keep their size, cut twice rather than at each; Resize in NCHWc; the full-size skip computed anew
from a crop of the picture (1 % of the work) rather than cropped from 16 channels. Doubling as a sub-pixel convolution
(four times the outputs, then DepthToSpace) is exact too, but DepthToSpace costs what it saves: no gain. Parity with the
network is checked at every export (`export/parity.py`).
"""

from collections.abc import Mapping

from pleinair.export.graph import Graph, Kernel, Plane
from pleinair.networks.translator import BROAD_TRIM, Translator


def translator_graph(
    translator: Translator, weights: Mapping[str, tuple[Kernel, Kernel]], source: str, *, half: bool
) -> Graph:
    """The graph of a translator with given plain convolutions; its last node is the painting.

    source: name of the input, (n, 3, h + 2·halo, w + 2·halo). weights: weight (o, i, k, k) and bias (o,) by layer.
    half: weights are stored in fp16.
    """
    graph = Graph(weights, half=half)
    pictures = Plane(source, channels=3)
    if translator.broad:
        _broadly(graph, pictures, translator)
        return graph
    x = graph.cropped(graph.conv(_strokes(graph, pictures, translator), "leave"), translator.halo)
    assert not x.spoiled
    graph.added(x, graph.cropped(pictures, translator.halo))
    return graph


def _broadly(graph: Graph, pictures: Plane, translator: Translator) -> None:
    """Strokes at half the size, the change and the share of detail doubled."""
    half = graph.halved(graph.cropped(pictures, BROAD_TRIM))
    strokes = _strokes(graph, half, translator)
    change, share = graph.conv(strokes, "leave"), graph.conv(strokes, "keep")
    blurred = graph.doubled(graph.halved(graph.inset(half, 1)))
    seen, coarse, coarser = (graph.cropped(x, change.origin) for x in (half, blurred, _washed(graph, half)))
    finest, fine, rough = (graph.channel(share, index) for index in range(3))
    change = graph.added(change, graph.times(graph.minus(seen, coarse), fine))
    change = graph.added(change, graph.times(graph.minus(coarse, coarser), rough))
    change, seen, finest = (graph.cropped(graph.doubled(x), translator.halo) for x in (change, seen, finest))
    scene = graph.cropped(pictures, translator.halo)
    detail = graph.times(graph.minus(scene, seen), finest)
    painted = graph.added(graph.added(scene, change), detail)
    assert not painted.spoiled


def _strokes(graph: Graph, pictures: Plane, translator: Translator) -> Plane:
    """The activations that a painting is made of."""
    half_size = graph.active(graph.conv(graph.halved(_entered(graph, pictures)), "down0"))
    x = graph.active(graph.conv(graph.halved(half_size), "down1"))
    x = _blocks(graph, x, [block.conv0.dilation for block in translator.blocks])  # type: ignore[union-attr,misc]

    # Back up: each convolution keeps its size, and what that spoils is cut once, at the end, from three channels.
    x = graph.conv(graph.doubled(x), "up0", keep_size=True)
    x = graph.active(graph.settled(graph.added(x, graph.cropped(half_size, x.origin))))
    x = graph.conv(graph.doubled(x), "up1", keep_size=True)
    seen = graph.cropped(pictures, x.origin - x.scale)  # one cell for the convolution that follows
    x = graph.active(graph.settled(graph.added(x, _entered(graph, seen))))
    return graph.active(graph.conv(x, "mend"))


def _entered(graph: Graph, pictures: Plane) -> Plane:
    return graph.active(graph.conv(pictures, "enter"))


def _washed(graph: Graph, pictures: Plane) -> Plane:
    """Light and color without detail, as `networks.layers.washed`; a few cells at the rim are spoiled."""
    coarse = graph.halved(graph.halved(graph.inset(pictures, 3)))
    return graph.doubled(graph.doubled(coarse))


def _blocks(graph: Graph, x: Plane, dilations: list[int]) -> Plane:
    """The residual blocks. What they spoil is cut halfway, so that the later ones have less to do, and at their end."""
    for index, dilation in enumerate(dilations):
        y = graph.active(graph.conv(x, f"blocks.{index}.conv0", dilation=dilation, keep_size=True))
        x = graph.added(x, graph.conv(y, f"blocks.{index}.conv1", keep_size=True))
        if index + 1 in (len(dilations) // 2, len(dilations)):
            x = graph.settled(graph.trimmed(x))
    return x
