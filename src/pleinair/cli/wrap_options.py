"""Options of `pleinair stylize` for what goes around: full turns, cubes, two eyes, tiles."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from pleinair.render.borders import Wrap

LAYOUTS = ("faces", "3x2", "4x3", "6x1", "1x6")  # as render.cube has them, and one file per face
SPHERE = "sphere"


@dataclass(frozen=True)
class WrapOptions:
    """What was given of them. cube, to: how faces of a cube come, and go; None as a sphere, or as they came."""

    wrap: Wrap | Literal["auto"]
    stereo: Literal["none", "top-bottom"]
    cube: str | None
    to: str | None
    sheet: bool
    as_picture: tuple[str, ...]

    def check(self) -> None:
        """Raise UsageError for options that exclude each other."""
        if self.sheet and self.wrap != "xy":
            raise click.UsageError("--sheet shows how a tile repeats; give it with --wrap xy")
        if self.stereo != "none" and (self.wrap == "xy" or self.cube or self.to):
            raise click.UsageError("--stereo is for pairs of panoramas; leave --wrap xy, --cube and --to away")
        if (self.cube or self.to) and self.wrap not in ("auto", "x"):
            raise click.UsageError("--cube and --to are for full turns; leave --wrap away")
        if self.to == SPHERE and not self.cube:
            raise click.UsageError("--to sphere makes a panorama of the faces of a cube; say how they come by --cube")


def wrap_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; the command gets them as `around`."""

    @click.option(
        "--wrap",
        type=click.Choice(["auto", "none", "x", "xy"]),
        default="auto",
        show_default=True,
        help="What goes around: x in a full-turn panorama, xy in a tile; auto: x if its metadata say so.",
    )
    @click.option(
        "--stereo",
        type=click.Choice(["none", "top-bottom"]),
        default="none",
        show_default=True,
        help="Two panoramas in one picture, one for each eye.",
    )
    @click.option("--cube", type=click.Choice(LAYOUTS), help="INPUT are the faces of a cube, one file each or so laid.")
    @click.option(
        "--to", type=click.Choice((SPHERE, *LAYOUTS)), help="Write a panorama, or faces laid so.  [default: as it came]"
    )
    @click.option("--sheet", is_flag=True, help="Beside a tile, write how it repeats, two by two, as NAME-2x2.")
    @click.option(
        "--as-picture",
        multiple=True,
        metavar="NAME",
        help="A file, or a pattern as '*_rough.jpg', that looks like a data map and is none.",
    )
    @functools.wraps(command)
    def gathered(
        *args: Any,
        wrap: Wrap | Literal["auto"],
        stereo: Literal["none", "top-bottom"],
        cube: str | None,
        to: str | None,
        sheet: bool,
        as_picture: tuple[str, ...],
        **others: Any,
    ) -> None:
        around = WrapOptions(wrap, stereo, cube, to, sheet, as_picture)
        around.check()
        command(*args, around=around, **others)

    return gathered
