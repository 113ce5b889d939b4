"""Options for light and transparency: exposure of EXR and HDR, layer of EXR, gutter of UV atlases."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

FARTHEST = 60.0  # stops
AUTO, EACH = "auto", "each"


@dataclass(frozen=True)
class LightOptions:
    """exposure: in stops, or None for one that is measured. gutter: in pixels. layer: by name, or None for the finished
    picture. each: what is measured is measured on each frame of a sequence, not once."""

    exposure: float | None
    gutter: int
    layer: str | None = None
    each: bool = False

    @property
    def steady(self) -> bool:
        """Whether sequences are to be measured, each as a whole."""
        return self.exposure is None and not self.each


def light_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb --exposure, --layer and --gutter, which it takes as `light`."""

    @click.option(
        "--exposure",
        callback=_exposure,
        default=AUTO,
        show_default=True,
        metavar="STOPS|auto|each",
        help="Of EXR and HDR: how many stops brighter they are shown to the painter; auto: as measured, once for all "
        "frames of a sequence; each: on every frame.",
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
    def told(
        *arguments: Any, exposure: tuple[float | None, bool], gutter: int, layer: str | None, **others: Any
    ) -> None:
        stops, each = exposure
        command(*arguments, light=LightOptions(stops, gutter, layer, each), **others)

    return told


def _exposure(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[float | None, bool]:
    """Stops as a number, `auto` and `each` as None, and whether it is `each`."""
    if value in (AUTO, EACH):
        return None, value == EACH
    try:
        stops = float(value)
    except ValueError:
        stops = FARTHEST + 1
    if not -FARTHEST <= stops <= FARTHEST:  # nor what is no number
        raise click.BadParameter(f"{value!r} is neither stops from -{FARTHEST:g} to {FARTHEST:g} nor 'auto' nor 'each'")
    return stops, False
