"""Layouts of any size: small ones with a margin, large ones through a smaller copy, and what cannot wrap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import PictureError, SettingError
from pleinair.fiction import layout_sizes
from pleinair.fiction.layout_dress import Dressed, Reroll
from pleinair.fiction.layout_regions import Wrap
from pleinair.fiction.layout_rolls import parse_rolls
from pleinair.fiction.layout_sizes import WORKING, check_wrap, dressed, working
from pleinair.fiction.palette import COLORS, Label, colored
from tests.drawn_layouts import country, ground


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dressing takes no time: each label in its palette color."""

    def painted(labels: np.ndarray[tuple[int, int], np.dtype[np.uint8]], *_: object) -> Dressed:
        return Dressed(colored(labels), labels)

    monkeypatch.setattr(layout_sizes, "dress", painted)
    monkeypatch.setattr(layout_sizes, "dress_tile", painted)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (30, 2), (5, 7)])
def test_small_layouts_keep_their_size(shape: tuple[int, int]) -> None:
    labels = np.full(shape, Label.GRASS, np.uint8)
    found = dressed(labels, 1)
    assert found.picture.shape == (*shape, 3)
    assert found.labels.shape == shape


@pytest.mark.usefixtures("quick")
@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40))
def test_every_size_comes_back(height: int, width: int) -> None:
    labels = (np.arange(height * width) % 12).astype(np.uint8).reshape(height, width)
    found = dressed(labels, 1)
    assert np.array_equal(found.labels, labels)
    assert np.array_equal(found.picture, colored(labels))


@pytest.mark.usefixtures("quick")
@settings(max_examples=15, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90))
def test_large_layouts_are_enlarged_along_their_borders(height: int, width: int) -> None:
    """Each label has one color in the copy, so an enlargement that mixes labels would show."""
    labels = np.zeros((height, width), np.uint8)
    labels[:, width // 2 :] = Label.FOREST
    labels[height // 3 : height // 2] = Label.WATER
    before = layout_sizes.WORKING
    layout_sizes.WORKING = 400
    try:
        found = dressed(labels, 1)
        assert working(labels).size <= 400
    finally:
        layout_sizes.WORKING = before
    assert found.picture.shape == (height, width, 3)
    assert np.array_equal(found.labels, labels)
    if min(height, width) > 24:
        assert (found.picture == colored(labels)).all(-1).mean() > 0.9
    assert {tuple(color) for color in found.picture[0]} <= {COLORS[n] for n in (0, 2, 8)} or min(height, width) <= 24


@pytest.mark.usefixtures("quick")
def test_a_layout_of_twenty_thousand_pixels_takes_no_great_memory() -> None:
    labels = np.zeros((300, 20_000), np.uint8)
    labels[150:] = Label.WATER
    assert labels.size > WORKING >= working(labels).size
    found = dressed(labels, 1)
    assert found.picture.shape == (300, 20_000, 3)
    assert (found.picture[0] == COLORS[0]).all()
    assert (found.picture[-1] == COLORS[2]).all()


@pytest.mark.parametrize("wrap", ["none", "xy"])
def test_what_may_wrap_may(wrap: Wrap) -> None:
    check_wrap(ground(), wrap)
    check_wrap(country(128, 60), "x")


@pytest.mark.parametrize(
    ("labels", "wrap", "said"),
    [
        (country(), "x", "twice as wide as high and 16 pixels high, as 1024x512; 96x60 is not"),
        (np.zeros((8, 40), np.uint8), "x", "16 pixels high"),
        (country(), "xy", "ground seen from above.*not sky, cloud, water, mountain, forest, tree"),
        (np.full((8, 40), 7, np.uint8), "xy", "16 pixels or more"),
        (country(), "y", "none, x .* or xy"),
    ],
)
def test_what_may_not_wrap_is_told(
    labels: np.ndarray[tuple[int, int], np.dtype[np.uint8]], wrap: Wrap, said: str
) -> None:
    with pytest.raises(SettingError, match=said):
        dressed(labels, 0, (), wrap)


def test_what_is_no_label_map_is_refused() -> None:
    with pytest.raises(PictureError, match="labels are 0 to 11"):
        dressed(np.full((4, 4), 13, np.uint8), 0)


@pytest.mark.usefixtures("quick")
def test_regions_that_are_not_there_are_refused_before_anything_is_dressed() -> None:
    with pytest.raises(SettingError, match="no tree"):
        dressed(np.zeros((20, 20), np.uint8), 0, parse_rolls(["tree"]))
    assert dressed(np.zeros((20, 20), np.uint8), 0, [Reroll(0, 1, 3)]).labels.shape == (20, 20)
