"""The reader: a real scene → the noise that the scene generator would draw it from.

It looks with the frozen network that judges pictures anyway, so it costs little, and it is only needed while training.
Shapes: n pictures, c channels, l latent numbers, k numbers of a cell.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.frozen import pooled
from pleinair.seeds import CELL, LATENT, ROWS

HIDDEN = 128
SLOPE = 0.2
LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE = -8.0, 1.0


@dataclass(frozen=True)
class Read:
    """Means and log variances of latents (n, l) and of the cells of noise under the picture (n, k, ROWS, ROWS)."""

    latent: Tensor
    latent_spread: Tensor
    cells: Tensor
    cells_spread: Tensor

    def drawn(self, latents: Tensor, cells: Tensor) -> tuple[Tensor, Tensor]:
        """Normal numbers become latents and cells that draw the picture that was read."""
        return (
            self.latent + (self.latent_spread / 2).exp() * latents,
            self.cells + (self.cells_spread / 2).exp() * cells,
        )

    def nats(self) -> Tensor:
        """How much was read of each picture (n,): divergence from the normal noise that people start from."""
        pairs = ((self.latent, self.latent_spread), (self.cells, self.cells_spread))
        parts = [((m.square() + v.exp() - v - 1) / 2).flatten(1).sum(1) for m, v in pairs]
        return torch.stack(parts).sum(0)


class SceneReader(nn.Module):
    """Encoder of a variational autoencoder (Kingma & Welling 2014) whose decoder is the scene generator (with an
    adversary beside it: Larsen et al. 2016). Weights have unit deviation and are scaled as they are used, as the
    generator's are."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.levels = len(widths)  # of features that it looks at
        places = widths[-1] + widths[-2] + 3
        whole = 2 * sum(widths) + 3 * ROWS * ROWS
        self.of_place = nn.Parameter(torch.randn(HIDDEN, places, 1, 1))
        self.of_whole = nn.Parameter(torch.randn(2 * HIDDEN, whole))
        self.around = nn.Parameter(torch.randn(HIDDEN, HIDDEN, 3, 3))
        self.cells = nn.Parameter(torch.randn(2 * CELL, HIDDEN, 1, 1))
        self.latent = nn.Parameter(torch.randn(2 * LATENT, 2 * HIDDEN))
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(count)) for count in (HIDDEN, 2 * HIDDEN, HIDDEN))

    def forward(self, pictures: Tensor, levels: Sequence[Tensor]) -> Read:
        """pictures (n, 3, s, s) in [-1, 1] and their levels of features (n, c, s / 2^j, s / 2^j)."""
        colors = F.adaptive_avg_pool2d(pictures, ROWS)
        described = [pooled([level]) for level in levels]
        whole = torch.cat((colors.flatten(1), *(F.layer_norm(rows, rows.shape[1:]) for rows in described)), 1)
        x = F.leaky_relu(F.linear(whole, _scaled(self.of_whole), self.bias[1]), SLOPE)
        latent, latent_spread = F.linear(x, _scaled(self.latent)).chunk(2, 1)
        seen = [F.adaptive_avg_pool2d(level, ROWS) for level in levels[-2:]]
        normed = [F.layer_norm(x.movedim(1, 3), x.shape[1:2]).movedim(3, 1) for x in seen]
        y = torch.cat((colors, *normed), 1)
        y = F.leaky_relu(F.conv2d(y, _scaled(self.of_place), self.bias[0]), SLOPE)
        y = F.leaky_relu(F.conv2d(y, _scaled(self.around), self.bias[2], padding=1), SLOPE)
        cells, cells_spread = F.conv2d(y, _scaled(self.cells)).chunk(2, 1)
        return Read(latent, _within(latent_spread), cells, _within(cells_spread))


def _scaled(weight: Tensor) -> Tensor:
    return weight / math.sqrt(weight[0].numel())


def _within(log_variance: Tensor) -> Tensor:
    return log_variance.clamp(LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE)
