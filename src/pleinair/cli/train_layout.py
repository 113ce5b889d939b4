"""`pleinair train layout`: a generator that paints label maps."""

from dataclasses import replace
from pathlib import Path

import click

from pleinair.cli import values
from pleinair.cli.training import (
    CLASSIFIER,
    FEATURES,
    JUDGE,
    checked,
    classifier_option,
    features_option,
    file_of,
    judge_option,
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
from pleinair.errors import SettingError

TINY_PICTURES = 80
PHOTO = "photo"


@click.command(no_args_is_help=True)
@photos_option
@scenes_option
@click.option(
    "--segmenter",
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Who reads the layout back: a run of pleinair train segment.",
)
@run_option
@click.option("--pictures", callback=values.count, metavar="COUNT", help="How many pictures to see.  [default: 100k]")
@time_option
@seed_option
@start_option
@features_option
@classifier_option
@judge_option
@tiny_option
def layout(
    photos: Path,
    scenes: Path,
    segmenter: Path,
    directory: Path,
    pictures: int | None,
    seconds: float | None,
    seed: int,
    start: Path | None,
    features: Path | None,
    classifier: Path | None,
    judge: Path | None,
    tiny: bool,
) -> None:
    """Train a generator that paints layouts.

    A layout is a map of classes, sky, water, rock; noise decides the rest. Photos without labels say what is real,
    fictional scenes which layouts there are. Killed at any moment and typed again, the same command goes on.
    """
    features, judge = file_of(features, FEATURES, "--features"), file_of(judge, JUDGE, "--judge")
    classifier = file_of(classifier, CLASSIFIER, "--classifier")
    checked({PHOTO: photos, "scenes": scenes}, start)
    if not segmenter.exists():
        raise SettingError(f"--segmenter {segmenter}: no such run; train one: pleinair train segment")
    if features is None:
        raise SettingError("layouts are learned through frozen features; give the file by --features")
    from pleinair.data.labeled import read_scenes
    from pleinair.data.pack import Pack
    from pleinair.recipes import layout as recipes
    from pleinair.training.launch import launch, open_run
    from pleinair.training.ranks import connect

    world = connect()
    say = click.echo if world.rank == 0 else silent
    run = recipes.layout(recipes.PICTURES, seed)
    run = replace(
        recipes.tiny(run) if tiny else run, pictures=pictures or (TINY_PICTURES if tiny else recipes.PICTURES)
    )
    run = recipes.meaning(run) if classifier else run
    found = read_scenes(scenes, recipes.SHORT_SIDE)
    say(f"{scenes}: {len(found)} scenes")
    world.first(lambda: open_run(run, directory))
    pack = Pack.open(world.first(lambda: prepared(photos, directory, PHOTO)))
    build = recipes.builder(pack, found, segmenter, features, judge, classifier)
    ending = launch(run, build, directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"look at it: {directory / 'previews'}")
