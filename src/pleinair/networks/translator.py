"""The translator: picture + style → picture. One trunk for many styles, and *photo* is one of them.

Free of per-picture normalization: a window of a picture paints exactly as the whole does. It never pads when it paints;
the renderer pads once by `halo`. Shapes: n pictures, c channels, h×w pixels, S styles.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.layers import StyledConv, blurred, cropped, doubled, halved, inset, washed

STRIDE = 4
SLOPE = 0.2
DILATIONS = (1, 2, 4, 2, 1, 1)  # of the first convolution of each block: strokes wider than a plain trunk would see
RESIDUAL_GAIN = 0.2  # demodulation does not bound the variance along a residual trunk: each block starts as a whisper
BANDS = 3  # of the picture's own detail: at full size, at half and at a quarter
DETAIL_GAIN = 0.05  # at first the detail stays as it is
BROAD_TRIM = 3  # pixels cut before a valid halving, so that a multiple of four is left
OUTPUT_GAIN = 0.2  # the untrained translator is nearly the identity


def active(x: Tensor) -> Tensor:
    """Leaky rectifier. Its gain is left to the convolutions' own."""
    return F.leaky_relu(x, SLOPE)


class Options(TypedDict):
    rank: int
    statistics: bool


class Block(nn.Module):
    """x + conv(active(conv(x))), both convolutions styled."""

    def __init__(self, channels: int, styles: int, dilation: int, rank: int = 0, statistics: bool = False) -> None:
        super().__init__()
        both: Options = {"rank": rank, "statistics": statistics}
        self.conv0 = StyledConv(channels, channels, 3, styles, dilation=dilation, gain=2**0.5, **both)
        self.conv1 = StyledConv(channels, channels, 3, styles, gain=RESIDUAL_GAIN, **both)

    def forward(self, x: Tensor, mix: Tensor, padded: bool) -> Tensor:
        y = active(self.conv0(x, mix, padded))
        y = self.conv1(y, mix, padded)
        total: Tensor = cropped(x, y) + y
        return total


class Translator(nn.Module):
    """Two halvings, residual blocks at a quarter of the size, two doublings with skips, the input added at the end.

    `width` is the channels of the finest layers; the blocks have four times as many. Demodulated weights expect inputs
    of unit size, which pictures and activations of the first layer roughly are.
    With `broad`, all of this happens at half of the picture's size, for a quarter of the cost and with strokes twice as
    broad. Besides what it adds, the network says place by place how much more or less there is to be of the picture's
    own detail, in three bands of a Laplacian pyramid: a texture of the photo is wiped out, or an edge made crisp, by
    one number, rather than by painting its negative.
    With a `rank` every style has weights of its own besides those that all share, and with `statistics` every
    convolution but the first normalizes what goes into it by what it saw in training (see StyledConv).
    """

    def __init__(
        self,
        styles: int,
        width: int = 16,
        dilations: tuple[int, ...] = DILATIONS,
        broad: bool = False,
        rank: int = 0,
        statistics: bool = False,
    ) -> None:
        super().__init__()
        own: Options = {"rank": rank, "statistics": statistics}
        w1, w2, w4 = width, 2 * width, 4 * width
        self.broad = broad
        self.styles, self.width, self.stride = styles, width, STRIDE * (2 if broad else 1)
        self.enter = StyledConv(3, w1, 3, styles, gain=2.0, rank=rank)
        self.down0 = StyledConv(w1, w2, 3, styles, gain=2**0.5, **own)
        self.down1 = StyledConv(w2, w4, 3, styles, gain=2**0.5, **own)
        self.blocks = nn.ModuleList(Block(w4, styles, dilation, **own) for dilation in dilations)
        self.up0 = StyledConv(w4, w2, 3, styles, **own)
        self.up1 = StyledConv(w2, w1, 3, styles, **own)
        self.mend = StyledConv(w1, w1, 3, styles, gain=2**0.5, **own)
        self.leave = StyledConv(w1, 3, 3, styles, gain=OUTPUT_GAIN, **own)
        self.keep = StyledConv(w1, BANDS, 3, styles, gain=DETAIL_GAIN, **own) if broad else None
        # Pixels lost on each side: at full size enter 1, halving 1, up1, mend, leave and doubling 4; at half size
        # down0, halving, up0 and doubling 4 times 2; at a quarter down1 and the blocks. Rounding of the valid halvings
        # included.
        self.reach = 18 + 4 * (sum(dilations) + len(dilations))
        if broad:  # at twice the size; BROAD_TRIM, the halving and the doubling
            self.reach = 2 * self.reach + BROAD_TRIM + 2
        self.halo = -(-self.reach // self.stride) * self.stride

    def forward(self, pictures: Tensor, mix: Tensor, padded: bool = False) -> Tensor:
        """pictures (n, 3, h, w) in about [-1, 1], h and w multiples of the stride, and mixes of styles (n, S) →
        (n, 3, h, w) if padded (training crops), else (n, 3, h - 2·halo, w - 2·halo). Not clipped to [-1, 1]."""
        if self.keep is not None:
            return self._broadly(self.keep, pictures, mix, padded)
        change = self.leave(self._strokes(pictures, mix, padded), mix, padded)
        change = change if padded else self._trimmed(change)
        painted: Tensor = cropped(pictures, change) + change
        return painted

    def _broadly(self, keep: StyledConv, pictures: Tensor, mix: Tensor, padded: bool) -> Tensor:
        half = halved(pictures if padded else inset(pictures, BROAD_TRIM), padded)
        strokes = self._strokes(half, mix, padded)
        change, share = self.leave(strokes, mix, padded), keep(strokes, mix, padded)
        # Valid halvings of the bands begin where the strokes' own do, so that crops and whole pictures paint alike.
        one, two = (half, half) if padded else (inset(half, 1), inset(half, 2))
        seen, coarse, coarser = (cropped(x, change) for x in (half, blurred(one, padded), washed(two, padded)))
        change = change + share[:, 1:2] * (seen - coarse) + share[:, 2:3] * (coarse - coarser)
        change, seen, share = (doubled(x, padded) for x in (change, seen, share[:, :1]))
        scene = cropped(pictures, seen)
        painted = scene + change + share * (scene - seen)
        return painted if padded else self._trimmed(painted)

    def _strokes(self, pictures: Tensor, mix: Tensor, padded: bool) -> Tensor:
        """The activations that a painting is made of."""
        full = active(self.enter(pictures, mix, padded))
        half = active(self.down0(halved(full, padded), mix, padded))
        x = active(self.down1(halved(half, padded), mix, padded))
        for block in self.blocks:
            x = block(x, mix, padded)
        x = self.up0(doubled(x, padded), mix, padded)
        x = active(x + cropped(half, x))
        x = self.up1(doubled(x, padded), mix, padded)
        x = active(x + cropped(full, x))
        return active(self.mend(x, mix, padded))

    def _trimmed(self, x: Tensor) -> Tensor:
        """What the halo has more than the reach is cut too."""
        trim = self.halo - self.reach
        return x[:, :, trim : x.shape[2] - trim, trim : x.shape[3] - trim]

    def layers(self) -> Iterator[tuple[str, StyledConv]]:
        """The styled convolutions by name, in the order of their use."""
        for name, module in self.named_modules():
            if isinstance(module, StyledConv):
                yield name, module


def translator_of(styles: int, network: Mapping[str, Any]) -> Translator:
    """The translator that a recipe's or a saving's `network` describes. Raises KeyError, ValueError, TypeError."""
    return Translator(
        styles,
        int(network["width"]),
        tuple(int(dilation) for dilation in network["dilations"]),
        bool(network.get("broad", False)),
        int(network.get("rank", 0)),
        bool(network.get("statistics", False)),
    )


def one_hot(indices: Tensor, styles: int) -> Tensor:
    """Style indices (n,) → mixes (n, S)."""
    return F.one_hot(indices, styles).to(torch.float32)
