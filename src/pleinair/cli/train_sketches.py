"""`pleinair train sketches`: a generator of sketches out of noise, for `train layout` to draw on."""

from dataclasses import replace
from pathlib import Path

import click

from pleinair.cli import values
from pleinair.cli.training import (
    FEATURES,
    JUDGE,
    PHOTO,
    check_kinds,
    checked,
    features_option,
    file_of,
    judge_option,
    kinds_option,
    photos_option,
    prepared,
    run_option,
    scenes_option,
    seed_option,
    silent,
    start_option,
    time_option,
    tiny_option,
)
from pleinair.errors import DataError, SettingError

TINY_PICTURES = 80


@click.command(no_args_is_help=True)
@photos_option
@scenes_option
@run_option
@click.option("--pictures", callback=values.count, metavar="COUNT", help="How many pictures to see.  [default: 100k]")
@time_option
@kinds_option("Kinds of the scenes, lines of name,kind; without it none are told apart.")
@seed_option
@start_option
@features_option
@judge_option
@tiny_option
def sketches(
    photos: Path,
    scenes: Path,
    directory: Path,
    pictures: int | None,
    seconds: float | None,
    kinds: Path | None,
    seed: int,
    start: Path | None,
    features: Path | None,
    judge: Path | None,
    tiny: bool,
) -> None:
    """Train a generator of sketches of scenes.

    A sketch says what stands where, and in which colors, small; fictional scenes with label maps teach it. Photos are
    what it is scored against. Then train layout --sketches RUN draws scenes on the sketches. Killed at any moment and
    typed again, the same command goes on.
    """
    features, judge = file_of(features, FEATURES, "--features"), file_of(judge, JUDGE, "--judge")
    check_kinds(kinds)
    checked({PHOTO: photos, "scenes": scenes}, start)
    if features is None:
        raise SettingError("sketches are learned through frozen features; give the file by --features")
    from pleinair.data.labeled import read_scenes
    from pleinair.data.pack import Pack
    from pleinair.data.scenes import read_kinds
    from pleinair.recipes import sketches as recipes
    from pleinair.recipes.layout import SHORT_SIDE
    from pleinair.training.launch import launch, open_run
    from pleinair.training.ranks import connect

    world = connect()
    say = click.echo if world.rank == 0 else silent
    found = read_scenes(scenes, SHORT_SIDE)
    say(f"{scenes}: {len(found)} scenes")
    named = read_kinds(kinds) if kinds else {}
    known = sorted({named[scene.name] for scene in found if scene.name in named})
    if named and not known:
        raise DataError(f"{kinds}: names none of the scenes; its names are such as {found[0].name}")
    run = recipes.sketches(known, recipes.PICTURES, seed)
    run = replace(
        recipes.tiny(run) if tiny else run, pictures=pictures or (TINY_PICTURES if tiny else recipes.PICTURES)
    )
    world.first(lambda: open_run(run, directory))
    pack = Pack.open(world.first(lambda: prepared(photos, directory, PHOTO)))
    build = recipes.builder(pack, found, features, judge, named)
    ending = launch(run, build, directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"look at it: {directory / 'previews'}")
