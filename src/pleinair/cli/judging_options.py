"""Options of `pleinair score`: who looks, what is kept of that, and where the figures go."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from pleinair.cli.scoring import FOLDER, out_option, report_option

cache_option = click.option("--cache", type=FOLDER, metavar="DIR", help="Keep features there for the next time.")
features_option = click.option(
    "--features",
    "network",
    type=FOLDER,
    metavar="FILE",
    help="Feature network, .onnx (default: $PLEINAIR_FEATURES_ONNX).",
)
inception_option = click.option(
    "--inception",
    "network",
    type=FOLDER,
    metavar="FILE",
    help="The standard weights, pt_inception-2015-12-05-6726825d.pth (default: fetched, where a network is there).",
)
count_option = click.option(
    "--pictures", type=click.IntRange(min=3), metavar="N", help="Take exactly so many of A's, evenly by name."
)


@dataclass(frozen=True)
class Means:
    """What was given of them. network: the file of a feature network, or None for the usual one. cache: a folder for
    features. out, report: files for the figures. pictures: how many of A's are taken, or None for all."""

    network: Path | None = None
    cache: Path | None = None
    out: Path | None = None
    report: Path | None = None
    pictures: int | None = None


def judging_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb --features, --cache, --out and --report, which it takes as `means`."""
    return _gathered(command, features_option, cache_option, out_option, report_option)


def inception_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb --inception, --pictures, --cache, --out and --report, which it takes as `means`."""
    return _gathered(command, inception_option, count_option, cache_option, out_option, report_option)


def _gathered(
    command: Callable[..., None], *options: Callable[[Callable[..., None]], Callable[..., None]]
) -> Callable[..., None]:
    @functools.wraps(command)
    def gathered(
        *arguments: Any,
        network: Path | None,
        cache: Path | None,
        out: Path | None,
        report: Path | None,
        pictures: int | None = None,
        **others: Any,
    ) -> None:
        command(*arguments, means=Means(network, cache, out, report, pictures), **others)

    found: Callable[..., None] = gathered
    for option in reversed(options):
        found = option(found)
    return found
