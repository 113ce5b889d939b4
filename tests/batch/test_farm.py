"""Many jobs at a time: all of them, each once, failures named, and kill -9 at any moment."""

import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.batch.farm import done
from pleinair.batch.plan import Job, plan
from pleinair.errors import PictureError, SettingError
from pleinair.images import Picture, read, write
from tests.images.pictures import smooth

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def jobs(count: int) -> list[Job]:
    return [Job(Path(f"{number}.png"), Path(f"out/{number}.png")) for number in range(count)]


@given(count=st.integers(0, 30), workers=st.integers(1, 5), bad=st.sets(st.integers(0, 29)))
@settings(max_examples=25, deadline=None)
def test_every_job_is_done_once_and_failures_are_named(count: int, workers: int, bad: set[int]) -> None:
    begun: list[Job] = []

    def paint(job: Job) -> str:
        begun.append(job)
        if int(job.source.stem) in bad:
            raise PictureError(f"{job.source} is empty")
        return f"note {job.source.stem}"

    outcomes = dict(done(jobs(count), paint, workers))
    assert sorted(begun, key=lambda job: int(job.source.stem)) == jobs(count)
    assert outcomes.keys() == set(jobs(count))
    for number, job in enumerate(jobs(count)):
        outcome = outcomes[job]
        if number in bad:
            assert str(outcome) == f"{number}.png is empty"
            assert isinstance(outcome, PictureError)
        else:
            assert outcome == f"note {number}"


def test_one_worker_goes_in_order() -> None:
    assert [job for job, _ in done(jobs(9), lambda job: job.source.name)] == jobs(9)


def test_several_are_under_way_at_once_but_not_more() -> None:
    meeting = threading.Barrier(3)
    now, most, lock = 0, 0, threading.Lock()

    def paint(_: Job) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        meeting.wait(20)  # goes on only when three have come
        with lock:
            now -= 1
        return ""

    assert len(list(done(jobs(9), paint, 3))) == 9
    assert most == 3


def test_when_the_caller_stops_no_other_job_begins() -> None:
    begun: list[Job] = []

    def paint(job: Job) -> str:
        begun.append(job)
        time.sleep(0.01)
        return ""

    running = done(jobs(100), paint, 2)
    next(running)
    running.close()
    count = len(begun)
    assert count < 20
    time.sleep(0.05)
    assert len(begun) == count


def test_other_errors_are_not_swallowed() -> None:
    def paint(_: Job) -> str:
        raise ZeroDivisionError

    for workers in (1, 2):
        with pytest.raises(ZeroDivisionError):
            list(done(jobs(5), paint, workers))


def test_warnings_are_as_they_were() -> None:
    before = list(warnings.filters)
    list(done(jobs(5), lambda _: "", 3))
    assert list(warnings.filters) == before


@pytest.mark.parametrize("workers", [0, -1, 257])
def test_the_number_of_workers_has_limits(workers: int) -> None:
    with pytest.raises(SettingError, match="jobs at a time are 1 to 256"):
        list(done(jobs(1), lambda _: "", workers))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_any_moment_and_started_again_none_is_painted_twice_missing_or_torn(
    tmp_path: Path, make_trunk: Callable[..., Path]
) -> None:
    """What was there when the process was killed is the same file afterwards; the rest is painted; all are whole."""
    model, folder, out = make_trunk(tmp_path / "tiny.onnx"), tmp_path / "frames", tmp_path / "out"
    folder.mkdir()
    count = 40
    for number in range(count):
        write(Picture(smooth(40 + number, 48)), folder / f"{number:03}.png", {})
    words = ("stylize", folder, "--painter", model, "--style", "hokusai", "--out", out, "--jobs", "2", "--threads", "1")
    command = [sys.executable, "-m", "pleinair", *map(str, words)]
    seen: dict[str, tuple[int, int]] = {}
    for wanted in (1, 12, count + 1):  # files that are there when it is killed; never so many, so the last one ends
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and len(list(out.glob("*.png"))) < wanted:
            time.sleep(0.002)
        process.kill()
        _, complaints = process.communicate()
        there = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.glob("*.png")}
        assert seen.items() <= there.items(), complaints
        for name in there:
            assert read(out / name).pixels.shape == (40 + int(name[:3]), 48, 3)
        seen = there
    assert process.returncode == 0
    assert len(seen) == count
    assert plan([folder], out).jobs == ()
