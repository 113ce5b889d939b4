"""Options for light and transparency: exposure of EXR and HDR, layer of EXR, gutter of UV atlases."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

FARTHEST = 60.0  # stops
AUTO = "auto"


@dataclass(frozen=True)
class LightOptions:
    """exposure: in stops, or None for one measured on each picture. gutter: in pixels. layer: by name, or
    None for the finished picture."""

    exposure: float | None
    gutter: int
    layer: str | None = None


def light_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb --exposure, --layer and --gutter, which it takes as `light`."""

    @click.option(
        "--exposure",
        callback=_exposure,
        default=AUTO,
        show_default=True,
        metavar="STOPS|auto",
        help="Of EXR and HDR: how many stops brighter they are shown to the painter.",
    )
    @click.option(
        "--layer",
        metavar="NAME",
        help="Of EXR: the layer or view layer to paint.  [default: the finished picture]",
    )
    @click.option(
        "--gutter",
        type=click.IntRange(0, 256),
        default=0,
        show_default=True,
        metavar="N",
        help="Pixels by which the painting reaches under transparent ones, as UV islands need it.",
    )
    @functools.wraps(command)
    def told(*arguments: Any, exposure: float | None, gutter: int, layer: str | None, **others: Any) -> None:
        command(*arguments, light=LightOptions(exposure, gutter, layer), **others)

    return told


def _exposure(_ctx: click.Context, _param: click.Parameter, value: str) -> float | None:
    """Stops as a number, `auto` as None."""
    if value == AUTO:
        return None
    try:
        stops = float(value)
    except ValueError:
        stops = FARTHEST + 1
    if not -FARTHEST <= stops <= FARTHEST:  # nor what is no number
        raise click.BadParameter(f"{value!r} is neither stops from -{FARTHEST:g} to {FARTHEST:g} nor 'auto'")
    return stops
