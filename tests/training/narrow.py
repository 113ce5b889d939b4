"""Trainings in narrow numbers, as the trial chooses them where the chip multiplies bf16: every term of some steps."""

import torch

from pleinair.training import loop, state
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.trial import Choice

LAID = Choice("bf16-mixed", channels_last=True, threads=1)


class Narrow(Ranks):
    """One process in bf16, on any chip."""

    def __init__(self) -> None:
        super().__init__(None, 0, 1, torch.device("cpu"))

    def autocast(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16)


def narrowly(run: Run, build: Build, steps: int = 3) -> list[dict[str, float]]:
    """What the first steps of a run log: the first with penalties, the others with memories to draw from."""
    world = Narrow()
    torch.manual_seed(run.seed)
    training = state.begin(run, build(run, world.device, LAID, world))
    batches = training.task.batches(0, 0, 1)
    try:
        return [loop.advance(training, next(batches), world) for _ in range(steps)]
    finally:
        batches.close()


def check(run: Run, build: Build) -> None:
    """Every term that a run weighs is there in narrow numbers, and is finite."""
    narrow = narrowly(run, build)
    found = {name for step in narrow for name in step}
    assert {name for name, weight in run.weights.items() if weight} <= found
    values = torch.tensor([value for step in narrow for value in step.values()])
    assert torch.isfinite(values).all()
