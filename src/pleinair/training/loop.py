"""The loop: one for every objective. The pictures seen decide all that it does, but for when to save and to stop."""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from pleinair.metrics.stopping import stopping_reason
from pleinair.training import average, checkpoint, state, step
from pleinair.training.alarms import SIGNS
from pleinair.training.journal import WATCH, Journal
from pleinair.training.preview import write_sheet
from pleinair.training.schedules import average_decay, rate_at
from pleinair.training.state import Training

Batch = TypeVar("Batch")

GAIN = 0.002  # of a score, that counts as one
ALL_SEEN = "all pictures seen"
TIME_UP = "time is up; the same command goes on from here"
INTERRUPTED = "interrupted and saved; the same command goes on from here"


class World(Protocol):
    """What the launcher lends to the loop."""

    @property
    def rank(self) -> int: ...
    @property
    def ranks(self) -> int: ...
    def autocast(self) -> AbstractContextManager[Any]: ...
    def average(self, tensors: list[Tensor]) -> None: ...
    def agree(self, flag: bool) -> bool: ...


def chance(seed: int, rank: int, seen_pictures: int) -> torch.Generator:
    """All randomness of one step: a function of seed, rank and pictures seen, so that nothing of it needs saving."""
    digest = hashlib.blake2b(f"{seed} {rank} {seen_pictures}".encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "little") >> 1)


def advance(training: Training[Batch], batch: Batch, world: World) -> dict[str, float]:
    """One step of every player. Returns the means of the terms over all ranks, those without a weight among them."""
    run, objective, seen = training.run, training.task.objective, training.seen_pictures
    with world.autocast():
        views = objective.views(batch, chance(run.seed, 0, seen), seen)  # alike on all ranks: it is the batch's
    logged: dict[str, Tensor] = {}
    for player, module in objective.players.items():
        with world.autocast():
            terms = objective.terms(player, views)
        grads = step.gradients(step.weighed(player, terms, run.weights), module)
        world.average(grads)
        rate = rate_at(run.rates[player], seen, run.pictures)
        step.apply(training.optimizers[player], module, grads, rate, run.clip_norm)
        logged |= {f"{player}.{name}": value.detach().float().mean() for name, value in terms.items()}
    average.update(training.averaged, objective.averaged, average_decay(run.average_pictures, run.batch, seen))
    training.seen_pictures += run.batch
    means = torch.stack(list(logged.values()))
    world.average([means])
    return dict(zip(logged, means.tolist(), strict=True))


def train(
    training: Training[Batch],
    directory: Path,
    world: World,
    journal: Journal | None,
    until: float | None = None,
    asked: Callable[[], bool] = lambda: False,
) -> str:
    """Train until all pictures are seen, the time `until` (monotonic) has come, somebody has `asked` for an end, the
    score has stopped improving, or one player has won (for as long as the setting `won_pictures` says, where a recipe
    gives it). `journal` is rank 0's, None elsewhere.

    Returns why it ended. Raises TrainingError for NaN and collapse; the last saving then is from before.
    """
    run, task = training.run, training.task
    saved, saved_at = training.seen_pictures if (directory / checkpoint.STATE).exists() else -1, time.monotonic()
    with closing(task.batches(training.seen_pictures, world.rank, world.ranks)) as batches:
        while True:
            # Endings, on which all ranks agree.
            seen = training.seen_pictures
            ending = ended(training, world, until, asked)

            # What is due by the pictures seen. What a kill cut short is still due when the training goes on.
            last, leaving = ending == ALL_SEEN, ending not in ("", INTERRUPTED)
            look = task.watch is not None and due(training.looked, seen, run.watch_pictures, last)
            draw = task.preview is not None and due(training.drawn, seen, run.preview_pictures, leaving)

            # Save at the beginning, before what takes long, and every so often.
            old = time.monotonic() - saved_at > run.save_seconds
            if journal and saved < seen and (saved < 0 or look or draw or ending or old):
                state.save(training, directory)
                saved, saved_at = seen, time.monotonic()

            # Previews and scores, of the averaged weights, on the users' own path.
            if draw and task.preview is not None:
                if journal:
                    write_sheet(directory / "previews" / f"{seen:09d}.jpg", task.preview(training.averaged))
                training.drawn = seen
            if look and task.watch is not None:
                training.looked = seen
                if journal:
                    note(training, journal, task.watch(training.averaged))
                    state.save(training, directory)
                    saved_at = time.monotonic()
                ending = ending or ended(training, world, until, asked)
            if ending:
                return ending

            # One step of every player.
            figures = advance(training, next(batches), world)

            # Figures and alarms.
            warning = training.alarms.hear({name: figures[name] for name in SIGNS & figures.keys()})
            if journal:
                if crossed(seen, training.seen_pictures, max(run.batch, run.preview_pictures // 100)):
                    journal.tell(training.seen_pictures, figures, None if until is None else until - time.monotonic())
                if warning:
                    journal.write(training.seen_pictures, {"warning": warning})
                    journal.say(warning)


def ended(training: Training[Batch], world: World, until: float | None, asked: Callable[[], bool]) -> str:
    """Why to end before another step, or nothing."""
    run = training.run
    if training.seen_pictures + run.batch > run.pictures:
        return ALL_SEEN
    if asked():
        mine = INTERRUPTED
    elif until is not None and time.monotonic() >= until:
        mine = TIME_UP
    else:
        stale = stopping_reason(training.history, run.patience_pictures, minimum_gain=GAIN)
        mine = stale or training.alarms.winner(int(run.settings.get("won_pictures", 0)) // run.batch)
    return (mine or "another rank has ended") if world.agree(bool(mine)) else ""


def note(training: Training[Batch], journal: Journal, scores: Mapping[str, float]) -> None:
    """Keep what a look has found, `score` among it, if it found anything."""
    if not scores:
        return
    training.history.append((training.seen_pictures, scores["score"]))
    journal.write(training.seen_pictures, {f"{WATCH}{name}": value for name, value in scores.items()})
    told = "  ".join(f"{name} {value:.3f}" for name, value in scores.items())
    journal.say(f"{training.seen_pictures:,} pictures: {told}")


def due(before: int, seen_pictures: int, every: int, last: bool) -> bool:
    """Whether to look again, having looked before: at every multiple of `every`, and a last time."""
    return crossed(before, seen_pictures, every) or (last and before < seen_pictures)


def crossed(before: int, after: int, every: int) -> bool:
    """Whether a multiple of `every` lies in (before, after]."""
    return before // every != after // every
