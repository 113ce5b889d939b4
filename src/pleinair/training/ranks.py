"""Ranks: the processes of one training. One where nothing else is said, many where torchrun started them."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

import torch
from torch import Tensor

from pleinair.errors import MissingExtraError, PleinairError, RunError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Ranks:
    """The loop's World, over Fabric: this process's place among `ranks` processes, and what they do together."""

    fabric: Any
    rank: int
    ranks: int
    device: torch.device

    def autocast(self) -> AbstractContextManager[Any]:
        """The run's precision."""
        context: AbstractContextManager[Any] = self.fabric.autocast()
        return context

    def average(self, tensors: list[Tensor]) -> None:
        """Mean over ranks, in place, in one message."""
        if self.ranks > 1:
            flat = torch.cat([t.reshape(-1) for t in tensors])
            torch.distributed.all_reduce(flat)
            flat /= self.ranks
            begin = 0
            for tensor in tensors:
                tensor.copy_(flat[begin : begin + tensor.numel()].view_as(tensor))
                begin += tensor.numel()

    def agree(self, flag: bool) -> bool:
        """Whether any rank says so: all ranks end in the same step."""
        if self.ranks == 1:
            return flag
        vote = torch.tensor(float(flag), device=self.device)
        torch.distributed.all_reduce(vote)
        return bool(vote.item() > 0)

    def gather(self, rows: Tensor) -> Tensor:
        """Rows (n, …) of every rank, (n · ranks, …), rank by rank. Differentiable: what other ranks made of this rank's
        rows comes back to it."""
        return _Gathered.apply(rows, self.rank, self.ranks) if self.ranks > 1 else rows  # type: ignore[no-untyped-call]

    def first(self, action: Callable[[], Result]) -> Result:
        """Rank 0 acts, and all get its result, a plain value. Where it fails, all fail with its message."""
        if self.ranks == 1:
            return action()
        said: list[Any] = [None, None]  # result, complaint
        failure: PleinairError | None = None
        if self.rank == 0:
            try:
                said[0] = action()
            except PleinairError as error:
                said[1], failure = str(error), error
        torch.distributed.broadcast_object_list(said, src=0)
        if said[1] is not None:
            raise failure or RunError(said[1])
        result: Result = said[0]
        return result


class _Gathered(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, rows: Tensor, rank: int, ranks: int) -> Tensor:
        context.place = rank, ranks
        parts = [torch.empty_like(rows, memory_format=torch.contiguous_format) for _ in range(ranks)]
        torch.distributed.all_gather(parts, rows.detach().contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(context: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        rank, ranks = context.place
        total = grads[0].contiguous().clone()
        torch.distributed.all_reduce(total)
        return total.chunk(ranks)[rank], None, None


def connect(precision: str = "32-true") -> Ranks:
    """Fabric on whatever there is: the GPU of this process, or the CPU. Raises MissingExtraError."""
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
