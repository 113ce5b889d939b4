"""Options for folders of many pictures: what would be done, how many at a time, and on which machines."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from pleinair.batch.farm import Outcome
    from pleinair.batch.hand import Order
    from pleinair.batch.plan import Job, Plan

Say = Callable[[str], None]


@dataclass(frozen=True)
class FarmOptions:
    """shown: the plan is to be shown, not done. jobs: pictures at a time. cluster: where to paint, if not here.
    workers: of the cluster; None for as many as it has cores for."""

    shown: bool
    jobs: int
    cluster: str | None = None
    workers: int | None = None

    def threads(self, said: int | None) -> int | None:
        """Threads of the engine per picture: as was said, else the cores shared out among the jobs; on a cluster 1."""
        if self.cluster is not None:
            return said or 1
        if said is not None or self.jobs == 1:
            return said
        from pleinair.engine.opening import cores

        return max(1, cores() // self.jobs)

    def of_films(self, said: int | None) -> tuple[int, int]:
        """Frames of a film to paint at a time, and threads of the engine for each: by --jobs and --threads, else by the
        cores."""
        from pleinair.engine.opening import cores
        from pleinair.render.film import lanes_of

        if self.jobs > 1:
            return self.jobs, self.threads(said) or 1
        return lanes_of(said or cores())

    def check_films(self) -> None:
        """Raise UsageError where films or numbered pictures are to go to a cluster."""
        if self.cluster is not None:
            raise click.UsageError(
                "a film or shot.%04d.png is painted in order on one machine; name the frames' folder"
            )

    def done(
        self, jobs: Sequence[Job], order: Order, begin: Callable[[Job], Callable[[float], None]], say: Say
    ) -> Generator[tuple[Job, Outcome], None, None]:
        """Do the jobs, here or on the cluster, and give each with its outcome. begin: is told of a job that begins,
        and gives what takes its progress. say: takes lines. Raises as `farm.done` and `remote.done_remotely`."""
        if self.cluster is None:
            from pleinair.batch.farm import done

            paint = order.brush()
            yield from done(jobs, lambda job: paint(job, begin(job)), self.jobs)
            return
        from pleinair.batch.remote import done_remotely

        for job, outcome in done_remotely(jobs, order, self.cluster, self.workers, say):
            begin(job)(1.0)
            yield job, outcome


def _address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """auto, local, or HOST:PORT, where an IPv6 address stands in brackets."""
    if value is None or value in ("auto", "local"):
        return value
    parts = re.fullmatch(r"(?:[^\s/:\[\]]+|\[[^\s/\]]+\]):(\d{1,5})", value)
    if parts and 0 < int(parts[1]) < 2**16:
        return value
    raise click.BadParameter(f"{value!r} is neither auto nor local nor HOST:PORT, as 10.0.0.5:6379")


def farm_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb --plan, --jobs and --cluster, which it takes as `farm`."""

    @click.option("--plan", "shown", is_flag=True, help="Only say what would be painted, and what not.")
    @click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Pictures at a time, each with its share of the cores.  [default: 1, on a cluster one a core]",
    )
    @click.option(
        "--cluster",
        callback=_address,
        metavar="ADDRESS",
        help="Paint on the machines of a Ray cluster: auto, local or HOST:PORT.",
    )
    @functools.wraps(command)
    def told(*arguments: Any, shown: bool, jobs: int | None, cluster: str | None, **others: Any) -> None:
        command(*arguments, farm=FarmOptions(shown, jobs or 1, cluster, jobs), **others)

    return told


def show(work: Plan, shots: Sequence[Path] = ()) -> None:
    """The plan, a line per picture and per film or sequence, and its sums; exits with 1 if there is a picture that
    cannot be painted."""
    for job in work.jobs:
        click.echo(f"{job.source} → {job.target}")
    for shot in shots:
        click.echo(f"{shot}, frame by frame")
    for source, reason in work.refused:
        click.echo(f"pleinair: {reason}" if str(source) in reason else f"pleinair: {source}: {reason}", err=True)
    there = f", {len(work.done)} there already (--overwrite paints anew)" if work.done else ""
    click.echo(f"{len(work.jobs) + len(shots)} to paint{there}")
    if work.refused:
        click.echo(
            f"{len(work.refused)} cannot be painted: {', '.join(str(source) for source, _ in work.refused)}", err=True
        )
        raise click.exceptions.Exit(1)
