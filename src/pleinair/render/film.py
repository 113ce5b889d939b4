"""A film through an engine: frames read, painted and handed on at the same time, in order, in little memory.

Knows arrays and engines, no files. What is read ahead and what waits to be taken is bounded, so memory does not grow
with the film.
"""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Semaphore, Thread
from typing import TypeVar

from pleinair.engine.protocol import Array, Engine
from pleinair.spec import ModelSpec

MOST_LANES = 4  # frames with the engine at a time; each takes memory for a window's layers
AHEAD = 2  # frames that may be done, or begun, before they are asked for
PATIENCE = 0.1  # seconds between looks at whether anybody still wants frames

T = TypeVar("T")
R = TypeVar("R")


def lanes_of(threads: int) -> tuple[int, int]:
    """How many frames to paint at a time by so many threads, and the engine's threads for each.

    A frame to itself on one thread wastes nothing on waiting for others, and what else there is to do, decoding and
    encoding above all, fills every gap.
    """
    lanes = min(threads, MOST_LANES)
    return lanes, round(threads / lanes)


class Turns:
    """An engine for many threads, so many of which paint at a time; the others wait for their turn."""

    def __init__(self, engine: Engine, lanes: int = 1) -> None:
        self._engine, self._gate = engine, Semaphore(lanes)

    @property
    def spec(self) -> ModelSpec:
        return self._engine.spec

    def paint(self, pictures: Array) -> Array:
        """As the engine does."""
        with self._gate:
            return self._engine.paint(pictures)


def painted(
    items: Iterable[T], work: Callable[[T, Engine], R], engine: Engine, lanes: int = 1
) -> Generator[R, None, None]:
    """`overlapped` work of items with an engine, which paints so many at a time; meanwhile one more is cut into
    windows, or put together from them."""
    turns = Turns(engine, lanes)
    return overlapped(items, lambda item: work(item, turns), workers=lanes + 1)


def overlapped(
    items: Iterable[T], work: Callable[[T], R], *, workers: int, ahead: int = AHEAD
) -> Generator[R, None, None]:
    """`work` of every item, in their order, done in threads while the caller deals with those before.

    One thread reads the items, `workers` work; at most workers + ahead items are in memory besides the one being read.
    Whatever the items or the work raise is raised here, in its place. Closing the iterator ends the threads.
    """
    pending: Queue[Future[R] | BaseException | None] = Queue(ahead + workers - 1)
    unwanted = Event()

    def put(entry: Future[R] | BaseException | None) -> bool:
        while not unwanted.is_set():
            with suppress(Full):
                pending.put(entry, timeout=PATIENCE)
                return True
        return False

    def read() -> None:
        try:
            for item in items:
                if not put(pool.submit(work, item)):
                    return
            put(None)
        except BaseException as error:  # told where the frame would have been
            put(error)

    with ThreadPoolExecutor(workers, thread_name_prefix="painting") as pool:
        reader = Thread(target=read, name="reading", daemon=True)
        reader.start()
        try:
            while (entry := pending.get()) is not None:
                if isinstance(entry, BaseException):
                    raise entry
                yield entry.result()
        finally:
            unwanted.set()
            with suppress(Empty):
                while True:
                    left = pending.get_nowait()
                    if isinstance(left, Future):
                        left.cancel()
            reader.join()
