"""Discriminators of the translator: heads on frozen features, and patches of pixels. One output per style.

Shapes: n pictures, c channels, h×w positions, S styles. Every discriminator gives (n, S, h, w), one map per view it
takes; the objective picks the map of the style asked for.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2


class Head(nn.Module):
    """Two 3×3 convolutions and a 1×1 over one level of features, brought to unit size by FeatureHeads."""

    per_style = ("leave.weight", "leave.bias")

    def __init__(self, inputs: int, channels: int, styles: int) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(inputs, channels, 3, padding=1)
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=2, padding=1)
        self.leave = nn.Conv2d(channels, styles, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.conv0(x), SLOPE)
        x = F.leaky_relu(self.conv1(x), SLOPE)
        maps: Tensor = self.leave(x)
        return maps


class FeatureHeads(nn.Module):
    """A head on each of some levels of a frozen network (Sauer et al., Projected GANs, 2021; no random mixing).

    `levels` are the indices of the levels that have a head; the finest, at full size, costs more than all others
    together.
    """

    def __init__(
        self, widths: tuple[int, ...], styles: int, levels: tuple[int, ...] = (1, 2, 3), channels: int = 64
    ) -> None:
        super().__init__()
        self.levels = levels
        self.heads = nn.ModuleList(Head(widths[level], min(channels, 2 * widths[level]), styles) for level in levels)
        self.sizes: Tensor
        self.register_buffer("sizes", torch.ones(len(levels)))

    def fit(self, features: list[Tensor]) -> None:
        """Set the constants that bring each level to unit root mean square, from one batch of real pictures."""
        self.sizes.copy_(torch.stack([features[level].square().mean().sqrt() for level in self.levels]))

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        picked = [features[level] for level in self.levels]
        return [head(x / size) for head, x, size in zip(self.heads, picked, self.sizes, strict=True)]


class Columns(nn.Module):
    """A critic of single columns: what all levels of a frozen network say of one place, the finer levels as mean and
    deviation over the cell (Hariharan et al., Hypercolumns, 2015, for the features).

    It sees loose vectors, not pictures, so it learns from a memory of all styles at every step, and is a good judge
    within a few hundred steps, where heads of convolutions still guess. Features (n, c, h, w) of levels whose sizes
    halve → columns (n, d, h', w') on the grid of the level before the last.
    """

    per_style = ("leave.weight", "leave.bias")

    def __init__(self, widths: tuple[int, ...], styles: int, channels: int = 128) -> None:
        super().__init__()
        self.width = 2 * sum(widths[:-2]) + sum(widths[-2:])
        self.conv0 = nn.Conv2d(self.width, channels, 1)
        self.conv1 = nn.Conv2d(channels, channels, 1)
        self.leave = nn.Conv2d(channels, styles, 1)
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.zeros(self.width))
        self.register_buffer("deviation", torch.ones(self.width))

    def fit(self, features: list[Tensor]) -> None:
        """Set the constants that bring each channel to zero mean and unit deviation, from one batch of pictures."""
        raw = self._raw(features)
        self.mean.copy_(raw.mean((0, 2, 3)))
        self.deviation.copy_(raw.std((0, 2, 3)) + 1e-3)

    def columns(self, features: list[Tensor]) -> Tensor:
        """(n, d, h', w'), each channel of about unit size."""
        shape = (1, -1, 1, 1)
        return (self._raw(features) - self.mean.view(shape)) / self.deviation.view(shape)

    def forward(self, columns: Tensor) -> Tensor:
        """Columns (n, d, h', w') → logits (n, S, h', w'). Loose columns are (k, d, 1, 1)."""
        x = F.leaky_relu(self.conv0(columns), SLOPE)
        x = F.leaky_relu(self.conv1(x), SLOPE)
        logits: Tensor = self.leave(x)
        return logits

    def _raw(self, features: list[Tensor]) -> Tensor:
        parts = []
        for level, x in enumerate(feature.float() for feature in features[:-2]):  # for the difference of squares
            cell = 2 ** (len(features) - 2 - level)
            mean = F.avg_pool2d(x, cell)
            parts += [mean, (F.avg_pool2d(x.square(), cell) - mean.square()).clamp_min(1e-5).sqrt()]
        last = F.interpolate(features[-1], scale_factor=2.0, mode="bilinear", align_corners=False)
        return torch.cat((*parts, features[-2], last), 1)


class Patches(nn.Module):
    """A plain patch discriminator on pixels at one scale (Isola et al. 2017), without normalization.

    pictures (n, 3, h, w) → [(n, S, h / 8, w / 8)].
    """

    per_style = ("leave.weight", "leave.bias")

    def __init__(self, styles: int, channels: int = 24) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(3, channels, 4, stride=2, padding=1)
        self.conv1 = nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1)
        self.conv2 = nn.Conv2d(2 * channels, 4 * channels, 4, stride=2, padding=1)
        self.leave = nn.Conv2d(4 * channels, styles, 3, padding=1)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        x = pictures
        for conv in (self.conv0, self.conv1, self.conv2):
            x = F.leaky_relu(conv(x), SLOPE)
        return [self.leave(x)]


class PyramidPatches(nn.Module):
    """Patch discriminators on the picture and on its halves: the plain rival of heads on frozen features."""

    def __init__(self, styles: int, scales: int = 3, channels: int = 24) -> None:
        super().__init__()
        self.patches = nn.ModuleList(Patches(styles, channels) for _ in range(scales))

    def forward(self, pictures: Tensor) -> list[Tensor]:
        maps = []
        for patches in self.patches:
            maps += patches(pictures)
            pictures = F.avg_pool2d(pictures, 2)
        return maps


def of_style(maps: list[Tensor], styles: Tensor) -> list[Tensor]:
    """From maps (n, S, h, w) the one of each picture's style (n,): (n, h, w)."""
    rows = torch.arange(len(styles), device=styles.device)
    return [m[rows, styles] for m in maps]
