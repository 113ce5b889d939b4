"""What one sees of a sphere: a flat view out of an equirectangular panorama, to look at poles and seams."""

import numpy as np

from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.sphere import between, extended, places


def flat_view(pixels: Pixels, side: int, pitch: float = 0.0, turn: float = 0.0, width: float = 90.0) -> Pixels:
    """A square view (side, side, 3) of a panorama (h, w, 3). pitch: degrees up. turn: degrees to the right of its
    middle. width: degrees that the view is wide, below 180."""
    up, around = np.radians(pitch), np.radians(turn)
    focal = side / 2 / np.tan(np.radians(width) / 2)
    steps = np.arange(side) + 0.5 - side / 2
    right, rise = np.meshgrid(steps, -steps)
    high = rise * np.cos(up) + focal * np.sin(up)
    deep = focal * np.cos(up) - rise * np.sin(up)
    latitude = np.arctan2(high, np.hypot(right, deep))
    rows, columns = places(latitude, np.arctan2(right, deep) + around, *pixels.shape[:2])
    return to_pixels(between(extended(to_float(pixels)), rows, columns), pixels.dtype)
