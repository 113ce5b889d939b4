"""`pleinair train layout`: a generator that paints label maps."""

from dataclasses import replace
from pathlib import Path

import click

from pleinair.cli import values
from pleinair.cli.training import (
    CLASSIFIER,
    FEATURES,
    JUDGE,
    PHOTO,
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
@click.option(
    "--sketches",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Learn to draw on sketches, of a run of pleinair train sketches: a generator of scenes.",
)
@click.option(
    "--layout",
    "first",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="With --sketches: begin from a run or a resume pack of train layout.",
)
@run_option
@click.option(
    "--pictures",
    callback=values.count,
    metavar="COUNT",
    help="How many pictures to see.  [default: 100k, 60k on sketches]",
)
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
    sketches: Path | None,
    first: Path | None,
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
    for option, path in (("--sketches", sketches), ("--layout", first)):
        if path is not None and not path.exists():
            raise SettingError(f"{option} {path}: no such run; train one: pleinair train {option[2:]}")
    if first is not None and sketches is None:
        raise SettingError("--layout is what drawing on --sketches begins from; give both, or --from")
    if features is None:
        raise SettingError("layouts are learned through frozen features; give the file by --features")
    from pleinair.data.labeled import read_scenes
    from pleinair.data.pack import Pack
    from pleinair.recipes import layout as recipes
    from pleinair.recipes import sketched
    from pleinair.training.launch import launch, open_run
    from pleinair.training.ranks import connect

    world = connect()
    say = click.echo if world.rank == 0 else silent
    run = recipes.layout(recipes.PICTURES, seed) if sketches is None else sketched.sketched(sketched.PICTURES, seed)
    if tiny:
        run = recipes.tiny(run) if sketches is None else sketched.tiny(run)
    run = replace(run, pictures=pictures or (TINY_PICTURES if tiny else run.pictures))
    run = recipes.meaning(run) if classifier else run
    found = read_scenes(scenes, recipes.SHORT_SIDE)
    say(f"{scenes}: {len(found)} scenes")
    world.first(lambda: open_run(run, directory))
    pack = Pack.open(world.first(lambda: prepared(photos, directory, PHOTO)))
    seen = features, judge, classifier
    if sketches is None:
        build = recipes.builder(pack, found, segmenter, *seen)
    else:
        build = sketched.builder(pack, found, segmenter, sketches, first, *seen)
    ending = launch(run, build, directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"look at it: {directory / 'previews'}")
