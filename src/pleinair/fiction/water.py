"""Water: ripples, what they mirror, the bottom that shines through near the shore, foam, glitter.

Shapes: m pixels that show water, h×w of the picture; colors are linear light.
"""

import numpy as np
import numpy.typing as npt

from pleinair.fiction.backdrop import Backdrop
from pleinair.fiction.camera import View
from pleinair.fiction.light import Color
from pleinair.fiction.march import Indices, Ladder, first_at_least
from pleinair.fiction.noise import Array, look_up, smooth
from pleinair.fiction.surface import World

Mask = npt.NDArray[np.bool_]
DEEP: dict[str, Color] = {
    "coast": (0.010, 0.060, 0.085), "island": (0.008, 0.070, 0.095), "glacier": (0.05, 0.13, 0.14),
    "river": (0.028, 0.042, 0.030), "canyon": (0.06, 0.055, 0.030),
}  # fmt: skip
USUAL: Color = (0.014, 0.040, 0.048)
BOTTOM: Color = (0.28, 0.26, 0.18)


def ripples(world: World, x: Array, y: Array, foot: Array) -> tuple[Array, Array]:
    """Slopes of the water east and north, (m,) each."""
    plan, noise = world.plan, world.noise
    rough = {"storm": 2.6, "rain": 1.5, "fog": 0.35}.get(plan.weather, 1.0) * (0.55 if plan.mood == "calm" else 1.25)
    open_water = 1.9 if plan.kind in ("coast", "island") else 0.8
    found = []
    for turn, scale in ((0, 9.0), (1, 2.1)):
        u, v = (x, y) if turn == 0 else (y, -x)
        size = np.float32(scale)
        step = np.maximum(foot, np.float32(0.5 / scale))
        here = look_up(noise.rough, u * size, v * (size * np.float32(0.55)), foot * size)
        east = look_up(noise.rough, (u + step) * size, v * (size * np.float32(0.55)), foot * size) - here
        north = look_up(noise.rough, u * size, (v + step) * (size * np.float32(0.55)), foot * size) - here
        found.append((east / step, north / step) if turn == 0 else (north / step, -east / step))
    strength = np.float32(0.016 * rough * open_water)
    wide = strength * 3
    return found[0][0] * strength + found[1][0] * wide, found[0][1] * strength + found[1][1] * wide


def mirrored(
    view: View, climb: Ladder, t_steps: Array, column: Array, step: Indices, slope: Array
) -> tuple[Indices, Array, Mask]:
    """Where the mirror image of each water pixel is seen in the picture: column and row, and whether land is there.

    slope: upward slope of the mirrored ray, (m,).
    """
    width = view.across.size
    nearest = np.floor(column).astype(np.int32)
    at = (nearest % width if view.around else np.clip(nearest, 0, width - 1)).astype(np.int32)
    found = first_at_least(climb, at, slope, np.minimum(step + 1, t_steps.size - 1).astype(np.int32))
    land = found >= 0
    t = t_steps[np.maximum(found, 0)]
    direct = np.where(land, slope - 2 * np.float32(view.place[2]) / t, slope)
    return at, view.row_of(direct), land


def dry_above(wet: Mask) -> Indices:
    """For each pixel the row of the nearest one at or above it that shows no water, or -1, (h, w)."""
    rows = np.arange(wet.shape[0], dtype=np.int32)[:, None]
    result: Indices = np.maximum.accumulate(np.where(wet, np.int32(-1), rows), 0)
    return result


def surface(
    world: World, view: View, sky: Backdrop, behind: Array, above: Indices, climb: Ladder, t_steps: Array,
    rows: Indices, columns: Indices, step: Indices, x: Array, y: Array, bed: Array, foot: Array,
) -> Array:  # fmt: skip
    """Light from the water, linear (m, 3). behind: the picture without it, linear (h, w, 3). above: `dry_above`. bed:
    depth of the water, meters. climb: of the slopes at which an eye as far below the water as ours is above it sees the
    land."""
    plan = world.plan
    east, north = ripples(world, x, y, foot)
    facing = view.across[columns], view.along[columns]
    long = view.lengths[columns]
    ahead = (east * facing[0] + north * facing[1]) / long
    across = (east * facing[1] - north * facing[0]) / long
    slope = -view.slopes[rows]
    bent = np.maximum(slope - ahead * 2 * np.minimum(np.float32(1), slope * 4 + np.float32(0.12)), np.float32(1e-4))
    aside = columns + np.float32(0.5) + across * np.float32(0.6 / view.pixel) * np.minimum(slope, 1)
    at, seen_row, land = mirrored(view, climb, t_steps, aside, step, bent)
    open_sky, _ = sky.at(aside, view.row_of(bent))
    r = above[np.clip(seen_row.astype(np.int32), 0, view.slopes.size - 1), at]
    shown = behind[r, at]
    inside = land & (seen_row >= 0) & (r >= 0)
    mirror = np.where(inside[:, None], shown, open_sky)
    grazing = slope / np.sqrt(1 + slope * slope)
    glance = np.clip(1 - np.abs(grazing + ahead * np.float32(0.6)), 0, 1)
    glance2 = glance * glance
    share = np.float32(0.03) + np.float32(0.90) * glance2 * glance2 * glance
    body = np.array(DEEP.get(plan.kind, USUAL), np.float32) * daylight(world)
    clear = smooth(2.2, 0.0, bed)[:, None] * np.float32(0.75)
    body = body + (np.array(BOTTOM, np.float32) * daylight(world) * np.float32(0.6) - body) * clear
    colors = body + (mirror - body) * share[:, None]
    colors += glitter(world, facing, long, slope, ahead, across)
    return _foam(world, colors, x, y, bed, foot)


def daylight(world: World) -> Array:
    light = world.plan.light
    up = max(light.toward[2], 0.12)
    return np.array(light.direct, np.float32) * np.float32(up * 0.8) + np.array(light.around, np.float32)


def glitter(world: World, facing: tuple[Array, Array], long: Array, slope: Array, ahead: Array, across: Array) -> Array:
    """The sun's or moon's path on the water."""
    light = world.plan.light
    tx, ty, tz = light.toward
    flat = max((tx * tx + ty * ty) ** 0.5, 1e-4)
    side = (facing[0] * np.float32(ty) - facing[1] * np.float32(tx)) / (long * np.float32(flat))
    front = facing[0] * np.float32(tx) + facing[1] * np.float32(ty) > 0
    off_side = side * np.float32(4.0) - across * 14
    off_rise = (slope - np.float32(min(tz / flat, 3.0))) * np.float32(1.1) - ahead * 9
    gap = off_side * off_side + off_rise * off_rise
    spark = np.where(front, 1 / (1 + gap * 14), 0)
    spark = spark * spark
    strength = np.float32(0.55 * (1 - light.gray))
    result: Array = spark[:, None] * np.array(light.direct, np.float32) * strength
    return result


def _foam(world: World, colors: Array, x: Array, y: Array, bed: Array, foot: Array) -> Array:
    """White where waves run up a beach."""
    if world.plan.kind not in ("coast", "island"):
        return colors
    noise = world.noise
    break_up = look_up(noise.rough, x * 5, y * 5, foot * 5)
    swell = look_up(noise.soft, x * np.float32(1.3), y * np.float32(1.3), foot * np.float32(1.3))
    phase = bed * np.float32(0.9) + swell * 3
    crest = phase - np.floor(phase)
    lines = smooth(0.8, 1.0, crest) * smooth(3.4, 0.6, bed)
    share = np.clip((lines + smooth(0.5, 0.05, bed)) * smooth(0.36, 0.62, break_up), 0, 1)
    white = np.float32(0.75) * daylight(world)
    result: Array = colors + (white * np.float32(0.7) - colors) * (share * np.float32(0.85))[:, None]
    return result
