"""The sky as a picture of its own, larger than what is seen of it, since water mirrors more.

Shapes: r×c cells of the backdrop, any shape of places in it.
"""

from dataclasses import dataclass

import numpy as np

from pleinair.fiction.camera import View
from pleinair.fiction.noise import Array
from pleinair.fiction.sky import dome
from pleinair.fiction.surface import World

COARSE = 2  # pixels of the picture to a cell


@dataclass(frozen=True, eq=False)
class Backdrop:
    """colors: linear (r, c, 3). cloud: (r, c). top: the picture's row at which the first row of cells begins."""

    colors: Array
    cloud: Array
    top: float
    around: bool

    def at(self, column: Array, row: Array) -> tuple[Array, Array]:
        """Columns and rows of the picture in pixels (n,) → colors (n, 3) and cloud (n,)."""
        rows, columns = self.cloud.shape
        u = column * np.float32(1 / COARSE) - np.float32(0.5)
        v = np.clip((row - np.float32(self.top)) * np.float32(1 / COARSE) - np.float32(0.5), 0, rows - 1.001)
        left, upper = np.floor(u), np.floor(v)
        u, v = u - left, v - upper
        one, other = left.astype(np.int32), left.astype(np.int32) + 1
        if self.around:
            one, other = one % columns, other % columns
        else:
            one, other = np.clip(one, 0, columns - 1), np.clip(other, 0, columns - 1)
        first = upper.astype(np.int32) * columns
        both = np.concatenate([self.colors, self.cloud[:, :, None]], 2).reshape(-1, 4)
        a, b = both.take(first + one, 0), both.take(first + other, 0)
        c, d = both.take(first + columns + one, 0), both.take(first + columns + other, 0)
        u, v = u[:, None], v[:, None]
        a = a + (b - a) * u
        c = c + (d - c) * u
        a = a + (c - a) * v
        return a[:, :3], a[:, 3]


def rays(view: View, column: Array, row: Array) -> tuple[Array, Array, Array]:
    """Unit directions of the picture's places (pixels; (n,) each), which may lie outside it."""
    slope = view.slope_of(row)
    at = column - np.float32(0.5)
    left = np.clip(np.floor(at).astype(np.int32), 0, max(view.across.size - 2, 0))
    right = np.minimum(left + 1, view.across.size - 1)
    share = np.clip(at - left, -1, 2)
    x = view.across[left] + (view.across[right] - view.across[left]) * share
    y = view.along[left] + (view.along[right] - view.along[left]) * share
    long = np.sqrt(x * x + y * y + slope * slope)
    return x / long, y / long, slope / long


def backdrop(world: World, view: View) -> Backdrop:
    """All sky that the view shows, directly or in water."""
    height, width = view.slopes.size, view.across.size
    top = min(0.0, 2 * view.level - height) if not view.around else 0.0
    top = max(top, view.level - 3.0 / view.pixel) if not view.around else top
    bottom = min(view.level + 2, height + 2.0) if view.level > top else top + 4
    rows = max(2, int(np.ceil((bottom - top) / COARSE)) + 1)
    columns = -(-width // COARSE)
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    places = ((column * COARSE).astype(np.float32).ravel(), (row * COARSE + top).astype(np.float32).ravel())
    x, y, z = rays(view, *places)
    found = dome(world.plan.light, world.plan.draws, world.clouds, x, y, z)
    shape = (rows, columns)
    return Backdrop(found.colors.reshape(*shape, 3), found.cloud.reshape(shape), top, view.around)
