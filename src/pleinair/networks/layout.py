"""The layout generator: a label map, its render and noise → a natural scene that shows them, of any size.

It is the scene generator told place by place what stands there: at every size the classes and the colors of the render
scale and shift what has been drawn so far (SPADE, Park et al. 2019, without its normalization), and the noise below
decides the rest (3D noise: OASIS, Sushko et al. 2021). Columns are not padded, so that a layout that goes around
closes; rows are, by zeros. Shapes: n pictures, l latent numbers, k numbers per cell of noise, c classes, t = c + 3
numbers that a place is told by, r×q cells of `CELL_SIDE` pixels, H columns of cells beyond each edge.
"""

import math
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.engine.layout import COLORS
from pleinair.fiction.palette import NAMES
from pleinair.networks.scene import GAIN, GRAIN, MAPPED, SLOPE, Dense, SceneConv, doubled, grains, trimmed
from pleinair.seeds import CELL, CELL_SIDE, DOUBLINGS, HALO, LATENT, ROWS

CLASSES = len(NAMES)
WIDEST = 4  # times the width: the coarsest levels have no more channels, since composition is told


class Told(nn.Module):
    """Scales and shifts x (n, o, h, w) by what stands there, told (n, t, h, w): classes in shares of the place, colors
    in [-1, 1]. It begins with scales of 1."""

    def __init__(self, told: int, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels, told, 1, 1))
        self.shift = nn.Parameter(torch.randn(channels, told, 1, 1))

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        told = told.to(x.dtype)
        scale, shift = (F.conv2d(told, weight.to(x.dtype)) for weight in (self.scale, self.shift))
        return x * (1 + scale) + shift


class LayoutGenerator(nn.Module):
    """Latents (n, l), noise (n, k, r, q + 2·H) and what is told (n, t, r · 16, (q + 2·H) · 16), see `told_of` →
    pictures (n, 3, r · 16, q · 16) in about [-1, 1], not clipped."""

    def __init__(self, width: int = 24, classes: int = CLASSES) -> None:
        super().__init__()
        self.width, self.classes = width, classes
        heights = [ROWS << level for level in range(DOUBLINGS + 1)]
        channels = [max(16, min(WIDEST * width, 64 * width // height)) for height in heights]
        self.map0, self.map1 = Dense(LATENT, MAPPED), Dense(MAPPED, MAPPED)
        self.enter = nn.Parameter(torch.randn(channels[0], CELL, 1, 1))
        self.grain = nn.ParameterList(GRAIN * torch.randn(o) for o in channels[1:])
        self.told = nn.ModuleList(Told(classes + COLORS, o) for o in channels)
        self.first = SceneConv(channels[0], channels[0])
        self.conv0 = nn.ModuleList(SceneConv(i, o) for i, o in pairwise(channels))
        self.conv1 = nn.ModuleList(SceneConv(o, o) for o in channels[1:])
        self.leave = nn.ModuleList(nn.Conv2d(o, 3, 1) for o in channels[1:])
        for leave in self.leave:
            nn.init.normal_(leave.weight, std=0.1 / math.sqrt(leave.in_channels))  # type: ignore[arg-type]
            nn.init.zeros_(leave.bias)  # type: ignore[arg-type]

    def forward(self, latents: Tensor, noise: Tensor, told: Tensor) -> Tensor:
        mapped = F.leaky_relu(self.map0(latents), SLOPE) * GAIN
        mapped = F.leaky_relu(self.map1(mapped), SLOPE) * GAIN
        here = [told]  # from the finest level to the coarsest
        for _ in range(DOUBLINGS):
            here.append(F.avg_pool2d(here[-1], 2))
        x = F.conv2d(noise[:, :CELL], self.enter / math.sqrt(CELL))
        x = self.first(self.told[0](x, here[-1]), mapped)
        pictures: Tensor | None = None
        for level, (conv0, conv1, leave) in enumerate(zip(self.conv0, self.conv1, self.leave, strict=True), 1):
            x = doubled(conv0(x, mapped))
            x = x + self.grain[level - 1][None, :, None, None] * trimmed(grains(noise, level), x.shape[3])
            x = conv1(self.told[level](x, trimmed(here[-1 - level], x.shape[3])), mapped)
            change = leave(x)
            pictures = change if pictures is None else trimmed(doubled(pictures), change.shape[3]) + change
        assert pictures is not None
        return trimmed(pictures, told.shape[3] - 2 * HALO * CELL_SIDE)


def told_of(labels: Tensor, renders: Tensor, classes: int = CLASSES, wrap: Literal["none", "x"] = "none") -> Tensor:
    """Labels (n, h, w), sides multiples of 16, and renders (n, 3, h, w) in [-1, 1] → what is told
    (n, c + 3, h, w + 2·H·16): one-hot classes, then colors, with columns beyond both edges: those at the edge again, or
    with wrap x those on the other side."""
    beyond = HALO * CELL_SIDE
    places = torch.arange(-beyond, labels.shape[2] + beyond, device=labels.device)
    places = places % labels.shape[2] if wrap == "x" else places.clamp(0, labels.shape[2] - 1)
    return known_of(labels[:, :, places], renders[:, :, :, places], classes)


def known_of(labels: Tensor, renders: Tensor, classes: int = CLASSES) -> Tensor:
    """Labels (n, h, w) and renders (n, 3, h, w) → what is known of each place (n, c + 3, h, w): one-hot classes, then
    colors."""
    one_hot = F.one_hot(labels.long(), classes).movedim(3, 1)
    return torch.cat((one_hot.to(renders.dtype), renders), 1)
