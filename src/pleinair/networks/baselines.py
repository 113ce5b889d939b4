"""What scenes are compared with: a DCGAN, and a light generator and discriminator in the manner of FastGAN, from their
papers' descriptions.

They have the doors of the scene networks and use less of what comes in: no noise by columns, no marks, square pictures
of one size. Unlike ours they normalize over the batch, so many ranks are not quite one.
Shapes: n pictures of s×s pixels, l latent numbers, i inputs, o outputs, c channels.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from pleinair.seeds import LATENT

SLOPE = 0.2
FINE = 256  # pixels; beyond, FastGAN has fewer channels still


def levels(side: int) -> int:
    """How often 4 pixels are doubled to make the side."""
    return int(math.log2(side // 4))


class DCGANGenerator(nn.Module):
    """Latents (n, l) → (n, 3, s, s) in (-1, 1): transposed convolutions, batch norm, rectifiers, tanh (Radford et al.
    2016). `width` channels at half of the side, doubled at every level below."""

    def __init__(self, side: int = 64, width: int = 64, marks: int = 1) -> None:
        super().__init__()
        self.side, self.width, self.marks = side, width, marks
        channels = [min(width << level, 8 * width) for level in range(levels(side) - 1, -1, -1)]
        layers: list[nn.Module] = [nn.ConvTranspose2d(LATENT, channels[0], 4, bias=False)]
        for inputs, outputs in zip(channels, [*channels[1:], 3], strict=True):
            layers += [nn.BatchNorm2d(inputs), nn.ReLU(), nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)]
        self.layers = nn.Sequential(*layers, nn.Tanh()).apply(_small)

    def forward(self, latents: Tensor, noise: Tensor, marks: Tensor) -> Tensor:  # noqa: ARG002
        pictures: Tensor = self.layers(latents[:, :, None, None])
        return pictures


class DCGANDiscriminator(nn.Module):
    """(n, 3, s, s) → [(n, 1, 1)]: strided convolutions, batch norm but at the entrance, leaky rectifiers."""

    def __init__(self, side: int = 64, width: int = 64) -> None:
        super().__init__()
        channels = [min(width << level, 8 * width) for level in range(levels(side))]
        layers: list[nn.Module] = [nn.Conv2d(3, channels[0], 4, 2, 1), nn.LeakyReLU(SLOPE)]
        for inputs, outputs in pairwise(channels):
            layers += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels[-1], 1, 4)).apply(_small)

    def forward(self, pictures: Tensor, marks: Tensor) -> list[Tensor]:  # noqa: ARG002
        return [self.layers(pictures)[:, 0]]


class Excitation(nn.Module):
    """Skip-layer excitation (Liu et al., FastGAN, 2021): a coarse map says, channel by channel, how much of a fine one
    there is. (n, i, …), (n, o, h, w) → (n, o, h, w)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.squeeze = spectral_norm(nn.Conv2d(inputs, outputs, 4))
        self.gate = spectral_norm(nn.Conv2d(outputs, outputs, 1))

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        x = F.leaky_relu(self.squeeze(F.adaptive_avg_pool2d(coarse, 4)), 0.1)
        return fine * torch.sigmoid(self.gate(x))


class Up(nn.Module):
    """Doubled by nearest neighbors, a convolution, batch norm, gated linear units."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = spectral_norm(nn.Conv2d(inputs, 2 * outputs, 3, padding=1, bias=False))
        self.norm = nn.BatchNorm2d(2 * outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.glu(self.norm(self.conv(F.interpolate(x, scale_factor=2.0))), 1)


class FastGANGenerator(nn.Module):
    """Latents (n, l) → (n, 3, s, s) in (-1, 1): one convolution per size and skip-layer excitation from maps sixteen
    times smaller; the lighter form, without noise between layers."""

    def __init__(self, side: int = 64, width: int = 32, marks: int = 1) -> None:
        super().__init__()
        self.side, self.width, self.marks = side, width, marks
        channels = [fast_channels(4 << level, width) for level in range(levels(side) + 1)]
        self.enter = spectral_norm(nn.ConvTranspose2d(LATENT, 2 * channels[0], 4, bias=False))
        self.norm = nn.BatchNorm2d(2 * channels[0])
        self.ups = nn.ModuleList(Up(i, o) for i, o in pairwise(channels))
        self.gates = nn.ModuleList(Excitation(channels[k], channels[k + 4]) for k in range(len(channels) - 4))
        self.leave = spectral_norm(nn.Conv2d(channels[-1], 3, 3, padding=1))

    def forward(self, latents: Tensor, noise: Tensor, marks: Tensor) -> Tensor:  # noqa: ARG002
        maps = [F.glu(self.norm(self.enter(latents[:, :, None, None])), 1)]
        for level, up in enumerate(self.ups, 1):
            x = up(maps[-1])
            maps.append(self.gates[level - 4](maps[level - 4], x) if level >= 4 else x)
        pictures: Tensor = torch.tanh(self.leave(maps[-1]))
        return pictures


class Down(nn.Module):
    """Halved along two ways whose results are averaged: strided convolutions, and a pooled one."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.strided = nn.Sequential(
            *_normed(inputs, outputs, 4, stride=2, padding=1),
            *_normed(outputs, outputs, 3, padding=1),
        )
        self.pooled = nn.Sequential(nn.AvgPool2d(2), *_normed(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        halved: Tensor = (self.strided(x) + self.pooled(x)) / 2
        return halved


class FastGANDiscriminator(nn.Module):
    """(n, 3, s, s) → [(n, h, w)] logits of places; and it learns to rebuild real pictures from what it sees of them, so
    that it sees all of them (self-supervision)."""

    def __init__(self, side: int = 64, width: int = 32) -> None:
        super().__init__()
        channels = [fast_channels(8 << level, width) for level in range(levels(side))][::-1]
        self.enter = nn.Sequential(spectral_norm(nn.Conv2d(3, channels[0], 3, padding=1)), nn.LeakyReLU(SLOPE))
        wider = [*channels[1:], channels[-1]][: levels(side) - 1]
        self.downs = nn.ModuleList(Down(i, o) for i, o in zip(channels, wider, strict=False))
        self.leave = nn.Sequential(*_normed(wider[-1], wider[-1], 1), spectral_norm(nn.Conv2d(wider[-1], 1, 4)))
        ups = [Up(wider[-1], width), *(Up(width, width) for _ in range(min(1, levels(side) - 2)))]
        self.rebuild = nn.Sequential(*ups, nn.Conv2d(width, 3, 3, padding=1), nn.Tanh())

    def forward(self, pictures: Tensor, marks: Tensor) -> list[Tensor]:  # noqa: ARG002
        return [self.leave(self._seen(pictures))[:, 0]]

    def mistakes(self, pictures: Tensor) -> Tensor:
        """L1 between pictures, reduced, and what is rebuilt of them (n,)."""
        rebuilt: Tensor = self.rebuild(self._seen(pictures))
        return (rebuilt - F.adaptive_avg_pool2d(pictures, rebuilt.shape[2])).abs().mean((1, 2, 3))

    def _seen(self, pictures: Tensor) -> Tensor:
        x: Tensor = self.enter(pictures)
        for down in self.downs:
            x = down(x)
        return x


def fast_channels(height: int, width: int) -> int:
    """Channels of FastGAN's light form at a height: 16 widths at 4 pixels, halved up to two at 32 and 64."""
    return max(1, 64 // height, 2 * (height <= 64), 1) * width if height <= FINE // 2 else max(1, width // 2)


def _normed(inputs: int, outputs: int, kernel: int, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    conv = spectral_norm(nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False))
    return [conv, nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE)]


def _small(module: nn.Module) -> None:
    """DCGAN's beginning: weights of deviation 0.02."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
