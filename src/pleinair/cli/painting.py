"""`pleinair score painter`: paint, then judge in each style."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.judging_options import Means, judging_options
from pleinair.cli.scoring import (
    FOLDER,
    check_outputs,
    columns,
    pairs_sheet,
    progress,
    seen,
    write_lines,
)

if TYPE_CHECKING:
    from pleinair.metrics.judge import Easel, Judgement, Paint
    from pleinair.metrics.squares import Pixels
    from pleinair.painter import Painter


@click.command()
@click.argument("name_or_path")
@click.option(
    "--content",
    "contents",
    type=FOLDER,
    multiple=True,
    required=True,
    metavar="DIR",
    help="Pictures to paint; may be repeated.",
)
@click.option(
    "--style",
    "styles",
    multiple=True,
    required=True,
    metavar="NAME=DIR",
    help="A style and pictures of it; may be repeated.",
)
@judging_options
def painter(
    name_or_path: str,
    contents: tuple[Path, ...],
    styles: tuple[str, ...],
    means: Means,
) -> None:
    """Paint pictures with a painter, by name or file, and judge it in each style.

    A style given twice is judged against both folders together. To judge `photo`, give paintings as --content and
    photos as --style photo=DIR.
    """
    from pleinair.metrics.features import load_features
    from pleinair.metrics.judge import easel, judge, painted_by
    from pleinair.metrics.report import Findings, page, save_page
    from pleinair.painter import load
    from pleinair.store import check_style

    folders = _folders_by_style(styles)
    check_outputs(means.out, means.report)
    model, extractor = load(name_or_path), load_features(means.network)
    for style in folders:
        check_style(model.spec, style)
    references = {style: seen(paths, style, extractor, means.cache) for style, paths in folders.items()}
    pictures = easel(list(contents), extractor, means.cache)
    judgements, sheets = [], []
    for style, reference in references.items():
        with progress(f"painting {style}", len(pictures.pictures)) as advance:
            painted = painted_by(_paint(model, style), pictures, advance)
        judgements.append(judge(style, pictures, painted, reference, extractor))
        sheets.append(pairs_sheet(style, pictures.pictures, painted))
    results = [result for each in judgements for result in each.results()]
    click.echo(_table(pictures, judgements))
    write_lines(means.out, results)
    if means.report is not None:
        save_page(page(f"{name_or_path} on {pictures.name}", Findings(results, sheets=sheets)), means.report)
        click.echo(f"report: {means.report}")


def _paint(model: "Painter", style: str) -> "Paint":
    """Painting with default flags in one style."""

    def paint(picture: "Pixels") -> "Pixels":
        return model.stylize(picture, style=style)

    return paint


def _folders_by_style(styles: Iterable[str]) -> dict[str, list[Path]]:
    """`NAME=DIR` options → folders of each style, in the order given."""
    folders: dict[str, list[Path]] = {}
    for option in styles:
        name, equals, folder = option.partition("=")
        if not (name and equals and folder):
            raise click.UsageError(f"--style {option}: write NAME=DIR, as in --style monet=paintings/monet")
        folders.setdefault(name, []).append(Path(folder))
    return folders


def _table(pictures: "Easel", judgements: "list[Judgement]") -> str:
    from pleinair.metrics.measure import measure_sharpness

    unpainted = measure_sharpness(pictures.name, pictures.pictures).value
    head = ("style", "KD content", "KD painted", "ratio", "content", "5 %", "sharpness", "diversity")
    rows = [
        (
            each.style,
            f"{each.kd_unpainted.value:.0f}",
            f"{each.kd_painted.value:.0f}",
            f"{each.ratio.value:.3f}",
            f"{each.content.value:.3f}",
            f"{each.content.details['percentile5']:.3f}",
            f"{each.sharpness.value:.3f}",
            f"{each.diversity.value:.3f}",
        )
        for each in judgements
    ]
    foot = f"{len(pictures.pictures)} pictures of {pictures.name}; sharpness before painting {unpainted:.3f}"
    return f"{columns([head, *rows], right=range(1, len(head)))}\n{foot}"
