"""Where paintings of a cluster wait for their names: a hidden folder within the one they go to.

Workers put their files on the rack; only the process that handed the jobs out gives them their names, each once. So a
worker that was taken for dead and paints on can neither write a painting a second time nor leave half of one.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pleinair.batch.claim import PREFIX, claimed
from pleinair.batch.cubes import CubeJob
from pleinair.batch.plan import Job, sheet_of
from pleinair.errors import OutputError

MODEL = "painter.onnx"  # no painting is called so
CLEARINGS = 20  # a worker that is just being killed may put down another file
PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Rack:
    """folder: the rack, on a disk that all workers see. sheets: of each job, a sheet is written too."""

    folder: Path
    sheets: bool = False

    @property
    def model(self) -> Path:
        """The model, for all workers."""
        return self.folder / MODEL

    def job(self, job: Job) -> Job:
        """The job as a worker gets it: paths from the root, its files on the rack."""
        source, target = job.source.absolute(), self.folder / job.target.name
        if isinstance(job, CubeJob):
            faces = tuple(face.absolute() for face in job.faces)
            targets = tuple(self.folder / path.name for path in job.targets)
            return replace(job, source=source, target=target, faces=faces, targets=targets)
        return replace(job, source=source, target=target)

    def holds(self, job: Job) -> bool:
        """Whether all files of the job are on the rack: a file is there whole or not at all."""
        return all((self.folder / path.name).exists() for path in self._files(job))

    def hand_over(self, job: Job) -> None:
        """Give the job's files their names, its target last. Raises OutputError."""
        for path in self._files(job):
            try:
                (self.folder / path.name).replace(path)
            except OSError as error:
                raise OutputError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error

    def plain(self, text: str, job: Job) -> str:
        """What a worker says of a job, with files called as they are here."""
        text = text.replace(str(self.folder), str(job.target.parent))
        return text.replace(str(job.source.absolute()), str(job.source))

    def _files(self, job: Job) -> tuple[Path, ...]:
        if isinstance(job, CubeJob):
            return job.targets
        return (sheet_of(job.target), job.target) if self.sheets else (job.target,)


@contextmanager
def racked(out: Path, model: Path, *, sheets: bool) -> Iterator[Rack]:
    """A rack in the folder `out`, with the model on it; it is taken away at the end. Raises OutputError."""
    rack = Rack(out.absolute() / f"{PREFIX}{secrets.token_hex(4)}", sheets)
    with ExitStack() as stack:
        stack.callback(_clear, rack.folder)
        try:
            rack.folder.mkdir()
            stack.enter_context(claimed(rack.folder))
            shutil.copyfile(model, rack.model)
        except OSError as error:
            raise OutputError(f"{out} cannot be written to: {(error.strerror or str(error)).lower()}") from error
        yield rack


def _clear(folder: Path) -> None:
    for _ in range(CLEARINGS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
        time.sleep(PAUSE_SECONDS)
