"""What the training loop knows of an objective. One method per player's terms; nothing here calls backward."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

import torch
from torch import Tensor, nn

Batch = TypeVar("Batch", contravariant=True)
Views = TypeVar("Views")
Terms = dict[str, Tensor]  # name → one value per picture (n,)
Gather = Callable[[Tensor], Tensor]  # rows of this rank (n, …) → rows of all ranks (n · ranks, …), differentiable


class Objective(Protocol[Batch, Views]):
    """Players in the order in which they step; `averaged` is the module whose averaged weights people will use."""

    players: Mapping[str, nn.Module]
    averaged: nn.Module
    weights: Mapping[str, float]

    def views(self, batch: Batch, chance: torch.Generator, seen_pictures: int) -> Views:
        """What all players look at, computed once: paintings, features of both sides.

        `chance` is alike on all ranks, so what is drawn from it belongs to the batch and not to its pictures.
        """
        ...

    def terms(self, player: str, views: Views) -> Terms:
        """The player's terms, unweighted, one value per picture each; the loop weighs them by `weights[player.term]`.

        Their mean over this rank's pictures, averaged over ranks, must be the mean over the whole batch.
        """
        ...
