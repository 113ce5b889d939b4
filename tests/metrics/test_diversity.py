"""Pairwise distances: by hand in the plane, and within conditions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError
from pleinair.metrics.diversity import (
    NEAR,
    by_condition,
    cosine_distances,
    diversity_of,
    has_duplicate,
    mean_of_pairs,
    nearest,
    unit,
)
from tests.metrics.tiny import normal

RIGHT, UP, LEFT = [1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]


def test_in_the_plane() -> None:
    apart = cosine_distances(np.array([RIGHT, UP, LEFT]))
    assert apart == pytest.approx(np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]]))
    assert mean_of_pairs(apart) == pytest.approx(4 / 3)
    assert nearest(apart) == pytest.approx([1, 1, 1])
    assert not has_duplicate(apart).any()


def test_near_duplicates_are_closer_than_a_fiftieth() -> None:
    def at(distance: float) -> list[float]:
        return [1 - distance, np.sqrt(1 - (1 - distance) ** 2)]

    close = has_duplicate(cosine_distances(np.array([RIGHT, at(NEAR - 1e-6), UP])))
    assert close.tolist() == [True, True, False]
    assert not has_duplicate(cosine_distances(np.array([RIGHT, at(NEAR + 1e-6)]))).any()
    assert diversity_of(np.array([RIGHT, RIGHT, UP, LEFT])).near_duplicates == 0.5


@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 99), st.floats(0.1, 100))
@settings(max_examples=30, deadline=None)
def test_length_changes_nothing_and_order_only_the_order(n: int, d: int, seed: int, scale: float) -> None:
    rows = normal(n, d, seed)
    apart = cosine_distances(rows)
    assert cosine_distances(scale * rows) == pytest.approx(apart, abs=1e-9)
    assert cosine_distances(rows[::-1]) == pytest.approx(apart[::-1, ::-1], abs=1e-9)
    assert (apart > -1e-9).all()
    assert (apart < 2 + 1e-9).all()
    assert diversity_of(rows).mean == pytest.approx(apart.sum() / (n * (n - 1)), abs=1e-9)


@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_conditions_are_apart(n: int, m: int, seed: int) -> None:
    rows = normal(n + m, 4, seed)
    order = np.random.default_rng(seed).permutation(n + m)
    names = np.array(["lake"] * n + ["forest"] * m)
    found = by_condition(rows[order], list(names[order]))
    assert list(found) == ["forest", "lake"]
    assert mean_of_pairs(found["lake"]) == pytest.approx(mean_of_pairs(cosine_distances(rows[:n])))
    assert mean_of_pairs(found["forest"]) == pytest.approx(mean_of_pairs(cosine_distances(rows[n:])))


def test_a_condition_with_one_picture_is_named() -> None:
    with pytest.raises(DataError, match="condition 'b' has one picture"):
        by_condition(normal(3, 2, 1), ["a", "b", "a"])
    with pytest.raises(DataError, match="3 pictures of 2 conditions"):
        by_condition(normal(3, 2, 1), ["a", "a"])


def test_nothing_is_not_divided_by() -> None:
    assert (unit(np.zeros((2, 3))) == 0).all()
    assert np.linalg.norm(unit(normal(5, 3, 1)), axis=1) == pytest.approx(1)


def test_one_picture_has_no_diversity() -> None:
    for judge in (diversity_of, cosine_distances):
        with pytest.raises(DataError, match="at least two pictures"):
            judge(normal(1, 3, 1))
