"""What the land wears: a class and a color of its own for every place, by height, slope, shore, season and noise.

Shapes: n places in a row; colors are linear light (n, 3).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.fiction.light import Color
from pleinair.fiction.noise import Array, look_up, scrambled, smooth, unit
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import Plan
from pleinair.fiction.terrain import Relief, Tiles, middle

Labels = npt.NDArray[np.uint8]
GRASS: dict[str, tuple[Color, Color]] = {
    "spring": ((0.10, 0.19, 0.04), (0.22, 0.29, 0.09)),
    "summer": ((0.085, 0.135, 0.035), (0.225, 0.235, 0.085)),
    "autumn": ((0.155, 0.14, 0.055), (0.30, 0.245, 0.115)),
    "winter": ((0.17, 0.14, 0.075), (0.27, 0.22, 0.13)),
}
FOREST: dict[str, tuple[Color, Color]] = {
    "spring": ((0.045, 0.10, 0.022), (0.13, 0.20, 0.045)),
    "summer": ((0.028, 0.070, 0.018), (0.075, 0.125, 0.03)),
    "autumn": ((0.10, 0.075, 0.02), (0.42, 0.17, 0.03)),
    "winter": ((0.045, 0.045, 0.03), (0.12, 0.10, 0.075)),
}
FLOWERS: dict[str, Color] = {
    "white": (0.8, 0.8, 0.74), "gray": (0.5, 0.5, 0.5), "black": (0.05, 0.03, 0.05), "red": (0.75, 0.04, 0.03),
    "orange": (0.85, 0.28, 0.02), "yellow": (0.88, 0.68, 0.04), "green": (0.3, 0.55, 0.1), "blue": (0.10, 0.16, 0.70),
    "purple": (0.36, 0.10, 0.55), "pink": (0.82, 0.28, 0.45), "brown": (0.3, 0.15, 0.06), "golden": (0.9, 0.55, 0.04),
}  # fmt: skip
SAND: tuple[Color, Color] = ((0.46, 0.35, 0.21), (0.60, 0.48, 0.30))
DUNE: tuple[Color, Color] = ((0.56, 0.34, 0.15), (0.72, 0.47, 0.23))
ROCK: tuple[Color, Color] = ((0.13, 0.12, 0.11), (0.33, 0.31, 0.28))
RED_ROCK: tuple[Color, Color] = ((0.34, 0.13, 0.06), (0.58, 0.30, 0.15))
PATH: tuple[Color, Color] = ((0.24, 0.18, 0.12), (0.36, 0.29, 0.20))
SHINGLE: tuple[Color, Color] = ((0.15, 0.135, 0.11), (0.31, 0.28, 0.23))
SNOW: tuple[Color, Color] = ((0.78, 0.82, 0.90), (0.92, 0.93, 0.95))


class Ground(NamedTuple):
    """labels: uint8 (n,). albedo: (n, 3)."""

    labels: Labels
    albedo: Array


def blend(pair: tuple[Color, Color], share: Array) -> Array:
    """Between two colors, (n,) → (n, 3)."""
    one, other = np.array(pair[0], np.float32), np.array(pair[1], np.float32)
    result: Array = one + (other - one) * share[:, None]
    return result


def wear(
    plan: Plan, noise: Tiles, x: Array, y: Array, level: Array, relief: Relief, distance: Array, foot: Array
) -> Ground:
    """level: z of the unit normal, 1 where the land is level. distance: meters from the eye. foot: meters a pixel."""
    x0, y0 = x + np.float32(plan.land.offset[0]), y + np.float32(plan.land.offset[1])
    fine = look_up(noise.rough, x0 * 30, y0 * 30, foot * 30)
    mid = look_up(noise.rough, y0 * 3, x0 * -3, foot * 3)
    wide = look_up(noise.soft, x0 * np.float32(1.7), y0 * np.float32(1.7), foot * np.float32(1.7))
    grain = mid * np.float32(0.5) + fine * np.float32(0.5)
    base = DUNE if plan.kind == "desert" else GRASS[plan.season]
    labels: Labels = np.full(x.shape, Label.SAND if plan.kind == "desert" else Label.GRASS, np.uint8)
    dry = np.clip((wide - np.float32(0.5)) * np.float32(1.6) + grain * np.float32(1.3) - np.float32(0.2), 0, 1)
    albedo = blend(base, dry)
    fields = look_up(noise.soft, y0 * np.float32(0.37), x0 * np.float32(0.37), foot * np.float32(0.37))
    albedo *= (np.float32(0.62) + np.float32(0.76) * fields)[:, None]  # large patches, as soil and sun make them
    if plan.kind == "canyon":
        albedo = albedo * np.float32(0.5) + blend((SAND[0], RED_ROCK[1]), grain) * np.float32(0.5)
    _flowers(plan, labels, albedo, x0, y0, wide, fine, distance, foot)
    _rock(plan, labels, albedo, relief, level, grain, mid, wide)
    _shore(plan, labels, albedo, relief, level, grain)
    _forest(plan, labels, albedo, relief, x0, y0, noise, foot)
    _path(plan, labels, albedo, x, y, relief, grain)
    _waterfall(plan, labels, albedo, x, y, level, mid)
    _snow(plan, labels, albedo, relief, level, grain, wide)
    return Ground(labels, albedo)


def _put(labels: Labels, albedo: Array, share: Array, color: Array, label: Label) -> None:
    """Lay a color over the ground; where it is most of what is seen, its class too."""
    albedo += (color - albedo) * share[:, None]
    labels[share > 0.5] = label


def _flowers(
    plan: Plan,
    labels: Labels,
    albedo: Array,
    x0: Array,
    y0: Array,
    wide: Array,
    fine: Array,
    distance: Array,
    foot: Array,
) -> None:
    amount = plan.cover.flowers
    if amount <= 0 or plan.kind == "desert":
        return
    field = smooth(0.0, 0.12, wide - np.float32(0.95 - 0.75 * amount)) * smooth(1500, 500, distance)
    blossoms(plan, albedo, x0, y0, field, fine, foot)
    labels[field > 0.5] = Label.FLOWERS


def blossoms(plan: Plan, albedo: Array, x0: Array, y0: Array, field: Array, fine: Array, foot: Array) -> None:
    """Round dots of a plan's flowers, 0.2 m apart, into `albedo`. field: share of the full number, (n,)."""
    names = [plan.cover.flower_color] if plan.cover.flower_color else None
    named = names or [plan.draws.among(f"flower {n}", list(FLOWERS)[3:]) for n in range(2)] + ["white"]
    u, v = x0 * np.float32(1 / 0.2), y0 * np.float32(1 / 0.2)
    column, row = np.floor(u), np.floor(v)
    hashed = scrambled(
        column.astype(np.int64).astype(np.uint32) * np.uint32(73856093)
        ^ row.astype(np.int64).astype(np.uint32) * np.uint32(19349663)
    )
    pick, size = unit(hashed), unit(scrambled(hashed ^ np.uint32(0xA5A5A5A5)))
    u, v = u - column - np.float32(0.5), v - row - np.float32(0.5)
    round_off = smooth(0.26, 0.1, u * u + v * v - size * np.float32(0.12))
    colors = np.array([FLOWERS[name] for name in named if name], np.float32)
    kinds = np.minimum((unit(scrambled(hashed)) * 1.4 * len(colors)).astype(np.int32), len(colors) - 1)
    near = smooth(0.5, 0.15, foot)  # farther off single flowers run together
    dots = (pick < 0.5).astype(np.float32) * round_off * near + np.float32(0.36) * (1 - near)
    mean = colors.mean(0)
    color = colors[kinds] * near[:, None] + mean * (1 - near[:, None])
    albedo += (color - albedo) * (field * dots * (np.float32(0.55) + fine * np.float32(0.7)))[:, None]


def _rock(
    plan: Plan, labels: Labels, albedo: Array, relief: Relief, level: Array, grain: Array, mid: Array, wide: Array
) -> None:
    """Bare rock where it is steep; in the mountains it is the mountains."""
    steep = smooth(0.88, 0.74, level + (grain - np.float32(0.5)) * np.float32(0.22))
    high = relief.height > np.float32(plan.land.tree_line)
    alpine = smooth(
        0.9, 1.15, relief.height * np.float32(1 / plan.land.tree_line) + (wide - np.float32(0.5)) * np.float32(0.3)
    )
    share = np.maximum(steep, alpine * np.float32(0.85))
    if plan.kind == "desert":
        share = share * (relief.range > 0.05)
    if plan.cover.red_rock:
        strata = relief.height * np.float32(0.11) + mid * np.float32(0.5)
        band = look_up_bands(strata)
        share = smooth(0.94, 0.80, level + (grain - np.float32(0.5)) * np.float32(0.2))
        color = blend(RED_ROCK, np.clip(band * np.float32(0.75) + grain * np.float32(0.4) - np.float32(0.1), 0, 1))
    else:
        color = blend(ROCK, np.clip(grain * np.float32(1.3) - np.float32(0.15), 0, 1))
    albedo += (color - albedo) * share[:, None]
    mountainous = (relief.range > 0.25) | high
    labels[(share > 0.5) & mountainous] = Label.MOUNTAIN
    labels[(share > 0.5) & ~mountainous] = Label.ROCK


def look_up_bands(height: Array) -> Array:
    """Layers of stone: a number in [0, 1) for each whole height, with soft borders."""
    floor = np.floor(height)
    this = unit(scrambled(floor.astype(np.int64).astype(np.uint32)))
    following = unit(scrambled((floor + 1).astype(np.int64).astype(np.uint32)))
    result: Array = this + (following - this) * smooth(0.6, 1.0, height - floor)
    return result


def _shore(plan: Plan, labels: Labels, albedo: Array, relief: Relief, level: Array, grain: Array) -> None:
    """Sand along the water, wet and dark at its edge."""
    if "sand" in plan.spec.without:
        return
    wide = {"coast": 26.0, "island": 22.0, "lake": 5.0, "river": 4.0}.get(plan.kind, 4.0)
    share = smooth(wide, wide * 0.7, relief.shore + (grain - np.float32(0.5)) * np.float32(wide * 0.6))
    share = share * smooth(0.7, 0.85, level) * (relief.height < 9)
    if plan.cover.sand and plan.kind != "desert":
        share = np.maximum(share, smooth(0.8, 0.9, level) * (relief.range < 0.05))
    wet = smooth(2.5, 0.5, relief.height / np.float32(plan.land.beach * 8))
    color = blend(SAND if plan.kind in ("coast", "island") or plan.cover.sand else SHINGLE, grain)
    _put(labels, albedo, share, color * (1 - wet * np.float32(0.4))[:, None], Label.SAND)


def _forest(
    plan: Plan,
    labels: Labels,
    albedo: Array,
    relief: Relief,
    x0: Array,
    y0: Array,
    noise: Tiles,
    foot: Array,
) -> None:
    if plan.land.forest <= 0:
        return
    crowns = look_up(noise.rough, x0 * np.float32(4.1), y0 * np.float32(4.1), foot * np.float32(3))
    kinds = look_up(noise.rough, y0, x0, foot)
    share = np.clip((crowns - np.float32(0.3)) * np.float32(1.2) + (kinds - np.float32(0.5)) * np.float32(1.2), 0, 1)
    dark = (
        "summer"
        if plan.season in ("autumn", "winter") and "pine" in {stand.what for stand in plan.stands}
        else plan.season
    )
    color = blend(FOREST[plan.season], share)
    if dark != plan.season:  # pines among the rest
        color += (blend(FOREST["summer"], share) - color) * smooth(0.45, 0.6, kinds)[:, None]
    _put(labels, albedo, relief.forest, color * (np.float32(0.4) + crowns[:, None]), Label.FOREST)


def _path(plan: Plan, labels: Labels, albedo: Array, x: Array, y: Array, relief: Relief, grain: Array) -> None:
    path = plan.cover.path
    if path is None:
        return
    off = np.abs(x - middle(path, y)) + (grain - np.float32(0.5)) * np.float32(0.8)
    half = path.width / 2
    share = smooth(half * 1.15, half * 0.85, off) * (relief.shore > 1) * (y < 900)
    _put(labels, albedo, share, blend(PATH, grain), Label.PATH)


def _waterfall(plan: Plan, labels: Labels, albedo: Array, x: Array, y: Array, level: Array, mid: Array) -> None:
    """White streaks down a cliff."""
    fall = plan.cover.fall
    if fall is None:
        return
    streaks = (np.abs(mid - np.float32(0.5)) * 5).clip(0, 1)
    off = np.abs(x - np.float32(fall.x)) + (mid - np.float32(0.5)) * np.float32(fall.width)
    share = smooth(fall.width * 0.62, fall.width * 0.42, off) * (np.abs(y - np.float32(fall.y)) < fall.height * 1.5)
    share = share * smooth(0.985, 0.94, level)
    _put(labels, albedo, share, blend(((0.62, 0.68, 0.72), (0.93, 0.95, 0.97)), streaks), Label.WATER)


def _snow(plan: Plan, labels: Labels, albedo: Array, relief: Relief, level: Array, grain: Array, wide: Array) -> None:
    """Above the snow line, where it is not too steep to lie; less on trees."""
    cover = plan.cover
    if cover.snow_line > 9e4 and not cover.snow:
        return
    line = (
        relief.height - np.float32(cover.snow_line) + (wide - np.float32(0.5)) * 260 + (grain - np.float32(0.5)) * 120
    )
    most = np.float32(cover.snow if cover.snow else 1.0)
    lies = smooth(0.60, 0.76, level + (grain - np.float32(0.5)) * np.float32(0.30))
    share = smooth(-30, 60, line) * lies
    if cover.snow:
        patches = smooth(0.0, 0.25, most * np.float32(1.25) - (np.float32(1) - grain))
        share = share * np.maximum(patches, smooth(100, 300, relief.height)) * (relief.shore > 0.6)
    share = share * (1 - relief.forest * np.float32(0.62))
    _put(labels, albedo, share, blend(SNOW, grain), Label.SNOW)
