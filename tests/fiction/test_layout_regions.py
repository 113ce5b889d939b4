"""Regions, the horizon, borders that are ragged by little, and means over squares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pleinair.fiction.layout_regions import KEPT, Labels, among, blurred, horizon, linked, ragged, regions
from pleinair.fiction.noise import Tile, cloudy
from pleinair.fiction.palette import Label
from tests.drawn_layouts import country, ground

SMALL = npst.arrays(np.uint8, npst.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.integers(0, 2))


@pytest.fixture(scope="module")
def tile() -> Tile:
    return cloudy(5, 16, 0.62)


def flooded(labels: Labels, around: bool) -> list[set[tuple[int, int]]]:
    """Regions found the slow way, as sets of pixels."""
    height, width = labels.shape
    left = {(row, column) for row in range(height) for column in range(width)}
    found = []
    while left:
        seeds = [left.pop()]
        region = set(seeds)
        while seeds:
            row, column = seeds.pop()
            for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                place = (r, c % width if around else c)
                if place in left and labels[place] == labels[row, column]:
                    left.discard(place)
                    region.add(place)
                    seeds.append(place)
        found.append(region)
    return found


@settings(max_examples=40, deadline=None)
@given(SMALL, st.booleans())
def test_regions_are_those_of_a_flood(labels: Labels, around: bool) -> None:
    parts = regions(labels, around)
    expected = {frozenset(region) for region in flooded(labels, around)}
    found = {frozenset(zip(*map(tuple, np.nonzero(parts.ids == n)), strict=True)) for n in range(parts.labels.size)}
    assert {frozenset((int(r), int(c)) for r, c in region) for region in found} == expected
    for n in range(parts.labels.size):
        here = parts.ids == n
        assert (labels[here] == parts.labels[n]).all()
        assert here.sum() == parts.sizes[n]
        rows, columns = np.nonzero(here)
        assert parts.boxes[n].tolist() == [rows.min(), rows.max(), columns.min(), columns.max()]


def test_the_largest_region_of_a_label_is_its_first() -> None:
    labels = np.zeros((6, 9), np.uint8)
    labels[1, 1], labels[1:5, 4:7], labels[4, 1:3] = 9, 9, 9
    parts = regions(labels)
    assert parts.sizes[parts.of(9)].tolist() == [12, 2, 1]
    assert parts.of(3).size == 0


def test_linked_numbers_touch_across_the_seam_only_around() -> None:
    labels = np.array([[1, 0, 1]], np.uint8)
    assert len(set(linked(labels)[0].tolist())) == 3
    assert len(set(linked(labels, True)[0].tolist())) == 2


def test_the_horizon_lies_where_the_sea_meets_the_sky() -> None:
    labels = np.zeros((100, 60), np.uint8)
    labels[37:] = Label.WATER
    assert horizon(labels) == 37
    labels[80:, 20:] = Label.SAND
    assert horizon(labels) == 37


def test_the_horizon_lies_little_above_a_wide_lake() -> None:
    labels = country(192, 120)
    top = 0.52 * 120
    assert top - 6 < horizon(labels) < top


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [(Label.SKY, 90, 100), (Label.GRASS, -99, 0), (Label.WATER, -99, 0), (Label.FOREST, -99, 0)],
)
def test_a_layout_of_one_label_has_a_horizon(label: Label, low: float, high: float) -> None:
    assert low <= horizon(np.full((100, 50), label, np.uint8)) <= high


def test_the_horizon_lies_below_mountains_and_above_meadows() -> None:
    labels = np.zeros((100, 50), np.uint8)
    labels[30:60], labels[60:] = Label.MOUNTAIN, Label.GRASS
    assert horizon(labels) == 60


@settings(max_examples=20, deadline=None)
@given(npst.arrays(np.uint8, st.tuples(st.integers(16, 60), st.integers(16, 60)), elements=st.integers(0, 11)))
def test_ragged_borders_keep_nearly_all_labels_whatever_the_layout(labels: Labels) -> None:
    tile = cloudy(5, 16, 0.62, side=64)
    for around in ((False, False), (False, True), (True, True)):
        moved = ragged(labels, tile, around)
        assert (moved == labels).mean() >= KEPT
        assert set(np.unique(moved)) <= set(np.unique(labels))


def test_ragged_borders_move_but_not_where_water_meets_the_sky(tile: Tile) -> None:
    labels = country(256, 160)
    moved = ragged(labels, tile, (False, False))
    assert 0.002 < (moved != labels).mean() <= 1 - KEPT
    sea = np.zeros((80, 120), np.uint8)
    sea[40:] = Label.WATER
    assert np.array_equal(ragged(sea, tile, (False, True)), sea)


def test_an_even_layout_stays(tile: Tile) -> None:
    assert (ragged(np.full((20, 30), 7, np.uint8), tile, (True, True)) == 7).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 5), st.booleans())
def test_a_blur_keeps_what_is_even_and_what_goes_around(height: int, width: int, reach: int, around: bool) -> None:
    even = np.full((height, width), 0.75, np.float32)
    assert np.allclose(blurred(even, reach, (around, around)), 0.75, atol=1e-3)
    if around:
        values = np.random.default_rng(1).random((height, width), np.float32)
        found = blurred(np.roll(values, 3, 1), reach, (False, True))
        assert np.allclose(found, np.roll(blurred(values, reach, (False, True)), 3, 1), atol=1e-6)


def test_a_blur_spreads_evenly() -> None:
    point = np.zeros((11, 11), np.float32)
    point[5, 5] = 81
    found = blurred(point, 1)
    assert found.sum() == pytest.approx(81, rel=0.01)
    assert found[5, 5] == found.max()
    assert found[5, 2] == 0 < found[5, 3] == pytest.approx(found[5, 7])


def test_among() -> None:
    assert among(ground(), (Label.PATH,)).mean() == pytest.approx((ground() == Label.PATH).mean())
