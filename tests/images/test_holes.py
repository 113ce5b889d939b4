"""Holes filled in, edges moved outward."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.images.holes import filled, spread

SIZES = st.integers(1, 17)


@given(height=SIZES, width=SIZES, share=st.floats(0, 1), seed=st.integers(0, 99))
def test_the_known_stays_and_holes_are_within_its_range(height: int, width: int, share: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.random((height, width, 3)).astype(np.float32)
    known = draw.random((height, width)) < share
    result = filled(values, known)
    assert result.shape == values.shape
    assert np.array_equal(result[known], values[known])
    if known.any():
        assert (result >= values[known].min(0) - 1e-6).all()
        assert (result <= values[known].max(0) + 1e-6).all()
    else:
        assert not result.any()


def test_holes_take_the_color_next_to_them() -> None:
    values = np.zeros((8, 16, 3), np.float32)
    values[:, :2], values[:, -2:] = 0.25, 0.75
    known = np.zeros((8, 16), np.bool_)
    known[:, :2] = known[:, -2:] = True
    result = filled(values, known)
    assert np.allclose(result[:, 2:4], 0.25)
    assert np.allclose(result[:, -4:-2], 0.75)


def test_what_stands_in_a_hole_does_not_matter() -> None:
    values = np.full((5, 5, 1), 0.5, np.float32)
    values[2, 2] = np.nan
    known = np.ones((5, 5), np.bool_)
    known[2, 2] = False
    assert np.allclose(filled(values, known), 0.5)


def test_without_holes_nothing_is_copied() -> None:
    values = np.ones((3, 3, 3), np.float32)
    assert filled(values, np.ones((3, 3), np.bool_)) is values


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_an_island_grows_by_its_reach(reach: int) -> None:
    values = np.zeros((11, 11, 3), np.float32)
    known = np.zeros((11, 11), np.bool_)
    values[5, 5], known[5, 5] = (0.1, 0.2, 0.3), True
    wide, reached = spread(values, known, reach)
    square = slice(5 - reach, 6 + reach)
    assert reached.sum() == (2 * reach + 1) ** 2
    assert reached[square, square].all()
    assert np.allclose(wide[square, square], (0.1, 0.2, 0.3))
    assert not wide[~reached].any()
    assert known.sum() == 1  # what was given stays as it was


@given(height=SIZES, width=SIZES, reach=st.integers(0, 30), seed=st.integers(0, 99))
def test_growth_ends_at_the_borders_and_invents_nothing(height: int, width: int, reach: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.random((height, width, 3)).astype(np.float32)
    known = draw.random((height, width)) < 0.2
    wide, reached = spread(values, known, reach)
    assert np.array_equal(wide[known], values[known])
    assert (reached >= known).all()
    if known.any() and reach >= max(height, width):
        assert reached.all()
    if known.any():
        assert wide[reached].max() <= values[known].max() + 1e-6


def test_between_two_islands_the_means_meet() -> None:
    values = np.zeros((1, 3, 1), np.float32)
    values[0, 2] = 1
    wide, reached = spread(values, np.array([[True, False, True]]), 1)
    assert reached.all()
    assert wide[0, 1, 0] == pytest.approx(0.5)
