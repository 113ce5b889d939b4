"""What every judging shares on the command line: options, progress, and one way to hand figures over."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.errors import OutputError

if TYPE_CHECKING:
    from pleinair.metrics.features import FeatureSet, Network
    from pleinair.metrics.protocols import Result
    from pleinair.metrics.report import Findings, Sheet
    from pleinair.metrics.squares import Pixels

PAIRS, PAIRS_A_ROW, TILE = 12, 3, 160  # shown of a painting, and their size in px
FOLDER = click.Path(path_type=Path)

out_option = click.option("--out", type=FOLDER, metavar="FILE", help="Append the figures there, one JSON line each.")
report_option = click.option("--report", type=FOLDER, metavar="FILE", help="Write a page with figures, plots, sheets.")


def check_outputs(out: Path | None, report: Path | None = None) -> None:
    """A file that cannot be written is said before the work, not after. Raises OutputError."""
    from pleinair.metrics.protocols import append_lines

    if out is not None:
        append_lines(out, [])
    if report is not None and (report.is_dir() or not report.parent.is_dir()):
        raise OutputError(f"{report}: the report cannot be written there; give --report a file in a folder that exists")


def hand_over(title: str, found: "Findings", out: Path | None, report: Path | None) -> None:
    """A table on screen, lines of JSON, a page. Raises OutputError."""
    from pleinair.metrics.report import page, save_page

    click.echo(table(found.results))
    write_lines(out, found.results)
    if report is not None:
        save_page(page(title, found), report)
        click.echo(f"report: {report}")


def write_lines(out: Path | None, results: "Sequence[Result]") -> None:
    from pleinair.metrics.protocols import append_lines

    if out is not None:
        append_lines(out, (result.to_json() for result in results))


def pairs_sheet(name: str, before: "Sequence[Path | Pixels]", after: "Sequence[Path | Pixels]") -> "Sheet":
    """Pictures before and after painting, the first of them."""
    from pleinair.metrics.report import Sheet
    from pleinair.metrics.sheets import contact_sheet, pairs_in_rows
    from pleinair.metrics.squares import square

    one, other = ([square(source, TILE) for source in side[:PAIRS]] for side in (before, after))
    return Sheet(f"{name}: before and after", contact_sheet(pairs_in_rows(one, other, PAIRS_A_ROW), TILE))


def table(results: "Sequence[Result]") -> str:
    """Figures in columns: protocol, value, 95 % interval, pictures, and what else belongs to them."""
    rows = [("figure", "value", "95 %", "pictures", "")]
    for each in results:
        spread = "[{:.4g}, {:.4g}]".format(*each.interval) if each.interval else ""
        counts = f"{each.pictures}/{each.reference_pictures}" if each.reference else str(each.pictures)
        further = "   ".join(f"{name} {value:.4g}" for name, value in each.details.items())
        rows.append((each.protocol, f"{each.value:.4g}", spread, counts, further))
    return columns(rows, right=(1, 2, 3))


def columns(rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    """Rows of cells as lines of text; the columns numbered in `right` end together, the others begin together."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def seen(folders: Sequence[Path], name: str, network: "Network", cache: Path | None) -> "FeatureSet":
    """Features of the folders' pictures, with a bar. Raises DataError for a folder without any."""
    from pleinair.metrics.squares import picture_files

    return seen_files(picture_files(folders), name, network, cache)


def seen_files(files: Sequence[Path], name: str, network: "Network", cache: Path | None) -> "FeatureSet":
    from pleinair.metrics.features import feature_set

    with progress(f"looking at {name}", len(files)) as advance:
        return feature_set(name, files, network, cache, advance)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while it is a terminal; the figures go to stdout."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)
