"""A layout and a seed → a picture: what each region shows, dressed by rules.

Shapes: h×w pixels; colors are linear light until they are developed.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pleinair.fiction import heavens
from pleinair.fiction.backdrop import Backdrop
from pleinair.fiction.camera import Around, View
from pleinair.fiction.layout_cover import clothe
from pleinair.fiction.layout_growth import cast, plant_forest, plant_trees, tufts
from pleinair.fiction.layout_mood import developed, eye_height, film, furnished, looking, spec_of, world_of
from pleinair.fiction.layout_regions import Labels, Regions, among, blurred, horizon, ragged, regions
from pleinair.fiction.layout_sky import paint_sky
from pleinair.fiction.layout_space import Space, space
from pleinair.fiction.layout_water import paint_water
from pleinair.fiction.noise import Array, key
from pleinair.fiction.palette import Label
from pleinair.fiction.render import to_bytes
from pleinair.fiction.shade import haze, lit, tone
from pleinair.fiction.surface import World

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Dressed:
    """picture: uint8 (h, w, 3). labels: what each pixel shows now, uint8 (h, w). depth: meters, the air's infinite."""

    picture: Bytes
    labels: Bytes
    depth: Array


@dataclass(frozen=True, eq=False)
class Stage:
    """Everything but the water. colors: linear (h, w, 3). sky: in all directions."""

    world: World
    at: Space
    sky: Backdrop
    colors: Array


def dress(labels: Labels, seed: int, rerolls: dict[int, int] | None = None, around: Around = "none") -> Dressed:
    height, width = labels.shape
    turns = around == "x"
    parts = regions(labels, turns)
    spec = spec_of(labels, seed)
    world = world_of(labels, parts, spec, (width, height), around)
    view = looking(world.plan.camera, (width, height), horizon(labels), around)
    shown = ragged(labels, world.noise.rough, (False, turns))
    stage = _dry(world, view, labels, shown, parts, turns)
    colors = stage.colors
    wet = shown == Label.WATER
    if wet.any():
        colors = colors.copy()
        colors[wet] = paint_water(world, stage.at, shown, stage.sky, stage.colors, turns)
    colors = _soft_borders(shown, colors)
    heavens.fall(world.plan, colors)
    taken = film(seed)
    light = replace(world.plan.light, exposure=world.plan.light.exposure * taken.exposure)
    picture = to_bytes(developed(taken, tone(light, colors)))
    return Dressed(picture, shown, stage.at.t)


def _dry(world: World, view: View, labels: Labels, shown: Labels, parts: Regions, turns: bool) -> Stage:
    light = world.plan.light
    colors, albedo = np.zeros((*shown.shape, 3), np.float32), np.zeros((*shown.shape, 3), np.float32)
    sky = paint_sky(world, view, shown, colors, turns)
    at = space(view, shown, world.noise, world.plan.draws, light, turns)
    clothe(world, at, shown, albedo)
    plant_forest(world, at, shown, albedo, at.reaches)
    plant_trees(world, at, shown, parts, albedo, at.reaches)
    cast(world, at, shown, parts, at.reaches)
    dry = ~among(shown, (Label.SKY, Label.CLOUD, Label.WATER))
    if dry.any():
        row, column = np.nonzero(dry)
        long = np.sqrt(view.lengths[column] ** 2 + view.slopes[row] ** 2)
        rays = view.across[column] / long, view.along[column] / long, view.slopes[row] / long
        bright = lit(light, albedo[dry], at.normal[dry], at.reaches[dry])
        colors[dry] = haze(light, bright, *rays, at.t[dry] * long, at.z[dry])
    tufts(world, at, shown, colors)
    return Stage(world, at, sky, colors)


def _soft_borders(labels: Labels, colors: Array) -> Array:
    """Each pixel at a border takes its share of those beside it, so that borders have no stairs."""
    edge = np.zeros(labels.shape, bool)
    edge[1:] |= labels[1:] != labels[:-1]
    edge[:-1] |= labels[1:] != labels[:-1]
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    if not edge.any():
        return colors
    row, column = np.nonzero(edge)
    height, width = labels.shape
    total, weight = colors[row, column] * 4, 4.0
    for down, aside, share in ((0, 1, 2), (0, -1, 2), (1, 0, 2), (-1, 0, 2), (1, 1, 1), (1, -1, 1), (-1, 1, 1), (-1, -1, 1)):
        total = total + colors[np.clip(row + down, 0, height - 1), np.clip(column + aside, 0, width - 1)] * np.float32(share)
        weight += share
    result = colors.copy()
    result[row, column] = total * np.float32(1 / weight)
    return result
