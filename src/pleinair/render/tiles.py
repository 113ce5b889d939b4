"""How a tile repeats, to look at."""

from dataclasses import replace

import numpy as np

from pleinair.images.picture import Picture
from pleinair.render.resampling import shrunk

LARGEST = 1024  # pixels of the long side of one repeat on the sheet


def two_by_two(tile: Picture) -> Picture:
    """The tile twice across and twice down, made smaller so that the sheet is at most 2048 pixels long."""
    height, width = tile.pixels.shape[:2]
    scale = min(1.0, LARGEST / max(height, width))
    pixels, alpha = tile.pixels, tile.alpha
    if scale < 1:
        high, wide = max(1, round(height * scale)), max(1, round(width * scale))
        pixels = shrunk(pixels, high, wide, "xy")
        if alpha is not None:
            alpha = shrunk(alpha[:, :, None].repeat(3, 2), high, wide, "xy")[:, :, 0]
    return replace(tile, pixels=np.tile(pixels, (2, 2, 1)), alpha=None if alpha is None else np.tile(alpha, (2, 2)))
