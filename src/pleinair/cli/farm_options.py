"""Options for folders of many pictures: what would be done, and how many at a time."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from pleinair.batch.plan import Plan


@dataclass(frozen=True)
class FarmOptions:
    """shown: the plan is to be shown, not done. jobs: pictures at a time."""

    shown: bool
    jobs: int

    def threads(self, said: int | None) -> int | None:
        """Threads of the engine per picture: as was said, else the cores shared out among the jobs."""
        if said is not None or self.jobs == 1:
            return said
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(1, cores // self.jobs)


def farm_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb --plan and --jobs, which it takes as `farm`."""

    @click.option("--plan", "shown", is_flag=True, help="Only say what would be painted, and what not.")
    @click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        default=1,
        show_default=True,
        metavar="N",
        help="Pictures at a time, each with its share of the cores.",
    )
    @functools.wraps(command)
    def told(*arguments: Any, shown: bool, jobs: int, **others: Any) -> None:
        command(*arguments, farm=FarmOptions(shown, jobs), **others)

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
