"""Learning rate and averaging as functions of pictures seen."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.training.run import Rate
from pleinair.training.schedules import average_decay, rate_at

RATES = st.builds(
    Rate,
    peak=st.floats(1e-5, 1e-2),
    warmup_pictures=st.integers(0, 5_000),
    decay_share=st.floats(0.05, 0.9),
    floor=st.floats(0.01, 1.0),
)
LENGTHS = st.integers(10_000, 1_000_000)


@given(rate=RATES, pictures=LENGTHS, share=st.floats(0, 1.2))
def test_the_rate_stays_between_nothing_and_its_peak(rate: Rate, pictures: int, share: float) -> None:
    assert 0 < rate_at(rate, int(share * pictures), pictures) <= rate.peak * (1 + 1e-12)


@given(rate=RATES, pictures=LENGTHS, shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_the_rate_rises_while_it_warms_up_and_falls_ever_after(
    rate: Rate, pictures: int, shares: tuple[float, float]
) -> None:
    early, late = sorted(int(share * pictures) for share in shares)
    a, b = rate_at(rate, early, pictures), rate_at(rate, late, pictures)
    if late <= min(rate.warmup_pictures, pictures * (1 - rate.decay_share)):
        assert a <= b * (1 + 1e-12)
    if early >= rate.warmup_pictures:
        assert b <= a * (1 + 1e-12)


def test_the_rate_by_hand() -> None:
    rate = Rate(peak=1e-3, warmup_pictures=2_000, decay_share=0.25, floor=0.1)
    assert rate_at(rate, 999, 40_000) == pytest.approx(0.5e-3)
    assert rate_at(rate, 20_000, 40_000) == 1e-3
    assert rate_at(rate, 30_000, 40_000) == 1e-3
    assert rate_at(rate, 35_000, 40_000) == pytest.approx(1e-3 * (0.1 + 0.9 * 0.5))
    assert rate_at(rate, 40_000, 40_000) == pytest.approx(1e-4)
    assert rate_at(rate, 50_000, 40_000) == pytest.approx(1e-4)


@given(half_life=st.integers(1, 50_000), batch=st.integers(1, 64), seen=st.integers(0, 10**6))
def test_the_decay_halves_once_per_half_life(half_life: int, batch: int, seen: int) -> None:
    decay = average_decay(half_life, batch, seen)
    assert 0 < decay < 1
    if seen >= 10 * half_life and half_life >= batch:
        assert decay ** (half_life / batch) == pytest.approx(0.5)


@given(half_life=st.integers(100, 50_000), seen=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_the_average_forgets_ever_more_slowly(half_life: int, seen: tuple[int, int]) -> None:
    early, late = sorted(seen)
    assert average_decay(half_life, 8, early) <= average_decay(half_life, 8, late)


def test_the_first_weights_are_forgotten_at_once() -> None:
    share = 1.0  # of the first weights in the average
    for seen in range(0, 4_000, 8):
        share *= average_decay(2_000, 8, seen)
    assert share < 0.01


def test_the_decay_by_hand() -> None:
    assert average_decay(2_000, 8, 0) == 0.5
    assert average_decay(10, 80, 10**6) == pytest.approx(0.5**8)
    assert math.isclose(average_decay(2_000, 8, 10**6), 0.5 ** (8 / 2_000))
