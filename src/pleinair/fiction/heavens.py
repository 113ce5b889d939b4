"""What stands in the sky: sun, moon, stars, rainbow, northern lights, lightning.

Shapes: h×w pixels, n unit directions; colors are linear light.
"""

from itertools import pairwise
from math import cos, radians

import numpy as np
import numpy.typing as npt

from pleinair.fiction.backdrop import rays
from pleinair.fiction.camera import View
from pleinair.fiction.light import Color, direction
from pleinair.fiction.noise import Array, key, look_up, scrambled, smooth, uniform, unit
from pleinair.fiction.placing import aside
from pleinair.fiction.plan import Plan
from pleinair.fiction.surface import World

SUN, MOON = 0.011, 0.021  # radius in radians: larger than in nature, as painters and long lenses show them
SIZES = {"small": 0.65, "medium": 1.0, "large": 1.9, None: 1.0}
SPECTRUM: tuple[Color, ...] = ((0.5, 0.0, 0.35), (0.1, 0.1, 0.9), (0.0, 0.7, 0.4), (0.8, 0.8, 0.0), (0.95, 0.25, 0.0))


def hang(world: World, view: View, open_sky: npt.NDArray[np.bool_], cloud: Array, colors: Array) -> None:
    """Add what stands in the sky to `colors` (h, w, 3). open_sky: pixels that show the sky, bool (h, w). cloud: how
    much of it is hidden (h, w)."""
    plan = world.plan
    row, column = np.nonzero(open_sky)
    if not row.size:
        return
    x, y, z = rays(view, (column + 0.5).astype(np.float32), (row + 0.5).astype(np.float32))
    clear = 1 - cloud[row, column]
    found = colors[row, column]
    if "stars" in plan.sky:
        found += (_stars(plan, x, y, z, view.pixel) * clear)[:, None]
    if "aurora" in plan.sky:
        found += _aurora(world, x, y, z) * clear[:, None]
    for what in ("sun", "moon"):
        if what in plan.sky:
            _disc(plan, what, (x, y, z), clear, found)
    if "rainbow" in plan.sky:
        found += _rainbow(plan, x, y, z)
    colors[row, column] = found
    if "lightning" in plan.sky:
        _lightning(plan, view, open_sky, colors)


def where(plan: Plan, what: str) -> Color:
    """Unit vector to the sun or moon: that which lights the scene stands where its light comes from."""
    if (what == "moon") == plan.light.night:
        return plan.light.toward
    share = aside(plan.sky[what].place, plan.draws, f"{what} aside") * 0.8
    return direction(
        plan.camera.turn + share * plan.camera.view / 2, plan.camera.pitch + plan.draws.between(what, 7, 14)
    )


def _disc(plan: Plan, what: str, at: tuple[Array, Array, Array], clear: Array, colors: Array) -> None:
    tx, ty, tz = (np.float32(value) for value in where(plan, what))
    size = (SUN if what == "sun" else MOON) * SIZES[plan.sky[what].size]
    x, y, z = at
    gap = np.sqrt(np.maximum(2 - 2 * (x * tx + y * ty + z * tz), 0))
    share = smooth(size * 1.1, size * 0.9, gap)
    halo = np.float32(1) / (1 + gap * gap * np.float32(1 / (size * 2.2) ** 2))
    halo = halo * halo
    if what == "sun":
        core = np.array(plan.light.glow, np.float32) * 2 + np.float32(2)
        colors += core * (np.float32(0.35) * halo * (np.float32(0.4) + np.float32(0.6) * clear))[:, None]
        veil = np.float32(0.15) + np.float32(0.85) * clear
    else:
        core = np.array((0.62, 0.60, 0.54), np.float32) * np.float32(0.5 if plan.light.night else 1.2)
        colors += np.array((0.05, 0.06, 0.09), np.float32) * (halo * clear * np.float32(plan.light.night))[:, None]
        phase = plan.draws.between("phase", -0.6, 2.2)  # above 1 it is full
        along = (x * ty - y * tx) / np.float32(size)
        share = share * (1 - smooth(phase - 0.12, phase + 0.12, along) * np.float32(phase < 1))
        veil = clear
    colors += (core - colors) * (share * veil)[:, None]


def _stars(plan: Plan, x: Array, y: Array, z: Array, pixel: float) -> Array:
    """Light of the stars, (n,): points in cells of a cube about the eye, more of them faint than bright."""
    cell = np.float32(1 / max(4.0 * pixel, 2e-3))
    lattice = [np.floor(each * cell) for each in (x, y, z)]
    parts = [each.astype(np.int32).astype(np.uint32) for each in lattice]
    seed = np.uint32(key(plan.spec.seed, "stars"))
    hashed = scrambled(
        parts[0] * np.uint32(73856093) ^ parts[1] * np.uint32(19349663) ^ parts[2] * np.uint32(83492791) ^ seed
    )
    chance, bright = unit(hashed), unit(scrambled(hashed))
    off = sum((each * cell - corner - np.float32(0.5)) ** 2 for each, corner in zip((x, y, z), lattice, strict=True))
    point = np.maximum(1 - off * 7, 0)
    result: Array = np.where(chance < 0.05, bright * bright * bright * np.float32(0.5) + np.float32(0.05), 0) * point
    return result * smooth(0.0, 0.3, z)


def _aurora(world: World, x: Array, y: Array, z: Array) -> Array:
    """Curtains of green light, (n, 3), on a sheet far above that folds."""
    flat = np.maximum(np.sqrt(x * x + y * y), np.float32(1e-3))
    across, along = x / flat, y / flat
    rise = z / flat
    tile = world.noise.soft
    fold = look_up(tile, across * 130 + rise * 25, along * 130, 0.5)
    line = np.abs(fold - np.float32(0.5) - (rise - np.float32(0.28)) * np.float32(0.5))
    rays_up = look_up(tile, across * 900, along * 900 + rise * 14, 2.0)
    body = smooth(0.13, 0.0, line) * (np.float32(0.3) + np.float32(0.9) * rays_up) * smooth(0.02, 0.16, rise)
    wide = smooth(0.4, 0.0, line) * smooth(0.0, 0.2, rise) * np.float32(0.18)
    green, violet = np.array((0.05, 0.42, 0.17), np.float32), np.array((0.24, 0.07, 0.30), np.float32)
    high = smooth(0.15, 0.6, rise)[:, None]
    result: Array = (green + (violet - green) * high) * (body + wide)[:, None] * np.float32(0.55)
    return result


def _rainbow(plan: Plan, x: Array, y: Array, z: Array) -> Array:
    """A bow of 42 degrees about the point opposite the sun, (n, 3)."""
    tx, ty, tz = plan.light.toward
    near = -(x * np.float32(tx) + y * np.float32(ty) + z * np.float32(tz))
    outer, inner = cos(radians(42.6)), cos(radians(40.0))
    share = (near - np.float32(outer)) * np.float32(1 / (inner - outer))  # 0 red … 1 violet
    at = np.clip(1 - share, 0, 0.999) * (len(SPECTRUM) - 1)
    index = at.astype(np.int32)
    bands = np.array(SPECTRUM, np.float32)
    color = bands[index] + (bands[index + 1] - bands[index]) * (at - index)[:, None]
    inside = smooth(-0.05, 0.12, share) * smooth(1.05, 0.88, share)
    result: Array = (
        color * (inside * np.float32(0.34))[:, None] + (smooth(0.95, 1.6, share) * np.float32(0.03))[:, None]
    )
    return result


def _lightning(plan: Plan, view: View, open_sky: npt.NDArray[np.bool_], colors: Array) -> None:
    """A jagged line from the clouds to the horizon, with its glow."""
    height, width = open_sky.shape
    seed = key(plan.spec.seed, "lightning")
    chance = uniform(seed, 64).tolist()
    start = (aside(plan.sky["lightning"].place, plan.draws, "bolt aside") * 0.42 + 0.5) * width
    top, foot = 0.0, min(max(view.level, 4.0), float(height))
    points = [(start, top)]
    for k in range(1, 15):
        points.append((points[-1][0] + (chance[k] - 0.5) * width * 0.05, top + (foot - top) * k / 14))
    fork = [(points[6][0], points[6][1])]
    for k in range(1, 6):
        fork.append((fork[-1][0] + (chance[30 + k] - 0.15) * width * 0.035, fork[-1][1] + (foot - top) * 0.055))
    row, column = np.nonzero(open_sky)
    u, v = (column + 0.5).astype(np.float32), (row + 0.5).astype(np.float32)
    for line, strength in ((points, 1.0), (fork, 0.5)):
        near = np.full(u.shape, 1e9, np.float32)
        for (x0, y0), (x1, y1) in pairwise(line):
            dx, dy = np.float32(x1 - x0), np.float32(y1 - y0)
            share = np.clip(((u - np.float32(x0)) * dx + (v - np.float32(y0)) * dy) / (dx * dx + dy * dy), 0, 1)
            near = np.minimum(near, (u - np.float32(x0) - share * dx) ** 2 + (v - np.float32(y0) - share * dy) ** 2)
        pixel = np.float32((width / 512) ** 2)
        bolt = np.float32(strength) * (
            1 / (1 + near / (pixel * np.float32(0.7))) * 2 + 1 / (1 + near / (pixel * 500)) * np.float32(0.22)
        )
        colors[row, column] += bolt[:, None] * np.array((0.75, 0.78, 1.0), np.float32)
