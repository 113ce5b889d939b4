"""The segment objective: labels read from renders in disguise. One player and no adversary; the loop does not mind.

Shapes: n pictures of h×w pixels, k classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pleinair.losses.labels import misread, right
from pleinair.networks.disguise import disguised
from pleinair.networks.segmenter import Segmenter
from pleinair.objectives.protocol import Terms


@dataclass(frozen=True)
class Lesson:
    """A batch on its device: pictures (n, 3, h, w) in [-1, 1], labels (n, h, w), and the chance of their disguise, see
    `networks.disguise`."""

    pictures: Tensor
    labels: Tensor
    draws: Tensor
    kernels: Tensor
    grain: Tensor


@dataclass(frozen=True)
class Views:
    """What was read (n, k, h, w), and what is there (n, h, w)."""

    logits: Tensor
    labels: Tensor


class Segment:
    """One term, `misread`: cross-entropy, rare classes counting more. A sign without a weight: `right`, the share of
    pixels read rightly. `rarity` (k,) weighs the classes; a share of the pictures is `disguised`."""

    def __init__(
        self, segmenter: Segmenter, weights: Mapping[str, float], rarity: Tensor, disguised: float = 1.0
    ) -> None:
        self.segmenter, self.weights, self.rarity, self.share = segmenter, weights, rarity, disguised
        self.players: Mapping[str, nn.Module] = {"segmenter": segmenter}
        self.averaged: nn.Module = segmenter

    def views(self, batch: Lesson, chance: torch.Generator, seen_pictures: int) -> Views:  # noqa: ARG002
        """Pictures are read in disguise. Its chance came with the batch."""
        seen = disguised(batch.pictures, batch.draws, batch.kernels, batch.grain, self.share)
        return Views(self.segmenter(seen), batch.labels)

    def terms(self, player: str, views: Views) -> Terms:  # noqa: ARG002
        return {
            "misread": misread(views.logits, views.labels, self.rarity),
            "right": right(views.logits, views.labels),
        }
