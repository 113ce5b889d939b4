"""How the verbs end that paint a picture for each seed: what is there already is skipped, what is of another kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from pleinair.cli.scoring import progress

if TYPE_CHECKING:
    from pleinair.batch.sheets import Asked, Sheet

    Order = TypeVar("Order", bound=Asked)


def paint_sheets(
    doing: str,
    sheets: Sequence[Sheet],
    order: Order,
    write: Callable[[Sheet, Order], None],
    out: Path,
    overwrite: bool,
) -> None:
    """Paint what is not there yet, and say so; exit with 1 if anything was not painted. doing: what stands beside the
    bar. write: paints one."""
    from pleinair.batch.sheets import check_same
    from pleinair.errors import OutputError

    painted, done, failed = 0, 0, list[int]()
    with progress(doing, len(sheets)) as advance:
        for sheet in sheets:
            try:
                if not overwrite and sheet.target.exists():
                    check_same(sheet, order)
                if overwrite or not sheet.done:
                    write(sheet, order)
                    painted += 1
                else:
                    done += 1
            except OutputError as error:
                failed.append(sheet.seed)
                click.echo(f"pleinair: {error}", err=True)
            advance(1)
    there = f", {done} there already (--overwrite paints anew)" if done else ""
    click.echo(f"{painted} painted{there} → {out}")
    if failed:
        click.echo(f"{len(failed)} not painted: seeds {', '.join(map(str, failed))}", err=True)
        raise click.exceptions.Exit(1)
