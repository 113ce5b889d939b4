"""The loop: one for every objective. Everything it does is decided by the pictures seen, except when to save and when to stop."""

import hashlib
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from pleinair.metrics.stopping import stopping_reason
from pleinair.training import average, checkpoint, step
from pleinair.training.alarms import SIGNS, Alarms
from pleinair.training.journal import Journal
from pleinair.training.preview import write_sheet
from pleinair.training.run import Run
from pleinair.training.schedules import average_decay, rate_at
from pleinair.training.task import Task

Batch = TypeVar("Batch")


class World(Protocol):
    """What the launcher lends to the loop."""

    @property
    def rank(self) -> int: ...
    @property
    def ranks(self) -> int: ...
    def autocast(self) -> AbstractContextManager[Any]: ...
    def average(self, tensors: list[Tensor]) -> None: ...
    def agree(self, flag: bool) -> bool: ...


@dataclass
class Training(Generic[Batch]):
    """A training in progress: what a saving holds, and nothing more."""

    run: Run
    task: Task[Batch]
    optimizers: dict[str, torch.optim.Optimizer]
    averaged: nn.Module
    seen_pictures: int = 0
    history: list[tuple[int, float]] = field(default_factory=list)

    def modules(self) -> dict[str, nn.Module]:
        return {**self.task.objective.players, "average": self.averaged}


def begin(run: Run, task: Task[Batch]) -> Training[Batch]:
    """A training at its beginning."""
    optimizers: dict[str, torch.optim.Optimizer] = {
        player: torch.optim.Adam(
            [p for p in module.parameters() if p.requires_grad], run.rates[player].peak, run.betas, foreach=True
        )
        for player, module in task.objective.players.items()
    }
    return Training(run, task, optimizers, average.copy_of(task.objective.averaged))


def save(training: Training[Batch], directory: Path) -> None:
    """Both savings. The state goes last: it is the one that says how far the training is."""
    seen = training.seen_pictures
    weights = {name: value.detach().cpu().contiguous() for name, value in training.averaged.state_dict().items()}
    checkpoint.write(directory / checkpoint.AVERAGE, weights, {**training.task.facts, "seen_pictures": seen})
    tensors = checkpoint.flattened(training.modules(), training.optimizers)
    facts = {"seen_pictures": seen, "history": training.history, "run": training.run.to_json(), **training.task.facts}
    checkpoint.write(directory / checkpoint.STATE, tensors, facts)


def resume(training: Training[Batch], directory: Path) -> None:
    """Go on from the saving in the run folder, if there is one."""
    if (directory / checkpoint.STATE).exists():
        tensors, facts = checkpoint.read(directory / checkpoint.STATE)
        checkpoint.restore(tensors, training.modules(), training.optimizers)
        training.seen_pictures = int(facts["seen_pictures"])
        training.history = [(int(seen), float(score)) for seen, score in facts["history"]]


def chance(seed: int, rank: int, seen_pictures: int) -> torch.Generator:
    """All randomness of one step: a function of seed, rank and pictures seen, so that nothing of it needs saving."""
    digest = hashlib.blake2b(f"{seed} {rank} {seen_pictures}".encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "little") >> 1)


def advance(training: Training[Batch], batch: Batch, world: World) -> dict[str, Tensor]:
    """One step of every player. Returns the terms, those without a weight among them."""
    run, objective, seen = training.run, training.task.objective, training.seen_pictures
    with world.autocast():
        views = objective.views(batch, chance(run.seed, world.rank, seen), seen)
    logged: dict[str, Tensor] = {}
    for player, module in objective.players.items():
        with world.autocast():
            terms = objective.terms(player, views)
        grads = step.gradients(step.weighed(player, terms, run.weights), module)
        world.average(grads)
        rate = rate_at(run.rates[player], seen, run.pictures)
        step.apply(training.optimizers[player], module, grads, rate, run.clip_norm)
        logged |= {f"{player}.{name}": value.detach().mean() for name, value in terms.items()}
    average.update(training.averaged, objective.averaged, average_decay(run.average_pictures, run.batch, seen))
    training.seen_pictures += run.batch
    return logged


def train(training: Training[Batch], directory: Path, world: World, journal: Journal, until: float | None) -> str:
    """Train until all pictures are seen, the time `until` (monotonic) has come, or the score has stopped improving.

    Returns why it ended. Raises TrainingError for NaN and collapse; the last saving then is from before.
    """
    run, task, chief = training.run, training.task, world.rank == 0
    batches = task.batches(training.seen_pictures, world.rank, world.ranks)
    alarms, saved, ending = Alarms(), time.monotonic(), ""
    while not ending:
        # One step of every player.
        before = training.seen_pictures
        logged = advance(training, next(batches), world)
        seen = training.seen_pictures

        # Figures and alarms.
        if crossed(before, seen, max(run.batch, run.preview_pictures // 100)):
            figures = {name: round(float(value), 5) for name, value in logged.items()}
            if chief:
                journal.write(seen, {**figures, "pictures_per_second": round(journal.rate(seen), 3)})
                journal.show(seen, figures, None if until is None else until - time.monotonic())
        warning = alarms.hear({name: float(logged[name]) for name in SIGNS & logged.keys()})
        if warning and chief:
            journal.say(warning)
            journal.write(seen, {"warning": warning})

        # Endings that the clock or the number of pictures decide.
        if seen + run.batch > run.pictures:
            ending = "all pictures seen"
        elif until is not None and world.agree(time.monotonic() >= until):
            ending = "time is up; the same command goes on from here"

        # Save before what takes long, and every so often.
        look = task.watch is not None and (crossed(before, seen, run.watch_pictures) or ending.startswith("all"))
        draw = task.preview is not None and (crossed(before, seen, run.preview_pictures) or bool(ending))
        if chief and (look or draw or ending or time.monotonic() - saved > run.save_seconds):
            save(training, directory)
            saved = time.monotonic()

        # Previews and scores, of the averaged weights, on the users' own path.
        if chief and draw and task.preview is not None:
            write_sheet(directory / "previews" / f"{seen:09d}.jpg", task.preview(training.averaged))
        if look and task.watch is not None:
            scores = task.watch(training.averaged) if chief else {}
            if chief:
                training.history.append((seen, scores["score"]))
                journal.write(seen, {f"watch.{name}": value for name, value in scores.items()})
                journal.say(f"{seen:,} pictures: " + "  ".join(f"{name} {value:.3f}" for name, value in scores.items()))
            reason = stopping_reason(training.history, run.patience_pictures, minimum_gain=0.002) if chief else None
            if world.agree(reason is not None) and not ending:
                ending = reason or "the score has stopped improving"
            if chief:
                save(training, directory)
                saved = time.monotonic()
    return ending


def crossed(before: int, after: int, every: int) -> bool:
    """Whether a multiple of `every` lies in (before, after]."""
    return before // every != after // every
