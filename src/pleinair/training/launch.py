"""The launcher: Fabric places, the run folder is opened or gone on with, the loop is run. CPU, a GPU, or torchrun's."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from pleinair.errors import OutputError, RunError, SettingError, TrainingError
from pleinair.training import checkpoint, loop, state, trial, warm
from pleinair.training.journal import STATS, Journal
from pleinair.training.ranks import Ranks, connect
from pleinair.training.run import Run, differences
from pleinair.training.signals import asked_to_stop
from pleinair.training.task import Task

Build = Callable[[Run, torch.device, trial.Choice, Ranks], Task[Any]]
Say = Callable[[str], None]

RUN, CHOICE = "run.json", "choice.json"
MAY_BE_THERE = ("packs",)  # in a folder that is to become a run's


def launch(run: Run, build: Build, directory: Path, *, seconds: float | None = None, start: Path | None = None) -> str:
    """Train `run` in `directory`: empty, start; not empty, go on; recipe differs, refuse and show the difference.

    `seconds` only ends the run, it changes no schedule. `start` warm-starts a new run; one gone on with ignores it.
    Ctrl-C and SIGTERM save, say so and raise KeyboardInterrupt. Returns why it ended. Raises RunError, OutputError,
    SettingError, and TrainingError, which names the last saving.
    """
    world = connect()
    if run.batch % world.ranks:
        raise SettingError(
            f"a batch of {run.batch} cannot be shared by {world.ranks} processes; choose a divisor of it"
        )
    say: Say = _say if world.rank == 0 else _silent
    fresh = world.first(lambda: open_run(run, directory))
    choice = chosen(run, build, directory, world, say)
    world = connect(choice.precision)
    torch.manual_seed(run.seed)
    training = state.begin(run, build(run, world.device, choice, world))
    if fresh and start is not None:
        averaged = ["generator"] if run.settings.get("joining") else []
        left = warm.start_from(start, training.modules(), run.styles, averaged)
        if training.task.warmed:
            training.task.warmed(training.modules(), left)
        say(f"warm start from {start}" + (f"; not in it: {', '.join(left[:6])}" if left else ""))
    state.resume(training, directory)
    if not fresh:
        say(f"going on from {training.seen_pictures:,} pictures")
    until = None if seconds is None else time.monotonic() + seconds
    chief = world.rank == 0
    journal = Journal(directory, training.seen_pictures, run.pictures, training.looked) if chief else None
    try:
        with asked_to_stop() as asked:
            ending = loop.train(training, directory, world, journal, until, asked)
    except TrainingError as error:
        raise TrainingError(f"{error}; {_last_saving(directory)}") from error
    finally:
        if journal:
            journal.close()
    if ending == loop.INTERRUPTED:
        say(ending)
        raise KeyboardInterrupt
    return ending


def open_run(run: Run, directory: Path) -> bool:
    """Make or check the run folder. Returns whether it is new, that is, holds no saving yet. Raises RunError with the
    differences, OutputError if unwritable."""
    path = directory / RUN
    try:
        if (directory / checkpoint.STATE).exists() and path.exists():
            _refuse_other(path, run)
            return False
        strangers = [] if path.exists() or not directory.is_dir() else list(directory.iterdir())
        if any(one.name not in MAY_BE_THERE and not one.name.startswith(".") for one in strangers):
            raise RunError(f"{directory} is not empty and holds no run; choose another --run")
        directory.mkdir(parents=True, exist_ok=True)
        for old in (CHOICE, STATS):  # of a run that never came to its first saving, maybe of another recipe
            (directory / old).unlink(missing_ok=True)
        checkpoint.write_text(path, run.to_json())
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{directory}: cannot be used for a run ({reason}); choose another --run") from error
    return True


def _refuse_other(path: Path, run: Run) -> None:
    try:
        changed = differences(path.read_text("utf-8"), run.to_json())
    except ValueError as error:
        raise RunError(f"{path} is damaged ({error}); choose another --run, and this one as --from") from error
    if changed:
        more = f"; and {len(changed) - 5} more" if len(changed) > 5 else ""
        told = "; ".join(changed[:5]) + more
        raise RunError(f"{path.parent} holds another recipe ({told}); choose another --run or the same settings")


def _last_saving(directory: Path) -> str:
    path = directory / checkpoint.STATE
    if not path.exists():
        return "there is no saving yet"
    seen = checkpoint.read(path)[1]["seen_pictures"]
    return f"the last saving is of {seen:,} pictures: begin from it by --from {directory} in another --run"


def chosen(run: Run, build: Build, directory: Path, world: Ranks, say: Say) -> trial.Choice:
    """The run's way of computing: as written in its folder, else by a short trial, else (settings say `plain`) fp32."""
    path = directory / CHOICE
    if path.exists():
        choice = trial.read(path)
    elif run.settings.get("speed", "trial") == "plain":
        choice = trial.Choice(threads=torch.get_num_threads())
    else:
        choice = trial.fastest(trial.candidates(world.device), lambda option: _rate(run, build, option), say)
    choice = world.first(lambda: choice)
    if world.device.type == "cpu" and choice.threads:
        torch.set_num_threads(choice.threads)
    if world.rank == 0 and not path.exists():
        trial.write(path, choice)
    return choice


def _rate(run: Run, build: Build, choice: trial.Choice) -> float:
    world = connect(choice.precision)
    torch.manual_seed(run.seed)
    training = state.begin(run, build(run, world.device, choice, world))
    batches = training.task.batches(0, world.rank, world.ranks)
    try:
        return trial.timed(lambda: (loop.advance(training, next(batches), world), None)[1], run.batch, world.device)
    finally:
        batches.close()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _silent(text: str) -> None:
    """What other ranks say."""
