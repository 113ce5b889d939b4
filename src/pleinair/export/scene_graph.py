"""The scene generator as an ONNX graph: the same function as `SceneGenerator.forward`. Parity with the network is
checked at every export (`export/scenes.py`)."""

from pleinair.engine.scene import INPUTS
from pleinair.export.graph import Graph, Shape
from pleinair.export.noise_graph import LATENTS, TRIM, NoiseGraph, numbers
from pleinair.networks.scene import SceneConv, SceneGenerator
from pleinair.networks.sketched import SketchedScene
from pleinair.seeds import LATENT, NOISE, ROWS


def scene_graph(generator: SceneGenerator, *, half: bool) -> Graph:
    """The graph; its last node makes the pictures. half: weights are stored in fp16, and computed with in fp32."""
    drawing = NoiseGraph(half)
    draw_scene(drawing, generator)
    return drawing.graph


def draw_scene(drawing: NoiseGraph, generator: SceneGenerator) -> str:
    """The nodes of a generator up to the pictures, which the last of them makes."""
    graph = drawing.graph
    told = graph.node("MatMul", [INPUTS[2], graph.constant(f"{drawing.prefix}told", numbers(generator.told))])
    drawing.map(graph.node("Add", [LATENTS, told]), (generator.map0, generator.map1))
    ground = graph.constant(f"{drawing.prefix}ground", numbers(generator.ground))
    x = drawing.conv(graph.node("Add", [drawing.entered(generator.enter), ground]), "first", generator.first)
    pictures = ""
    for level, (conv0, conv1, leave) in enumerate(zip(generator.conv0, generator.conv1, generator.leave, strict=True)):
        assert isinstance(conv0, SceneConv)
        assert isinstance(conv1, SceneConv)
        x = drawing.doubled(drawing.conv(x, f"conv0.{level}", conv0))
        x = drawing.conv(drawing.grained(x, level, generator.grain[level]), f"conv1.{level}", conv1)
        pictures = drawing.left(x, pictures, level, leave)
    return drawing.trimmed(pictures, TRIM)


def inputs(generator: SceneGenerator | SketchedScene) -> dict[str, Shape]:
    """Names and shapes of what the graph eats."""
    shapes: tuple[Shape, ...] = (("n", LATENT), ("n", NOISE, ROWS, "columns_seen"), ("n", generator.marks))
    return dict(zip(INPUTS, shapes, strict=True))
