"""Being told to end: as after Ctrl-C, what was begun is tidied up first."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click

NAMES = ("SIGTERM", "SIGHUP")  # by a scheduler or `kill`; by a terminal that is closed. Not all systems have both


@contextmanager
def ended_tidily() -> Iterator[None]:
    """While this holds, SIGTERM and SIGHUP interrupt as Ctrl-C does; then the process exits with 128 and the signal's
    number, as shells report it. Outside the main thread nothing changes."""
    heard: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        first = not heard
        heard.append(number)
        if first:  # a second one must not interrupt the tidying up
            raise KeyboardInterrupt

    former = {}
    try:
        with suppress(ValueError):  # not the main thread
            for name in NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                    former[number] = signal.signal(number, end)
        yield
    except KeyboardInterrupt:
        if heard:
            raise click.exceptions.Exit(128 + heard[0]) from None
        raise
    finally:
        for number, handler in former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
