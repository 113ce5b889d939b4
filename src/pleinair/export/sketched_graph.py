"""The generator of scenes on sketches as an ONNX graph: the same function as `SketchedScene.forward`. Parity with the
network is checked at every export (`export/scenes.py`)."""

import numpy as np

from pleinair.engine.layout import COLORS
from pleinair.export.graph import Graph
from pleinair.export.layout_graph import draw_layout
from pleinair.export.noise_graph import GRAINS, NoiseGraph
from pleinair.export.scene_graph import draw_scene
from pleinair.networks.sketched import PLANES, SKIRT, SketchedScene, places
from pleinair.seeds import CELL_SIDE, HALO


def sketched_graph(generator: SketchedScene, *, half: bool) -> Graph:
    """The graph; its last node makes the pictures. half: weights are stored in fp16, and computed with in fp32."""
    sketching = NoiseGraph(half, prefix="sketch.")
    graph, sketches = sketching.graph, draw_scene(sketching, generator.sketch)
    if generator.layout is None:
        _planes(graph, sketches, 0, COLORS)
        return graph
    classes = graph.node("Softmax", [_planes(graph, sketches, COLORS, PLANES)], axis=1)
    told = graph.node("Concat", [classes, _planes(graph, sketches, 0, COLORS)], axis=1)
    times, beyond = generator.finer, generator.halo - HALO  # columns of the sketch beyond each edge
    scales = graph.constant("finer", np.array([1, 1, times, times], np.float32))
    modes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    told = graph.node("Resize", [told, "", scales], **modes)
    cells = beyond * times - HALO  # of the layout generator, more than it needs at each side
    noise = graph.node("Gather", [sketching.trimmed(GRAINS, HALO), _constant(graph, "places", places(times))], axis=1)
    noise = graph.node("DepthToSpace", [noise], blocksize=times, mode="CRD")
    if cells:
        told, noise = sketching.trimmed(told, cells * CELL_SIDE), sketching.trimmed(noise, cells)
    told, noise = _skirted(graph, told, SKIRT * CELL_SIDE), _skirted(graph, noise, SKIRT)
    pictures = draw_layout(NoiseGraph(half, graph, "layout.", noise), generator.layout, told)
    rows = [_constant(graph, f"row{end}", [end]) for end in (SKIRT * CELL_SIDE, -SKIRT * CELL_SIDE)]
    graph.node("Slice", [pictures, *rows, _constant(graph, "down", [2])])
    return graph


def _skirted(graph: Graph, plane: str, rows: int) -> str:
    """A plane with so many rows more above and below, as those at the rim."""
    return graph.node("Pad", [plane, _constant(graph, f"skirt{rows}", [0, 0, rows, 0, 0, 0, rows, 0])], mode="edge")


def _planes(graph: Graph, plane: str, first: int, end: int) -> str:
    """Some of a plane's channels."""
    ends = [_constant(graph, f"plane{each}", [each]) for each in (first, end)]
    return graph.node("Slice", [plane, *ends, _constant(graph, "planes", [1])])


def _constant(graph: Graph, name: str, values: list[int]) -> str:
    return graph.constant(name, np.array(values, np.int64))
