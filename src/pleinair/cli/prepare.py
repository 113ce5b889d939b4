"""`pleinair prepare`: folders of pictures become a pack to train on."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def _bytes(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """A size as 32MiB, 1.5GB or 500000 → bytes."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", value.strip())
    unit = UNITS.get(match[2].upper()) if match else None
    if match is None or unit is None:
        raise click.BadParameter(f"{value!r} is not a size; write 32MiB, 500KB or a number of bytes", ctx, param)
    return int(float(match[1]) * unit)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FOLDER...")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="PACK", help="The pack to write.")
@click.option("--name", help="What the pack calls itself (default: the name of its file).")
@click.option(
    "--size", default=512, show_default=True, metavar="PIXELS", help="The short side of stored pictures, at most."
)
@click.option("--budget", callback=_bytes, metavar="SIZE", help="Make the pack no larger than this, such as 32MiB.")
@click.option(
    "--validation",
    default=0.1,
    show_default=True,
    metavar="SHARE",
    help="Share of works set aside to judge training by.",
)
@click.option("--overwrite", is_flag=True, help="Prepare again even if the pack is up to date.")
def prepare(
    folders: tuple[Path, ...],
    out: Path,
    name: str | None,
    size: int,
    budget: int | None,
    validation: float,
    overwrite: bool,
) -> None:
    """Turn folders of pictures into a pack to train on.

    Pictures are checked, sized, freed of near-duplicates and split into a part to train on and one to judge by. What
    was kept and what was left out, and why, is printed and written beside the pack as NAME.report.json.
    """
    from pleinair.data.prepare import prepare as prepared

    with _progress() as progress:
        report = prepared(
            folders,
            out,
            name=name,
            short_side=size,
            budget=budget,
            validation=validation,
            minimum=min(128, size),
            overwrite=overwrite,
            progress=progress,
        )
    if report.up_to_date:
        click.echo(f"{report.pack} is up to date; --overwrite prepares it again")
    click.echo(report.table())


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr while it is a terminal; the report goes to stdout."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {}

        def advance(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        yield advance
