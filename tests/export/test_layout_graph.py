"""The layout generator as a graph: it draws what the network draws at every size, closed around, from few nodes."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from pleinair.engine.layout import COLORS, INPUTS, OUTPUT, OnnxLayoutEngine, load
from pleinair.engine.protocol import Array
from pleinair.export.graph import IR_VERSION, OPSET
from pleinair.export.layout_graph import inputs
from pleinair.export.layouts import export_layout
from pleinair.fiction.palette import NAMES
from pleinair.networks.layout import LayoutGenerator
from pleinair.networks.scene import SceneConv
from pleinair.render.told import CLASSES, SKIRT, Labels, LaidOut
from pleinair.seeds import CELL_SIDE, DOUBLINGS, HALO, LATENT, NOISE
from pleinair.spec import ModelSpec
from tests.one_thread import one_thread

__all__ = ["one_thread"]
CLOSE = 2e-5  # of values in about [-1, 1]: rounding in fp32
SPEC = ModelSpec("layout", ("photo",), CELL_SIDE, 0, kind="layout", kinds=NAMES, license="CC0-1.0")
Values = tuple[Array, Array, Array]


def live_generator(width: int = 1, seed: int = 0, classes: int = CLASSES) -> LayoutGenerator:
    """A generator in which nothing is zero any more: it draws at every size, in about [-1, 1]."""
    torch.manual_seed(seed)
    generator = LayoutGenerator(width, classes).eval().requires_grad_(False)
    for name, weights in generator.named_parameters():
        if name.startswith("leave"):
            weights.normal_(0, 0.08)
        elif name.startswith("grain") or name.endswith(".scale") or (name.endswith(".bias") and "style" not in name):
            weights.normal_(0, 0.2)
    return generator


def scene(height: int, width: int, seed: int = 0) -> tuple[Labels, Labels]:
    """Labels and a render in which no two places are alike."""
    draw = np.random.default_rng([height, width, seed])
    labels = draw.integers(0, CLASSES, (height, width)).astype(np.uint8)
    return labels, draw.integers(0, 256, (height, width, 3)).astype(np.uint8)


def drawn(generator: LayoutGenerator, values: Values) -> Array:
    """What the network itself draws."""
    with torch.no_grad():
        found: Array = generator(*map(torch.from_numpy, values)).numpy()
    return found


@pytest.fixture(scope="module")
def generator() -> LayoutGenerator:
    return live_generator()


@pytest.fixture(scope="module")
def file(generator: LayoutGenerator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "layout.onnx"
    export_layout(generator, SPEC, path, half=False)
    return path


@pytest.fixture(scope="module")
def engine(file: Path) -> OnnxLayoutEngine:
    return load(file, threads=1)


@settings(max_examples=12, deadline=None)
@drawn_from(height=st.integers(1, 90), width=st.integers(1, 90), seed=st.integers(0, 2**32 - 1), turned=st.booleans())
def test_it_draws_what_the_network_draws_at_every_size(
    generator: LayoutGenerator, engine: OnnxLayoutEngine, height: int, width: int, seed: int, turned: bool
) -> None:
    width = -(-width // CELL_SIDE) * CELL_SIDE if turned else width
    one = LaidOut(*scene(height, width), seed, "x" if turned else "none").whole()
    values = one.latents, one.noise, one.told
    wanted = drawn(generator, values)
    rows = -(-height // CELL_SIDE) + 2 * SKIRT
    assert wanted.shape[2:] == (rows * CELL_SIDE, -(-width // CELL_SIDE) * CELL_SIDE)
    np.testing.assert_allclose(engine.draw(*values), wanted, atol=CLOSE)


@pytest.mark.parametrize("width", [2, 9])
def test_it_draws_what_a_wider_network_draws(width: int, tmp_path: Path) -> None:
    network = live_generator(width, seed=width)
    export_layout(network, SPEC, tmp_path / "l.onnx", half=False)
    one = LaidOut(*scene(40, 33), 5).whole()
    values = one.latents, one.noise, one.told
    np.testing.assert_allclose(load(tmp_path / "l.onnx", 1).draw(*values), drawn(network, values), atol=CLOSE)


@settings(max_examples=4, deadline=None)
@drawn_from(turn=st.integers(1, 4))
def test_a_turned_ring_of_layout_is_a_turned_picture(engine: OnnxLayoutEngine, turn: int) -> None:
    across, by = 5, turn * CELL_SIDE
    labels, picture = scene(2 * CELL_SIDE, across * CELL_SIDE)
    one = LaidOut(labels, picture, 3, "x").whole()
    told = LaidOut(np.roll(labels, -by, 1), np.roll(picture, -by, 1), 3, "x").whole().told
    ring = np.roll(one.noise[..., HALO:-HALO], -turn, 3)
    noise = ring[..., np.arange(-HALO, across + HALO) % across]
    plain, turned = engine.draw(one.latents, one.noise, one.told), engine.draw(one.latents, noise, told)
    np.testing.assert_allclose(np.roll(plain, -by, 3), turned, atol=CLOSE)
    assert np.abs(plain - turned).mean() > 0.01


def test_every_class_and_every_color_reaches_the_file(engine: OnnxLayoutEngine) -> None:
    labels, picture = scene(CELL_SIDE, CELL_SIDE)
    one = LaidOut(labels, picture, 0).whole()
    plain = engine.draw(one.latents, one.noise, one.told)
    for channel in range(CLASSES + COLORS):
        told = one.told.copy()
        told[:, channel] += 0.5
        assert np.abs(engine.draw(one.latents, one.noise, told) - plain).mean() > 1e-3, channel


def test_what_goes_in_and_comes_out(generator: LayoutGenerator, file: Path) -> None:
    found = inputs(generator)
    assert tuple(found) == INPUTS == ("latents", "noise", "told")
    assert [shape[1] for shape in found.values()] == [LATENT, NOISE, CLASSES + COLORS]
    assert inputs(live_generator(classes=5))["told"][1] == 5 + COLORS
    graph = onnx.load(file).graph
    sizes = [[d.dim_param or d.dim_value for d in end.type.tensor_type.shape.dim] for end in graph.input]
    assert sizes == [list(shape) for shape in found.values()]
    assert [end.name for end in graph.output] == [OUTPUT]


def test_the_format_is_one_that_old_runtimes_read(file: Path) -> None:
    model = onnx.load(file)
    onnx.checker.check_model(model)
    assert (model.opset_import[0].version, model.ir_version) == (OPSET, IR_VERSION) == (17, 8)


def test_nothing_is_computed_that_depends_on_no_input(file: Path) -> None:
    graph = onnx.load(file).graph
    known = {constant.name for constant in graph.initializer}
    for node in graph.node:
        assert not set(filter(None, node.input)) <= known, f"{node.op_type} has only constants"


def test_places_are_told_once_for_every_size(generator: LayoutGenerator, file: Path) -> None:
    nodes = onnx.load(file).graph.node
    convs = sum(isinstance(module, SceneConv) for module in generator.modules())
    leaves, tellings, enter = len(generator.leave), 2 * len(generator.told), 1
    assert [node.op_type for node in nodes].count("AveragePool") == DOUBLINGS
    assert [node.op_type for node in nodes].count("Conv") == convs + leaves + tellings + enter
