"""A training in progress: what a saving holds, and nothing more."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import nn

from pleinair.errors import RunError
from pleinair.training import average, checkpoint, step
from pleinair.training.alarms import Alarms
from pleinair.training.run import Run
from pleinair.training.task import Task

Batch = TypeVar("Batch")


@dataclass
class Training(Generic[Batch]):
    """Networks, optimizers, the count of pictures. `looked` and `drawn` are the pictures seen when scores and previews
    were last made."""

    run: Run
    task: Task[Batch]
    optimizers: dict[str, torch.optim.Optimizer]
    averaged: nn.Module
    seen_pictures: int = 0
    looked: int = 0
    drawn: int = 0
    history: list[tuple[int, float]] = field(default_factory=list)
    alarms: Alarms = field(default_factory=Alarms)

    def modules(self) -> dict[str, nn.Module]:
        return {**self.task.objective.players, "average": self.averaged}


def begin(run: Run, task: Task[Batch]) -> Training[Batch]:
    """A training at its beginning."""
    optimizers: dict[str, torch.optim.Optimizer] = {
        player: torch.optim.Adam(
            step.groups(module, run.rates[player]), run.rates[player].peak, run.betas, foreach=True
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
    progress = {"seen_pictures": seen, "looked": training.looked, "drawn": training.drawn, "history": training.history}
    facts = {**progress, "alarms": training.alarms.facts(), "run": training.run.to_json(), **training.task.facts}
    checkpoint.write(directory / checkpoint.STATE, tensors, facts)


def resume(training: Training[Batch], directory: Path) -> None:
    """Go on from the saving in the run folder, if there is one. Raises RunError if it is damaged."""
    path = directory / checkpoint.STATE
    if not path.exists():
        return
    tensors, facts = checkpoint.read(path)
    try:
        checkpoint.restore(tensors, training.modules(), training.optimizers)
        training.seen_pictures = seen = int(facts["seen_pictures"])
        training.looked, training.drawn = int(facts.get("looked", seen)), int(facts.get("drawn", seen))
        training.history = [(int(at), float(score)) for at, score in facts["history"]]
        training.alarms = Alarms.of(facts.get("alarms", {}))
    except (KeyError, ValueError, TypeError, RuntimeError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"{path}: a saving of another kind, or damaged ({reason}); choose a new --run folder") from error
