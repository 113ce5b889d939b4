"""What the land of a layout wears: a color of its own and a grain for every pixel, by its label.

Shapes: n pixels of one label in a row; colors are linear light (n, 3).
"""

from collections.abc import Callable

import numpy as np

from pleinair.fiction.ground import (
    DUNE,
    GRASS,
    PATH,
    RED_ROCK,
    ROCK,
    SAND,
    SHINGLE,
    SNOW,
    blend,
    blossoms,
    look_up_bands,
)
from pleinair.fiction.layout_regions import Mask
from pleinair.fiction.layout_space import Space
from pleinair.fiction.light import Color
from pleinair.fiction.noise import SIDE, Array, look_up, smooth
from pleinair.fiction.palette import Label
from pleinair.fiction.surface import World

STONES: tuple[tuple[Color, Color], ...] = (
    ROCK, ROCK, ((0.16, 0.145, 0.12), (0.36, 0.32, 0.26)), ((0.11, 0.115, 0.13), (0.29, 0.30, 0.33)),
    ((0.17, 0.13, 0.10), (0.36, 0.28, 0.21)), ((0.07, 0.07, 0.075), (0.20, 0.19, 0.19)),
    ((0.28, 0.26, 0.23), (0.52, 0.49, 0.44)), ((0.24, 0.12, 0.07), (0.44, 0.25, 0.16)),
)  # fmt: skip


class Grain:
    """Noise of one label's pixels at several sizes, and slopes of it that tilt the normal."""

    def __init__(self, world: World, at: Space, mask: Mask, name: str) -> None:
        draws = world.plan.draws
        self.world, self.at, self.mask = world, at, mask
        free = at.period is None
        self.x = at.x[mask] + np.float32(900 * draws.number(f"{name} aside") * free)
        self.y = at.y[mask] + at.z[mask] * np.float32(0.8) + np.float32(900 * draws.number(f"{name} ahead") * free)
        self.foot = at.foot[mask]
        self.fine = self.of("rough", 30)
        self.mid = self.of("rough", 3)
        self.wide = self.of("soft", 1.7 if free else 40)
        self.fields = self.of("soft", 0.37 if free else 40)
        self.coarse = self.of("rough", 0.3 if free else 60)
        self.grain = self.mid * np.float32(0.5) + self.fine * np.float32(0.5)

    def _scales(self, texels: float) -> tuple[np.float32, np.float32]:
        """So many texels to the meter, across and ahead; of what repeats, whole tiles to its period."""
        if self.at.period is None:
            return np.float32(texels), np.float32(texels)
        across, ahead = (max(1, round(texels * meters / SIDE)) * SIDE / meters for meters in self.at.period)
        return np.float32(across), np.float32(ahead)

    def of(self, tile: str, scale: float) -> Array:
        """The world's noise of that name, `scale` texels to the meter, (n,)."""
        u, v = self._scales(scale)
        return look_up(getattr(self.world.noise, tile), self.x * u, self.y * v, self.foot * u)

    def tilt(self, tile: str, scale: float, strength: float, stretch: float = 1.0) -> None:
        """Tilt the normals by noise `scale` texels to the meter."""
        source = getattr(self.world.noise, tile)
        u, v = self._scales(scale)[0], self._scales(scale * stretch)[1]
        step = np.maximum(self.foot, np.float32(0.7 / scale))
        here = look_up(source, self.x * u, self.y * v, self.foot * u)
        east = (look_up(source, (self.x + step) * u, self.y * v, self.foot * u) - here) / (step * u)
        north = (look_up(source, self.x * u, (self.y + step * np.float32(1 / stretch)) * v, self.foot * u) - here) / (
            step * u
        )
        normal = self.at.normal[self.mask]
        normal[:, 0] -= east * np.float32(strength)
        normal[:, 1] -= north * np.float32(strength)
        normal /= np.sqrt((normal * normal).sum(-1, keepdims=True))
        self.at.normal[self.mask] = normal


def clothe(world: World, at: Space, labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], albedo: Array) -> None:
    """Colors of all ground into `albedo` (h, w, 3); the normals of `at` are tilted by its grain."""
    for label, wear in WEARS.items():
        mask = labels == label
        if mask.any():
            albedo[mask] = wear(Grain(world, at, mask, label.name))


def _grass(g: Grain) -> Array:
    plan = g.world.plan
    dry = (g.wide - np.float32(0.5)) * np.float32(1.6) + g.grain * np.float32(1.3) - np.float32(0.2)
    dry += np.float32(plan.draws.between("dry", -0.45, 0.45))
    colors = blend(GRASS[plan.season], np.clip(dry, 0, 1))
    colors *= (np.float32(0.3) + np.float32(0.55) * g.fields + np.float32(0.45) * g.coarse + np.float32(0.45) * g.mid)[
        :, None
    ]
    lush = np.array((1, plan.draws.between("lush", 0.88, 1.05), plan.draws.between("blue grass", 0.8, 1.2)), np.float32)
    g.tilt("soft", 3.0, 1.6)
    g.tilt("rough", 22.0, 0.45)
    return colors * lush


def _flowers(g: Grain) -> Array:
    colors = _grass(g)
    plan = g.world.plan
    field = np.minimum(np.float32(0.62) + g.wide * np.float32(0.4) + g.coarse * np.float32(0.2), 1)
    blossoms(plan, colors, g.x * np.float32(2.2), g.y * np.float32(2.2), field, g.fine, g.foot * 6)  # small ones
    return colors


def _stone(g: Grain, pair: tuple[Color, Color]) -> Array:
    share = np.clip(g.grain * np.float32(0.9) + (g.coarse - np.float32(0.5)) * np.float32(1.1) + np.float32(0.05), 0, 1)
    return blend(pair, share)


def _mountain(g: Grain) -> Array:
    plan = g.world.plan
    if plan.kind == "canyon":
        band = look_up_bands(g.at.z[g.mask] * np.float32(0.06) + g.coarse * np.float32(1.2))
        colors = blend(RED_ROCK, np.clip(band * np.float32(0.75) + g.grain * np.float32(0.4) - np.float32(0.1), 0, 1))
    else:
        colors = _stone(g, plan.draws.among("mountain stone", STONES))
    g.tilt("rough", 0.12, 2.2)
    g.tilt("rough", 0.9, 1.1)
    level = g.at.normal[g.mask][:, 2]
    green = np.float32(plan.draws.between("alpine", -0.6, 1.1)) * (plan.kind != "canyon")
    lies = smooth(0.55, 0.8, level + (g.coarse - np.float32(0.5)) * np.float32(0.35)) * np.maximum(green, 0)
    colors += (blend(GRASS[plan.season], g.grain) * np.float32(0.8) - colors) * lies[:, None]
    if plan.season in ("winter", "spring") and plan.kind != "canyon":
        high = g.at.z[g.mask] / np.maximum(g.at.z[g.mask].max(), 1)
        line = plan.draws.between("snow line", 0.1, 0.9)
        snow = smooth(line, line + 0.4, high + (g.coarse - np.float32(0.5)) * np.float32(0.5)) * smooth(0.6, 0.8, level)
        colors += (np.array(SNOW[1], np.float32) - colors) * (snow * np.float32(0.7))[:, None]
    return colors


def _rock(g: Grain) -> Array:
    pair = RED_ROCK if g.world.plan.kind == "canyon" else g.world.plan.draws.among("rock", STONES)
    colors = _stone(g, pair)
    g.tilt("rough", 1.2, 1.6)
    g.tilt("rough", 9.0, 0.8)
    crack = smooth(0.10, 0.0, np.abs(g.mid - np.float32(0.5)))
    return colors * (1 - crack * np.float32(0.35))[:, None]


def _snow(g: Grain) -> Array:
    colors = blend(SNOW, g.grain)
    g.tilt("soft", 2.2, 1.1, 0.5)
    g.tilt("rough", 5.0, 0.22)
    rise = ~g.at.level[g.mask]
    steep = smooth(0.66, 0.48, g.at.normal[g.mask][:, 2] + (g.coarse - np.float32(0.5)) * np.float32(0.5)) * rise
    stone = _stone(g, g.world.plan.draws.among("mountain stone", STONES))
    return colors + (stone - colors) * (steep * np.float32(0.75))[:, None]


def _sand(g: Grain) -> Array:
    plan = g.world.plan
    desert = plan.kind in ("desert", "canyon")
    pair = (
        DUNE if desert else SAND if plan.kind in ("coast", "island") or plan.draws.chance("fair sand", 0.5) else SHINGLE
    )
    colors = blend(pair, np.clip(g.grain * np.float32(0.8) + (g.wide - np.float32(0.5)) + np.float32(0.1), 0, 1))
    g.tilt("soft", 1.1, 3.2 if desert else 2.0)
    g.tilt("soft", 16.0, 1.3, 0.3)  # ripples of the wind
    g.tilt("rough", 40.0, 0.25)
    return colors


def _path(g: Grain) -> Array:
    colors = blend(PATH, np.clip(g.grain * np.float32(1.3) - np.float32(0.1), 0, 1))
    g.tilt("soft", 4.0, 0.8)
    g.tilt("rough", 26.0, 0.5)
    return colors * (np.float32(0.7) + np.float32(0.6) * g.wide)[:, None]


WEARS: dict[Label, Callable[[Grain], Array]] = {
    Label.MOUNTAIN: _mountain, Label.ROCK: _rock, Label.SNOW: _snow, Label.SAND: _sand, Label.GRASS: _grass,
    Label.FLOWERS: _flowers, Label.PATH: _path,
}  # fmt: skip
