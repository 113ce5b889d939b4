"""What a library makes of this process's scheduling is undone."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pleinair.images import scheduling
from pleinair.images.scheduling import scheduled_as_before

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
if sys.platform == "linux":
    OTHER, BATCH = os.SCHED_OTHER, os.SCHED_BATCH  # what any user may take


@pytest.fixture(autouse=True)
def as_found() -> object:
    """Whatever a test does to this thread is undone."""
    if sys.platform != "linux":
        return None
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    yield
    os.sched_setscheduler(0, *before)
    return None


def own() -> int:
    return os.sched_getscheduler(0)


class Waiting:
    """A thread that lives until it is told to end, and what it is scheduled as."""

    def __init__(self, first: Callable[[], None] = lambda: None) -> None:
        self._end, self._ready = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(first,), daemon=True)
        self._thread.start()
        assert self._ready.wait(30)

    def _run(self, first: Callable[[], None]) -> None:
        first()
        self._ready.set()
        self._end.wait(60)

    @property
    def policy(self) -> int:
        assert self._thread.native_id is not None
        return os.sched_getscheduler(self._thread.native_id)

    def end(self) -> None:
        self._end.set()
        self._thread.join(30)


def become_batch() -> None:
    os.sched_setscheduler(0, BATCH, os.sched_param(0))


@linux
def test_this_thread_is_put_back() -> None:
    before = own()
    with scheduled_as_before():
        become_batch()
        assert own() == BATCH
    assert own() == before == OTHER


@linux
def test_what_was_chosen_before_stays() -> None:
    become_batch()
    with scheduled_as_before():
        os.sched_setscheduler(0, OTHER, os.sched_param(0))
    assert own() == BATCH


@linux
def test_new_threads_are_as_this_one_and_old_ones_as_they_were() -> None:
    old = Waiting(become_batch)
    with scheduled_as_before():
        new = Waiting(become_batch)
        assert new.policy == BATCH
    try:
        assert (old.policy, new.policy) == (BATCH, OTHER)
    finally:
        old.end()
        new.end()


@linux
def test_an_error_within_passes_and_is_undone_too() -> None:
    def fails() -> None:
        with scheduled_as_before():
            become_batch()
            raise ValueError("within")

    with pytest.raises(ValueError, match="within"):
        fails()
    assert own() == OTHER


@linux
def test_threads_that_end_meanwhile_are_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Waiting()
    number = gone._thread.native_id
    gone.end()
    monkeypatch.setattr(scheduling, "_tasks", lambda: [int(number or 0), os.getpid()])
    with scheduled_as_before():
        pass
    assert own() == OTHER


def test_where_nothing_tells_nothing_is_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(scheduling, "TASKS", tmp_path / "none")
    done = []
    with scheduled_as_before():
        done.append("within")
    assert done == ["within"]


@linux
def test_av1_leaves_the_process_as_it_was() -> None:
    """As root, the encoder would make every thread a real-time one."""
    av = pytest.importorskip("av")
    from fractions import Fraction

    from pleinair.images.film_codecs import CODECS, Encoding, encoder
    from pleinair.images.film_facts import Colors

    if CODECS["av1"].encoder not in av.codecs_available:
        pytest.skip("this PyAV has no AV1 encoder")
    rate = Fraction(24)
    made = encoder(Encoding("av1", "yuv420p", 64, 64, 1 / rate, rate, Colors(), None, 40, 24))
    policies = {os.sched_getscheduler(int(task.name)) for task in Path("/proc/self/task").iterdir()}
    assert policies == {OTHER}
    made.encode(av.VideoFrame(64, 64, "yuv420p"))
    made.encode(None)
    assert {os.sched_getscheduler(int(task.name)) for task in Path("/proc/self/task").iterdir()} == {OTHER}
