"""A spec → picture, label map, depth, normals and albedo, registered to the pixel.

Shapes: h×w pixels, n of them that show land, m that show water.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.fiction import falling, heavens, water
from pleinair.fiction.backdrop import Backdrop, backdrop
from pleinair.fiction.camera import Around, View, view
from pleinair.fiction.falling import STILL, Drift
from pleinair.fiction.ground import wear
from pleinair.fiction.march import ladder
from pleinair.fiction.noise import Array
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import compose
from pleinair.fiction.plants import scatter
from pleinair.fiction.shade import bilinear, haze, lit, normals, shadows, tone
from pleinair.fiction.spec import Camera, SceneSpec
from pleinair.fiction.splat import Layer, cast, placed, splat
from pleinair.fiction.surface import Hits, Profiles, World, hits, profiles, world
from pleinair.fiction.terrain import Relief

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
SIZE = (512, 320)
LEAST, MOST = 8, 16_000_000  # pixels on a side, in all
ENDLESS = 1e7  # meters to the sky


@dataclass(frozen=True, eq=False)
class Rendering:
    """picture: uint8 (h, w, 3). labels: uint8 (h, w), see `palette`. depth: float32 (h, w), meters along the ray, the
    sky's infinite. normals: float32 (h, w, 3), unit vectors (x right, y into the scene, z up), the sky's 0. albedo:
    uint8 (h, w, 3), the colors of things themselves, without light and air, the sky's black. anchors: float32
    (h, w, 4), where in the world what is shown stands: x, y, height and how far to the right of there (of things that
    always face the eye); the sky is very far away. reach: float32 (h, w), the distance as rays measure it, see
    `camera`."""

    picture: Bytes
    labels: Bytes
    depth: Array
    normals: Array
    albedo: Bytes
    anchors: Array
    reach: Array


def render(spec: SceneSpec, size: tuple[int, int] = SIZE, wrap: Around = "none") -> Rendering:
    """Pixels across and down; wrap x is a full turn without a seam. Raises SettingError for what cannot be."""
    built = world(compose(spec))
    return from_place(built, built.plan.camera, standpoint(built, built.plan.camera), size, wrap)[1]


def standpoint(built: World, camera: Camera) -> float:
    """Height of the ground or water below the camera, meters."""
    return built.floor(*view(camera, 0, (2, 1)).place[:2])


def from_place(
    built: World, camera: Camera, floor: float, size: tuple[int, int], wrap: Around = "none", drift: Drift = STILL
) -> tuple[View, Rendering]:
    """A world as a camera sees it that stands so high over `floor`. drift: which rain and snow follow."""
    check_size(size)
    seen = view(camera, floor, size, wrap)
    return seen, picture(built, seen, drift)


def check_size(size: tuple[int, int]) -> None:
    """Raise SettingError for what is too small to show anything or too large to be held in memory."""
    width, height = size
    if width < LEAST or height < LEAST or width * height > MOST:
        raise SettingError(
            f"a fictional scene has {LEAST} pixels or more on a side and at most {MOST:,} in all, not {width}x{height}"
        )


def picture(built: World, seen: View, drift: Drift = STILL) -> Rendering:
    """All that is seen from one place."""
    light = built.plan.light
    land = profiles(built, seen)
    hit = hits(seen, land)
    shape = hit.t.shape
    colors, albedo, normal = (np.zeros((*shape, 3), np.float32) for _ in range(3))
    labels = np.zeros(shape, np.uint8)
    sky = backdrop(built, seen)
    _paint_sky(built, seen, sky, hit, colors, labels)
    there = hit.step >= 0
    found = built.land(hit.x[there], hit.y[there], hit.foot[there])
    bed = np.zeros(shape, np.float32)
    bed[there] = -found.height
    wet, dry = there & (bed >= 0), there & (bed < 0)
    far = shadows(built, light)
    reaches = bilinear(far, hit.x, hit.y)
    plants = scatter(built)
    standing = placed(seen, plants, bilinear(far, plants.x, plants.y))
    cast(seen, light, plants, standing, hit, reaches)
    tops = np.where(land.heights > 0, land.surface, -1)
    layer = splat(seen, light, plants, standing, hit, land, tops)
    _paint_land(built, seen, hit, dry, found.at(dry[there]), reaches, colors, albedo, normal, labels)
    _smooth_edges(seen, hit, dry, colors)
    _paint_water(
        built, seen, land, sky, hit, wet, bed, over(layer.channels, colors), tops, colors, albedo, normal, labels
    )
    return _assembled(built, seen, hit, layer, colors, albedo, normal, labels, drift)


def over(channels: Array, colors: Array) -> Array:
    """The light of a layer of plants before what is behind it, (h, w, 3)."""
    return channels[:, :, 1:4] + colors * (1 - channels[:, :, :1])


def _assembled(
    built: World, seen: View, hit: Hits, layer: Layer, colors: Array, albedo: Array, normal: Array, labels: Bytes,
    drift: Drift,
) -> Rendering:  # fmt: skip
    """Plants before the land, and what all maps say of both."""
    plant = layer.t < np.inf
    albedo = albedo.copy()
    albedo[plant] = layer.channels[plant][:, 4:7] / np.maximum(layer.channels[plant][:, :1], np.float32(0.5))
    right, ahead = (seen.facing[1], -seen.facing[0]), seen.facing
    up = layer.channels[plant][:, 7:10]
    up = up / np.maximum(np.sqrt((up * up).sum(-1, keepdims=True)), np.float32(1e-6))
    east = up[:, 0] * np.float32(right[0]) - up[:, 2] * np.float32(ahead[0])
    north = up[:, 0] * np.float32(right[1]) - up[:, 2] * np.float32(ahead[1])
    normal[plant] = np.stack([east, north, up[:, 1]], -1)
    labels = np.where(plant, layer.labels, labels)
    reach = np.minimum(hit.t, layer.t)
    far = np.where(reach < np.inf, reach, np.float32(ENDLESS))
    x, y = np.float32(seen.place[0]) + far * seen.across, np.float32(seen.place[1]) + far * seen.along
    z = np.float32(seen.place[2]) + far * seen.slopes[:, None]
    x, y = np.where(plant, layer.stands[:, :, 0], x), np.where(plant, layer.stands[:, :, 1], y)
    long = np.sqrt(seen.lengths * seen.lengths + (seen.slopes * seen.slopes)[:, None])
    colors = over(layer.channels, colors)
    falling.fall(built.plan, colors, seen, drift)
    shown = tone(built.plan.light, colors)
    bare = np.sqrt(np.clip(albedo, 0, 1))
    anchors = np.stack([x, y, z, layer.aside], -1)
    return Rendering(to_bytes(shown), labels, reach * long, normal, to_bytes(bare), anchors, reach)


def to_bytes(values: Array) -> Bytes:
    """[0, 1] → uint8, rounded to the nearest."""
    result: Bytes = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return result


def _paint_sky(built: World, seen: View, sky: Backdrop, hit: Hits, colors: Array, labels: Bytes) -> None:
    """The whole backdrop, behind edges too, so that they can be smoothed against it."""
    row, column = np.nonzero(seen.slopes[:, None] + 0 * hit.t.clip(0, 0) > -2e-2)
    found, cloud = sky.at((column + 0.5).astype(np.float32), (row + 0.5).astype(np.float32))
    colors[row, column] = found
    labels[row, column] = np.where(cloud > 0.5, Label.CLOUD, Label.SKY)
    hidden = np.ones(labels.shape, np.float32)
    hidden[row, column] = cloud
    heavens.hang(built, seen, hit.step < 0, hidden, colors)


def _paint_land(
    built: World, seen: View, hit: Hits, dry: Mask, there: Relief, reaches: Array, colors: Array, albedo: Array,
    normal: Array, labels: Bytes,
) -> None:  # fmt: skip
    row, column = np.nonzero(dry)
    x, y, t, foot = hit.x[dry], hit.y[dry], hit.t[dry], hit.foot[dry]
    up = normals(built, x, y, there.height, foot)
    light = built.plan.light
    worn = wear(built.plan, built.noise, x, y, up[:, 2], there, t * seen.lengths[column], foot)
    long = np.sqrt(seen.lengths[column] ** 2 + seen.slopes[row] ** 2)
    bright = lit(light, worn.albedo, up, reaches[dry])
    rays = seen.across[column] / long, seen.along[column] / long, seen.slopes[row] / long
    colors[dry] = haze(light, bright, *rays, t * long, hit.z[dry])
    albedo[dry], normal[dry], labels[dry] = worn.albedo, up, worn.labels


def _smooth_edges(seen: View, hit: Hits, dry: Mask, colors: Array) -> None:
    """Where a nearer hill ends between two rows, the upper pixel takes its share of the hill's color."""
    half = np.abs(np.gradient(seen.slopes))[:-1, None] * np.float32(0.5)
    share = np.clip((hit.top[:-1] - (seen.slopes[:-1, None] - half)) / (2 * half), 0, 1)
    below = hit.t[1:]
    edge = (hit.t[:-1] > below * np.float32(1.15)) & dry[1:]
    share = np.where(edge, share, 0)[:, :, None]
    colors[:-1] += (colors[1:] - colors[:-1]) * share


def _paint_water(
    built: World, seen: View, land: Profiles, sky: Backdrop, hit: Hits, wet: Mask, bed: Array,
    behind: Array, tops: Array, colors: Array, albedo: Array, normal: Array, labels: Bytes,
) -> None:  # fmt: skip
    if not wet.any():
        return
    rows, columns = (each.astype(np.int32) for each in np.nonzero(wet))
    eye = np.float32(seen.place[2])
    mirror = ladder(np.where(tops > 0, (tops + eye) / land.t[:, None], -1))
    found = water.surface(
        built, seen, sky, behind, water.dry_above(wet), mirror, land.t, rows, columns, hit.step[wet], hit.x[wet],
        hit.y[wet], bed[wet], hit.foot[wet],
    )  # fmt: skip
    long = np.sqrt(seen.lengths[columns] ** 2 + seen.slopes[rows] ** 2)
    rays = seen.across[columns] / long, seen.along[columns] / long, seen.slopes[rows] / long
    colors[wet] = haze(built.plan.light, found, *rays, hit.t[wet] * long, np.zeros_like(long))
    albedo[wet] = np.array(water.DEEP.get(built.plan.kind, water.USUAL), np.float32)
    normal[wet] = (0, 0, 1)
    labels[wet] = Label.WATER
