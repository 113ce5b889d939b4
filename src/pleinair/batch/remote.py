"""A work list on a cluster: what its workers must know and see, and where they put what they paint."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from pleinair.batch.claim import sweep
from pleinair.batch.cluster import done_by
from pleinair.batch.cubes import CubeJob
from pleinair.batch.farm import Outcome
from pleinair.batch.guiding import GuideFiles
from pleinair.batch.hand import Letter, Order
from pleinair.batch.plan import Job
from pleinair.batch.rack import Rack, racked
from pleinair.batch.ray_crew import hired


def done_remotely(
    jobs: Sequence[Job], order: Order, address: str, workers: int | None, say: Callable[[str], None]
) -> Generator[tuple[Job, Outcome], None, None]:
    """Do the jobs, which all go to one folder, by workers of a cluster, and give each, as it is finished, with its note
    or what it was refused by.

    address, workers: as `ray_crew.hired` takes them. say: takes lines on workers that cannot paint. If the caller
    stops, what is under way is given up, and nothing of it stays; what an earlier run that was killed has left is taken
    away. Raises MissingExtraError, ClusterError, OutputError.
    """
    out = jobs[0].target.parent
    sweep(out, say)
    with (
        racked(out, order.painter.path, sheets=order.settings.sheet) as rack,
        hired(address, letter(jobs, order, rack), workers) as crew,
    ):
        yield from done_by(jobs, crew, rack, say)


def letter(jobs: Sequence[Job], order: Order, rack: Rack) -> Letter:
    """The order, with paths that hold on all machines that see the same disks."""
    settings, guide = order.settings, order.settings.guide
    folders = {job.source.absolute().parent for job in jobs}
    folders |= {face.absolute().parent for job in jobs if isinstance(job, CubeJob) for face in job.faces}
    if guide is not None:
        guide = _absolute(guide)
        settings = replace(settings, guide=guide)
        folders |= {path for path in (guide.mask, guide.keep, guide.regions) if path is not None}
    named = settings.as_picture
    settings = replace(settings, as_picture=(*named, *(str(Path(pattern).absolute()) for pattern in named)))
    mix = None if order.mix is None else dict(order.mix)
    told, threads = dict(order.provenance), order.painter.threads or 1
    return Letter(rack.model, mix, settings, told, threads, tuple(sorted(folders)))


def _absolute(guide: GuideFiles) -> GuideFiles:
    def path(of: Path | None) -> Path | None:
        return None if of is None else of.absolute()

    return replace(guide, mask=path(guide.mask), keep=path(guide.keep), regions=path(guide.regions))
