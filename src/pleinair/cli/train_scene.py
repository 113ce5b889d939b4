"""`pleinair train scene`: a generator of scenes, from folders or packs of real ones."""

from dataclasses import replace
from pathlib import Path

import click

from pleinair.cli import values
from pleinair.cli.training import (
    CLASSIFIER,
    FEATURES,
    JUDGE,
    PHOTO,
    check_kinds,
    checked,
    classifier_option,
    features_option,
    file_of,
    judge_option,
    kinds_option,
    photos_option,
    prepared,
    run_option,
    seed_option,
    silent,
    start_option,
    time_option,
    tiny_option,
)
from pleinair.errors import DataError, SettingError

PICTURES, TINY_PICTURES = 200_000, 240
RECIPES = ("scene", "scene_heads", "scene_r3", "scene_dcgan", "scene_fastgan")
SIDES = ("64", "128", "256")


@click.command(no_args_is_help=True)
@photos_option
@click.option(
    "--domain",
    "domains",
    multiple=True,
    callback=values.domains,
    metavar="NAME=DIR",
    help="Scenes of another look, such as paintings, a folder or a pack. Give as many as you like.",
)
@run_option
@click.option("--side", type=click.Choice(SIDES), default="64", show_default=True, help="Height of a scene in pixels.")
@click.option("--pictures", callback=values.count, metavar="COUNT", help="How many pictures to see.  [default: 200k]")
@time_option
@click.option(
    "--recipe",
    type=click.Choice(RECIPES),
    help="What to train by.  [default: scene with --features, else scene_r3]",
)
@kinds_option("Kinds of scenes, lines of name,kind.  [default: the folders that the pictures lie in]")
@seed_option
@start_option
@features_option
@classifier_option
@judge_option
@tiny_option
def scene(
    photos: Path,
    domains: values.Folders,
    directory: Path,
    side: str,
    pictures: int | None,
    seconds: float | None,
    recipe: str | None,
    kinds: Path | None,
    seed: int,
    start: Path | None,
    features: Path | None,
    classifier: Path | None,
    judge: Path | None,
    tiny: bool,
) -> None:
    """Train a generator of scenes out of noise.

    It learns the photos and every domain given; --from a run of half the side goes on with what that one knows. Killed
    at any moment and typed again, the same command goes on. Many GPUs: put torchrun --nproc-per-node N -m -- in front.
    """
    features, judge = file_of(features, FEATURES, "--features"), file_of(judge, JUDGE, "--judge")
    if classifier is not None and recipe not in (None, "scene"):
        raise SettingError(f"--classifier: the recipe {recipe} sees with none; leave it out, or take --recipe scene")
    classifier = file_of(classifier, CLASSIFIER, "--classifier")
    folders = {PHOTO: photos, **domains}
    check_kinds(kinds)
    checked(folders, start)
    from pleinair.data.pack import Pack
    from pleinair.data.scenes import kinds_in, read_kinds
    from pleinair.recipes import scene_rivals
    from pleinair.recipes.scene import meaning
    from pleinair.recipes.scene import tiny as tiny_of
    from pleinair.recipes.scene_building import builder
    from pleinair.training.launch import launch
    from pleinair.training.ranks import connect

    world = connect()
    say = click.echo if world.rank == 0 else silent
    recipe = recipe or ("scene" if features else "scene_r3")
    named = read_kinds(kinds) if kinds else {}
    paths = world.first(lambda: {name: prepared(folder, directory, name) for name, folder in folders.items()})
    packs = {name: Pack.open(path) for name, path in paths.items()}
    found = kinds_in([pack.train for pack in packs.values()], named)
    if named and not found:
        raise DataError(f"{kinds}: names none of the pictures; its names are files such as {packs[PHOTO].name}.jpg")
    if features is None:
        say(f"no frozen features ({recipe}); with --features FILE scenes are learned sooner")
    make, wanted = scene_rivals.RECIPES[recipe], pictures or (TINY_PICTURES if tiny else PICTURES)
    if tiny:  # batches are smaller, so fewer pictures will do
        run = replace(tiny_of(make(list(folders), found, int(side), PICTURES, seed)), pictures=wanted)
    else:
        run = make(list(folders), found, int(side), wanted, seed)
    run = meaning(run) if classifier and recipe == "scene" else run
    ending = launch(run, builder(packs, features, judge, named, classifier), directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"look at it: {directory / 'previews'}")
