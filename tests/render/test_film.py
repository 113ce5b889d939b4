"""Frames overlapped: in order, all of them, few at a time; what goes wrong is raised in its place."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.fake import FakeEngine
from pleinair.engine.protocol import Array
from pleinair.render.film import AHEAD, MOST_LANES, Turns, lanes_of, overlapped, painted


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 4), st.integers(1, 4))
def test_all_in_order(items: list[int], workers: int, ahead: int) -> None:
    assert list(overlapped(items, lambda item: item * 2, workers=workers, ahead=ahead)) == [2 * item for item in items]


def test_slow_ones_do_not_come_late() -> None:
    def work(item: int) -> int:
        time.sleep(0.02 * (item % 2 == 0))
        return item

    assert list(overlapped(range(12), work, workers=2)) == list(range(12))


def test_few_are_read_ahead() -> None:
    read = list[int]()

    def items() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    ahead = overlapped(items(), lambda item: item, workers=2)
    assert next(ahead) == 0
    time.sleep(0.2)
    assert len(read) <= 1 + 2 + AHEAD + 2
    ahead.close()
    assert len(read) < 20


def test_closing_ends_the_threads() -> None:
    before = threading.active_count()
    ahead = overlapped(range(1000), lambda item: item, workers=2)
    next(ahead)
    ahead.close()
    time.sleep(0.05)
    assert threading.active_count() == before


def test_what_goes_wrong_is_raised_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("gone")

    ahead = overlapped(items(), lambda item: item, workers=2)
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(OSError, match="gone"):
        next(ahead)

    def work(item: int) -> float:
        return 1 / (item - 1)

    ahead_too = overlapped([3, 1, 2], work, workers=2)
    assert next(ahead_too) == 0.5
    with pytest.raises(ZeroDivisionError):
        next(ahead_too)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_no_more_paint_at_a_time_than_there_are_lanes(lanes: int) -> None:
    inside, most, full, count = 0, 0, threading.Event(), threading.Lock()

    def alone(pictures: Array) -> Array:
        nonlocal inside, most
        with count:
            inside += 1
            most = max(most, inside)
            if inside == lanes:
                full.set()
        assert full.wait(10)  # that so many paint at a time is not left to chance
        time.sleep(0.01)
        with count:
            inside -= 1
        return pictures

    engine = FakeEngine(4, 8, alone)
    pictures = [np.full((1, 3, 24, 24), value, np.float32) for value in range(6)]
    done = list(painted(pictures, lambda item, turns: turns.paint(item), engine, lanes))
    assert [float(each[0, 0, 0, 0]) for each in done] == [0, 1, 2, 3, 4, 5]
    assert most == lanes
    assert Turns(engine, lanes).spec.halo == 8


@given(st.integers(1, 256))
def test_threads_are_shared_out_among_lanes(threads: int) -> None:
    lanes, each = lanes_of(threads)
    assert 1 <= lanes <= MOST_LANES
    assert each >= 1
    assert abs(lanes * each - threads) <= lanes / 2
