"""`pleinair paint`: a painted label map becomes a scene, the scene a painting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.scene_options import (
    paint_again_option,
    realist_option,
    seeds_option,
    strength_option,
    threads_option,
    turn_or_tile_option,
)
from pleinair.cli.sheets import paint_sheets

if TYPE_CHECKING:
    from pleinair.render.borders import Wrap

OUT = Path("pleinair-painted")
PATH = click.Path(path_type=Path)


@click.command(no_args_is_help=True)
@click.argument("layout", required=False, type=PATH)
@click.option("--out", type=PATH, metavar="DIR", help=f"Folder to write to.  [default: {OUT}]")
@seeds_option
@click.option(
    "--style",
    default="photo",
    show_default=True,
    metavar="NAME",
    help="Style to paint in; photo: make it photo-like; render: do not paint.",
)
@strength_option
@click.option(
    "--reroll",
    "rerolls",
    multiple=True,
    metavar="REGION",
    help="Draw a region anew, alone: sky, tree:2, or sky=5 from seed 5; repeat.",
)
@turn_or_tile_option
@click.option("--stages", is_flag=True, help="Write the scenes before it is painted as well.")
@click.option("--regions", "only_regions", is_flag=True, help="List the layout's regions by name, and paint nothing.")
@click.option(
    "--palette", is_flag=True, help="List the palette; with --out write it as DIR/palette.png, to paint with."
)
@realist_option
@paint_again_option
@threads_option
def paint(
    layout: Path | None,
    out: Path | None,
    seeds: str,
    style: str,
    strength: float,
    rerolls: tuple[str, ...],
    wrap: Wrap,
    stages: bool,
    only_regions: bool,
    palette: bool,
    realist: str | None,
    overwrite: bool,
    threads: int | None,
) -> None:
    """Paint the scene that a layout lays out.

    LAYOUT is a picture in the palette's colors: blue where water is to be, green for grass (see --palette). The scene
    of seed 7 becomes DIR/seed0007.png, as large as the layout; light, weather, season and forms come from the seed.
    """
    from pleinair import layouts
    from pleinair.batch.paint import Order, plan_painted, write_painted
    from pleinair.fiction.layout_regions import regions
    from pleinair.fiction.layout_rolls import check_rolls, listed, parse_rolls
    from pleinair.fiction.layout_sizes import check_wrap, working
    from pleinair.images import make_folder
    from pleinair.imagining import painters
    from pleinair.seeds import parse_seeds

    if palette:
        _show_palette(out)
    if layout is None:
        if palette:
            return
        raise click.UsageError("Missing argument 'LAYOUT'; the colors to paint one with: pleinair paint --palette")
    chosen = parse_seeds(seeds)
    look = layouts.Look(style, strength, parse_rolls(rerolls), wrap)
    found = layouts.layout_of(layout)
    if found.report:
        click.echo(f"pleinair: {layout}: {found.report}", err=True)
    check_wrap(found.labels, wrap)
    parts = regions(working(found.labels), wrap == "x")
    check_rolls(look.rerolls, parts)
    if only_regions:
        click.echo("\n".join(listed(parts)))
        return
    folder = out or OUT
    order = Order(found.labels, layout, look, painters(look.style, realist, tile=wrap == "xy", threads=threads), stages)
    make_folder(folder)
    paint_sheets("painting", plan_painted(chosen, folder, order), order, write_painted, folder, overwrite)


def _show_palette(out: Path | None) -> None:
    """Print the palette and, if a folder is named, write it there."""
    from pleinair.batch.paint import LEGEND, palette_lines, write_legend
    from pleinair.images import make_folder

    click.echo("\n".join(palette_lines()))
    if out is not None:
        make_folder(out)
        write_legend(out / LEGEND)
        click.echo(f"written → {out / LEGEND}")
