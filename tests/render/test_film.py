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
from pleinair.render.film import AHEAD, WORKERS, Turns, overlapped


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 4), st.integers(1, 4))
def test_all_in_order(items: list[int], workers: int, ahead: int) -> None:
    assert list(overlapped(items, lambda item: item * 2, workers=workers, ahead=ahead)) == [2 * item for item in items]


def test_slow_ones_do_not_come_late() -> None:
    def work(item: int) -> int:
        time.sleep(0.02 * (item % 2 == 0))
        return item

    assert list(overlapped(range(12), work)) == list(range(12))


def test_few_are_read_ahead() -> None:
    read = list[int]()

    def items() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    ahead = overlapped(items(), lambda item: item)
    assert next(ahead) == 0
    time.sleep(0.2)
    assert len(read) <= 1 + WORKERS + AHEAD + 2
    ahead.close()
    assert len(read) < 20


def test_closing_ends_the_threads() -> None:
    before = threading.active_count()
    ahead = overlapped(range(1000), lambda item: item)
    next(ahead)
    ahead.close()
    time.sleep(0.05)
    assert threading.active_count() == before


def test_what_goes_wrong_is_raised_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("gone")

    ahead = overlapped(items(), lambda item: item)
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(OSError, match="gone"):
        next(ahead)

    def work(item: int) -> float:
        return 1 / (item - 1)

    ahead_too = overlapped([3, 1, 2], work)
    assert next(ahead_too) == 0.5
    with pytest.raises(ZeroDivisionError):
        next(ahead_too)


def test_an_engine_paints_in_turns() -> None:
    inside, most = 0, 0

    def alone(pictures: Array) -> Array:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)
        inside -= 1
        return pictures

    engine = Turns(FakeEngine(4, 8, alone))
    pictures = [np.full((1, 3, 24, 24), value, np.float32) for value in range(6)]
    painted = list(overlapped(pictures, engine.paint, workers=3))
    assert [float(each[0, 0, 0, 0]) for each in painted] == [0, 1, 2, 3, 4, 5]
    assert most == 1
    assert engine.spec.halo == 8
