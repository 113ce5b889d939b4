"""`pleinair imagine`: a sentence becomes a scene, the scene photo-like, the photo a painting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.scene_options import (
    out_option,
    paint_again_option,
    realist_option,
    seeds_option,
    strength_option,
    threads_option,
    turn_option,
)
from pleinair.cli.sheets import paint_sheets

if TYPE_CHECKING:
    from pleinair.fiction.camera import Around


@click.command(no_args_is_help=True)
@click.argument("sentence")
@out_option("pleinair-imagined")
@seeds_option
@click.option(
    "--edit", "edits", multiple=True, metavar="SENTENCE", help='Change the scene, as "now in winter"; repeat.'
)
@click.option(
    "--style",
    metavar="NAME",
    help="Style to paint in; photo: stop when photo-like; render: do not paint.  [default: the sentence's, or photo]",
)
@strength_option
@click.option("--size", metavar="WxH", help="Pixels across and down.  [default: 512x320; a full turn: 1024x320]")
@turn_option
@click.option("--explain", is_flag=True, help="Say what was understood, and every word that was not.")
@click.option("--stages", is_flag=True, help="Write the label map, the bare render and the photo-like scene as well.")
@realist_option
@paint_again_option
@threads_option
def imagine(
    sentence: str,
    out: Path,
    seeds: str,
    edits: tuple[str, ...],
    style: str | None,
    strength: float,
    size: str | None,
    wrap: Around,
    explain: bool,
    stages: bool,
    realist: str | None,
    overwrite: bool,
    threads: int | None,
) -> None:
    """Paint the scene that a sentence tells of.

    SENTENCE is English, Chinese or both, as "a misty lake under snowy peaks at dusk, as an ink painting". The scene of
    seed 7 becomes DIR/seed0007.png; what the sentence leaves open is chosen from the seed.
    """
    from pleinair import imagining
    from pleinair.batch.imagine import Order, plan_imagined, write_imagined
    from pleinair.images import make_folder
    from pleinair.render.scenes import parse_size
    from pleinair.seeds import parse_seeds

    heard = imagining.hear(sentence, edits)
    if explain:
        click.echo("\n".join(heard.lines))
    heard.check()
    chosen = parse_seeds(seeds)
    across, down = parse_size(size) if size else imagining.default_size(wrap)
    look = imagining.Look(style or heard.style or imagining.PHOTO, strength, (across, down), wrap)
    order = Order(heard.spec, sentence, edits, look, imagining.painters(look.style, realist, threads=threads), stages)
    make_folder(out)
    if not explain:
        for line in heard.losses():
            click.echo(f"pleinair: {line}", err=True)
    paint_sheets("imagining", plan_imagined(chosen, out, order), order, write_imagined, out, overwrite)
