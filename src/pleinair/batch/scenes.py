"""Seeds → files: which are to be drawn, and the drawing of one after another."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pleinair.errors import PleinairError
from pleinair.images import Picture, write
from pleinair.images.picture import Pixels

DIGITS = 4


@dataclass(frozen=True)
class SceneJob:
    """A seed and the file that its scene becomes."""

    seed: int
    target: Path


def plan_scenes(
    seeds: Sequence[int], out: Path, suffix: str, *, overwrite: bool = False
) -> tuple[list[SceneJob], list[SceneJob]]:
    """Jobs to do, and jobs whose file is there already, each in the order of the seeds."""
    jobs = [SceneJob(seed, out / f"seed{seed:0{DIGITS}}.{suffix}") for seed in seeds]
    done = [job for job in jobs if not overwrite and job.target.exists()]
    skipped = {job.seed for job in done}
    return [job for job in jobs if job.seed not in skipped], done


def write_scenes(
    jobs: Sequence[SceneJob],
    pictures: Iterable[Pixels],
    provenance: Mapping[str, str],
    finish: Callable[[Pixels], Pixels],
) -> Iterator[tuple[SceneJob, PleinairError | None]]:
    """Finish and write the jobs' pictures as they are drawn; each job with what went wrong, if anything.

    provenance: for the files' metadata; the seed is added. What goes wrong with the drawing itself is raised.
    """
    for job, pixels in zip(jobs, pictures, strict=True):
        try:
            write(Picture(finish(pixels)), job.target, {"seed": str(job.seed), **provenance})
        except PleinairError as error:
            yield job, error
        else:
            yield job, None
