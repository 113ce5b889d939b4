"""What every training takes: the options that are alike, and what can be refused before anything heavy is imported."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from pleinair.cli import values
from pleinair.errors import DataError, MissingExtraError, SettingError

FEATURES, JUDGE = "PLEINAIR_FEATURES_VGG", "PLEINAIR_FEATURES_ONNX"
CLASSIFIER = "PLEINAIR_FEATURES_SQUEEZENET"
PHOTO = "photo"  # the domain of photographs, and its pack
Command = Callable[..., Any]

run_option = click.option(
    "--run",
    "directory",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the run: started anew, or gone on with.",
)
time_option = click.option(
    "--for", "seconds", callback=values.seconds, metavar="TIME", help="End after a time, such as 25min, and no more."
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of everything that is drawn."
)
start_option = click.option(
    "--from",
    "start",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Begin with what another run or a resume pack has learned.",
)

features_option = click.option(
    "--features",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Frozen quarter-width VGG-19, .safetensors.  [default: ${FEATURES}]",
)
classifier_option = click.option(
    "--classifier",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Frozen SqueezeNet 1.1, .safetensors: results come closer to what is real.  [default: ${CLASSIFIER}]",
)
judge_option = click.option(
    "--judge",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Feature network that scores validation, .onnx.  [default: ${JUDGE}, else the frozen network]",
)
photos_option = click.option(
    "--photos",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Photos of scenes: a folder of pictures or a pack.",
)
scenes_option = click.option(
    "--scenes",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Fictional scenes with label maps, as pleinair fiction --maps label writes them.",
)
tiny_option = click.option(
    "--tiny", is_flag=True, help="Rehearse with a toy network: every step of the way in a minute."
)


def kinds_option(text: str) -> Callable[[Command], Command]:
    """A table of kinds; the help says whose, and what there is without one."""
    return click.option("--kinds", type=click.Path(path_type=Path), metavar="FILE.csv", help=text)


def check_kinds(kinds: Path | None) -> None:
    """Raises SettingError for a table that there is not."""
    if kinds is not None and not kinds.is_file():
        raise SettingError(f"--kinds {kinds}: no such file; give a table of lines name,kind")


def file_of(given: Path | None, variable: str, option: str) -> Path | None:
    """The option's file, else the environment's; it must exist."""
    path = given or (Path(os.environ[variable]) if os.environ.get(variable) else None)
    if path is not None and not path.is_file():
        raise SettingError(f"{option} {path}: no such file; check {'the path' if given else f'${variable}'}")
    return path


def checked(folders: values.Folders, start: Path | None) -> None:
    """What can be refused before anything heavy is imported."""
    for folder in folders.values():
        if not folder.exists():
            raise DataError(f"{folder}: no such folder or pack of pictures; check the path")
    if start is not None and not start.exists():
        raise SettingError(f"--from {start}: no such run or pack; check the path")
    need_torch()


def need_torch() -> None:
    if not find_spec("torch") or not find_spec("safetensors"):
        raise MissingExtraError("training", "train")


def prepared(folder: Path, directory: Path, name: str) -> Path:
    """The pack itself, or one prepared from a folder into the run's own `packs`."""
    from pleinair.data.prepare import prepare

    if folder.is_file():
        return folder
    out = directory / "packs" / f"{name}.pack"
    report = prepare([folder], out, name=name)
    if not report.up_to_date:
        click.echo(f"{name}: {len(report.kept)} pictures prepared, {len(report.skipped)} left out", err=True)
        for warning in report.warnings:
            click.echo(f"{name}: {warning}", err=True)
    return out


def silent(_text: str) -> None:
    """What other ranks say."""
