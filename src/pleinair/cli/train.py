"""`pleinair train`: one command that starts a training and, typed again, goes on with it."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pleinair.cli import values
from pleinair.cli.train_layout import layout
from pleinair.cli.train_scene import scene
from pleinair.cli.train_segment import segment
from pleinair.cli.train_sketches import sketches
from pleinair.cli.training import (
    CLASSIFIER,
    FEATURES,
    JUDGE,
    checked,
    classifier_option,
    features_option,
    file_of,
    judge_option,
    need_torch,
    prepared,
    run_option,
    seed_option,
    silent,
    start_option,
    time_option,
    tiny_option,
)
from pleinair.errors import SettingError

if TYPE_CHECKING:
    from pleinair.training.run import Run

PICTURES, TINY_PICTURES = 400_000, 240


@click.group()
def train() -> None:
    """Train a painter of your own styles."""


@train.command(no_args_is_help=True)
@click.option(
    "--content",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Photos of scenes: a folder of pictures or a pack.",
)
@click.option(
    "--style",
    "styles",
    multiple=True,
    callback=values.styles,
    metavar="NAME=DIR",
    help="A style and its pictures, a folder or a pack. Give as many as you like.",
)
@click.option(
    "--render",
    "renders",
    multiple=True,
    callback=values.renders,
    metavar="NAME=DIR",
    help="Fictional scenes or other pictures that shall become photos, a folder or pack. Give as many as you like.",
)
@run_option
@click.option("--pictures", callback=values.count, metavar="COUNT", help="How many pictures to see.  [default: 400k]")
@time_option
@click.option(
    "--recipe",
    type=click.Choice(["translate", "translate_plain"]),
    help="What to train by.  [default: translate with --features, else translate_plain]",
)
@click.option(
    "--hold",
    "shares",
    multiple=True,
    callback=values.shares,
    metavar="NAME=SHARE",
    help="How firmly a style holds the scene: 1 as the recipe does, 0.3 more freely, 2 more faithfully.",
)
@click.option(
    "--calm",
    "calm",
    multiple=True,
    callback=values.shares,
    metavar="NAME=SHARE",
    help="How firmly a style keeps strokes out of what is quiet: 1 as the recipe does, 0.5 less, 2 more.",
)
@seed_option
@start_option
@click.option(
    "--join", is_flag=True, help="Only new styles learn; those of --from go on painting as they did, bit for bit."
)
@click.option(
    "--only",
    "only",
    multiple=True,
    metavar="NAME",
    help="Of the styles of --from, only this one learns; the others go on painting as they did. May be repeated.",
)
@features_option
@classifier_option
@judge_option
@tiny_option
def translate(
    content: Path,
    styles: values.Folders,
    renders: values.Folders,
    directory: Path,
    pictures: int | None,
    seconds: float | None,
    recipe: str | None,
    shares: dict[str, float],
    calm: dict[str, float],
    seed: int,
    start: Path | None,
    join: bool,
    only: tuple[str, ...],
    features: Path | None,
    classifier: Path | None,
    judge: Path | None,
    tiny: bool,
) -> None:
    """Train one painter of many styles from folders.

    It learns every style given, and photo: the way back. With --render and no --style, photo is all it learns. Killed
    at any moment and typed again, the same command goes on: at most two minutes are lost. Many GPUs: put torchrun
    --nproc-per-node N -m -- in front.
    """
    if not (styles or renders):
        raise click.UsageError("give a style by --style NAME=DIR, or pictures that shall become photos by --render")
    features, judge = file_of(features, FEATURES, "--features"), file_of(judge, JUDGE, "--judge")
    classifier = file_of(classifier, CLASSIFIER, "--classifier")
    folders = {**styles, **renders, values.CONTENT: content}
    checked(folders, start)
    if (join or only) and start is None:
        asked = "--join" if join else "--only"
        raise SettingError(f"{asked} needs a trunk to join; give a run or a resume pack by --from")
    from pleinair.recipes import translate as recipes
    from pleinair.recipes.plain import PHOTO
    from pleinair.recipes.renders import rendering

    names = [PHOTO, *(name for name in styles if name != PHOTO)]
    recipe = recipe or ("translate" if features else "translate_plain")
    make = recipes.translate if recipe == "translate" else recipes.translate_plain
    run = make(names, pictures or (TINY_PICTURES if tiny else PICTURES), seed)
    run = recipes.meaning(run) if classifier else run
    run = recipes.tiny(run) if tiny else run
    if (join or only) and start is not None:
        from pleinair.training.warm import facts_of

        facts = facts_of(start)
        run = recipes.joining(run, facts.get("styles", ()), facts.get("network", {}), only)
    run = rendering(recipes.holding(run, shares, calm), list(renders))
    sees = Sight(features if recipe == "translate" else None, classifier, judge)
    _train(run, folders, directory, seconds, start, sees)


class Sight(NamedTuple):
    """Files of the networks that a training sees with, and is judged by."""

    features: Path | None
    classifier: Path | None
    judge: Path | None


def _train(
    run: "Run",
    folders: values.Folders,
    directory: Path,
    seconds: float | None,
    start: Path | None,
    sees: Sight,
) -> None:
    """Claim the run folder, prepare the packs, train. Rank 0 prepares and speaks."""
    from pleinair.data.pack import Pack
    from pleinair.recipes.translate import builder
    from pleinair.training.launch import launch, open_run
    from pleinair.training.ranks import connect

    world = connect()
    say = click.echo if world.rank == 0 else silent
    if sees.features is None:
        say(f"no frozen features ({run.recipe}); with --features FILE painters learn more, and sooner")
    world.first(lambda: open_run(run, directory))
    paths = world.first(lambda: {name: prepared(folder, directory, name) for name, folder in folders.items()})
    packs = {name: Pack.open(path) for name, path in paths.items()}
    renders = {name: packs[name] for name in run.data.get("renders", ())}
    styles = {name: pack for name, pack in packs.items() if name != values.CONTENT and name not in renders}
    build = builder(packs[values.CONTENT], styles, sees.features, sees.judge, renders, sees.classifier)
    ending = launch(run, build, directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"export it: pleinair export {directory}")


@train.command(no_args_is_help=True)
@click.option(
    "--content",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Pictures of any kind and size: a folder or a pack.",
)
@run_option
@click.option("--epochs", type=click.IntRange(min=1), help="How often to see every picture.  [default: 50]")
@time_option
@seed_option
@click.option(
    "--from",
    "start",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Begin with what another run of the same kind has learned.",
)
@click.option("--tiny", is_flag=True, help="Rehearse with a toy network and one epoch.")
def classic(
    content: Path,
    directory: Path,
    epochs: int | None,
    seconds: float | None,
    seed: int,
    start: Path | None,
    tiny: bool,
) -> None:
    """Train the textbook GAN on small gray pictures.

    It makes pictures of 28×28 pixels out of noise, to learn by: docs/gan.md explains it line by line. Killed at any
    moment and typed again, the same command goes on.
    """
    checked({values.CONTENT: content}, start)
    from pleinair.data.gray import gray_pictures
    from pleinair.networks.classic import SIDE
    from pleinair.recipes import classic as recipes
    from pleinair.training.launch import launch
    from pleinair.training.ranks import connect

    say = click.echo if connect().rank == 0 else silent
    pictures = gray_pictures(content, SIDE)
    more = f", {len(pictures.left_out)} left out, the first: {pictures.left_out[0]}" if pictures.left_out else ""
    say(f"{content}: {len(pictures.pixels)} pictures{more}")
    run = recipes.classic(pictures, epochs or (1 if tiny else recipes.EPOCHS), seed)
    run = recipes.tiny(run) if tiny else run
    ending = launch(run, recipes.builder(pictures), directory, seconds=seconds, start=start)
    say(f"ended: {ending}")
    say(f"look at it: {directory / 'previews'}")


train.add_command(layout)
train.add_command(scene)
train.add_command(segment)
train.add_command(sketches)


@train.command(no_args_is_help=True)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
def pack(run: Path, out: Path) -> None:
    """Keep what a run has learned in a small file.

    Writes the resume pack OUT from the run folder RUN: the painter, raw and averaged, and its discriminators, in half
    precision. It is for --from.
    """
    need_torch()
    from pleinair.training.warm import write_pack

    size = write_pack(run, out)
    click.echo(f"{out}: {size / 2**20:.1f} MiB; begin from it: pleinair train … --from {out}")


@train.command(no_args_is_help=True)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--style",
    "styles",
    required=True,
    multiple=True,
    callback=values.styles,
    metavar="NAME=RUN",
    help="A style, and the run of the same trunk that paints it as it shall be painted. May be repeated.",
)
@click.option(
    "--share",
    type=values.Within(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="How much of the other run: below 1 the style's numbers are averaged.",
)
def merge(run: Path, out: Path, styles: values.Folders, share: float) -> None:
    """Put styles of several runs of one trunk together.

    Writes into the folder OUT what RUN has learned, with each style that is named as the other run paints it. It can be
    exported, packed and trained on as any run.
    """
    need_torch()
    from pleinair.training import merge as merging

    merging.merge(run, styles, out, share)
    names = ", ".join(f"{name} of {other}" for name, other in styles.items())
    click.echo(f"{out}: {run}, with {names}; export it: pleinair export {out}")
