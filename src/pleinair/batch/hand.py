"""Whoever paints jobs: in this process, or as a worker of a cluster, which loads the painter once."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pleinair.batch.cubes import CubeJob, paint_cube
from pleinair.batch.plan import Job
from pleinair.batch.work import Settings, paint_file
from pleinair.errors import PleinairError
from pleinair.painter import Painter, load
from pleinair.render.windows import Progress
from pleinair.store import sha256_of
from pleinair.version import __version__

Brush = Callable[[Job, Progress | None], str]


@dataclass(frozen=True)
class Order:
    """Everything that must be known before the first job: who paints, in what mix, how, and what is told in the
    metadata. mix: as `Painter.chosen` gives it."""

    painter: Painter
    mix: Mapping[str, float] | None
    settings: Settings
    provenance: Mapping[str, str]

    def brush(self) -> Brush:
        """Paints a job into its target and returns the note. The engine is made here, once. Raises ModelError; the
        brush raises as `work.paint_file` and `cubes.paint_cube` do."""
        engine = None if self.mix is None else self.painter.engine(self.mix)
        guided = partial(self.painter.guided, mix=self.mix)

        def paint(job: Job, progress: Progress | None = None) -> str:
            if isinstance(job, CubeJob):
                assert engine is not None
                return paint_cube(job, engine, self.settings, self.provenance, progress)
            return paint_file(job, engine, self.settings, self.provenance, progress, guided)

        return paint


@dataclass(frozen=True)
class Letter:
    """An order as it goes to other machines: plain values, the model as a file that all of them see.

    threads: of the engine. places: files and folders that a worker must see, under the same names as here.
    """

    model: Path
    mix: Mapping[str, float] | None
    settings: Settings
    provenance: Mapping[str, str]
    threads: int
    places: tuple[Path, ...] = ()
    version: str = __version__


class Said(NamedTuple):
    """What a worker answers: a note, mostly empty, or why it could not. (Errors themselves do not travel well.)"""

    note: str = ""
    refusal: str = ""


class Hand:
    """A worker of a cluster. Nothing is loaded before `ready`."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self._brush: Brush | None = None

    def ready(self) -> Said:
        """Load the painter; a refusal names this machine and says what it lacks."""
        letter, here = self._letter, socket.gethostname()
        if letter.version != __version__:
            return Said(refusal=f"{here} has pleinair {__version__}, not {letter.version}; install the same everywhere")
        for place in (letter.model, *letter.places):
            if not place.exists():
                return Said(refusal=f"{here} does not see {place}; every machine must, under that name")
        try:
            if sha256_of(letter.model) != letter.provenance.get("sha256"):
                return Said(refusal=f"{here} sees another file as {letter.model}")
            painter = load(letter.model, threads=letter.threads)
            self._brush = Order(painter, letter.mix, letter.settings, letter.provenance).brush()
        except PleinairError as error:
            return Said(refusal=f"{here}: {error}")
        return Said()

    def paint(self, job: Job) -> Said:
        """Paint a job into its target. Whatever goes wrong is an answer: it stops neither this worker nor others."""
        try:
            assert self._brush is not None
            return Said(self._brush(job, None))
        except PleinairError as error:
            return Said(refusal=str(error))
        except Exception as error:
            told = " ".join(str(error).split())
            return Said(refusal=f"{job.source}: {type(error).__name__} on {socket.gethostname()}: {told}")
