"""What each pixel of a view looks at: the land, the water or nothing, and where that is.

Shapes: h×w pixels, s steps of a ray. A world is built once and looked at from many places.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pleinair.fiction.camera import View
from pleinair.fiction.march import Indices, Ladder, distances, first_at_least, ladder
from pleinair.fiction.noise import Array, Tile
from pleinair.fiction.plan import Plan
from pleinair.fiction.sky import cloud_tile
from pleinair.fiction.terrain import Relief, Tiles, relief, tiles

FAR = 24_000.0  # meters: where the land ends
STEPS = 400
LOWEST = 3.5  # times its width that a pixel may reach into the scene


@dataclass(frozen=True, eq=False)
class World:
    """A plan and the noise that it is made of."""

    plan: Plan
    noise: Tiles
    clouds: Tile

    def land(self, x: Array, y: Array, footprint: Array) -> Relief:
        return relief(self.plan.land, self.noise, x, y, footprint)

    def floor(self, x: float, y: float) -> float:
        """Height of ground or water at a place, without trees."""
        spot = (np.array([value], np.float32) for value in (x, y, 4.0))
        found = self.land(*spot)
        return max(float(found.height[0]), 0.0)


def world(plan: Plan) -> World:
    rugged = plan.land.mountains > 0 or bool(plan.land.rises) or bool(plan.land.isles)
    return World(plan, tiles(plan.spec.seed, rugged), cloud_tile(plan.draws))


class Profiles(NamedTuple):
    """All columns' land: t of the steps (s,), heights over the water (s, w), those of the surface that is seen, with
    the slopes at which they appear."""

    t: Array
    heights: Array
    surface: Array
    slopes: Array
    climb: Ladder


class Hits(NamedTuple):
    """step: -1 is sky. t, x, y, z: where, (h, w); for the sky t is infinite. top: the slope at which what is nearer
    ends, against which an edge is smoothed. foot: meters that a pixel stands for."""

    step: Indices
    t: Array
    x: Array
    y: Array
    z: Array
    top: Array
    foot: Array


def profiles(world: World, view: View) -> Profiles:
    """The land below every column, from the nearest place that can be seen to the farthest."""
    lowest = float(view.slopes.min())
    over = view.place[2] - max(world.floor(*view.place[:2]), 0.0)
    over = max(over, 0.3)
    nearest = min(0.6 * over / -lowest, 0.7 * over + 0.5) if lowest < 0 else 0.7 * over + 0.5
    t = distances(max(nearest, 0.02), FAR, STEPS)
    x = np.float32(view.place[0]) + t[:, None] * view.across
    y = np.float32(view.place[1]) + t[:, None] * view.along
    footprint = np.broadcast_to(t[:, None] * np.float32(view.pixel * 1.5), x.shape)
    heights = world.land(x, y, footprint).height
    surface = np.maximum(heights, 0)
    slopes = (surface - np.float32(view.place[2])) / t[:, None]
    slopes[-1] = np.maximum(slopes[-1], np.float32(-1e-5))  # no gap below the horizon
    return Profiles(t, heights, surface, slopes, ladder(slopes))


def hits(view: View, land: Profiles) -> Hits:
    """For each pixel the first place where its ray meets land or water."""
    height, width = view.slopes.size, view.across.size
    columns = np.broadcast_to(np.arange(width, dtype=np.int32), (height, width))
    wanted = np.broadcast_to(view.slopes[:, None], (height, width))
    step = first_at_least(land.climb, columns, wanted)
    after = np.maximum(step, 1)
    here, there = (after - 1) * np.int32(width) + columns, after * np.int32(width) + columns
    eye = np.float32(view.place[2])
    t0, t1 = land.t[after - 1], land.t[after]
    z0, z1 = land.surface.ravel().take(here), land.surface.ravel().take(there)
    fall = (z1 - z0) - wanted * (t1 - t0)
    share = np.clip((wanted * t0 - (z0 - eye)) / np.where(np.abs(fall) > 1e-6, fall, 1), 0, 1)
    share = np.where(step == 0, 0, share)
    t = np.where(step < 0, np.float32(np.inf), t0 + (t1 - t0) * share).astype(np.float32)
    reach = np.where(step < 0, np.float32(FAR), t)
    x, y = np.float32(view.place[0]) + reach * view.across, np.float32(view.place[1]) + reach * view.along
    top = np.maximum.accumulate(land.slopes, 0).ravel().take(np.where(step < 0, STEPS - 1, after - 1) * width + columns)
    foot = _footprint(reach, np.float32(view.pixel * 1.4))
    return Hits(step, t, x, y, eye + wanted * reach, top, foot)


def _footprint(reach: Array, pixel: np.float32) -> Array:
    """Meters that a pixel stands for: across, or into the scene where land is seen at a low angle, up to a limit."""
    across = reach * pixel
    gaps = np.abs(reach[1:] - reach[:-1])
    beside = np.concatenate([gaps[:1], np.minimum(gaps[1:], gaps[:-1]), gaps[-1:]]) if len(gaps) else across
    result: Array = np.clip(beside * np.float32(0.5), across, across * LOWEST)
    return result
