"""Renders made real: any size, strength, full turns, and large ones brought up along their own edges."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.protocol import Array
from pleinair.errors import SettingError
from pleinair.fiction.palette import NAMES
from pleinair.networks.layout import LayoutGenerator
from pleinair.recipes.watching_layouts import LearnedEngine
from pleinair.render.real import WORKING_SIDE, at_size, made_real
from pleinair.render.told import CLASSES, SKIRT, WINDOW, Around, Labels, LaidOut
from pleinair.seeds import CELL_SIDE, HALO
from pleinair.spec import ModelSpec

BEYOND = HALO * CELL_SIDE


class Same:
    """An engine that draws the render as it was told, a little lighter, and remembers how large."""

    spec = ModelSpec("same", ("photo",), CELL_SIDE, 0, kind="layout", kinds=NAMES)

    def __init__(self, lighter: float = 0.0) -> None:
        self.lighter, self.sizes = lighter, list[tuple[int, ...]]()

    def draw(self, latents: Array, noise: Array, told: Array) -> Array:
        assert latents.ndim == 2
        assert told.shape[2:] == (noise.shape[2] * CELL_SIDE, noise.shape[3] * CELL_SIDE)
        self.sizes.append(noise.shape[2:])
        return told[:, CLASSES:, :, BEYOND:-BEYOND] + np.float32(self.lighter)


class Shares(Same):
    """An engine that draws each place as gray as its label."""

    def draw(self, latents: Array, noise: Array, told: Array) -> Array:
        super().draw(latents, noise, told)
        gray = told[:, :CLASSES].argmax(1, keepdims=True) / np.float32(CLASSES)
        return np.repeat(gray[..., BEYOND:-BEYOND], 3, 1).astype(np.float32)


def scene(height: int, width: int) -> tuple[Labels, Labels]:
    """Flat bands of labels, and a render with a slope and an edge."""
    labels = np.repeat((np.arange(height) * CLASSES // height)[:, None], width, 1).astype(np.uint8)
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = np.linspace(20, 220, width)
    picture[height // 2 :, :, 1] = 200
    return labels, picture


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 60), width=st.integers(1, 60))
def test_what_draws_the_render_gives_the_render(height: int, width: int) -> None:
    labels, picture = scene(height, width)
    assert np.array_equal(made_real(labels, picture, 0, Same()), picture)


def test_labels_reach_the_engine_in_place() -> None:
    labels, picture = scene(48, 40)
    found = made_real(labels, picture, 0, Shares())
    assert np.array_equal(found[..., 0], np.rint((labels / np.float32(CLASSES) + 1) * 127.5))


def test_strength_is_between_render_and_real_and_beyond() -> None:
    labels, picture = scene(32, 32)
    none, half, whole, more = (
        made_real(labels, picture, 0, Same(0.2), strength=strength).astype(int) for strength in (0, 0.5, 1, 1.5)
    )
    assert np.array_equal(none, picture)
    middle = (picture > 10) & (picture < 190)
    assert (abs(whole - none - 25.5) < 1)[middle].all()
    assert (abs(half - none - 12.75) < 1)[middle].all()
    assert (abs(more - none - 38.25) < 1.6)[middle].all()


@pytest.mark.parametrize("strength", [-0.1, 1.6])
def test_a_strength_out_of_its_range_is_refused(strength: float) -> None:
    with pytest.raises(SettingError, match=r"0 to 1\.5"):
        made_real(*scene(8, 8), 0, Same(), strength=strength)


def test_a_large_one_is_drawn_smaller_and_keeps_its_edges() -> None:
    height, width = 2 * WORKING_SIDE, 3 * WORKING_SIDE
    labels, picture = scene(height, width)
    engine = Same()
    found = made_real(labels, picture, 0, engine).astype(int)
    cells = 3 * WORKING_SIDE // 2 // CELL_SIDE
    wide = [min(WINDOW, cells - first) for first in range(0, cells, WINDOW)]
    assert engine.sizes == [(WORKING_SIDE // CELL_SIDE + 2 * SKIRT, each + 2 * HALO) for each in wide]
    assert abs(found - picture).max() <= 12
    assert abs(found - picture).mean() < 0.6


@pytest.mark.parametrize("width", [96, 100, 3 * WORKING_SIDE])
def test_a_full_turn_closes(width: int) -> None:
    height = min(width // 2, WORKING_SIDE + 10)
    labels = scene(height, width)[0]
    around = (127 + 100 * np.sin(np.arange(width) / width * 2 * np.pi)).astype(np.uint8)
    picture = np.repeat(np.repeat(around[None, :, None], height, 0), 3, 2)
    found = made_real(labels, picture, 5, Same(), wrap="x").astype(int)
    assert found.shape == picture.shape
    assert abs(found[:, 0] - found[:, -1]).max() <= 8
    assert abs(found - picture).max() <= 3


def test_a_long_strip_is_not_brought_down_to_a_thread() -> None:
    engine = Same()
    made_real(*scene(20, 900), 0, engine)
    assert engine.sizes == [(2 + 2 * SKIRT, 32 + 2 * HALO), (2 + 2 * SKIRT, 25 + 2 * HALO)]


@pytest.mark.parametrize("size", [(2 * WORKING_SIDE, 2 * WORKING_SIDE + 40), (50, 100)])
def test_labels_strength_and_wrap_reach_one_that_is_drawn_at_another_size(size: tuple[int, int]) -> None:
    labels, picture = scene(*size)
    picture[...] = 128
    wrap: Around = "x" if size[1] == 100 else "none"
    whole = made_real(labels, picture, 0, Shares(), wrap=wrap).astype(int)
    half = made_real(labels, picture, 0, Shares(), strength=0.5, wrap=wrap).astype(int)
    wanted = np.rint((labels / np.float32(CLASSES) + 1) * 127.5)[..., None]
    assert np.percentile(abs(whole - wanted), 90) <= 2
    assert np.percentile(abs(half - (wanted + 128) / 2), 90) <= 2
    assert abs(whole - half).mean() > 10


def test_a_large_turn_is_brought_up_around() -> None:
    height, width = WORKING_SIDE + 64, 2 * WORKING_SIDE + 400
    labels = np.zeros((height, width), np.uint8)
    labels[:, : width // 2] = CLASSES - 1
    picture = np.full((height, width, 3), 128, np.uint8)
    around, flat = (made_real(labels, picture, 0, Shares(), wrap=wrap).astype(int) for wrap in ("x", "none"))
    middle = abs(around - flat)[:, width // 4 : width // 4 + 40]
    assert middle.max() <= 2
    assert (around[:, 0] < flat[:, 0] - 2).all()  # the other side shines through
    assert (around[:, -1] > flat[:, -1] + 2).all()


@pytest.mark.parametrize("wrap", ["xy", "y"])
def test_what_cannot_be_closed_is_said(wrap: Around) -> None:
    with pytest.raises(SettingError, match="closes a full turn"):
        made_real(*scene(32, 64), 0, Same(), wrap=wrap)


def test_windows_draw_what_one_draws() -> None:
    """Of a network, whose planes hang together: rows and columns of other windows than the whole."""
    torch.manual_seed(0)
    engine = LearnedEngine(LayoutGenerator(2).eval())
    labels, picture = scene(150, 210)
    drawn = {}
    for window in (3, 100):
        drawn[window] = np.empty((3, 150, 210), np.float32)
        for one, part in LaidOut(labels, picture, 3, window=window).windows():
            drawn[window][:, *part.pixels] = engine.draw(one.latents, one.noise, one.told)[0, :, *part.drawn]
    np.testing.assert_allclose(drawn[3], drawn[100], atol=1e-4)
    assert drawn[100].std() > 0.05


def test_labels_at_another_size_are_those_in_the_middle() -> None:
    labels = np.array([[1, 1, 2, 2], [3, 3, 4, 4]], np.uint8)
    assert at_size(labels, (1, 2)).tolist() == [[3, 4]]
    assert at_size(labels, (2, 4)).tolist() == labels.tolist()
    assert at_size(labels, (4, 4))[:, 0].tolist() == [1, 1, 3, 3]
