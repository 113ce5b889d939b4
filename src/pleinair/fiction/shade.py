"""Light on the land: normals, shadows of mountains, sun and sky on a surface, and the air between it and the eye.

Shapes: n places in a row; colors are linear light (n, 3).
"""

import numpy as np

from pleinair.fiction.light import Light
from pleinair.fiction.noise import Array
from pleinair.fiction.sky import air
from pleinair.fiction.surface import World

SHADOW_SIDE, SHADOW_HALF = 144, 7200.0  # cells, meters from the middle to an edge
SHADOW_STEPS = 20


def normals(world: World, x: Array, y: Array, height: Array, foot: Array) -> Array:
    """Unit normals (n, 3) of the land, from the slope over about a pixel."""
    step = np.maximum(foot, np.float32(0.06))
    east = (world.land(x + step, y, foot).height - height) / step
    north = (world.land(x, y + step, foot).height - height) / step
    long = np.sqrt(east * east + north * north + 1)
    return np.stack([-east / long, -north / long, 1 / long], -1)


def shadows(world: World, light: Light) -> Array:
    """Share of the sun that reaches a coarse grid of the land, (SHADOW_SIDE, SHADOW_SIDE): mountains cast it."""
    cell = 2 * SHADOW_HALF / SHADOW_SIDE
    line = ((np.arange(SHADOW_SIDE) + 0.5) * cell - SHADOW_HALF).astype(np.float32)
    x, y = np.meshgrid(line, line)
    heights = world.land(x, y, np.full_like(x, cell)).height
    flat = float(np.sqrt(np.float32(light.toward[0] ** 2 + light.toward[1] ** 2))) or 1e-6
    rise = light.toward[2] / flat
    reaches: Array = np.ones_like(x)
    for step in range(1, SHADOW_STEPS + 1):
        away = cell * 0.9 * step * (1 + step * 0.06)
        over = bilinear(
            heights, x + np.float32(light.toward[0] / flat * away), y + np.float32(light.toward[1] / flat * away)
        )
        blocked = (over - heights - np.float32(away * rise)) / np.float32(20 + away * 0.06)
        reaches = np.minimum(reaches, 1 - np.clip(blocked, 0, 1))
    return reaches


def bilinear(grid: Array, x: Array, y: Array) -> Array:
    """A grid of the land about the origin at places in meters; beyond its edge that of the edge."""
    side, cell = grid.shape[0], 2 * SHADOW_HALF / grid.shape[0]
    u = np.clip((x + np.float32(SHADOW_HALF)) / np.float32(cell) - np.float32(0.5), 0, side - 1.001)
    v = np.clip((y + np.float32(SHADOW_HALF)) / np.float32(cell) - np.float32(0.5), 0, side - 1.001)
    column, row = u.astype(np.int32), v.astype(np.int32)
    u, v = u - column, v - row
    flat, start = grid.ravel(), row * side + column
    upper = flat.take(start) * (1 - u) + flat.take(start + 1) * u
    lower = flat.take(start + side) * (1 - u) + flat.take(start + side + 1) * u
    result: Array = upper * (1 - v) + lower * v
    return result


def lit(light: Light, albedo: Array, normal: Array, reaches: Array) -> Array:
    """Light that a dull surface sends to the eye; reaches: share of the sun that is not shadowed, (n,)."""
    facing = normal[:, 0] * np.float32(light.toward[0]) + normal[:, 1] * np.float32(light.toward[1])
    facing = np.maximum(facing + normal[:, 2] * np.float32(light.toward[2]), 0) * reaches
    open_sky = np.float32(0.55) + np.float32(0.45) * normal[:, 2]
    direct, around = np.array(light.direct, np.float32), np.array(light.around, np.float32)
    bounce = np.float32(0.10) * (1 - normal[:, 2]) * reaches
    result: Array = albedo * (direct * (facing + bounce)[:, None] + around * open_sky[:, None])
    return result


def haze(light: Light, colors: Array, x: Array, y: Array, z: Array, distance: Array, height: Array) -> Array:
    """The air laid over what is so far away. x, y, z: unit directions; height: of what is seen, meters."""
    thick = light.see < 2000  # fog lies low, other air does not
    thin = 1 / (1 + np.maximum(height, 0) * np.float32(0.003 if thick else 0.00045))
    share = 1 - np.exp(-distance * thin * np.float32(1 / light.see))
    color = air(light, x, y, np.maximum(z, np.float32(0.03)))
    blue = (
        np.array((0.92, 1.0, 1.1), np.float32) if light.gray < 0.3 else np.float32(1)
    )  # clear air scatters blue first
    part = np.clip(share[:, None] * blue, 0, 1)
    return colors + (color * np.float32(0.95) - colors) * part


def tone(light: Light, colors: Array) -> Array:
    """Linear light → what a picture holds, [0, 1]: highlights rolled off, a gamma of 2, a little more contrast."""
    bright = colors * np.float32(light.exposure)
    rolled = bright * (1 + bright * np.float32(0.14)) / (1 + bright * np.float32(0.72))
    coded = np.sqrt(np.clip(rolled, 0, 1))
    eased = coded * coded * (3 - 2 * coded)
    coded = coded + (eased - coded) * np.float32(0.42)
    gray = (coded[..., :1] + coded[..., 1:2] * 2 + coded[..., 2:]) * np.float32(0.25)
    result: Array = gray + (coded - gray) * np.float32(1.12)
    return result
