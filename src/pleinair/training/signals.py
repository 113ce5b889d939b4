"""Ctrl-C and SIGTERM: asked once, a training saves and ends between two steps; asked again, it drops everything."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """While open, gives a function that says whether somebody asked for an end. The second signal raises
    KeyboardInterrupt.

    Does nothing outside the main thread, where Python hands out no signals.
    """
    asked = False

    def hear(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    former = {}
    try:
        for number in SIGNALS:
            former[number] = signal.signal(number, hear)
    except ValueError:  # not the main thread
        pass
    try:
        yield lambda: asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
