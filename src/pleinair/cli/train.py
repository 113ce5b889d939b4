"""`pleinair train`: one command that starts a training and, typed again, goes on with it."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.errors import DataError, MissingExtraError, SettingError

if TYPE_CHECKING:
    from pleinair.data.pack import Pack

FEATURES, JUDGE = "PLEINAIR_FEATURES_VGG", "PLEINAIR_FEATURES_ONNX"
UNITS = {"": 1, "k": 1_000, "m": 1_000_000}
SECONDS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600}


class Count(click.ParamType[int]):
    """A number of pictures: 400000, 400k or 1.5M."""

    name = "count"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmM]?)", str(value).strip())
        if not match or float(match[1]) <= 0:
            self.fail(f"{value!r} is no number of pictures; write it as 400000, 400k or 1.5M", param, ctx)
        return round(float(match[1]) * UNITS[match[2].lower()])


class Duration(click.ParamType[float]):
    """A time: 90s, 25min or 2h, in seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|sec|min|m|h)", str(value).strip())
        if not match or float(match[1]) <= 0:
            self.fail(f"{value!r} is no time; write it as 90s, 25min or 2h", param, ctx)
        return float(match[1]) * SECONDS[match[2]]


class StyleFolder(click.ParamType[tuple[str, Path]]):
    """NAME=DIR, a style and the folder (or pack) of its pictures."""

    name = "name=dir"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        if isinstance(value, tuple):
            return value
        name, sign, folder = str(value).partition("=")
        if not sign or not folder or not re.fullmatch(r"[\w-]+", name):
            self.fail(f"{value!r} is not NAME=DIR; write for example --style shanshui=pictures/shanshui", param, ctx)
        return name, Path(folder)


@click.group()
def train() -> None:
    """Train a painter of your own styles."""


@train.command()
@click.option(
    "--content",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Photos of scenes: a folder or a pack.",
)
@click.option(
    "--style",
    "styles",
    required=True,
    multiple=True,
    type=StyleFolder(),
    help="A style and its pictures: a folder or a pack. Repeatable.",
)
@click.option(
    "--run",
    "directory",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the run; started anew or gone on with.",
)
@click.option(
    "--pictures", type=Count(), default=None, help="Length of the training in pictures seen, as 400k. Default: 400k."
)
@click.option(
    "--for", "seconds", type=Duration(), default=None, help="End after a time, as 25min; the same command goes on."
)
@click.option(
    "--recipe",
    type=click.Choice(["translate", "translate_plain"]),
    default=None,
    help="Default: translate where --features are, else translate_plain.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything that is drawn.")
@click.option(
    "--from",
    "start",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Begin from another run or a resume pack.",
)
@click.option(
    "--features",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help=f"Frozen quarter-width VGG-19, .safetensors. Default: ${FEATURES}.",
)
@click.option(
    "--judge",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help=f"Feature network that scores validation, .onnx. Default: ${JUDGE}, else the frozen network.",
)
@click.option("--tiny", "small", is_flag=True, help="Rehearse with a toy network: every step of the way in a minute.")
def translate(
    content: Path,
    styles: tuple[tuple[str, Path], ...],
    directory: Path,
    pictures: int | None,
    seconds: float | None,
    recipe: str | None,
    seed: int,
    start: Path | None,
    features: Path | None,
    judge: Path | None,
    small: bool,
) -> None:
    """Train one trunk of many styles from folders of pictures; photo is always one of them.

    Killed at any moment and typed again, the same command goes on: at most two minutes are lost.
    """
    features = _file(features, FEATURES, "--features")
    judge = _file(judge, JUDGE, "--judge")
    if start is not None and not start.exists():
        raise SettingError(f"--from {start}: no such run or pack; check the path")
    names = [name for name, _ in styles]
    if len(set(names)) != len(names):
        raise SettingError(f"styles must have distinct names, got {', '.join(names)}")
    try:
        import lightning_fabric  # noqa: F401
        import safetensors  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        if "lightning" not in str(error):
            raise MissingExtraError("training", "train") from error
    from pleinair.recipes.translate import PHOTO, builder, tiny
    from pleinair.recipes.translate import translate as with_features
    from pleinair.recipes.translate import translate_plain as without_features
    from pleinair.training.launch import launch

    packs = {name: _pack(folder, directory, name) for name, folder in (*styles, ("content", content))}
    ordered = [PHOTO, *(name for name in names if name != PHOTO)]
    recipe = recipe or ("translate" if features else "translate_plain")
    if recipe == "translate_plain" and features is None:
        click.echo(
            "no frozen features: training on pixels alone (translate_plain); --features FILE paints better sooner",
            err=True,
        )
    make = with_features if recipe == "translate" else without_features
    run = make(ordered, pictures or (240 if small else 400_000), seed)
    given = {name: packs[name] for name in names}
    build = builder(packs["content"], given, features if recipe == "translate" else None, judge)
    ending = launch(tiny(run) if small else run, build, directory, seconds=seconds, start=start)
    click.echo(f"ended: {ending}")
    click.echo(f"export it: pleinair export {directory}")


def _file(given: Path | None, variable: str, option: str) -> Path | None:
    """The option's file, else the environment's; it must exist."""
    path = given or (Path(os.environ[variable]) if os.environ.get(variable) else None)
    if path is not None and not path.is_file():
        raise SettingError(f"{option} {path}: no such file; check the path")
    return path


def _pack(folder: Path, directory: Path, name: str) -> "Pack":
    """The pack itself, or one prepared from a folder into the run's own `packs`."""
    from pleinair.data.pack import Pack
    from pleinair.data.prepare import prepare

    if folder.is_file():
        return Pack.open(folder)
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder or pack of pictures; check the path")
    out = directory / "packs" / f"{name}.pack"
    report = prepare([folder], out, name=name)
    for warning in report.warnings:
        click.echo(f"{name}: {warning}", err=True)
    return Pack.open(out)
