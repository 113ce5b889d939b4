"""Water runs downhill, all of it arrives, and valleys are cut."""

import numpy as np
import pytest

from pleinair.fiction.erosion import cut, drained, mountains, receivers
from pleinair.fiction.noise import lattice, twice


def test_water_runs_to_the_steepest_neighbor() -> None:
    land = np.full((4, 4), 5, np.float32)
    land[1, 1], land[1, 2] = 1, 3
    to = receivers(land).reshape(4, 4)
    assert to[1, 2] == 1 * 4 + 1
    assert to[0, 0] == 1 * 4 + 1
    assert to[1, 1] == 1 * 4 + 1  # a hollow keeps its water


def test_water_runs_over_the_edge_of_a_tile() -> None:
    land = np.full((4, 4), 5, np.float32)
    land[0, 3] = 0
    assert receivers(land).reshape(4, 4)[0, 0] == 3


def test_a_chain_gathers_all_of_its_water() -> None:
    to = np.array([0, 0, 1, 2, 3, 4])  # 5 → 4 → 3 → 2 → 1 → 0
    assert drained(to).tolist() == [6, 5, 4, 3, 2, 1]


def test_a_confluence_adds_up() -> None:
    to = np.array([0, 0, 0, 1, 1, 2])
    assert drained(to).tolist() == [6, 3, 2, 1, 1, 1]


def test_no_water_is_lost() -> None:
    land = twice(lattice(3, 16))
    to = receivers(land)
    outlets = to == np.arange(to.size)
    assert drained(to)[outlets].sum() == land.size


def test_cutting_lowers_valleys_more_than_ridges() -> None:
    land = twice(twice(lattice(3, 8)))
    before = drained(receivers(land))
    rise = np.full_like(land, 1e-6)
    after = cut(land, rise, 3, 0.3).ravel()
    lowered = land.ravel() - after
    valley, ridge = before > np.quantile(before, 0.9), before <= 1
    assert lowered[valley].mean() > lowered[ridge].mean() * 0.5
    assert after.max() <= land.max() + 1e-3


def test_nothing_is_cut_where_nothing_rises() -> None:
    land = lattice(3, 16)
    assert np.array_equal(cut(land, np.zeros_like(land), 4, 0.5), land)


@pytest.fixture(scope="module")
def ranges() -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return mountains(5, 256).texels[: 256 * 256].reshape(256, 256).astype(np.float32)


def test_mountains_have_lowland_and_peaks(ranges: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> None:
    assert ranges.min() == 0
    assert ranges.max() == 1
    assert (ranges < 0.15).mean() > 0.05
    assert (ranges > 0.6).mean() > 0.01


def test_rivers_branch_through_mountains(ranges: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> None:
    """Some texels drain hundreds of others, most only a few."""
    area = drained(receivers(ranges))
    assert area.max() > 300
    assert np.median(area) < 5


def test_mountains_are_the_same_again_and_differ_by_seed() -> None:
    assert np.array_equal(mountains(5, 128).texels, mountains(5, 128).texels)
    assert not np.array_equal(mountains(5, 128).texels, mountains(6, 128).texels)
