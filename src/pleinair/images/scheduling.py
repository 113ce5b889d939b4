"""How the system schedules this process stays as it was, whatever a library asks for.

SVT-AV1, run by root as in most containers, makes its threads and the one that opens it real-time ones of the highest
priority (SCHED_FIFO, 99), and leaves them so: whatever else shares their cores stands still until they are done.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TASKS = Path("/proc/self/task")  # the threads of this process, by number


@contextmanager
def scheduled_as_before() -> Iterator[None]:
    """Every thread is scheduled as it was before what runs within, a new one as this thread was. Only where the system
    tells (Linux); elsewhere nothing is done."""
    if sys.platform != "linux" or not TASKS.is_dir():
        yield
        return
    usual = _told(0)
    before = {task: _told(task) for task in _tasks()}
    try:
        yield
    finally:
        for task in _tasks():
            wanted, now = before.get(task, usual), _told(task)
            if wanted is not None and now is not None and now != wanted:
                with suppress(OSError):  # it has ended, or this user may not
                    os.sched_setscheduler(task, wanted[0], os.sched_param(wanted[1]))


def _tasks() -> list[int]:
    return [int(entry.name) for entry in TASKS.iterdir()]


def _told(task: int) -> tuple[int, int] | None:
    """Policy and priority; None for a thread that has ended."""
    if sys.platform != "linux":
        return None
    try:
        return os.sched_getscheduler(task), os.sched_getparam(task).sched_priority
    except OSError:
        return None
