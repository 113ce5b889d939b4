"""The scene generator: noise → natural scene, as wide as there are columns of noise.

A scene has a top and a bottom but no left and right end. So rows have weights of their own (a learned ground of `ROWS`
rows, and zeros above and below), columns have none: the same convolutions slide over columns of noise, which go on
beyond both edges of the picture. The network never pads them, so a picture is a window of an endless panorama, and
columns that repeat close it to a full turn.
Shapes: n pictures, l latent numbers, m marks (what the scene is told: domains, then kinds), k numbers per cell of
noise (those of the cell itself, then of ever finer grains), w width of the latent once mapped, i inputs, o outputs,
rows×columns cells.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.reader import SceneReader
from pleinair.seeds import CELL, DOUBLINGS, HALO, LATENT, NOISE, ROWS

MAPPED = 128
SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))  # keeps the variance through the leaky rectifier (He et al. 2015)
DEMODULATION_EPS = 1e-8
GRAIN = 0.2  # how strong the finer noise is at first


class Dense(nn.Module):
    """A dense layer whose weights have unit deviation and are scaled as they are used (Karras et al. 2018)."""

    def __init__(self, inputs: int, outputs: int, bias: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.full((outputs,), bias))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight / math.sqrt(self.weight.shape[1]), self.bias)


class SceneConv(nn.Module):
    """A convolution modulated by the mapped latent and demodulated by its weights (StyleGAN2, Karras et al. 2020).

    The modulation multiplies activations rather than weights: equal, and one convolution serves the whole batch.
    Rows are padded with zeros, which tell top from bottom; columns are not padded.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.style = Dense(MAPPED, inputs, bias=1.0)

    def forward(self, x: Tensor, mapped: Tensor) -> Tensor:
        """x (n, i, h, w), mapped (n, w) → (n, o, h, w - 2), rectified."""
        scale = self.style(mapped)  # (n, i)
        energy = self.weight.square().sum((2, 3))  # (o, i)
        norm = torch.rsqrt(scale.square() @ energy.T + DEMODULATION_EPS)  # (n, o)
        x = F.conv2d(x * scale[:, :, None, None].to(x.dtype), self.weight, padding=(1, 0))
        x = x * (GAIN * norm)[:, :, None, None].to(x.dtype) + self.bias[None, :, None, None].to(x.dtype)
        return F.leaky_relu(x, SLOPE)


class SceneGenerator(nn.Module):
    """Latents (n, l), noise (n, k, ROWS, c + 2·HALO) and marks (n, m) → pictures (n, 3, side, c · side / ROWS),
    in about [-1, 1] and not clipped.

    `side` is the height in pixels, a power of two from 8 on. Each size of picture adds to the enlarged one of half the
    size (skips, Karras et al. 2020), and what it adds begins at zero: a generator of twice the side that takes over the
    weights of this one first draws what this one draws, enlarged. `reads` are the channels of the levels of features
    that a reader looks with: it learns beside the generator and is left behind when that is exported. `planes` are
    what a place is drawn of: three colors, unless more is to be known of it.
    """

    per_style = ("told",)

    def __init__(
        self, side: int = 64, width: int = 24, marks: int = 1, reads: Sequence[int] = (), planes: int = 3
    ) -> None:
        super().__init__()
        self.side, self.width, self.marks = side, width, marks
        self.reader = SceneReader(reads) if reads else None
        self.heights = [ROWS << level for level in range(int(math.log2(side // ROWS)) + 1)]
        channels = [max(16, min(8 * width, 64 * width // height)) for height in self.heights]
        self.told = nn.Parameter(torch.zeros(marks, LATENT))
        self.map0 = Dense(LATENT, MAPPED)
        self.map1 = Dense(MAPPED, MAPPED)
        self.ground = nn.Parameter(torch.randn(1, channels[0], ROWS, 1))
        self.enter = nn.Parameter(torch.randn(channels[0], CELL, 1, 1))
        grain = [GRAIN * torch.randn(o) for o in channels[1 : DOUBLINGS + 1]]
        self.grain = nn.ParameterList(grain + [torch.zeros(o) for o in channels[DOUBLINGS + 1 :]])
        self.first = SceneConv(channels[0], channels[0])
        inputs = [channels[0], *channels[:-1]]
        self.conv0 = nn.ModuleList(SceneConv(i, o) for i, o in zip(inputs[1:], channels[1:], strict=True))
        self.conv1 = nn.ModuleList(SceneConv(o, o) for o in channels[1:])
        self.leave = nn.ModuleList(nn.Conv2d(o, planes, 1) for o in channels[1:])
        for leave in self.leave:
            nn.init.zeros_(leave.weight)  # type: ignore[arg-type]
            nn.init.zeros_(leave.bias)  # type: ignore[arg-type]

    def forward(self, latents: Tensor, noise: Tensor, marks: Tensor) -> Tensor:
        columns = noise.shape[3] - 2 * HALO
        mapped = self.mapped(latents, marks)
        x = self.ground + F.conv2d(noise[:, :CELL], self.enter / math.sqrt(CELL))
        x = self.first(x, mapped)
        pictures: Tensor | None = None
        for level, (conv0, conv1, leave) in enumerate(zip(self.conv0, self.conv1, self.leave, strict=True)):
            x = doubled(conv0(x, mapped))  # doubled late: a quarter of the work
            x = x + self.grain[level][None, :, None, None] * trimmed(grains(noise, level + 1), x.shape[3])
            x = conv1(x, mapped)
            change = leave(x)
            pictures = change if pictures is None else trimmed(doubled(pictures), change.shape[3]) + change
        assert pictures is not None
        return trimmed(pictures, columns * self.side // ROWS)

    def mapped(self, latents: Tensor, marks: Tensor) -> Tensor:
        """What modulates the layers (n, w). Marks that are all zero leave open what the scene is."""
        told = latents + marks @ self.told
        return F.leaky_relu(self.map1(F.leaky_relu(self.map0(told), SLOPE) * GAIN), SLOPE) * GAIN


def grains(noise: Tensor, doubling: int) -> Tensor:
    """The numbers of noise (n, k, r, c) finer than a cell, laid out in place: (n, 1, r·d, c·d), d = 2^doubling.

    What lies below the size of a cell, leaves or ripples, would otherwise have to be made from contours of coarse
    noise (per-pixel noise: StyleGAN, Karras et al. 2019). Grains finer than noise is drawn for are the finest numbers
    again, in an order of their own: no eye finds that they repeat within a cell, and seeds stay what they are."""
    if doubling > DOUBLINGS:
        return F.pixel_shuffle(noise[:, again(doubling)], 1 << doubling)
    first = CELL + sum(4**before for before in range(1, doubling))
    return F.pixel_shuffle(noise[:, first : first + 4**doubling], 1 << doubling)


def again(doubling: int) -> list[int]:
    """Which of a cell's numbers stand at the places of grains finer than noise is drawn for; the same on every
    machine."""
    finest = 4**DOUBLINGS
    return [NOISE - finest + int(place) % finest for place in np.random.RandomState(doubling).permutation(4**doubling)]


def doubled(x: Tensor) -> Tensor:
    """Twice the size, bilinear; (h, w) → (2h, 2w - 2): the outermost columns would need neighbors unseen."""
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)[:, :, :, 1:-1]


def trimmed(x: Tensor, width: int) -> Tensor:
    """The middle columns of x; as many are cut on both sides."""
    cut = (x.shape[3] - width) // 2
    return x[:, :, :, cut : x.shape[3] - cut] if cut else x
