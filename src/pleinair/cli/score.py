"""`pleinair score`: judge sets of pictures and painters by named protocols."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.errors import DataError

if TYPE_CHECKING:
    from pleinair.metrics.features import Features, FeatureSet
    from pleinair.metrics.judge import Easel, Judgement, Paint
    from pleinair.metrics.protocols import Result
    from pleinair.metrics.squares import Pixels
    from pleinair.painter import Painter

FOLDER = click.Path(path_type=Path)

_features = click.option(
    "--features",
    "features_file",
    type=FOLDER,
    metavar="FILE",
    help="Feature network, .onnx (default: $PLEINAIR_FEATURES_ONNX).",
)
_cache = click.option("--cache", type=FOLDER, metavar="DIR", help="Keep features there for the next time.")
_out = click.option("--out", type=FOLDER, metavar="FILE", help="Append the figures there, one JSON line each.")


@click.group()
def score() -> None:
    """Judge how well a painter meets its styles."""


@score.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@_features
@_cache
@_out
def kd(a: Path, b: Path, features_file: Path | None, cache: Path | None, out: Path | None) -> None:
    """Kernel and Fréchet distance of the pictures in folders A and B."""
    from pleinair.metrics.features import load_features
    from pleinair.metrics.measure import measure_fd, measure_kd

    extractor = load_features(features_file)
    one, other = _seen([a], a.name, extractor, cache), _seen([b], b.name, extractor, cache)
    kernel, frechet = measure_kd(one, other), measure_fd(one, other)
    click.echo(
        f"KD {kernel.value:.2f} ± {kernel.details['standard_error']:.2f}   FD {frechet.value:.2f}   {_count(kernel)}"
    )
    _write(out, [kernel, frechet])


@score.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@_out
def content(a: Path, b: Path, out: Path | None) -> None:
    """How well pictures of folder B keep the contours of A's of the same name."""
    from pleinair.metrics.measure import measure_content
    from pleinair.metrics.squares import picture_files

    after = {path.stem: path for path in picture_files([b])}
    before = [path for path in picture_files([a]) if path.stem in after]
    if not before:
        raise DataError(
            f"no pictures of the same name in {a} and {b}; name a painting as the picture it was painted from"
        )
    kept = measure_content(b.name, before, [after[path.stem] for path in before], a.name)
    five, worst = kept.details["percentile5"], kept.details["worst"]
    click.echo(f"content {kept.value:.3f}   5% {five:.3f}   worst {worst:.3f}   n {kept.pictures}")
    _write(out, [kept])


@score.command()
@click.argument("a", type=FOLDER)
@_out
def sharpness(a: Path, out: Path | None) -> None:
    """How sharp the pictures of folder A are: mean log-gradient at 384 px."""
    from pleinair.metrics.measure import measure_sharpness
    from pleinair.metrics.squares import picture_files

    found = measure_sharpness(a.name, picture_files([a]))
    click.echo(f"sharpness {found.value:.3f}   n {found.pictures}")
    _write(out, [found])


@score.command()
@click.argument("a", type=FOLDER)
@_features
@_cache
@_out
def diversity(a: Path, features_file: Path | None, cache: Path | None, out: Path | None) -> None:
    """How different the pictures of folder A are, and the share of near-duplicates."""
    from pleinair.metrics.features import load_features
    from pleinair.metrics.measure import measure_diversity

    found = measure_diversity(_seen([a], a.name, load_features(features_file), cache))
    near = found.details["near_duplicates"]
    click.echo(f"diversity {found.value:.4f}   near-duplicates {near:.3f}   n {found.pictures}")
    _write(out, [found])


@score.command()
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
@_features
@_cache
@_out
def painter(
    name_or_path: str,
    contents: tuple[Path, ...],
    styles: tuple[str, ...],
    features_file: Path | None,
    cache: Path | None,
    out: Path | None,
) -> None:
    """Paint pictures with a painter, by name or file, and judge it in each style.

    A style given twice is judged against both folders together. To judge `photo`, give paintings as --content and
    photos as --style photo=DIR.
    """
    from pleinair.metrics.features import load_features
    from pleinair.metrics.judge import easel, judge, painted_by
    from pleinair.painter import load
    from pleinair.store import check_style

    folders = _folders_by_style(styles)
    _write(out, [])  # a file that cannot be written is said before the painting, not after
    model, extractor = load(name_or_path), load_features(features_file)
    for style in folders:
        check_style(model.spec, style)
    references = {style: _seen(paths, style, extractor, cache) for style, paths in folders.items()}
    pictures = easel(list(contents), extractor, cache)
    judgements = []
    for style, reference in references.items():
        with _progress(f"painting {style}", len(pictures.pictures)) as advance:
            painted = painted_by(_paint(model, style), pictures, advance)
        judgements.append(judge(style, pictures, painted, reference, extractor))
    click.echo(_table(pictures, judgements))
    _write(out, (result for each in judgements for result in each.results()))


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


def _seen(folders: list[Path], name: str, extractor: "Features", cache: Path | None) -> "FeatureSet":
    from pleinair.metrics.features import feature_set
    from pleinair.metrics.squares import picture_files

    files = picture_files(folders)
    with _progress(f"looking at {name}", len(files)) as advance:
        return feature_set(name, files, extractor, cache, advance)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while it is a terminal; the figures go to stdout."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)


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
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(w) if column == 0 else cell.rjust(w)
            for column, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
    lines.append(f"{len(pictures.pictures)} pictures of {pictures.name}; sharpness before painting {unpainted:.3f}")
    return "\n".join(lines)


def _count(result: "Result") -> str:
    return f"n {result.pictures}/{result.reference_pictures}"


def _write(out: Path | None, results: "Iterable[Result]") -> None:
    from pleinair.metrics.protocols import append_lines

    if out is not None:
        append_lines(out, (result.to_json() for result in results))
