"""A layout of ground seen from straight above, whose picture goes on beyond every edge.

Shapes: h×w pixels, which are also the period of everything in it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pleinair.fiction.layout_cover import clothe
from pleinair.fiction.layout_dress import Dressed, Reroll, exposed, rolled_mask, rolled_world, soft_borders
from pleinair.fiction.layout_mood import looking, spec_of, world_of
from pleinair.fiction.layout_regions import Labels, ragged, regions
from pleinair.fiction.layout_space import Space
from pleinair.fiction.noise import Array
from pleinair.fiction.shade import lit
from pleinair.fiction.surface import World

METERS = 5.0  # of ground that a texture shows across, about
CELL = 0.1  # meters of which its sides are multiples
DIM = ("dawn", "dusk", "night")


def dress_tile(labels: Labels, seed: int, rerolls: Sequence[Reroll] = ()) -> Dressed:
    """A layout of ground alone (checked) as its seed dresses it."""
    parts = regions(labels)
    spec = spec_of(labels, seed)
    if spec.time in DIM:  # from above there is no sky to explain a dark or red picture
        spec = replace(spec, time="afternoon")
    world = world_of(labels, parts, spec)
    shown = ragged(labels, world.noise.rough, (True, True))
    colors = _above(world, shown)
    for roll in rerolls:
        mask = rolled_mask(parts, shown, roll)
        colors[mask] = _above(rolled_world(world, roll, seed), shown)[mask]
    return Dressed(exposed(world, seed, soft_borders(shown, colors, (True, True)), True), shown)


def _above(world: World, shown: Labels) -> Array:
    """Linear light of the ground, (h, w, 3)."""
    at = flat(world, shown)
    albedo = np.zeros((*shown.shape, 3), np.float32)
    clothe(world, at, shown, albedo)
    up, reaches = at.normal.reshape(-1, 3), at.reaches.ravel()
    return lit(world.plan.light, albedo.reshape(-1, 3), up, reaches).reshape(albedo.shape)


def flat(world: World, shown: Labels) -> Space:
    """Level ground below the eye, as wide and as deep as noise can repeat."""
    height, width = shown.shape
    across = CELL * round(METERS / CELL)
    down = max(CELL * round(METERS * height / width / CELL), CELL)
    u = (np.arange(width, dtype=np.float32) + np.float32(0.5)) * np.float32(across / width)
    v = (np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)) * np.float32(down / height)
    x, y = (np.broadcast_to(each, shown.shape).astype(np.float32) for each in (u, v))
    normal = np.zeros((height, width, 3), np.float32)
    normal[..., 2] = 1
    level = np.ones(shown.shape, bool)
    one, zero = np.ones(shown.shape, np.float32), np.zeros(shown.shape, np.float32)
    view = looking(world.plan.camera, (width, height), -1.0, "none")
    foot = one * np.float32(max(across / width, down / height))
    return Space(view, one * 10, x, y, zero, normal, foot, one.copy(), level, (across, down))
