"""Painting malformed files in a process of its own, under a watch: what becomes of each of them.

A file that says it is large, and can be read as such, is only read: painting takes its time by the pixel, and that is
no hang.
"""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from pleinair.errors import PleinairError
from pleinair.images import read
from tests.fuzz.malformed import malformed

ROOT = Path(__file__).resolve().parents[2]
CODE = f"import sys; sys.path[:0] = {[str(ROOT / 'src'), str(ROOT)]!r}\nfrom tests.fuzz.watching import work; work()"
SECONDS = 10.0  # for one file
MEMORY_MIB = 6144  # of a worker: what lies about its size must not take the machine with it
LARGE = 2_000_000  # pixels
PAINTED, READ, REFUSED, CRASHED, HUNG, TORN = "painted", "read", "refused", "crashed", "hung", "torn"
FINE = (PAINTED, READ, REFUSED)


@dataclass(frozen=True)
class Fate:
    """What became of a file: one of the words above, the line that was said, and the seconds it took."""

    name: str
    fate: str
    line: str
    seconds: float


def fates(numbers: Iterable[int], folder: Path) -> Iterator[Fate]:
    """Paint the malformed files of these numbers, one after another. `folder` is emptied of each before the next."""
    out = folder / "out"
    out.mkdir(parents=True, exist_ok=True)
    with Worker() as worker:
        for number in numbers:
            name, data = malformed(number)
            source, target = folder / name, out / name
            source.write_bytes(data)
            fate, line, seconds = worker.paint(source, target)
            left = sorted(path.name for path in out.iterdir())
            if fate in FINE and (wrong := _torn(fate, target, left)):
                fate, line = TORN, wrong
            yield Fate(name, fate, line, seconds)
            for path in (source, *out.iterdir()):
                path.unlink()


def _torn(fate: str, target: Path, left: list[str]) -> str:
    """What is wrong with what lies in the folder of outputs: the painting whole, or nothing."""
    if left != ([target.name] if fate == PAINTED else []):
        return f"left {left}"
    if fate == PAINTED:
        try:
            read(target)
        except PleinairError as error:
            return str(error)
    return ""


class Worker:
    """A process that paints what it is told, started anew if it dies or hangs."""

    def __enter__(self) -> "Worker":
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def paint(self, source: Path, target: Path) -> tuple[str, str, float]:
        """The fate of a file, what was said of it, and the seconds it took."""
        assert self._process.stdin
        with suppress(BrokenPipeError):  # it is dead already, as will be seen
            self._process.stdin.write(json.dumps([str(source), str(target)]) + "\n")
            self._process.stdin.flush()
        try:
            answer = self._answers.get(timeout=SECONDS)
        except queue.Empty:
            self._stop()
            self._start()
            return HUNG, f"more than {SECONDS:g} s", SECONDS
        if not answer:  # the end of its output: it died
            code = self._process.wait()
            self._stop()
            self._start()
            return CRASHED, f"exit code {code}", 0.0
        fate, line, seconds = json.loads(answer)
        return fate, line, seconds

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                CODE,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()
        self._answers.get(timeout=60)  # it is ready

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.close()


def _listen(lines: IO[str], answers: "queue.Queue[str]") -> None:
    with lines:
        for line in lines:
            answers.put(line)
    answers.put("")


def work() -> None:
    """The worker: reads [source, target] lines, paints, and writes [fate, line, seconds] lines."""
    import time
    import traceback
    import warnings

    from pleinair.batch.plan import Job, plan
    from pleinair.batch.work import Settings, paint_file
    from pleinair.engine.fake import FakeEngine
    from pleinair.render.looks import Look

    _limit_memory()
    warnings.simplefilter("ignore")
    engine, settings = FakeEngine(), Settings(Look(working_size=256))
    print("ready", flush=True)
    for order in sys.stdin:
        source, target = map(Path, json.loads(order))
        start = time.monotonic()
        try:
            jobs = plan([source], target.parent)
            if jobs.refused:
                fate, line = REFUSED, jobs.refused[0][1]
            elif read(source).pixels[:, :, 0].size > LARGE:
                fate, line = READ, ""
            else:
                line, fate = paint_file(Job(source, target), engine, settings, {"style": "fake"}), PAINTED
        except PleinairError as error:
            fate, line = REFUSED, str(error)
        except Exception:
            fate, line = CRASHED, traceback.format_exc()[-1500:]
        if fate == REFUSED and "\n" in line:
            fate = CRASHED
        print(json.dumps([fate, line, round(time.monotonic() - start, 3)]), flush=True)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MIB * 2**20, MEMORY_MIB * 2**20))
