"""The layout generator as an ONNX graph: the same function as `LayoutGenerator.forward`. Parity with the network is
checked at every export (`export/layouts.py`)."""

import numpy as np

from pleinair.engine.layout import COLORS, INPUTS
from pleinair.export.graph import Graph, Shape
from pleinair.export.noise_graph import LATENTS, TRIM, NoiseGraph, numbers
from pleinair.networks.layout import LayoutGenerator, Told
from pleinair.networks.scene import SceneConv
from pleinair.seeds import DOUBLINGS, HALO, LATENT, NOISE


def layout_graph(generator: LayoutGenerator, *, half: bool) -> Graph:
    """The graph; its last node makes the pictures. half: weights are stored in fp16, and computed with in fp32."""
    drawing = NoiseGraph(half)
    draw_layout(drawing, generator, INPUTS[2])
    return drawing.graph


def draw_layout(drawing: NoiseGraph, generator: LayoutGenerator, told: str) -> str:
    """The nodes of a generator that is told what `told` holds, up to the pictures, which the last of them makes."""
    graph = drawing.graph
    drawing.map(LATENTS, (generator.map0, generator.map1))
    here = [told]  # from the finest level to the coarsest
    for _ in range(DOUBLINGS):
        here.append(graph.node("AveragePool", [here[-1]], kernel_shape=[2, 2], strides=[2, 2]))
    x = _told(drawing, drawing.entered(generator.enter), here[-1], 0, generator.told[0])
    x = drawing.conv(x, "first", generator.first)
    pictures = ""
    for level, (conv0, conv1, leave) in enumerate(zip(generator.conv0, generator.conv1, generator.leave, strict=True)):
        assert isinstance(conv0, SceneConv)
        assert isinstance(conv1, SceneConv)
        x = drawing.doubled(drawing.conv(x, f"conv0.{level}", conv0))
        x = drawing.grained(x, level, generator.grain[level])
        place = drawing.trimmed(here[-2 - level], HALO * ((2 << level) - 1))
        x = _told(drawing, x, place, level + 1, generator.told[level + 1])
        x = drawing.conv(x, f"conv1.{level}", conv1)
        pictures = drawing.left(x, pictures, level, leave)
    return drawing.trimmed(pictures, TRIM)


def _told(drawing: NoiseGraph, x: str, place: str, level: int, layer: object) -> str:
    """A plane scaled and shifted by what stands there."""
    assert isinstance(layer, Told)
    graph, ones, name = drawing.graph, np.ones(len(layer.scale), np.float32), f"{drawing.prefix}told.{level}"
    names = [graph.weight(f"{name}.scale", numbers(layer.scale)), graph.constant(f"{name}.ones", ones)]
    scale = graph.node("Conv", [place, *names], kernel_shape=[1, 1])
    shift = graph.node("Conv", [place, graph.weight(f"{name}.shift", numbers(layer.shift))], kernel_shape=[1, 1])
    return graph.node("Add", [graph.node("Mul", [x, scale]), shift])


def inputs(generator: LayoutGenerator) -> dict[str, Shape]:
    """Names and shapes of what the graph eats."""
    told = generator.classes + COLORS
    shapes: tuple[Shape, ...] = ((1, LATENT), (1, NOISE, "rows", "columns_seen"), (1, told, "height", "width_seen"))
    return dict(zip(INPUTS, shapes, strict=True))
