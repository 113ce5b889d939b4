"""A layout and a seed → a picture: what each region shows, dressed by rules.

Shapes: h×w pixels; colors are linear light until they are developed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.fiction import falling
from pleinair.fiction.backdrop import Backdrop
from pleinair.fiction.camera import Around, View
from pleinair.fiction.layout_cover import clothe
from pleinair.fiction.layout_growth import cast, plant_forest, plant_trees, tufts
from pleinair.fiction.layout_mood import developed, film, furnished, looking, spec_of, world_of
from pleinair.fiction.layout_regions import Labels, Mask, Regions, among, blurred, horizon, ragged, regions, scale_of
from pleinair.fiction.layout_sky import paint_sky
from pleinair.fiction.layout_space import Space, space
from pleinair.fiction.layout_water import paint_water
from pleinair.fiction.noise import Array, key
from pleinair.fiction.palette import Label
from pleinair.fiction.render import to_bytes
from pleinair.fiction.shade import haze, lit, tone
from pleinair.fiction.surface import World

Bytes = npt.NDArray[np.uint8]
# Neighbors of a pixel, down and aside, and the share that each has of one at a border; its own is 4.
BESIDE = ((0, 1, 2), (0, -1, 2), (1, 0, 2), (-1, 0, 2), (1, 1, 1), (1, -1, 1), (-1, 1, 1), (-1, -1, 1))


class Dressed(NamedTuple):
    """picture: uint8 (h, w, 3). labels: what each pixel shows now, uint8 (h, w)."""

    picture: Bytes
    labels: Labels


class Reroll(NamedTuple):
    """One region, or all of a label (number None), drawn from another seed. number: 1 is the label's largest."""

    label: int
    number: int | None
    seed: int


@dataclass(frozen=True, eq=False)
class Dry:
    """Everything but the water. colors: linear (h, w, 3). sky: in all directions."""

    world: World
    at: Space
    sky: Backdrop
    colors: Array


def dress(labels: Labels, seed: int, rerolls: Sequence[Reroll] = (), around: Around = "none") -> Dressed:
    """A layout (checked, 16 pixels or more on a side) as its seed dresses it. Raises SettingError for what cannot be a
    full turn."""
    height, width = labels.shape
    turns = around == "x"
    parts = regions(labels, turns)
    world = world_of(labels, parts, spec_of(labels, seed))
    view = looking(world.plan.camera, (width, height), horizon(labels), around)
    shown = ragged(labels, world.noise.rough, (False, turns))
    first = _dry(world, view, shown, parts, turns)
    dry, wet = first.colors.copy(), shown == Label.WATER
    rolled = [(rolled_mask(parts, shown, roll), rolled_world(world, roll, seed)) for roll in rerolls]
    for mask, other in rolled:
        here = mask & ~wet
        if here.any():
            dry[here] = _dry(other, view, shown, parts, turns).colors[here]
    colors = dry.copy()
    if wet.any():  # what is rolled alone changes nothing else, so other water mirrors what stood there before
        colors[wet] = paint_water(world, first.at, shown, first.sky, first.colors, turns)
        for mask, other in rolled:
            here = mask & wet
            if here.any():
                colors[here] = paint_water(other, first.at, shown, first.sky, dry, turns)[mask[wet]]
    colors = soft_borders(shown, colors, (False, turns))
    falling.fall(world.plan, colors)
    return Dressed(exposed(world, seed, colors, turns), shown)


def exposed(world: World, seed: int, colors: Array, closed: bool) -> Bytes:
    """Linear light (h, w, 3) → the picture that a seed's film makes of it. closed: what goes around."""
    taken = film(seed)
    light = world.plan.light
    more = max(taken.exposure, 1.1) if light.night else taken.exposure
    light = replace(light, exposure=light.exposure * more)
    return to_bytes(developed(taken, tone(light, colors), closed))


def rolled_mask(parts: Regions, shown: Labels, roll: Reroll) -> Mask:
    """The pixels that are drawn anew."""
    mask = shown == roll.label
    if roll.number is None:
        return np.asarray(mask)
    region = parts.of(roll.label)[roll.number - 1]
    reach = round(9 * scale_of(shown.shape)) + 2  # borders have moved by less
    near = blurred((parts.ids == region).astype(np.float32), reach) > 0
    others: Mask = (parts.labels[parts.ids] == roll.label) & (parts.ids != region)
    result: Mask = mask & near & ~others
    return result


def rolled_world(world: World, roll: Reroll, seed: int) -> World:
    """The same light and weather, with other forms."""
    return furnished(world.plan, key(seed, f"roll {roll.seed}"))


def _dry(world: World, view: View, shown: Labels, parts: Regions, turns: bool) -> Dry:
    """Sky and land, and what grows there."""
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
    return Dry(world, at, sky, colors)


def soft_borders(labels: Labels, colors: Array, around: tuple[bool, bool]) -> Array:
    """Each pixel at a border takes its share of those beside it, so that borders have no stairs."""
    edge = np.zeros(labels.shape, bool)
    edge[1:] |= labels[1:] != labels[:-1]
    edge[:-1] |= labels[1:] != labels[:-1]
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    row, column = np.nonzero(edge)
    if not row.size:
        return colors
    height, width = labels.shape
    total, weight = colors[row, column] * 4, 4.0
    for down, aside, share in BESIDE:
        r, c = row + down, column + aside
        r = r % height if around[0] else np.clip(r, 0, height - 1)
        c = c % width if around[1] else np.clip(c, 0, width - 1)
        total = total + colors[r, c] * np.float32(share)
        weight += share
    result = colors.copy()
    result[row, column] = total * np.float32(1 / weight)
    return result
