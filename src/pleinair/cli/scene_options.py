"""Options that several of the verbs have which make scenes, and paint them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pleinair.cli.values import Within

Command = TypeVar("Command", bound=Callable[..., Any])


def out_option(folder: str) -> Callable[[Command], Command]:
    """--out, by default that folder."""
    path = click.Path(path_type=Path)
    return click.option(
        "--out", type=path, default=Path(folder), show_default=True, metavar="DIR", help="Folder to write to."
    )


seeds_option = click.option(
    "--seeds", default="0", show_default=True, metavar="LIST", help="Seeds as 7, 2,0,1,3 or 0-63."
)
strength_option = click.option(
    "--strength", type=Within(0, 1.5), default=1.0, show_default=True, help="Of the style, 0 to 1.5."
)
realist_option = click.option(
    "--realist",
    metavar="NAME",
    help="Who makes it photo-like: a generator of layouts, or a painter with the style photo.  "
    "[default: layout, else a painter]",
)
turn_option = click.option(
    "--wrap",
    type=click.Choice(["none", "x"]),
    default="none",
    show_default=True,
    help="x closes a full turn: a panorama without an edge.",
)
turn_or_tile_option = click.option(
    "--wrap",
    type=click.Choice(["none", "x", "xy"]),
    default="none",
    show_default=True,
    help="x closes a full turn; xy is ground from above that tiles.",
)
draw_again_option = click.option(
    "--overwrite", is_flag=True, help="Draw again what is there already, instead of skipping it."
)
paint_again_option = click.option(
    "--overwrite", is_flag=True, help="Paint again what is there already, instead of skipping it."
)
threads_option = click.option(
    "--threads", type=click.IntRange(1), metavar="N", help="CPU threads.  [default: all cores]"
)
