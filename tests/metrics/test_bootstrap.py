"""Intervals: against redraws done one by one, and that they hold the truth about as often as they claim."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError, SettingError
from pleinair.metrics import bootstrap
from pleinair.metrics.bootstrap import (
    NORMAL_QUANTILE,
    REDRAWS,
    frechet_interval,
    kernel_interval,
    mean_interval,
    mean_of_means_interval,
    pairs_interval,
    percentiles,
    ratio_interval,
    redraws,
)
from pleinair.metrics.distances import frechet_distance, kernel, polynomial_mmd
from tests.metrics.tiny import normal

Doubles = npt.NDArray[np.float64]


def pairs_by_hand(apart: Doubles, counts: Doubles) -> float:
    """Mean over pairs of drawn pictures that are not the same picture."""
    drawn = np.repeat(np.arange(len(apart)), counts.astype(int))
    values = [apart[i, j] for i in drawn for j in drawn if i != j]
    return float(np.mean(values)) if values else float("nan")


@given(st.integers(1, 40), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_a_redraw_takes_as_many_as_there_are(pictures: int, stream: int) -> None:
    counts = redraws(pictures, stream, 50)
    assert counts.shape == (50, pictures)
    assert (counts.sum(axis=1) == pictures).all()
    assert (counts == redraws(pictures, stream, 50)).all()


def test_streams_are_independent() -> None:
    one, other = redraws(30, 0).ravel(), redraws(30, 1).ravel()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.02
    assert one.mean() == 1
    assert one.var() == pytest.approx(1 - 1 / 30, abs=0.05)


def test_percentiles_are_the_middle_95() -> None:
    assert percentiles(np.arange(1001.0)) == pytest.approx((25.0, 975.0))
    assert percentiles(np.array([np.nan, 3.0, np.nan])) == (3.0, 3.0)
    with pytest.raises(DataError, match="no redraw"):
        percentiles(np.full(4, np.nan))


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    values = normal(400, 1, 3)[:, 0]
    low, high = mean_interval(values)
    reach = NORMAL_QUANTILE * values.std() / 20
    assert low == pytest.approx(values.mean() - reach, abs=0.1 * reach)
    assert high == pytest.approx(values.mean() + reach, abs=0.1 * reach)


def test_the_interval_of_a_mean_holds_the_truth_as_often_as_it_claims() -> None:
    held = [low <= 0 <= high for low, high in (mean_interval(normal(60, 1, seed)[:, 0]) for seed in range(200))]
    assert 0.89 <= np.mean(held) <= 0.99


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_interval_of_a_mean_stays_among_the_values(values: list[float]) -> None:
    low, high = mean_interval(np.asarray(values))
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_alike_values_leave_no_doubt() -> None:
    assert mean_interval(np.ones(9)) == (1.0, 1.0)
    assert mean_interval(np.zeros(1)) == (0.0, 0.0)
    for nothing in (np.zeros(0), np.zeros((2, 2))):
        with pytest.raises(DataError, match="at least one picture"):
            mean_interval(nothing)


@given(st.integers(2, 9), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_pairs_are_of_different_pictures(pictures: int, seed: int) -> None:
    apart = np.abs(normal(pictures, pictures, seed))
    apart += apart.T
    np.fill_diagonal(apart, 777.0)  # were a picture paired with itself, it would show
    values = np.array([pairs_by_hand(apart, counts) for counts in redraws(pictures)])
    assert pairs_interval(apart) == pytest.approx(percentiles(values))


def test_two_pictures_are_one_pair() -> None:
    assert pairs_interval(np.array([[0.0, 0.4], [0.4, 0.0]])) == pytest.approx((0.4, 0.4))


def test_groups_count_alike_and_are_redrawn_within_themselves() -> None:
    far, near = np.full((6, 6), 0.8), np.full((2, 2), 0.2)
    assert mean_of_means_interval([far, far]) == pytest.approx((0.8, 0.8))
    # Half the redraws of two pictures take one twice and have no pair: then the other group's mean stands alone.
    assert mean_of_means_interval([far, near]) == pytest.approx((0.5, 0.8))


@given(st.integers(3, 7), st.integers(3, 7), st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_the_kernel_interval_is_of_redraws_done_one_by_one(n: int, m: int, d: int, seed: int) -> None:
    a, b = normal(n, d, seed), normal(m, d, seed + 1, 0.5)
    values = []
    for x, y in zip(redraws(n, 0), redraws(m, 1), strict=True):
        across = x @ kernel(a, b) @ y / (n * m)
        values.append(1000 * (pairs_by_hand(kernel(a, a), x) + pairs_by_hand(kernel(b, b), y) - 2 * across))
    assert kernel_interval(a, b) == pytest.approx(percentiles(np.asarray(values)), rel=1e-6, abs=1e-6)


def test_the_kernel_interval_holds_the_distance_and_shrinks() -> None:
    a, b = normal(200, 6, 1), normal(160, 6, 2, 1.0)
    low, high = kernel_interval(a, b)
    assert low < 1000 * polynomial_mmd(a, b) < high
    few = kernel_interval(a[:30], b[:30])
    assert few[1] - few[0] > 1.5 * (high - low)


def test_the_kernel_interval_is_around_zero_for_sets_of_one_kind() -> None:
    """Counting a picture drawn twice as a pair would lift every redraw of a far from b's well above zero."""
    held = 0
    for seed in range(40):
        low, high = kernel_interval(normal(25, 4, seed), normal(25, 4, seed + 500))
        held += low <= 0 <= high
    assert held >= 34


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = normal(20, 3, 1), normal(11, 3, 2, 1.0)
    whole = kernel_interval(a, b), pairs_interval(kernel(a, a))
    monkeypatch.setattr(bootstrap, "BLOCK", 7)
    assert kernel_interval(a, b) == pytest.approx(whole[0])
    assert pairs_interval(kernel(a, a)) == pytest.approx(whole[1])


def test_the_ratio_is_redrawn_as_pairs() -> None:
    style = normal(40, 5, 1)
    photos = normal(40, 5, 2, 1.5)
    assert ratio_interval(photos, photos, style) == pytest.approx((1.0, 1.0))
    low, high = ratio_interval(0.5 * photos, photos, style)
    ratio = polynomial_mmd(0.5 * photos, style) / polynomial_mmd(photos, style)
    assert low < ratio < high < 1


def test_a_ratio_of_unpaired_sets_is_wider() -> None:
    style, photos = normal(40, 5, 1), normal(41, 5, 2, 1.5)
    low, high = ratio_interval(photos[:-1], photos, style)
    assert low < 1 < high
    assert high - low < 1


def test_redraws_at_no_distance_are_left_out_of_a_ratio() -> None:
    style, photos = normal(12, 4, 1), normal(12, 4, 2, 0.4)
    low, high = ratio_interval(photos, photos, style)
    assert (low, high) == pytest.approx((1.0, 1.0))


def test_the_frechet_interval_is_around_the_figure() -> None:
    a, b = normal(60, 4, 1), normal(50, 4, 2, 1.0)
    low, high = frechet_interval(a, b)
    value = frechet_distance(a, b)
    assert (low + high) / 2 == pytest.approx(value)
    # As wide as the figure of other pictures of the same kind spreads, within the noise of 100 redraws.
    others = [frechet_distance(normal(60, 4, 10 + seed), normal(50, 4, 500 + seed, 1.0)) for seed in range(200)]
    assert (high - low) / 2 == pytest.approx(NORMAL_QUANTILE * np.std(others), rel=0.45)


def test_large_sets_have_fewer_redraws(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counting(pictures: int, stream: int = 0, times: int = REDRAWS) -> Doubles:
        asked.append(times)
        return redraws(pictures, stream, times)

    monkeypatch.setattr(bootstrap, "redraws", counting)
    monkeypatch.setattr(bootstrap, "FRECHET_LARGE", 8)
    frechet_interval(normal(9, 9, 1), normal(9, 9, 2))
    frechet_interval(normal(9, 8, 1), normal(9, 8, 2))
    frechet_interval(normal(8, 9, 1), normal(9, 9, 2))
    assert asked == [20, 20, 100, 100, 100, 100]


@pytest.mark.parametrize("interval", [kernel_interval, frechet_interval])
def test_bad_features_are_refused(interval: object) -> None:
    assert callable(interval)
    with pytest.raises(SettingError, match="do not match"):
        interval(normal(5, 4, 1), normal(5, 3, 1))
    with pytest.raises(DataError, match="at least"):
        interval(normal(5, 4, 1), normal(1, 4, 1))
