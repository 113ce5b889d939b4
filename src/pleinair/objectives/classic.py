"""The classic objective: one player makes pictures out of noise, the other tells them from real ones.

Shapes: n pictures of 28×28 pixels and one channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pleinair.losses.classic import cross_entropy, log_generator
from pleinair.networks.classic import Discriminator, Generator
from pleinair.objectives.protocol import Terms


@dataclass(frozen=True)
class Draw:
    """A batch on its device: real pictures x (n, 1, 28, 28) in [-1, 1] and as many noise vectors z (n, 100)."""

    real: Tensor
    noise: Tensor


@dataclass(frozen=True)
class Views:
    """What both players look at: x and G(z), both (n, 1, 28, 28)."""

    real: Tensor
    fake: Tensor


class Classic:
    """One term each, `adversarial`: -log D(G(z)) for the generator, -log D(x) - log(1 - D(G(z))) for the discriminator.

    Signs without a weight: the generator's `variety` (how much its pictures differ, relative to the real ones), the
    discriminator's `certainty` (share of right verdicts) and `fooled` (share of fakes taken for real).
    """

    def __init__(self, generator: Generator, discriminator: Discriminator, weights: Mapping[str, float]) -> None:
        self.generator, self.discriminator, self.weights = generator, discriminator, weights
        self.players: Mapping[str, nn.Module] = {"generator": generator, "discriminator": discriminator}
        self.averaged: nn.Module = generator

    def views(self, batch: Draw, chance: torch.Generator, seen_pictures: int) -> Views:  # noqa: ARG002
        """Both players judge the same fakes. The noise came with the batch, so nothing is left to chance here."""
        return Views(batch.real, self.generator(batch.noise))

    def terms(self, player: str, views: Views) -> Terms:
        if player == "generator":
            return {
                "adversarial": log_generator(self.discriminator(views.fake)),
                "variety": _variety(views.fake.detach(), views.real),
            }
        real, fake = self.discriminator(views.real), self.discriminator(views.fake.detach())  # G learns nothing here
        right = ((real > 0).float() + (fake < 0).float()) / 2
        return {"adversarial": cross_entropy(real, fake), "certainty": right, "fooled": (fake > 0).float()}


def _variety(fake: Tensor, real: Tensor) -> Tensor:
    """Mean deviation of a pixel over the fakes of the batch over that of the real pictures, for every picture (n,)."""
    if len(fake) < 2:
        return fake.new_ones(len(fake))
    return (fake.std(0).mean() / real.std(0).mean().clamp_min(1e-3)).expand(len(fake))
