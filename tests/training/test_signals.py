"""Ctrl-C and SIGTERM are heard, once politely."""

import signal
import threading

import pytest

from pleinair.training.signals import SIGNALS, asked_to_stop


def test_nobody_asked() -> None:
    with asked_to_stop() as asked:
        assert not asked()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_a_question(number: signal.Signals) -> None:
    with asked_to_stop() as asked:
        signal.raise_signal(number)
        assert asked()


def test_the_second_one_is_an_order() -> None:
    with asked_to_stop() as asked:
        signal.raise_signal(signal.SIGTERM)
        assert asked()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_former_handlers_come_back_whatever_happens() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]

    def fail() -> None:
        with asked_to_stop():
            assert [signal.getsignal(number) for number in SIGNALS] != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_threads_hear_nothing_and_do_not_mind() -> None:
    heard: list[bool] = []

    def work() -> None:
        with asked_to_stop() as asked:
            heard.append(asked())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [False]
