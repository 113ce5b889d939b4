"""Critics of scenes: a residual one of whole pictures, and one of columns that knows how high in the picture they are.

Shapes: n pictures of s×s pixels, c channels, m marks (what the scene is told to be), d numbers of a column.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.discriminator import Columns

SLOPE = 0.2
LEAST = 4  # pixels at which the last stage works
HEIGHTS = 3  # numbers that tell a column's height in the picture


class Residual(nn.Module):
    """Two 3×3 convolutions that begin as nothing, the input added, without normalization (Fixup, Zhang et al. 2019)."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        with torch.no_grad():
            nn.init.kaiming_normal_(self.conv0.weight, SLOPE)
            self.conv0.weight.mul_(depth**-0.5)
        nn.init.zeros_(self.conv1.weight)
        for conv in (self.conv0, self.conv1):
            assert conv.bias is not None
            nn.init.zeros_(conv.bias)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.conv1(F.leaky_relu(self.conv0(F.leaky_relu(x, SLOPE)), SLOPE))
        return x + change


class PixelCritic(nn.Module):
    """A plain residual discriminator in the manner of R3GAN (Huang et al. 2024): pictures (n, planes, s, s) and marks
    (n, m) → [(n, 1, 1)], one logit a picture; marks by projection (Miyato & Koyama 2018), no marks being neutral.

    Stages are named from the coarsest up, and each sees the picture at its own size. What a stage hands down begins at
    zero: a critic of twice the side that takes over the weights of this one first says what this one says of the
    picture reduced.
    """

    per_style = ("told",)

    def __init__(self, side: int = 64, width: int = 16, marks: int = 1, planes: int = 3) -> None:
        super().__init__()
        self.side = side
        heights = [LEAST << level for level in range(int(math.log2(side // LEAST)) + 1)]
        channels = [max(width, min(8 * width, 64 * width // height)) for height in heights]
        self.enter = nn.ModuleList(nn.Conv2d(planes, c, 1) for c in channels)
        self.blocks = nn.ModuleList(Residual(c, 2 * len(heights)) for c in channels)
        self.down = nn.ModuleList(nn.Conv2d(c, less, 1) for less, c in pairwise(channels))
        for down in self.down:
            nn.init.zeros_(down.weight)  # type: ignore[arg-type]
            nn.init.zeros_(down.bias)  # type: ignore[arg-type]
        self.gather = nn.Conv2d(channels[0], 2 * channels[0], LEAST)
        self.leave = nn.Linear(2 * channels[0], 1)
        self.told = nn.Parameter(torch.zeros(marks, 2 * channels[0]))

    def forward(self, pictures: Tensor, marks: Tensor) -> list[Tensor]:
        views = [pictures]
        while len(views) < len(self.enter):
            views.append(F.avg_pool2d(views[-1], 2))
        x: Tensor | None = None
        for level in range(len(views) - 1, -1, -1):
            given = self.enter[level](views[len(views) - 1 - level])
            x = given if x is None else given + x
            x = self.blocks[level](x)
            if level:
                x = self.down[level - 1](F.avg_pool2d(x, 2))
        assert x is not None
        seen = F.leaky_relu(self.gather(F.leaky_relu(x, SLOPE)), SLOPE).flatten(1)  # (n, c)
        logits = self.leave(seen)[:, 0] + (seen * (marks @ self.told)).sum(1)
        return [logits[:, None, None]]


class PlacedColumns(Columns):
    """A critic of columns that is also told how high in the picture each stood: grass in the sky is no scene.

    With `views` it looks at the picture and at its halves, `reduced` as often: the features of one place are then those
    of the leaves there and of what the leaves belong to. Features are lists of as many times the levels of one view.
    """

    def __init__(self, widths: tuple[int, ...], styles: int, channels: int = 128, views: int = 1) -> None:
        super().__init__(widths, styles, channels)
        self.views = views
        self.width *= views
        self.conv0 = nn.Conv2d(self.width + HEIGHTS, channels, 1)
        self.register_buffer("mean", torch.zeros(self.width))
        self.register_buffer("deviation", torch.ones(self.width))

    @property
    def remembered(self) -> int:
        """Numbers of a column as `columns` gives it."""
        return self.width + HEIGHTS

    def columns(self, features: list[Tensor]) -> Tensor:
        """(n, d + HEIGHTS, h', w'): features of about unit size, then cosines of the height."""
        plain = super().columns(features)
        n, _, h, w = plain.shape
        height = (torch.arange(h, device=plain.device, dtype=plain.dtype) + 0.5) / h
        waves = torch.stack([torch.cos(math.pi * k * height) for k in range(1, HEIGHTS + 1)])
        return torch.cat((plain, 2 * waves[None, :, :, None].expand(n, -1, -1, w)), 1)

    def _raw(self, features: list[Tensor]) -> Tensor:
        """Every view's on the grid of the whole picture's, the finest."""
        each = len(features) // self.views
        seen = [super(PlacedColumns, self)._raw(features[at : at + each]) for at in range(0, len(features), each)]
        finest = seen[0].shape[2:]
        return torch.cat([seen[0], *(F.interpolate(x, finest, mode="bilinear") for x in seen[1:])], 1)


def reduced(pictures: Tensor, views: int) -> list[Tensor]:
    """The pictures (n, c, h, w), their halves, the halves of these …: so many views."""
    found = [pictures]
    while len(found) < views:
        found.append(F.avg_pool2d(found[-1], 2))
    return found
