"""Trainings in this process alone, without Fabric, and what every recipe's tests ask of them alike."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch
from torch import Tensor

from pleinair.training import launch, loop, state
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice
from tests.training.test_launch import end_of
from tests.training.toy import Killed

Batch = TypeVar("Batch")


class Alone(Ranks):
    """One process in wide numbers."""

    def __init__(self) -> None:
        super().__init__(None, 0, 1, torch.device("cpu"))

    def autocast(self) -> torch.autocast:
        return torch.autocast("cpu", enabled=False)


ALONE = Alone()


def steps_of(training: state.Training[Any], steps: int) -> list[dict[str, float]]:
    """What the first steps of a training log."""
    batches = training.task.batches(0, 0, 1)
    try:
        return [loop.advance(training, next(batches), ALONE) for _ in range(steps)]
    finally:
        batches.close()


def check_learning(training: state.Training[Any]) -> dict[str, float]:
    """Two steps move both players and tell every term that the run weighs → what they log."""
    players = training.task.objective.players
    before = {name: [p.detach().clone() for p in module.parameters()] for name, module in players.items()}
    first, second = steps_of(training, 2)
    figures = first | second
    assert all(torch.isfinite(torch.tensor(value)) for value in figures.values())
    assert {name for name, weight in training.run.weights.items() if weight} <= figures.keys()
    for name, module in players.items():
        moved = [not torch.equal(a, b) for a, b in zip(before[name], module.parameters(), strict=True)]
        assert sum(moved) > 0.4 * len(moved), name  # the finest stages of a critic wake one a step
    return figures


def killed_at(build: Build, picture: int) -> Build:
    """The same training, killed as the batch that begins with this picture is about to be learned."""

    def killed(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Any]:
        task = build(run, device, choice, ranks)

        def batches(start: int, rank: int, count: int) -> Generator[Any, None, None]:
            for number, batch in enumerate(task.batches(start, rank, count)):
                if start + number * run.batch == picture:
                    raise Killed
                yield batch

        return replace(task, batches=batches)

    return killed


def check_going_on(run: Run, build: Build, picture: int, folder: Path) -> None:
    """Killed and typed again, it ends as the uninterrupted run, which is kept in `whole`."""
    launch.launch(run, build, folder / "whole")
    with pytest.raises(Killed):
        launch.launch(run, killed_at(build, picture), folder / "killed")
    launch.launch(run, build, folder / "killed")
    assert end_of(folder / "killed") == end_of(folder / "whole")


def shared(task: Task[Batch]) -> tuple[Batch, Batch, Batch]:
    """A batch as one rank has it, and as two ranks share it."""
    whole, even, odd = (next(task.batches(8, rank, ranks)) for rank, ranks in ((0, 1), (0, 2), (1, 2)))
    return whole, even, odd


def together(even: object, odd: object, name: str) -> Tensor:
    """A field of the shares of two ranks, in the order of the whole batch."""
    return torch.stack((getattr(even, name), getattr(odd, name)), 1).flatten(0, 1)


def check_shares(whole: object, even: object, odd: object, names: Sequence[str]) -> None:
    """Two ranks together have what one alone would."""
    for name in names:
        assert torch.equal(together(even, odd, name), getattr(whole, name)), name
