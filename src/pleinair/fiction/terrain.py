"""The land as a function of place: height over the water, distance to the shore, forest. Meters; any shape of places.

The world is anchored at the origin, where the eye stands at first, and looks along +y; it goes on on all sides.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.fiction.erosion import mountains
from pleinair.fiction.noise import Array, Tile, cloudy, key, look_up, smooth, wave

DRY = 1e4  # meters from the shore where there is no water
CANOPY = 11.0  # height of a forest's trees


class Basin(NamedTuple):
    """Still water: an ellipse."""

    x: float
    y: float
    across: float
    along: float
    depth: float


class Course(NamedTuple):
    """A river, or a path: so wide, `x` from the eye, winding as it goes along y."""

    x: float
    width: float
    bends: tuple[tuple[float, float, float], ...]  # of each: meters to the side, wavelength, phase


class Sea(NamedTuple):
    """Water wherever x · east + y · north is more than `begins`."""

    east: float
    north: float
    begins: float


class Rise(NamedTuple):
    """A landform on top of the rest. what: peak, hill, cliff, dune or island."""

    what: str
    x: float
    y: float
    radius: float
    height: float


@dataclass(frozen=True)
class Land:
    """All that is decided of the land. begin: where mountains start; gap: direction (x, y) in which they are lower."""

    mountains: float = 0.0
    begin: float = 1000.0
    range_period: float = 6000.0
    gap: tuple[float, float] = (0.0, 1.0)
    gap_depth: float = 0.0
    hills: float = 0.0
    wavelength: float = 400.0
    dunes: bool = False
    canyon: float = 0.0
    valley: float = 0.0
    plain: float = 5.0
    beach: float = 0.1  # slope of the shore
    waters: tuple[Basin | Course | Sea, ...] = ()
    isles: tuple[Rise, ...] | None = None  # sea all around these
    rises: tuple[Rise, ...] = ()
    ice: Course | None = None
    forest: float = 0.0
    forest_near: float = 60.0
    tree_line: float = 700.0
    offset: tuple[float, float] = (0.0, 0.0)


class Tiles(NamedTuple):
    """The noise that a world is made of, looked up at several scales."""

    ranges: Tile
    soft: Tile
    rough: Tile


class Relief(NamedTuple):
    """height: over the water, below it negative. shore: meters from the water's edge, in the water negative. forest:
    share of canopy. range: share of mountain."""

    height: Array
    shore: Array
    forest: Array
    range: Array

    def at(self, where: npt.NDArray[np.bool_]) -> "Relief":
        """Of some of the places."""
        return Relief(*(values[where] for values in self))


def tiles(seed: int, ranges: bool = True) -> Tiles:
    """The tiles of a seed; without mountains the ranges are cheap."""
    soft = cloudy(key(seed, "soft"), 4, 0.5)
    return Tiles(mountains(key(seed, "ranges")) if ranges else soft, soft, cloudy(key(seed, "rough"), 16, 0.62))


def middle(course: Course, y: Array) -> Array:
    """x of a course's middle."""
    x: Array = np.full_like(y, course.x)
    for aside, length, phase in course.bends:
        x += wave(y * np.float32(1 / length) + np.float32(phase)) * np.float32(aside)
    return x


def shore(land: Land, x: Array, y: Array, wander: Array) -> Array:
    """Meters to the nearest water's edge, negative in the water. wander: noise in [-1, 1] that makes edges natural."""
    found: Array = np.full_like(x, DRY)
    for water in land.waters:
        if isinstance(water, Basin):
            u, v = (
                (x - np.float32(water.x)) / np.float32(water.across),
                (y - np.float32(water.y)) / np.float32(water.along),
            )
            least = np.float32(min(water.across, water.along))
            edge = (np.sqrt(u * u + v * v) - 1) * least + wander * (least * np.float32(0.3))
        elif isinstance(water, Course):
            half = np.float32(water.width / 2)
            edge = np.abs(x - middle(water, y)) - half + wander * (half * np.float32(0.4))
        else:
            edge = np.float32(water.begins) - x * np.float32(water.east) - y * np.float32(water.north)
            edge = edge + wander * np.float32(60)
        found = np.minimum(found, edge)
    if land.isles is not None:
        nearest: Array = np.full_like(x, -300)
        for isle in land.isles:
            nearest = np.maximum(nearest, np.float32(isle.radius) - _away(isle, x, y))
        found = np.minimum(found, nearest + wander * np.float32(90))
    return found


def _away(rise: Rise, x: Array, y: Array) -> Array:
    u, v = x - np.float32(rise.x), y - np.float32(rise.y)
    result: Array = np.sqrt(u * u + v * v)
    return result


def relief(land: Land, noise: Tiles, x: Array, y: Array, footprint: Array) -> Relief:
    """The land at places (meters). footprint: meters that one sample stands for."""
    x0, y0 = x + np.float32(land.offset[0]), y + np.float32(land.offset[1])
    cell = np.float32(512 / (4 * land.wavelength))  # texels of the soft tile a meter
    hills = look_up(noise.soft, x0 * cell, y0 * cell, footprint * cell)
    wide = look_up(noise.soft, y0 * np.float32(0.11), x0 * np.float32(-0.11), footprint * np.float32(0.11))
    wander = (hills - np.float32(0.5)) * 2 + (wide - np.float32(0.5)) * 2
    distance = np.sqrt(x * x + y * y)
    edge = shore(land, x, y, wander * smooth(0, 420, distance))
    inland = np.maximum(edge, 0)
    height = np.where(edge > 0, np.float32(land.plain) * (1 - 1 / (1 + inland * np.float32(land.beach / land.plain))),
                      np.maximum(edge * np.float32(land.beach), -12))  # fmt: skip
    away = smooth(0, 90, edge)
    height += _hills(land, x, y, hills, wide) * away * _near(land, distance)
    range_share = _range_share(land, x, y, distance, wide) * smooth(0, 300 + land.mountains * 0.8, edge)
    if land.mountains > 0 and range_share.any():
        texel = np.float32(512 / land.range_period)
        u, v = x0 + (hills - np.float32(0.5)) * 160, y0 + (wide - np.float32(0.5)) * 160
        peaks = look_up(noise.ranges, u * texel, v * texel, footprint * texel)
        height += (peaks * np.float32(land.mountains)) * range_share
    height = _rises(land, noise, x, y, height, footprint)
    rough = look_up(noise.rough, x0 * 8, y0 * 8, footprint * 8) - np.float32(0.5)
    large = look_up(noise.rough, x0 * np.float32(0.9), y0 * np.float32(0.9), footprint * np.float32(0.9)) - np.float32(
        0.5
    )
    height += (rough * np.float32(0.35 if not land.dunes else 0.02)) * smooth(0, 6, inland)
    height += large * (np.float32(2.0 if not land.dunes else 0.1) + range_share * 26) * smooth(0, 30, inland)
    canopy = _forest(land, x0, y0, noise, height, edge, distance, hills, footprint)
    return Relief(height + canopy[1], edge, canopy[0], range_share)


def _hills(land: Land, x: Array, y: Array, hills: Array, wide: Array) -> Array:
    """What rises and falls in the middle distance: hills, dunes, the walls of a canyon or a valley."""
    if land.dunes:
        length = np.float32(1 / land.wavelength)
        phase = (x * np.float32(0.35) + y) * length + wide * np.float32(2.2) + hills * np.float32(0.25)
        part = phase - np.floor(phase)
        gentle, steep = part * np.float32(1 / 0.74), (1 - part) * np.float32(1 / 0.26)
        crest = np.minimum(gentle, steep)
        dunes: Array = crest * crest * (3 - 2 * crest) * np.float32(land.hills) * (hills + np.float32(0.35)) + wide * 12
        return dunes
    rising = hills * np.float32(land.hills) + (wide - np.float32(0.35)) * np.float32(land.hills * 0.9)
    course = next((water for water in land.waters if isinstance(water, Course)), None)
    if course is None or not (land.canyon or land.valley):
        return rising
    aside = np.abs(x - middle(course, y)) + (hills - np.float32(0.5)) * 120
    if land.valley:
        rising = rising + smooth(80, 900, aside) * np.float32(land.valley) * (np.float32(0.5) + wide)
    if land.canyon:
        share = np.clip((aside - 45 + (wide - np.float32(0.5)) * 160) * np.float32(1 / 230), 0, 1)
        floor = np.floor(share * 5)
        step = share * 5 - floor
        terraced = (floor + smooth(0.55, 1.0, step)) * np.float32(0.2)
        rising = rising + (terraced * np.float32(0.75) + share * np.float32(0.25)) * np.float32(land.canyon)
    return rising


def _near(land: Land, distance: Array) -> Array:
    """Less of hills where one stands, or they would hide all else."""
    if land.canyon or land.valley or land.dunes:
        return smooth(10, 160, distance)
    return smooth(5, 90, distance) * np.float32(0.14) + smooth(60, 1100, distance) * np.float32(0.86)


def _range_share(land: Land, x: Array, y: Array, distance: Array, wide: Array) -> Array:
    """How much of the mountains there is at a place: none near, less toward the gap."""
    if land.mountains <= 0:
        return np.zeros_like(x)
    toward = (x * np.float32(land.gap[0]) + y * np.float32(land.gap[1])) / np.maximum(distance, 1)
    low = smooth(0.75, 1.0, toward) * np.float32(land.gap_depth)
    rise = smooth(
        land.begin,
        land.begin * 1.5 + land.mountains * 2.0,
        distance + (wide - np.float32(0.5)) * np.float32(land.begin),
    )
    result: Array = rise * (1 - low)
    return result


def _rises(land: Land, noise: Tiles, x: Array, y: Array, height: Array, footprint: Array) -> Array:
    """Landforms that were asked for, or that a kind has, on top."""
    for rise in (*land.rises, *(land.isles or ())):
        share = 1 - _away(rise, x, y) * np.float32(1 / rise.radius)
        if not (share > 0).any():
            continue
        share = np.maximum(share, 0)
        if rise.what in ("peak", "island"):
            texel = np.float32(512 / (5 * rise.radius))
            rugged = look_up(noise.ranges, (x + rise.y) * texel, (y - rise.x) * texel, footprint * texel)
            if rise.what == "peak":
                shape = share * (np.float32(0.62) + np.float32(0.38) * share) + share * (
                    rugged - np.float32(0.5)
                ) * np.float32(0.5)
            else:
                dome = share * share * (3 - 2 * share)
                shape = dome * np.float32(0.38) + dome * rugged * np.float32(1.1)
        elif rise.what == "cliff":
            texel = np.float32(3.0 / rise.radius * 12)
            shape = smooth(
                0.3,
                0.52,
                share
                + (look_up(noise.soft, x * texel, y * texel, footprint * texel) - np.float32(0.5)) * np.float32(0.35),
            )
        else:
            shape = share * share * (3 - 2 * share)
        height = height + shape * np.float32(rise.height)
    return height


def _forest(
    land: Land,
    x: Array,
    y: Array,
    noise: Tiles,
    height: Array,
    edge: Array,
    distance: Array,
    hills: Array,
    footprint: Array,
) -> tuple[Array, Array]:
    """The share of canopy at places, and what it adds to the height."""
    if land.forest <= 0:
        nothing = np.zeros_like(x)
        return nothing, nothing
    patches = look_up(noise.soft, x * np.float32(0.55), y * np.float32(0.55), footprint * np.float32(0.55))
    threshold = np.float32(0.82 - 0.75 * land.forest)
    share = smooth(0.0, 0.04, patches * np.float32(0.7) + hills * np.float32(0.3) - threshold)
    share = share * smooth(land.forest_near, land.forest_near * 1.4, distance) * smooth(4, 10, edge)
    share = share * smooth(land.tree_line * 1.1, land.tree_line * 0.7, height + (hills - np.float32(0.5)) * 220)
    crowns = look_up(noise.rough, x * np.float32(4.1), y * np.float32(4.1), footprint * np.float32(2))
    return share, share * (np.float32(0.45) + np.float32(0.8) * crowns) * np.float32(CANOPY)
