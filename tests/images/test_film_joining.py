"""Times of decoding: increasing, never too late, for any order of packets."""

from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.images.film_joining import decoding_times


@settings(deadline=None)
@given(st.lists(st.integers(-(10**9), 10**12), unique=True, max_size=40))
def test_times_increase_and_come_in_time(stamps: list[int]) -> None:
    times = decoding_times(array("q", stamps))
    assert len(times) == len(stamps)
    assert (np.diff(times) > 0).all()
    assert (times <= np.array(stamps, np.int64)).all()


@pytest.mark.parametrize(
    ("stamps", "times"),
    [([], []), ([5], [5]), ([0, 10, 20], [0, 10, 20]), ([0, 30, 10, 20], [-10, 0, 10, 20]), ([2, 0, 1], [-1, 0, 1])],
)
def test_known_orders(stamps: list[int], times: list[int]) -> None:
    assert decoding_times(array("q", stamps)).tolist() == times
