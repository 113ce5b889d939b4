"""Which file becomes which: pictures and folders → jobs, those already done left out, clashes refused before work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pleinair.errors import PictureError, PleinairError, SettingError
from pleinair.images.headers import LIGHT_SUFFIXES, SUFFIXES, format_of_suffix, sniff


@dataclass(frozen=True)
class Job:
    """One picture and the file that its painting becomes. exposure: in stops, of light that is one of several frames;
    None where the picture stands for itself."""

    source: Path
    target: Path
    exposure: float | None = field(default=None, kw_only=True)

    def exposed(self, asked: float | None) -> float | None:
        """The exposure to read at, if so much is asked for, or None."""
        return self.exposure if asked is None else asked


@dataclass(frozen=True)
class Plan:
    """Jobs to do, jobs whose target is there already, and inputs that cannot be painted with the reason why."""

    jobs: tuple[Job, ...]
    done: tuple[Job, ...]
    refused: tuple[tuple[Path, str], ...]


def plan(inputs: Sequence[Path], out: Path, *, overwrite: bool = False) -> Plan:
    """Jobs for pictures, and for the pictures that lie directly in folders, into the folder `out`, in the order given.

    A target is named as its source; only a suffix that belies the file is corrected. Raises SettingError if two sources
    would become one file, or if a target would overwrite one of the sources.
    """
    refused: list[tuple[Path, str]] = []
    jobs: list[Job] = []
    seen: set[Path] = set()
    for source in _pictures(inputs, refused):
        if source.resolve() in seen:
            continue
        seen.add(source.resolve())
        try:
            jobs.append(Job(source, out / target_name(source)))
        except PleinairError as error:
            refused.append((source, str(error)))
    _check_targets(jobs)
    done = tuple(job for job in jobs if not overwrite and job.target.exists())
    return Plan(tuple(job for job in jobs if job not in done), done, tuple(refused))


def target_name(source: Path) -> str:
    """The name of the painting of a picture. Raises PictureError if the file is no picture."""
    name = sniff(source)
    return source.name if format_of_suffix(source) == name else source.stem + {**SUFFIXES, **LIGHT_SUFFIXES}[name][0]


def sheet_of(target: Path) -> Path:
    """Where it is shown how a tile repeats."""
    return target.with_name(f"{target.stem}-2x2{target.suffix}")


def check_sheets(work: Plan) -> None:
    """Raise SettingError if a sheet would have the name of a painting, or of a picture, or be of light."""
    targets = {job.target.name.casefold(): job for job in (*work.jobs, *work.done)}
    sources = {job.source.resolve() for job in work.jobs}
    for job in work.jobs:
        sheet = sheet_of(job.target)
        if format_of_suffix(sheet) in LIGHT_SUFFIXES:  # light is written as large as it was read
            raise SettingError(f"{job.source} is light, of which there is no sheet; leave --sheet away")
        if sheet.name.casefold() in targets or sheet.resolve() in sources:
            raise SettingError(f"the sheet of {job.source} would be written over {sheet}; rename one of them")


def _pictures(inputs: Iterable[Path], refused: list[tuple[Path, str]]) -> Iterable[Path]:
    """The files meant: files as they are, of folders those that are named like pictures and not hidden, by name."""
    for path in inputs:
        if not path.is_dir():
            yield path
            continue
        try:
            found = sorted(file for file in path.iterdir() if format_of_suffix(file) and not file.name.startswith("."))
            found = [file for file in found if file.is_file()]
            if not found:
                raise PictureError(
                    f"{path} holds no pictures (JPEG, PNG, WebP, TIFF, EXR and HDR are read; its folders are not)"
                )
            yield from found
        except OSError as error:
            refused.append((path, f"{path} cannot be opened: {(error.strerror or str(error)).lower()}"))
        except PictureError as error:
            refused.append((path, str(error)))


def _check_targets(jobs: Sequence[Job]) -> None:
    """Raise SettingError rather than write two paintings to one file, or one over a picture."""
    # Some file systems take a.JPG and a.jpg for one, so they are refused on all.
    sources_by_target: dict[str, Path] = {}
    originals = {(status.st_dev, status.st_ino) for job in jobs if (status := job.source.stat())}
    for job in jobs:
        other = sources_by_target.setdefault(job.target.name.casefold(), job.source)
        if other is not job.source:
            raise SettingError(f"{other} and {job.source} would both become {job.target}; paint them into two folders")
        if job.target.exists():
            status = job.target.stat()
            if (status.st_dev, status.st_ino) in originals:
                raise SettingError(f"{job.target} is one of the pictures and would be overwritten; name another --out")
