"""`pleinair score`: judge sets of pictures and painters by named protocols."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from pleinair.cli.judging_options import Means, judging_options
from pleinair.cli.painting import painter
from pleinair.cli.scoring import (
    FOLDER,
    check_outputs,
    hand_over,
    out_option,
    pairs_sheet,
    progress,
    report_option,
)
from pleinair.cli.steadiness import film
from pleinair.errors import DataError

INCEPTION = ("fid", "kid")  # they need PyTorch, so they are written in the other half and imported by name


class Scores(click.Group):
    """The group with the two commands of the studio half."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *INCEPTION])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in INCEPTION:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module("pleinair.cli.inception"), cmd_name)
        assert isinstance(command, click.Command)
        return command


reference_option = click.option(
    "--reference", type=FOLDER, multiple=True, metavar="DIR", help="Pictures to compare with; may be repeated."
)
training_option = click.option(
    "--training", type=FOLDER, multiple=True, metavar="DIR", help="Pictures trained on; may be repeated."
)
held_out_option = click.option(
    "--held-out", type=FOLDER, multiple=True, metavar="DIR", help="Pictures not trained on; may be repeated."
)
sheets_option = click.option(
    "--sheets", type=FOLDER, metavar="DIR", help="Save every picture beside its nearest training picture there."
)


@click.group(cls=Scores)
def score() -> None:
    """Judge how well a painter meets its styles."""


@score.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@judging_options
def kd(a: Path, b: Path, means: Means) -> None:
    """Kernel and Fréchet distance of the pictures in folders A and B."""
    _survey(["kd", "fd"], a, means, [b])


@score.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@out_option
@report_option
def content(a: Path, b: Path, out: Path | None, report: Path | None) -> None:
    """How well pictures of folder B keep the contours of A's of the same name."""
    from pleinair.metrics.measure import measure_content
    from pleinair.metrics.report import Findings
    from pleinair.metrics.squares import picture_files

    check_outputs(out, report)
    after = {path.stem: path for path in picture_files([b])}
    before = [path for path in picture_files([a]) if path.stem in after]
    if not before:
        raise DataError(
            f"no pictures of the same name in {a} and {b}; name a painting as the picture it was painted from"
        )
    painted = [after[path.stem] for path in before]
    kept = measure_content(b.name, before, painted, a.name)
    hand_over(f"{b.name} of {a.name}", Findings([kept], sheets=[pairs_sheet(b.name, before, painted)]), out, report)


@score.command()
@click.argument("a", type=FOLDER)
@out_option
@report_option
def sharpness(a: Path, out: Path | None, report: Path | None) -> None:
    """How sharp the pictures of folder A are: mean log-gradient at 384 px."""
    _survey(["sharpness"], a, Means(out=out, report=report))


@score.command()
@click.argument("a", type=FOLDER)
@judging_options
def diversity(a: Path, means: Means) -> None:
    """How different the pictures of folder A are, and the share of near-duplicates."""
    _survey(["diversity", "near_duplicates"], a, means)


@score.command()
@click.argument("a", type=FOLDER)
@judging_options
def conditions(a: Path, means: Means) -> None:
    """How different pictures from one condition are: a folder inside A holds those of one."""
    _survey(["condition_diversity"], a, means)


@score.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@judging_options
def neighbors(a: Path, b: Path, means: Means) -> None:
    """Precision, recall, density and coverage of folder A's pictures against B's."""
    from pleinair.metrics.survey import NEIGHBORHOOD

    _survey(NEIGHBORHOOD, a, means, [b])


@score.command()
@click.argument("a", type=FOLDER)
@training_option
@held_out_option
@sheets_option
@judging_options
def copies(
    a: Path,
    training: tuple[Path, ...],
    held_out: tuple[Path, ...],
    sheets: Path | None,
    means: Means,
) -> None:
    """The share of folder A's pictures that are nearer to a training picture than held-out ones come."""
    _survey(["copies"], a, means, (), training, held_out, sheets)


@score.command(name="set")
@click.argument("a", type=FOLDER)
@click.option("--by", metavar="NAMES", help="Protocols, as kd1k,recall,copies (default: all that the folders allow).")
@reference_option
@training_option
@held_out_option
@sheets_option
@judging_options
def whole_set(
    a: Path,
    by: str | None,
    reference: tuple[Path, ...],
    training: tuple[Path, ...],
    held_out: tuple[Path, ...],
    sheets: Path | None,
    means: Means,
) -> None:
    """Judge the pictures of folder A by several protocols at once.

    A name with a number, as kd1k, counts exactly so many pictures and takes the project's feature network only.
    """
    names = [name.strip() for name in by.split(",") if name.strip()] if by is not None else None
    _survey(names, a, means, reference, training, held_out, sheets)


score.add_command(painter)
score.add_command(film)


def _survey(
    names: Sequence[str] | None,
    pictures: Path,
    means: Means,
    reference: Sequence[Path] = (),
    training: Sequence[Path] = (),
    held_out: Sequence[Path] = (),
    sheets: Path | None = None,
) -> None:
    """Judge a folder's pictures by these protocols, or by all that are possible, and hand over what was found."""
    from pleinair.metrics.features import load_features
    from pleinair.metrics.survey import check_request, needs_network, possible, save_pairs, sets_of, survey

    check_outputs(means.out, means.report)
    sets = sets_of(pictures, reference, training, held_out)
    names = possible(sets) if names is None else names
    check_request(names, sets)
    network = load_features(means.network) if needs_network(names) else None
    found = survey(names, sets, network, progress, means.cache)
    hand_over(pictures.name, found, means.out, means.report)
    if sheets is not None:
        for path in save_pairs(found.pairs, sheets):
            click.echo(f"sheet: {path}")
