"""Engines for the tests of rendering."""

import numpy as np

from pleinair.engine.fake import FakeEngine
from pleinair.engine.protocol import Array


def constant(value: float) -> FakeEngine:
    """Paints one flat color over everything."""
    return FakeEngine(4, 8, lambda pictures: np.full_like(pictures, value))


def copying(stride: int = 4, halo: int = 8) -> FakeEngine:
    """Paints the picture itself."""
    return FakeEngine(stride, halo, lambda pictures: pictures)


def wash(pictures: Array) -> Array:
    """Pixels mixed with their far neighbors, brightened and warmed; reaches 3 pixels; leaves [-1, 1] here and there."""
    mixed = pictures + np.roll(pictures, 3, 2) + np.roll(pictures, -2, 3) + np.roll(pictures, (1, 1), (2, 3))
    tint = np.array((0.3, 0.05, -0.2), np.float32)[:, None, None]
    return np.asarray(0.4 * mixed + tint, np.float32)


def washing(stride: int = 4, halo: int = 8) -> FakeEngine:
    return FakeEngine(stride, halo, wash)
