"""The water of a layout: ripples, what stands above it upside down, its shore.

Shapes: h×w pixels, m of them water; colors are linear light.
"""

import numpy as np

from pleinair.fiction.backdrop import Backdrop
from pleinair.fiction.layout_regions import Labels, Mask, blurred, scale_of
from pleinair.fiction.layout_space import Space
from pleinair.fiction.march import Indices
from pleinair.fiction.noise import Array, look_up, smooth
from pleinair.fiction.palette import Label
from pleinair.fiction.shade import haze
from pleinair.fiction.surface import World
from pleinair.fiction.water import BOTTOM, DEEP, USUAL, daylight, dry_above, glitter, ripples

DEPTHS = (*DEEP.values(), USUAL, (0.03, 0.10, 0.13), (0.02, 0.02, 0.025))  # colors of deep water
WALK = 3  # times that the place of what is mirrored is corrected


def paint_water(world: World, at: Space, labels: Labels, sky: Backdrop, behind: Array, around: bool) -> Array:
    """Light of all water, (m, 3), in the order of np.nonzero(labels == WATER). behind: the picture without it."""
    wet = labels == Label.WATER
    rows, columns = (each.astype(np.int32) for each in np.nonzero(wet))
    view = at.view
    falls = ~at.level[wet] & (rows < view.level - 2)
    x, y, foot = at.x[wet], at.y[wet], at.foot[wet]
    wind = np.float32(world.plan.draws.between("wind", 0.35, 2.0) ** 2)
    east, north = (each * wind for each in ripples(world, x, y, foot))
    long = view.lengths[columns]
    facing = view.across[columns], view.along[columns]
    ahead = (east * facing[0] + north * facing[1]) / long
    across = (east * facing[1] - north * facing[0]) / long
    slope = np.maximum(-view.slopes[rows], np.float32(view.pixel * 0.5))
    bent = np.maximum(slope - ahead * 2 * np.minimum(np.float32(1), slope * 4 + np.float32(0.12)), np.float32(1e-4))
    aside = columns + np.float32(0.5) + across * np.float32(0.6 / view.pixel) * np.minimum(slope, 1)
    mirror = _mirror(at, labels, sky, behind, bent, aside, columns, rows)
    grazing = slope / np.sqrt(1 + slope * slope)
    glance = np.clip(1 - np.abs(grazing + ahead * np.float32(0.6)), 0, 1)
    glance2 = glance * glance
    share = np.float32(0.035) + np.float32(0.88) * glance2 * glance2 * glance
    body = np.array(world.plan.draws.among("depths", DEPTHS), np.float32) * daylight(world)
    shore = _shore(wet, around)[wet]
    body = (
        body
        + (np.array(BOTTOM, np.float32) * daylight(world) * np.float32(0.5) - body) * (shore * np.float32(0.6))[:, None]
    )
    colors = body + (mirror - body) * share[:, None]
    colors += glitter(world, facing, long, slope, ahead, across)
    if falls.any():
        colors[falls] = _falling(world, x[falls], at.z[wet][falls], foot[falls])
    far = at.t[wet] * long
    rays = view.across[columns] / long, view.along[columns] / long, view.slopes[rows] / long
    return haze(world.plan.light, colors, *rays, far, np.zeros_like(long))


def _mirror(
    at: Space,
    labels: Labels,
    sky: Backdrop,
    behind: Array,
    bent: Array,
    aside: Array,
    columns: Indices,
    rows: Indices,
) -> Array:
    """What is seen in the water, (m, 3): land and plants from the picture, else the sky."""
    view, (height, width) = at.view, labels.shape
    eye2 = np.float32(2 * view.place[2])
    above = dry_above(labels == Label.WATER)
    column = np.floor(aside).astype(np.int32)
    column = column % width if view.around else np.clip(column, 0, width - 1)
    brink = above[rows, columns]
    t = at.t[np.maximum(brink, 0), columns]
    t = np.where(np.isfinite(t) & (brink >= 0), t, np.float32(3e4))
    for _ in range(WALK):
        row = view.row_of(bent - eye2 / t)
        index = np.clip(row.astype(np.int32), 0, height - 1)
        dry = above[index, column]
        index = np.where(dry >= 0, dry, index)
        seen = at.t[index, column]
        t = np.where(np.isfinite(seen), np.maximum(seen, t * np.float32(0.7)), np.float32(3e4))
    land = np.isfinite(at.t[index, column]) & (row >= 0) & (dry >= 0)
    cloud = (labels[index, column] == Label.CLOUD) & (row >= 0)
    open_sky, _ = sky.at(aside, view.row_of(bent))
    found = np.where((land | cloud)[:, None], behind[index, column], open_sky)
    before = land & (at.t[index, column] < at.t[rows, columns] * np.float32(0.97))
    return found if not before.any() else _beside(found, ~before, rows, columns, width)


def _beside(colors: Array, good: Mask, rows: Indices, columns: Indices, width: int) -> Array:
    """Where something nearer stands before the water, what the nearest water of the row mirrors, (m, 3)."""
    place = np.arange(rows.size)
    first = np.concatenate([[True], rows[1:] != rows[:-1]])
    start = np.maximum.accumulate(np.where(first, place, 0))
    left = np.maximum.accumulate(np.where(good, place, -1))
    right = np.minimum.accumulate(np.where(good, place, rows.size)[::-1])[::-1]
    end = np.minimum.accumulate(np.where(np.concatenate([first[1:], [True]]), place, rows.size)[::-1])[::-1]
    far = np.int32(4 * width)
    to_left = np.where(left >= start, columns - columns[np.maximum(left, 0)], far)
    to_right = np.where(right <= end, columns[np.minimum(right, rows.size - 1)] - columns, far)
    chosen = np.where(to_left <= to_right, np.maximum(left, 0), np.minimum(right, rows.size - 1))
    result: Array = colors[np.where(good | ((to_left == far) & (to_right == far)), place, chosen)]
    return result


def _shore(wet: Mask, around: bool) -> Array:
    """Near 1 at the water's edge, 0 farther in, (h, w)."""
    reach = max(round(5 * scale_of(wet.shape)), 1)
    return smooth(0.95, 0.5, blurred(wet.astype(np.float32), reach, (False, around)))


def _falling(world: World, x: Array, z: Array, foot: Array) -> Array:
    """Water that falls: white streaks."""
    streak = look_up(world.noise.rough, x * 8, z * np.float32(0.9), foot * 4)
    share = np.clip((streak - np.float32(0.3)) * np.float32(1.8), 0, 1)[:, None]
    low, high = np.array((0.42, 0.48, 0.52), np.float32), np.array((0.9, 0.93, 0.96), np.float32)
    result: Array = (low + (high - low) * share) * daylight(world) * np.float32(0.55)
    return result
