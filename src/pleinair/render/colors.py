"""How much of the painting, and which part of it, is laid over the picture."""

import numpy as np

from pleinair.engine.protocol import Array

# Luma of JPEG's YCbCr (ITU-R BT.601) on encoded values: the one in which chroma is usually kept.
LUMA = np.array((0.299, 0.587, 0.114), np.float32)
STRONGEST = 1.5


def overlaid(original: Array, painted: Array, strength: float, keep_colors: bool) -> Array:
    """original + strength · (painted - original), planes (3, h, w) in [-1, 1]; only painted is clipped, and first.

    keep_colors: only the luma Y' of the painting is taken, Cb and Cr stay the original's. As YCbCr is linear in RGB,
    that is the same change of luma added to all three channels. Strength 0 gives the original, bit for bit.
    """
    change = np.clip(painted, -1, 1)
    if strength == 1 and not keep_colors:
        return change
    change -= original
    if keep_colors:
        change = np.tensordot(LUMA, change, 1)[None]
    change = change * np.float32(strength)
    return original + change
