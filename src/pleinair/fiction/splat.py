"""Plants into a picture: those that can be seen, near ones first, each behind what is there already; their shadows.

Shapes: h×w pixels, p plants.
"""

from typing import NamedTuple

import numpy as np

from pleinair.fiction.camera import View
from pleinair.fiction.light import Light
from pleinair.fiction.march import Indices
from pleinair.fiction.noise import Array
from pleinair.fiction.plants import CHANNELS, LABELS, Scattered
from pleinair.fiction.shade import haze
from pleinair.fiction.surface import Hits, Profiles

LEAST = 2.0  # pixels of height below which a plant is not drawn
SHADOWS = 160  # plants, the largest, that cast one


class Placed(NamedTuple):
    """Plants as seen, near ones first: which plant, column of the middle, row of the foot, pixels of height and
    of width, distance t and light that the mountains leave, (p,) each."""

    which: Indices
    column: Array
    foot: Array
    high: Array
    wide: Array
    t: Array
    reaches: Array


class Layer(NamedTuple):
    """channels: alpha, light, albedo, normal in the view's directions, (h, w, 10). t: distance (h, w). labels. aside:
    meters to the right of where the plant stands (h, w). stands: x and y of that (h, w, 2)."""

    channels: Array
    t: Array
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    aside: Array
    stands: Array


def placed(view: View, plants: Scattered, reaches: Array) -> Placed:
    """Where plants appear. reaches: share of the sun at each, (p,)."""
    foot = view.see(plants.x, plants.y, plants.z)
    head = view.see(plants.x, plants.y, plants.z + plants.height)
    high = foot.row - head.row
    size = plants.height / np.maximum(foot.t, np.float32(0.1)) * np.float32(1 / view.pixel)
    good = (
        (foot.t > 1.5) & (high > LEAST) & (high < 6 * view.slopes.size) & (foot.row > 0) & (head.row < view.slopes.size)
    )
    if not view.around:
        good &= (foot.column + size > 0) & (foot.column - size < view.across.size)
    there = np.nonzero(good)[0]
    index: Indices = there[np.argsort(foot.t[there], kind="stable")].astype(np.int32)
    return Placed(index, foot.column[index], foot.row[index], high[index], size[index], foot.t[index], reaches[index])


def cast(view: View, light: Light, plants: Scattered, seen: Placed, hit: Hits, reaches: Array) -> None:
    """Darken `reaches` (h, w) where plants stand in the sun's way."""
    flat = max((light.toward[0] ** 2 + light.toward[1] ** 2) ** 0.5, 1e-3)
    away = np.float32(-light.toward[0] / flat), np.float32(-light.toward[1] / flat)
    largest = np.argsort(-seen.high, kind="stable")[:SHADOWS]
    for n in largest.tolist():
        plant = int(seen.which[n])
        high = float(plants.height[plant])
        reach = high * min(flat / max(light.toward[2], 0.05), 3.5)
        x, y, z = float(plants.x[plant]), float(plants.y[plant]), float(plants.z[plant])
        ends = np.array([(x, y), (x + away[0] * reach, y + away[1] * reach)], np.float32)
        spot = view.see(ends[:, 0], ends[:, 1], np.full(2, z, np.float32))
        if spot.t.min() < 0.5 or seen.high[n] < 5:
            continue
        pad = float(seen.wide[n]) * 0.5 + 2
        rows = slice(max(int(spot.row.min() - pad * 0.6), 0), max(int(spot.row.max() + pad * 0.6), 0))
        columns = slice(max(int(spot.column.min() - pad), 0), max(int(spot.column.max() + pad), 0))
        part = reaches[rows, columns]
        if not part.size or part.size > 200_000:
            continue
        u, v = hit.x[rows, columns] - np.float32(x), hit.y[rows, columns] - np.float32(y)
        along, off = (u * away[0] + v * away[1]) / np.float32(reach), u * away[1] - v * away[0]
        half = np.float32(high * 0.26) * np.clip(along * 3 + np.float32(0.25), 0, 1)
        dark = np.clip((half - np.abs(off)) / np.float32(high * 0.10), 0, 1)
        dark *= np.clip((1 - along) * 4, 0, 1) * np.clip(along * 12 + 1, 0, 1)
        part *= 1 - dark * np.float32(0.82)


def splat(view: View, light: Light, plants: Scattered, seen: Placed, hit: Hits, land: Profiles, tops: Array) -> Layer:
    """All that is seen of the plants. tops: heights (s, w) of what water mirrors, which plants raise."""
    height, width = hit.t.shape
    layer = Layer(
        np.zeros((height, width, CHANNELS), np.float32), np.full((height, width), np.inf, np.float32),
        np.zeros((height, width), np.uint8), np.zeros((height, width), np.float32),
        np.zeros((height, width, 2), np.float32),
    )  # fmt: skip
    air = _air(view, light, plants, seen)
    steps = np.searchsorted(land.t, seen.t)
    for n in range(seen.which.size):
        _draw(view, plants, seen, n, hit, layer, air[n], tops, int(steps[n]))
    return layer


def _air(view: View, light: Light, plants: Scattered, seen: Placed) -> Array:
    """The light of the air before each plant and the share of its own that comes through, (p, 6)."""
    x, y = plants.x[seen.which] - np.float32(view.place[0]), plants.y[seen.which] - np.float32(view.place[1])
    long = np.maximum(np.sqrt(x * x + y * y), np.float32(1e-3))
    black = np.zeros((seen.which.size, 3), np.float32)
    level = np.zeros_like(x)
    height = plants.z[seen.which]
    added = haze(light, black, x / long, y / long, level, long, height)
    white = haze(light, black + 1, x / long, y / long, level, long, height)
    return np.concatenate([added, white - added], 1)


def _draw(
    view: View, plants: Scattered, seen: Placed, n: int, hit: Hits, layer: Layer, air: Array, tops: Array, step: int
) -> None:
    """One plant behind those that were drawn before it."""
    height, width = hit.t.shape
    column, foot, high, wide, t = (float(values[n]) for values in seen[1:6])
    plant = int(seen.which[n])
    what, levels = plants.pictures[int(plants.picture[plant])]
    first, last = int(np.floor(column - wide * 0.5)), int(np.ceil(column + wide * 0.5))
    top, bottom = max(int(np.floor(foot - high)), 0), min(int(np.ceil(foot)), height)
    columns = np.arange(first, last)
    if not view.around:
        columns = columns[(columns >= 0) & (columns < width)]
    if not columns.size or top >= bottom or columns.size > 2 * width:
        return
    share = (columns + np.float32(0.5) - np.float32(column)) / np.float32(wide)
    rise = (np.float32(foot) - (np.arange(top, bottom) + np.float32(0.5))) / np.float32(high)
    texels = level_for(levels, high)
    side = texels.shape[0]
    u = np.clip((0.5 + (share if not plants.mirrored[plant] else -share)) * side - np.float32(0.5), 0, side - 1.001)
    v = np.clip((1 - rise) * side - np.float32(0.5), 0, side - 1.001)
    at = np.ix_(np.arange(top, bottom), columns % width)
    left = (1 - layer.channels[:, :, 0][at]) * (hit.t[at] > t * 0.985 - 0.25)
    left *= _touched(texels)[np.ix_(v.astype(np.int32), u.astype(np.int32))]
    row, column_of = np.nonzero(left > 0.02)
    if not row.size:
        return
    patch = look(texels, u[column_of], v[row])
    if plants.mirrored[plant]:
        patch[:, 7] *= -1
    patch *= left[row, column_of][:, None]
    alpha = patch[:, :1]
    patch[:, 1:4] *= np.float32(0.35 + 0.65 * float(seen.reaches[n]))
    patch[:, 1:4] = patch[:, 1:4] * air[3:] + alpha * air[:3]
    rows, cols = row + top, (columns % width)[column_of]
    before = layer.channels[rows, cols, 0]
    layer.channels[rows, cols] += patch
    solid = (before <= 0.5) & (before + alpha[:, 0] > 0.5)
    first, cols = solid.nonzero()[0], cols[solid]
    rows = rows[solid]
    layer.t[rows, cols], layer.labels[rows, cols] = t, LABELS.get(what, 9)
    layer.aside[rows, cols] = share[column_of[first]] * plants.height[plant]
    layer.stands[rows, cols] = plants.x[plant], plants.y[plant]
    if step < tops.shape[0] and high > 3:
        crown = np.zeros(columns.size, np.float32)
        np.maximum.at(crown, column_of[first], rise[row[first]] * plants.height[plant])
        raised = np.where(crown > 0, crown + plants.z[plant], -1)
        tops[step, columns % width] = np.maximum(tops[step, columns % width], raised)


def level_for(levels: tuple[Array, ...], high: float) -> Array:
    """The copy whose texels are about as large as the pixels of a plant so many pixels high."""
    level = 0
    while level < len(levels) - 2 and levels[level].shape[0] > high * 1.4:
        level += 1
    return levels[level]


def _touched(texels: Array) -> Array:
    """1 where any of the four texels from here on, right and down, shows something, else 0."""
    shown = (texels[:, :, 0] > 0).astype(np.float32)
    shown[:-1] = np.maximum(shown[:-1], shown[1:])
    shown[:, :-1] = np.maximum(shown[:, :-1], shown[:, 1:])
    return shown


def look(texels: Array, u: Array, v: Array) -> Array:
    """A plant's picture at places in texels, (k,) → (k, 10), between texels linearly."""
    side = texels.shape[0]
    left, up = u.astype(np.int32), v.astype(np.int32)
    a, b = (u - left)[:, None], (v - up)[:, None]
    flat, start = texels.reshape(-1, CHANNELS), up * side + left
    one = flat.take(start, 0)
    one += (flat.take(start + 1, 0) - one) * a
    other = flat.take(start + side, 0)
    other += (flat.take(start + side + 1, 0) - other) * a
    other -= one
    other *= b
    result: Array = one + other
    return result
