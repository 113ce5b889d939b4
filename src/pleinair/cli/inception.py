"""`pleinair score fid` and `kid`: distances by the standard Inception weights. Studio half, for they need PyTorch."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.scoring import FOLDER, cache_option, check_outputs, hand_over, out_option, report_option, seen_files
from pleinair.errors import MissingExtraError

if TYPE_CHECKING:
    from pleinair.metrics.features import FeatureSet
    from pleinair.metrics.protocols import Result

    Measure = Callable[[FeatureSet, FeatureSet, str], Result]

inception_option = click.option(
    "--inception",
    "weights",
    type=FOLDER,
    metavar="FILE",
    help="The standard weights, pt_inception-2015-12-05-6726825d.pth (default: fetched, where a network is there).",
)
count_option = click.option(
    "--pictures", type=click.IntRange(min=3), metavar="N", help="Take exactly so many of A's, evenly by name."
)


@click.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@inception_option
@count_option
@cache_option
@out_option
@report_option
def fid(
    a: Path,
    b: Path,
    weights: Path | None,
    pictures: int | None,
    cache: Path | None,
    out: Path | None,
    report: Path | None,
) -> None:
    """Fréchet Inception distance of the pictures in folders A and B."""
    from pleinair.metrics.measure import measure_fd

    _distance("fid", measure_fd, a, b, weights, pictures, cache, out, report)


@click.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@inception_option
@count_option
@cache_option
@out_option
@report_option
def kid(
    a: Path,
    b: Path,
    weights: Path | None,
    pictures: int | None,
    cache: Path | None,
    out: Path | None,
    report: Path | None,
) -> None:
    """Kernel Inception distance (×1000) of the pictures in folders A and B."""
    from pleinair.metrics.measure import measure_kd

    _distance("kid", measure_kd, a, b, weights, pictures, cache, out, report)


def _distance(
    base: str,
    measure: "Measure",
    a: Path,
    b: Path,
    weights: Path | None,
    pictures: int | None,
    cache: Path | None,
    out: Path | None,
    report: Path | None,
) -> None:
    if not find_spec("torch"):
        raise MissingExtraError(f"score {base}", "train")
    from pleinair.metrics.protocols import counted, named
    from pleinair.metrics.report import Findings
    from pleinair.metrics.squares import picture_files

    check_outputs(out, report)
    name = named(base, pictures)
    ours, theirs = counted(name, picture_files([a])), picture_files([b])
    from pleinair.networks.inception import fetch_inception, load_inception

    network = load_inception(weights or fetch_inception())
    one, other = seen_files(ours, a.name, network, cache), seen_files(theirs, b.name, network, cache)
    hand_over(f"{a.name} and {b.name}", Findings([measure(one, other, name)]), out, report)
