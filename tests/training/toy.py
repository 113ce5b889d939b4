"""A training small enough to be run a hundred times: numbers instead of pictures, one layer for each player."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pleinair.objectives.protocol import Terms
from pleinair.training import state
from pleinair.training.launch import Build, launch
from pleinair.training.ranks import Ranks
from pleinair.training.run import Rate, Run
from pleinair.training.task import Sheet, Task
from pleinair.training.trial import Choice

Hook = Callable[[int], None]  # is told the number of the batch's first picture before it is made

RUN = Run(
    recipe="toy",
    styles=("one",),
    pictures=48,
    batch=4,
    seed=3,
    rates={"generator": Rate(0.05, 8), "discriminator": Rate(0.05, 8)},
    weights={"generator.near": 1.0, "generator.fool": 0.5, "discriminator.tell": 1.0},
    average_pictures=16,
    preview_pictures=16,
    watch_pictures=16,
    settings={"speed": "plain"},
)


class Toy:
    """The generator maps numbers near their doubles; the discriminator tells both apart. Both draw noise."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.generator, self.discriminator = nn.Linear(3, 3), nn.Linear(3, 1)
        self.players: Mapping[str, nn.Module] = {"generator": self.generator, "discriminator": self.discriminator}
        self.averaged: nn.Module = self.generator
        self.weights = weights

    def views(self, batch: Tensor, chance: torch.Generator, seen_pictures: int) -> tuple[Tensor, Tensor]:
        assert seen_pictures >= 0
        noisy = batch + 0.1 * torch.randn(batch.shape, generator=chance)
        return batch, self.generator(noisy)

    def terms(self, player: str, views: tuple[Tensor, Tensor]) -> Terms:
        batch, made = views
        if player == "generator":
            return {"near": (made - 2 * batch).square().mean(1), "fool": -self.discriminator(made)[:, 0].tanh()}
        gap = self.discriminator(made.detach()) - self.discriminator(2 * batch)
        return {"tell": gap[:, 0].tanh(), "certainty": (gap[:, 0] < 0).float().detach()}


@dataclass
class Stage:
    """Builds toy tasks and keeps what they were asked for."""

    hook: Hook = lambda _: None
    score: float | None = None
    blind: bool = False
    fed: list[int] = field(default_factory=list)
    looks: int = 0
    previews: int = 0
    closed: int = 0

    def build(self, run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Tensor]:
        assert device.type == "cpu"
        assert choice.precision == "32-true"
        assert ranks.ranks >= 1

        def batches(start: int, rank: int, count: int) -> Generator[Tensor, None, None]:
            try:
                while True:
                    self.hook(start)
                    self.fed.append(start)
                    numbers = torch.arange(start + rank, start + run.batch, count)
                    yield torch.sin(numbers[:, None] * torch.tensor([1.0, 2.0, 3.0]) + run.seed)
                    start += run.batch
            finally:
                self.closed += 1

        aim = Toy(run.weights)
        facts = {"styles": list(run.styles)}
        return Task(aim, batches, None if self.blind else self.preview, None if self.blind else self.watch, facts)

    def preview(self, averaged: nn.Module) -> Sheet:
        assert isinstance(averaged, nn.Linear)
        self.previews += 1
        return np.zeros((8, 8, 3), np.uint8)

    def watch(self, averaged: nn.Module) -> dict[str, float]:
        assert not averaged.training
        self.looks += 1
        ones = torch.ones(1, 3)
        gap = float((averaged(ones) - 2 * ones).abs().mean())
        return {"score": gap if self.score is None else self.score, "gap": gap}


def toy(folder: Path, stage: Stage | None = None, run: Run = RUN, **changes: object) -> str:
    """Launch the toy in a folder."""
    stage = stage or Stage()
    build: Build = stage.build
    return launch(replace(run, **changes), build, folder)  # type: ignore[arg-type]


def stop_at(picture: int, error: BaseException) -> Hook:
    """Fail when a batch is asked for, as a kill would, without anything being saved."""

    def hook(number: int) -> None:
        if number == picture:
            raise error

    return hook


class Killed(BaseException):
    """What nothing catches."""


def training_of(stage: Stage, run: Run = RUN) -> state.Training[Tensor]:
    """A toy training at its beginning, without launcher or folder."""
    torch.manual_seed(run.seed)
    alone = Ranks(None, 0, 1, torch.device("cpu"))
    return state.begin(run, stage.build(run, alone.device, Choice(), alone))
