"""SIGTERM ends as Ctrl-C does: tidied up, with a code of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
import pytest

from pleinair.cli.ending import ended_tidily
from pleinair.images import Picture, write
from tests.images.pictures import smooth

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_interrupts_and_becomes_a_code(name: str) -> None:
    number = getattr(signal, name)
    former, tidied = signal.getsignal(number), []

    def work() -> None:
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        finally:
            os.kill(os.getpid(), number)  # a second one, which must not keep from what follows
            tidied.append(True)

    with pytest.raises(click.exceptions.Exit) as caught, ended_tidily():
        work()
    assert caught.value.exit_code == 128 + number
    assert tidied == [True]
    assert signal.getsignal(number) == former


def test_ctrl_c_stays_what_it_is() -> None:
    with pytest.raises(KeyboardInterrupt), ended_tidily():
        raise KeyboardInterrupt


def test_what_is_ignored_stays_ignored() -> None:
    """As under nohup."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_tidily():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, former)


def test_elsewhere_than_in_the_main_thread_nothing_changes() -> None:
    found: list[object] = []

    def run() -> None:
        with ended_tidily():
            found.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [before]


FARM = """
import sys, time
from contextlib import contextmanager
from itertools import count
from pleinair.batch import remote
from pleinair.batch.hand import Said
from pleinair.cli.main import main

class Crew:  # whose workers never end
    seats, numbers = 2, count()
    def hire(self): return next(self.numbers), next(self.numbers)
    def give(self, worker, job):
        job.target.with_name(f".{job.target.name}.part").write_bytes(b"half")
        print("painting", flush=True)
        return -1 - next(self.numbers)
    def first(self, tickets, seconds):
        ready = [ticket for ticket in tickets if ticket >= 0]
        time.sleep(0 if ready else 60)
        return ready[0]
    def answer(self, ticket): return Said()
    def dismiss(self, worker): pass

@contextmanager
def hired(*words): yield Crew()

remote.hired = hired
sys.exit(main(sys.argv[1:]))
"""


def test_a_farm_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path, trunk: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in "abc":
        write(Picture(smooth(20, 30)), tmp_path / "in" / f"{name}.png", {})
    words = ["stylize", str(tmp_path / "in"), "--painter", str(trunk), "--style", "hokusai", "--cluster", "auto"]
    process = subprocess.Popen(
        [sys.executable, "-c", FARM, *words, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout
    assert process.stdout.readline() == "painting\n"
    (hidden,) = (tmp_path / "out").glob(".painting-*")
    process.terminate()
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert complaints == ""
    assert not hidden.exists()
    assert not list((tmp_path / "out").iterdir())
