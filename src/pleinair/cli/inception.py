"""`pleinair score fid` and `kid`: distances by the standard Inception weights. Studio half, for they need PyTorch."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.judging_options import Means, inception_options
from pleinair.cli.scoring import FOLDER, check_outputs, hand_over, seen_files
from pleinair.errors import MissingExtraError

if TYPE_CHECKING:
    from pleinair.metrics.features import FeatureSet
    from pleinair.metrics.protocols import Result

    Measure = Callable[[FeatureSet, FeatureSet, str], Result]


@click.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@inception_options
def fid(a: Path, b: Path, means: Means) -> None:
    """Fréchet Inception distance of the pictures in folders A and B."""
    from pleinair.metrics.measure import measure_fd

    _distance("fid", measure_fd, a, b, means)


@click.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@inception_options
def kid(a: Path, b: Path, means: Means) -> None:
    """Kernel Inception distance (×1000) of the pictures in folders A and B."""
    from pleinair.metrics.measure import measure_kd

    _distance("kid", measure_kd, a, b, means)


def _distance(base: str, measure: "Measure", a: Path, b: Path, means: Means) -> None:
    if not find_spec("torch"):
        raise MissingExtraError(f"score {base}", "train")
    from pleinair.metrics.protocols import counted, named
    from pleinair.metrics.report import Findings
    from pleinair.metrics.squares import picture_files

    check_outputs(means.out, means.report)
    name = named(base, means.pictures)
    ours, theirs = counted(name, picture_files([a])), picture_files([b])
    from pleinair.networks.inception import fetch_inception, load_inception

    network = load_inception(means.network or fetch_inception())
    one, other = (seen_files(files, of.name, network, means.cache) for files, of in ((ours, a), (theirs, b)))
    hand_over(f"{a.name} and {b.name}", Findings([measure(one, other, name)]), means.out, means.report)
