"""The stopping rule, on histories written out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.metrics.stopping import stopping_reason


def test_a_falling_score_goes_on() -> None:
    history = [(1000 * step, 1.0 - 0.01 * step) for step in range(1, 90)]
    assert stopping_reason(history, 2000, 0.005) is None


def test_no_history_goes_on() -> None:
    assert stopping_reason([], 1) is None
    assert stopping_reason([(500_000, 0.7)], 1000) is None


def test_a_level_score_stops_when_patience_is_over() -> None:
    history = [(1000, 0.9), (2000, 0.5), (3000, 0.5), (4000, 0.51)]
    assert stopping_reason(history, 3000) is None
    reason = stopping_reason([*history, (5000, 0.5)], 3000)
    assert reason == "no score had a gain over 0.5, reached at 2,000 pictures, in the 3,000 pictures since"


def test_a_gain_too_small_is_none() -> None:
    history = [(1000, 0.5), (2000, 0.497), (3000, 0.496)]
    assert stopping_reason(history, 2000) is None
    reason = stopping_reason(history, 2000, 0.01)
    assert reason is not None
    assert "a gain above 0.01 over 0.5" in reason


def test_small_steps_add_up_to_a_gain() -> None:
    history = [(1000 * step, 0.5 - 0.004 * step) for step in range(20)]
    assert stopping_reason(history, 4000, 0.01) is None


def test_a_late_gain_starts_the_patience_anew() -> None:
    history = [(1000, 0.5), (2000, 0.6), (3000, 0.4), (4000, 0.6)]
    assert stopping_reason(history, 2000) is None


def test_scores_that_are_no_numbers_are_no_gain() -> None:
    assert stopping_reason([(1000, math.nan), (2000, 0.5), (3000, 0.4)], 2000) is None
    assert stopping_reason([(1000, 0.5), (2000, math.nan), (3000, math.nan)], 2000) is not None
    reason = stopping_reason([(1000, math.nan), (2000, math.inf), (3000, math.nan)], 2000)
    assert reason == "no score was a number in 2,000 pictures"


@given(st.lists(st.floats(0, 2), min_size=1, max_size=30), st.integers(1, 10), st.floats(0, 0.5))
def test_a_rule_of_the_history_alone(scores: list[float], patience: int, gain: float) -> None:
    """Same history, same answer; and whoever stops has waited, since a score that none after it beat by the gain."""
    history = list(enumerate(scores, 1))
    reason = stopping_reason(history, patience, gain)
    assert reason == stopping_reason(tuple(history), patience, gain)
    recent = scores[-patience:]
    if reason is not None:
        assert len(scores) > patience
        assert min(recent) >= min(scores[:-patience]) - gain
    elif len(scores) > patience:
        assert min(recent) < max(scores[:-patience])


@pytest.mark.parametrize(("patience", "gain"), [(0, 0.0), (-5, 0.0), (10, -0.1)])
def test_settings_out_of_range_are_refused(patience: int, gain: float) -> None:
    with pytest.raises(SettingError, match="patience"):
        stopping_reason([(1, 0.5)], patience, gain)


def test_a_history_that_runs_backward_is_refused() -> None:
    with pytest.raises(SettingError, match="order"):
        stopping_reason([(2000, 0.5), (1000, 0.4)], 1000)
