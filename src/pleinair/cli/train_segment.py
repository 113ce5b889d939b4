"""`pleinair train segment`: a small network that reads which class each pixel of a scene is of."""

from dataclasses import replace
from pathlib import Path

import click

from pleinair.cli import values
from pleinair.cli.training import (
    checked,
    run_option,
    scenes_option,
    seed_option,
    silent,
    start_option,
    time_option,
    tiny_option,
)

TINY_PICTURES = 240


@click.command(no_args_is_help=True)
@scenes_option
@run_option
@click.option("--width", type=click.IntRange(8, 64), default=16, show_default=True, help="Channels; a multiple of 8.")
@click.option("--pictures", callback=values.count, metavar="COUNT", help="How many crops to see.  [default: 200k]")
@time_option
@seed_option
@start_option
@tiny_option
def segment(
    scenes: Path,
    directory: Path,
    width: int,
    pictures: int | None,
    seconds: float | None,
    seed: int,
    start: Path | None,
    tiny: bool,
) -> None:
    """Train a network that reads scenes: sky, water, rock.

    It learns from fictional scenes alone, disguised in color, texture and grain, so that it reads photos and paintings
    too. Killed at any moment and typed again, the same command goes on.
    """
    from pleinair.errors import SettingError

    checked({"scenes": scenes}, start)
    if width % 8:
        raise SettingError(f"--width {width}: give a multiple of 8, such as {width // 8 * 8}")
    from pleinair.data.labeled import read_scenes
    from pleinair.recipes import segment as recipes
    from pleinair.training.launch import launch
    from pleinair.training.ranks import connect

    say = click.echo if connect().rank == 0 else silent
    found = read_scenes(scenes, recipes.SHORT_SIDE)
    say(f"{scenes}: {len(found)} scenes")
    run = recipes.segment(recipes.PICTURES, width, seed)
    run = replace(
        recipes.tiny(run) if tiny else run, pictures=pictures or (TINY_PICTURES if tiny else recipes.PICTURES)
    )
    ending = launch(run, recipes.builder(found), directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"look at it: {directory / 'previews'}")
