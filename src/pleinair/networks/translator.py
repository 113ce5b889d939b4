"""The translator: picture + style → picture. One trunk for many styles, and *photo* is one of them.

Free of per-picture normalization: a window of a picture paints exactly as the whole does. It never pads when it paints;
the renderer pads once by `halo`. Shapes: n pictures, c channels, h×w pixels, S styles.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.layers import StyledConv, cropped, doubled, halved, washed

STRIDE = 4
SLOPE = 0.2
DILATIONS = (1, 2, 4, 2, 1, 1)  # of the first convolution of each block: strokes wider than a plain trunk would see
RESIDUAL_GAIN = 0.2  # demodulation does not bound the variance along a residual trunk: each block starts as a whisper
OUTPUT_GAIN = 0.2  # the untrained translator is nearly the identity


def active(x: Tensor) -> Tensor:
    """Leaky rectifier. Its gain is left to the convolutions' own."""
    return F.leaky_relu(x, SLOPE)


class Block(nn.Module):
    """x + conv(active(conv(x))), both convolutions styled."""

    def __init__(self, channels: int, styles: int, dilation: int) -> None:
        super().__init__()
        self.conv0 = StyledConv(channels, channels, 3, styles, dilation=dilation, gain=2**0.5)
        self.conv1 = StyledConv(channels, channels, 3, styles, gain=RESIDUAL_GAIN)

    def forward(self, x: Tensor, mix: Tensor, padded: bool) -> Tensor:
        y = active(self.conv0(x, mix, padded))
        y = self.conv1(y, mix, padded)
        total: Tensor = cropped(x, y) + y
        return total


class Translator(nn.Module):
    """Two halvings, residual blocks at a quarter of the size, two doublings with skips, the input added at the end.

    `width` is the channels at full size; the blocks have four times as many. Demodulated weights expect inputs of unit
    size, which pictures and activations of the first layer roughly are.
    """

    def __init__(
        self, styles: int, width: int = 16, dilations: tuple[int, ...] = DILATIONS, wash: bool = False
    ) -> None:
        super().__init__()
        w1, w2, w4 = width, 2 * width, 4 * width
        self.wash = wash
        self.styles, self.width, self.stride = styles, width, STRIDE
        self.enter = StyledConv(3, w1, 3, styles, gain=2.0)
        self.down0 = StyledConv(w1, w2, 3, styles, gain=2**0.5)
        self.down1 = StyledConv(w2, w4, 3, styles, gain=2**0.5)
        self.blocks = nn.ModuleList(Block(w4, styles, dilation) for dilation in dilations)
        self.up0 = StyledConv(w4, w2, 3, styles)
        self.up1 = StyledConv(w2, w1, 3, styles)
        self.mend = StyledConv(w1, w1, 3, styles, gain=2**0.5)
        self.leave = StyledConv(w1, 3, 3, styles, gain=OUTPUT_GAIN)
        # Pixels lost on each side: at full size enter 1, halving 1, up1, mend, leave and doubling 4; at half size
        # down0, halving, up0 and doubling 4 times 2; at a quarter down1 and the blocks. Rounding of the valid halvings
        # included.
        self.reach = 18 + 4 * (sum(dilations) + len(dilations))
        self.halo = -(-self.reach // STRIDE) * STRIDE

    def forward(self, pictures: Tensor, mix: Tensor, padded: bool = False) -> Tensor:
        """pictures (n, 3, h, w) in about [-1, 1], h and w multiples of 4, and mixes of styles (n, S) → (n, 3, h, w) if
        padded (training crops), else (n, 3, h - 2·halo, w - 2·halo). Not clipped to [-1, 1]."""
        full = active(self.enter(pictures, mix, padded))
        half = active(self.down0(halved(full, padded), mix, padded))
        x = active(self.down1(halved(half, padded), mix, padded))
        for block in self.blocks:
            x = block(x, mix, padded)
        x = self.up0(doubled(x, padded), mix, padded)
        x = active(x + cropped(half, x))
        x = self.up1(doubled(x, padded), mix, padded)
        x = active(x + cropped(full, x))
        x = active(self.mend(x, mix, padded))
        x = self.leave(x, mix, padded)
        if not padded:
            trim = self.halo - self.reach
            x = x[:, :, trim : x.shape[2] - trim, trim : x.shape[3] - trim]
        under = washed(pictures, padded) if self.wash else pictures
        painted: Tensor = cropped(under, x) + x
        return painted

    def layers(self) -> Iterator[tuple[str, StyledConv]]:
        """The styled convolutions by name, in the order of their use."""
        for name, module in self.named_modules():
            if isinstance(module, StyledConv):
                yield name, module


def one_hot(indices: Tensor, styles: int) -> Tensor:
    """Style indices (n,) → mixes (n, S)."""
    return F.one_hot(indices, styles).to(torch.float32)
