"""Distances against sums written out by hand and against the formulas' other forms."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError, SettingError
from pleinair.metrics.distances import SUBSETS, frechet_distance, kernel_distance, polynomial_mmd
from tests.metrics.tiny import normal

Doubles = npt.NDArray[np.float64]


def mmd_by_hand(x: Doubles, y: Doubles) -> float:
    """The unbiased estimator as the paper prints it: sums over pairs of different pictures."""
    n, m, d = len(x), len(y), x.shape[1]

    def kernel(a: Doubles, b: Doubles) -> float:
        return float((sum(p * q for p, q in zip(a, b, strict=True)) / d + 1) ** 3)

    within_x = sum(kernel(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    within_y = sum(kernel(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    across = sum(kernel(a, b) for a in x for b in y) / (n * m)
    return within_x + within_y - 2 * across


def frechet_by_roots(a: Doubles, b: Doubles) -> float:
    """By the symmetric root of the covariances, d × d."""
    ca, cb = np.atleast_2d(np.cov(a.T)), np.atleast_2d(np.cov(b.T))
    values, vectors = np.linalg.eigh(ca)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ cb @ root).clip(0)).sum()
    return float(np.square(a.mean(0) - b.mean(0)).sum() + np.trace(ca) + np.trace(cb) - 2 * cross)


@given(st.integers(2, 6), st.integers(2, 6), st.integers(1, 5), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_mmd_is_the_double_loop(n: int, m: int, d: int, seed: int) -> None:
    x, y = normal(n, d, seed), normal(m, d, seed + 1, mean=0.5)
    assert polynomial_mmd(x, y) == pytest.approx(mmd_by_hand(x, y), rel=1e-9, abs=1e-9)
    assert polynomial_mmd(x, y) == pytest.approx(polynomial_mmd(y, x), rel=1e-9, abs=1e-9)


def test_mmd_of_points_on_a_line() -> None:
    # k(x, y) = (xy + 1)³: within {0, 1} 1, within {2, 3} 343, across 1, 1, 27, 64.
    assert polynomial_mmd(np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]])) == pytest.approx(1 + 343 - 2 * 93 / 4)


def test_kernel_distance_averages_the_draws_of_seed_0() -> None:
    a, b = normal(9, 4, 1), normal(13, 4, 2, mean=1.0)
    draw = np.random.default_rng(0)
    values = []
    for _ in range(SUBSETS):
        first, second = draw.choice(9, 6, replace=False), draw.choice(13, 6, replace=False)
        values.append(1000 * mmd_by_hand(a[first], b[second]))
    found = kernel_distance(a, b)
    assert found.subset == 6
    assert found.value == pytest.approx(np.mean(values))
    assert found.standard_error == pytest.approx(np.std(values) / 10)


def test_kernel_distance_takes_at_most_150_a_subset() -> None:
    assert kernel_distance(normal(420, 2, 1), normal(230, 2, 2)).subset == 150


def test_sets_too_large_to_hold_their_kernels_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = normal(20, 5, 1), normal(25, 5, 2, mean=1)
    held = kernel_distance(a, b)
    monkeypatch.setattr("pleinair.metrics.distances.KERNEL_LIMIT", 24)
    drawn = kernel_distance(a, b)
    assert drawn.value == pytest.approx(held.value)
    assert drawn.standard_error == pytest.approx(held.standard_error)


def test_kernel_distance_is_unbiased() -> None:
    """Sets of one distribution are at no distance on average, however small they are."""
    values = [kernel_distance(normal(8, 3, seed), normal(30, 3, seed + 1000)).value for seed in range(60)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))
    assert min(values) < 0


def test_kernel_distance_grows_with_the_gap() -> None:
    a = normal(40, 8, 1)
    near, far = (kernel_distance(a, normal(40, 8, 2, mean=gap)).value for gap in (0.3, 1.0))
    assert 0 < near < far


def test_kernel_distance_is_always_the_same() -> None:
    a, b = normal(20, 5, 1), normal(25, 5, 2)
    np.random.default_rng(0).random(7)
    assert kernel_distance(a, b) == kernel_distance(a.copy(), b.copy())


def test_single_precision_features_are_measured_in_double() -> None:
    a, b = normal(20, 5, 1).astype(np.float32), normal(25, 5, 2, mean=1).astype(np.float32)
    assert kernel_distance(a, b) == kernel_distance(a.astype(np.float64), b.astype(np.float64))


def test_frechet_distance_of_two_normal_distributions() -> None:
    """Samples whose mean and covariance are exactly known: (μa - μb)² + (σa - σb)² along each axis."""
    corners = np.array([[x, y] for x in (-1.0, 1.0) for y in (-1.0, 1.0)])
    unit = corners / np.sqrt(4 / 3)  # covariance 1, of four points with the n - 1 rule
    a = unit * [2.0, 3.0] + [1.0, 0.0]
    b = unit * [5.0, 1.0] + [1.0, 4.0]
    assert frechet_distance(a, b) == pytest.approx(4.0**2 + 3.0**2 + 2.0**2)


@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_frechet_distance_is_that_of_the_covariances_roots(n: int, m: int, d: int, seed: int) -> None:
    """On both sides of n = d: few pictures leave the covariance without full rank, many are compressed."""
    a, b = normal(n, d, seed), normal(m, d, seed + 1, mean=0.3, scale=2.0)
    assert frechet_distance(a, b) == pytest.approx(frechet_by_roots(a, b), rel=1e-6, abs=1e-5)


def test_frechet_distance_to_itself_is_nothing() -> None:
    a = normal(30, 6, 1)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a, a + 2.0) == pytest.approx(6 * 4.0)
    assert frechet_distance(a, a[::-1]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("distance", [kernel_distance, frechet_distance])
def test_bad_features_are_refused(distance: object) -> None:
    assert callable(distance)
    with pytest.raises(SettingError, match="do not match"):
        distance(normal(5, 4, 1), normal(5, 3, 1))
    with pytest.raises(SettingError, match="do not match"):
        distance(normal(5, 4, 1), normal(5, 4, 1)[0])
    with pytest.raises(DataError, match="at least"):
        distance(normal(5, 4, 1), normal(1, 4, 1))
    broken = normal(5, 4, 1)
    broken[2, 2] = np.nan
    with pytest.raises(DataError, match="NaN"):
        distance(normal(5, 4, 1), broken)
