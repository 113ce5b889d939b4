"""The launcher: Fabric places, the run folder is opened or continued, the loop is run. CPU, one GPU, or many by torchrun."""

import json
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pleinair.errors import MissingExtraError, OutputError, RunError
from pleinair.training import loop, trial, warm
from pleinair.training.checkpoint import STATE
from pleinair.training.journal import Journal
from pleinair.training.run import Run, differences
from pleinair.training.task import Task

Build = Callable[[Run, torch.device, trial.Choice, "Ranks"], Task[Any]]


@dataclass(frozen=True)
class Ranks:
    """The loop's World, over Fabric."""

    fabric: Any
    rank: int
    ranks: int
    device: torch.device

    def autocast(self) -> AbstractContextManager[Any]:
        context: AbstractContextManager[Any] = self.fabric.autocast()
        return context

    def average(self, tensors: list[Tensor]) -> None:
        """Mean over ranks, in place, in one message."""
        if self.ranks > 1:
            flat = torch.cat([t.reshape(-1) for t in tensors])
            torch.distributed.all_reduce(flat)
            flat /= self.ranks
            for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
                tensor.copy_(part.view_as(tensor))

    def agree(self, flag: bool) -> bool:
        """Whether any rank says so: all ranks end in the same step."""
        if self.ranks == 1:
            return flag
        vote = torch.tensor(float(flag), device=self.device)
        torch.distributed.all_reduce(vote)
        return bool(vote.item() > 0)

    def share(self, statistic: Tensor) -> Tensor:
        """Mean of a statistic over ranks, differentiable. Since gradients are averaged over ranks afterwards, each rank passes
        the whole gradient to its own part."""
        return _Shared.apply(statistic, self.ranks) if self.ranks > 1 else statistic  # type: ignore[no-untyped-call]


class _Shared(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, statistic: Tensor, ranks: int) -> Tensor:  # noqa: ARG004
        total = statistic.detach().clone()
        torch.distributed.all_reduce(total)
        return total / ranks

    @staticmethod
    def backward(context: Any, *grads: Tensor) -> tuple[Tensor, None]:  # noqa: ARG004
        return grads[0], None


def launch(run: Run, build: Build, directory: Path, *, seconds: float | None = None, start: Path | None = None) -> str:
    """Train `run` in `directory`: empty, start; not empty, go on; recipe differs, refuse and show the difference.

    `seconds` only ends the run, it changes no schedule. `start` warm-starts a new run. Returns why it ended.
    """
    fresh = open_run(run, directory)
    world = connect("32-true")
    journal = Journal(directory, 0, run.pictures) if world.rank == 0 else None
    choice = chosen(run, build, directory, world, journal)
    world = connect(choice.precision)
    torch.manual_seed(run.seed)
    task = build(run, world.device, choice, world)
    training = loop.begin(run, task)
    if fresh and start is not None:
        left = warm.start_from(start, training.modules(), run.styles)
        if journal:
            journal.say(f"warm start from {start}" + (f"; new: {', '.join(left[:6])}" if left else ""))
    loop.resume(training, directory)
    if run.pictures - training.seen_pictures < run.batch:
        return "all pictures seen already"
    until = None if seconds is None else time.monotonic() + seconds
    journal = Journal(directory, training.seen_pictures, run.pictures)
    if world.rank == 0 and training.seen_pictures:
        journal.say(f"going on from {training.seen_pictures:,} pictures")
    try:
        return loop.train(training, directory, world, journal, until)
    except KeyboardInterrupt:
        if world.rank == 0:
            loop.save(training, directory)
        return "interrupted and saved; the same command goes on from here"
    finally:
        journal.close()


def open_run(run: Run, directory: Path) -> bool:
    """Make or check the run folder. Returns whether it is new. Raises RunError with the differences, OutputError if unwritable."""
    path = directory / "run.json"
    try:
        if path.exists():
            changed = differences(path.read_text("utf-8"), run.to_json())
            if changed:
                raise RunError(
                    f"{directory} holds another recipe ({'; '.join(changed[:5])}); choose another --run or the same settings"
                )
            return not (directory / STATE).exists()
        if directory.is_dir() and any(
            p for p in directory.iterdir() if p.name not in ("packs",) and not p.name.startswith(".")
        ):
            raise RunError(f"{directory} is not empty and holds no run; choose another --run")
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(run.to_json(), "utf-8")
    except (OSError, json.JSONDecodeError) as error:
        raise OutputError(f"{directory}: cannot be used for a run ({error}); choose another --run") from error
    return True


def chosen(run: Run, build: Build, directory: Path, world: Ranks, journal: Journal | None) -> trial.Choice:
    """The run's way of computing: as written in its folder, else by a short trial, else (data says `plain`) fp32."""
    path = directory / "choice.json"
    if path.exists():
        choice = trial.read(path)
    elif run.settings.get("speed", "trial") == "plain":
        choice = trial.Choice(threads=torch.get_num_threads())
    else:
        options = trial.candidates(world.device)
        choice = trial.fastest(
            options, lambda option: _rate(run, build, option), journal.say if journal else lambda _: None
        )
    if world.ranks > 1:
        said = [choice]
        torch.distributed.broadcast_object_list(said, src=0)
        choice = said[0]
    if world.device.type == "cpu" and choice.threads:
        torch.set_num_threads(choice.threads)
    if world.rank == 0 and not path.exists():
        trial.write(path, choice)
    return choice


def _rate(run: Run, build: Build, choice: trial.Choice) -> float:
    world = connect(choice.precision)
    torch.manual_seed(run.seed)
    training = loop.begin(run, build(run, world.device, choice, world))
    batches = training.task.batches(0, world.rank, world.ranks)
    try:
        return trial.timed(lambda: (loop.advance(training, next(batches), world), None)[1], run.batch, world.device)
    finally:
        batches.close()


def connect(precision: str) -> Ranks:
    """Fabric on whatever there is: the GPU of this process, or the CPU; several processes where torchrun started them."""
    fabric_of = _fabric()
    ranks = int(os.environ.get("WORLD_SIZE", "1"))
    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    local = int(os.environ.get("LOCAL_WORLD_SIZE", str(ranks)))
    nodes = max(1, ranks // local)
    strategy = "ddp" if ranks > 1 else "auto"
    fabric = fabric_of(accelerator=accelerator, devices=local, num_nodes=nodes, strategy=strategy, precision=precision)
    fabric.launch()
    return Ranks(fabric, fabric.global_rank, fabric.world_size, fabric.device)


def _fabric() -> Any:
    """Fabric, from its own package or from the whole of Lightning."""
    for name in ("lightning_fabric", "lightning.fabric"):
        if find_spec(name.partition(".")[0]):
            return import_module(name).Fabric
    raise MissingExtraError("training", "train")
