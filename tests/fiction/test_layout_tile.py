"""Grounds that tile: no seam, labels that stay, regions rolled alone."""

import numpy as np
import pytest

from pleinair.fiction.layout_mood import spec_of, world_of
from pleinair.fiction.layout_regions import KEPT, regions
from pleinair.fiction.layout_rolls import parse_rolls
from pleinair.fiction.layout_tile import CELL, dress_tile, flat
from pleinair.fiction.palette import Label
from tests.drawn_layouts import ground


@pytest.mark.parametrize("seed", [1, 4])
def test_edges_fit_their_opposites(seed: int) -> None:
    picture = dress_tile(ground(), seed).picture.astype(int)
    for axis in (0, 1):
        first = np.take(picture, [0], axis)
        steps = np.abs(np.diff(picture, axis=axis, append=first)).mean((1 - axis, 2))
        assert steps[-1] <= np.sort(steps)[-3] * 1.3 + 1


def test_seeds_differ_and_repeat() -> None:
    one, same, other = (dress_tile(ground(), seed) for seed in (1, 1, 2))
    assert np.array_equal(one.picture, same.picture)
    assert np.abs(one.picture.astype(int) - other.picture.astype(int)).mean() > 4
    assert (one.labels == ground()).mean() >= KEPT


def test_a_region_is_rolled_alone() -> None:
    first, other = dress_tile(ground(), 3), dress_tile(ground(), 3, parse_rolls(["sand"]))
    changed = (first.picture != other.picture).any(-1)
    sand = first.labels == Label.SAND
    assert changed[sand].any()
    assert not changed[14:-2, 22:].any()


def test_the_ground_is_level_and_repeats_after_whole_cells() -> None:
    labels = ground()
    world = world_of(labels, regions(labels), spec_of(labels, 1))
    at = flat(world, labels)
    assert at.period is not None
    for meters in at.period:
        assert meters / CELL == pytest.approx(round(meters / CELL))
    assert at.level.all()
    assert at.x.max() < at.period[0]
    assert (at.normal[..., 2] == 1).all()
