"""Forms of single plants and rocks, as flat pictures with alpha and normals, each grown from a seed.

Shapes: n×n texels, seen from the side, the foot at the middle of the lower edge; u runs to the right from -1 to 1, v up
from 0 to 2. Normals are right, up, toward the eye.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.fiction.noise import Array, lattice, smooth, twice, uniform

SIDE = 128
Window = tuple[slice, slice]
Point = tuple[float, float]


class Form(NamedTuple):
    """alpha: (n, n). normal: (n, n, 3), unit. leaf: share of leaves against wood (n, n). tone: how bright its parts are
    (n, n), about 1. accent: share of blossoms or heads (n, n)."""

    alpha: Array
    normal: Array
    leaf: Array
    tone: Array
    accent: Array


def _window(left: float, right: float, low: float, high: float) -> Window:
    """The texels that may be touched between these places."""
    cell = SIDE / 2
    rows = slice(max(int((2 - high) * cell), 0), min(max(int((2 - low) * cell) + 2, 0), SIDE))
    return rows, slice(max(int((left + 1) * cell), 0), min(max(int((right + 1) * cell) + 2, 0), SIDE))


class Sheet:
    """A form while it grows: what is nearer to the eye hides what is farther."""

    def __init__(self, seed: int, fine: int = 32) -> None:
        line = (np.arange(SIDE, dtype=np.float32) + 0.5) * np.float32(2 / SIDE)
        self.u, self.v = np.broadcast_to(line - 1, (SIDE, SIDE)), np.broadcast_to((2 - line)[:, None], (SIDE, SIDE))
        noise = lattice(seed, fine)
        while noise.shape[0] < SIDE:
            noise = twice(noise)
        self.noise = noise * np.float32(2.0)
        self.grain = lattice(seed ^ 0x5BD1E995, SIDE)
        self.near: Array = np.full((SIDE, SIDE), -9, np.float32)
        self.normal: Array = np.zeros((SIDE, SIDE, 3), np.float32)
        self.leaf, self.tone, self.accent = (np.zeros((SIDE, SIDE), np.float32) for _ in range(3))

    def ball(
        self, u: float, v: float, near: float, size: float, flat: float = 1.0, ragged: float = 0.5, tone: float = 1.0
    ) -> None:
        """A tuft of leaves. flat: height against width."""
        reach = size * (1.05 + 0.55 * ragged)
        at = _window(u - reach, u + reach, v - reach * flat, v + reach * flat)
        x, y = (self.u[at] - np.float32(u)) / np.float32(size), (self.v[at] - np.float32(v)) / np.float32(size * flat)
        inside = 1 - x * x - y * y + (self.noise[at] + self.grain[at] * np.float32(0.5)) * np.float32(ragged)
        deep = np.sqrt(np.maximum(inside, 0))
        shade = (
            np.float32(tone) * (np.float32(0.75) + np.float32(0.25) * deep) * (1 + self.noise[at] * np.float32(0.15))
        )
        self._put(at, inside > 0, deep * np.float32(size) + np.float32(near), (x, y, deep), (1.0, 0.0), shade)

    def stroke(
        self, start: tuple[float, float], end: tuple[float, float], wide: tuple[float, float], near: float,
        leaf: float = 0.0, tone: float = 1.0, accent: float = 0.0,
    ) -> None:  # fmt: skip
        """A straight piece of stem or blade, of a width at either end."""
        du, dv, most = end[0] - start[0], end[1] - start[1], max(wide)
        at = _window(
            min(start[0], end[0]) - most, max(start[0], end[0]) + most,
            min(start[1], end[1]) - most, max(start[1], end[1]) + most,
        )  # fmt: skip
        x, y = self.u[at] - np.float32(start[0]), self.v[at] - np.float32(start[1])
        along = np.clip((x * np.float32(du) + y * np.float32(dv)) / np.float32(max(du * du + dv * dv, 1e-6)), 0, 1)
        x -= along * np.float32(du)
        y -= along * np.float32(dv)
        half = np.float32(wide[0]) + along * np.float32(wide[1] - wide[0])
        gap = np.sqrt(x * x + y * y) / half
        deep = np.sqrt(np.maximum(1 - gap * gap, 0))
        shade = np.float32(tone) * (np.float32(0.9) + np.float32(0.2) * self.grain[at])
        nearness = deep * np.float32(wide[0]) + np.float32(near)
        self._put(at, gap < 1, nearness, (x / half, y / half, deep), (leaf, accent), shade)

    def _put(
        self, at: Window, where: npt.NDArray[np.bool_], near: Array, face: tuple[Array, Array, Array],
        what: tuple[float, float], tone: Array,
    ) -> None:  # fmt: skip
        """Lay a part over what is there, where it is nearer. what: leaf and accent."""
        first = where & (near > self.near[at])
        self.near[at][first] = near[first]
        self.normal[at][first] = np.stack([face[0], face[1], face[2] + np.float32(0.35)], -1)[first]
        self.tone[at][first] = tone[first]
        self.leaf[at][first], self.accent[at][first] = what

    def form(self) -> Form:
        alpha = (self.near > -5).astype(np.float32)
        long = np.sqrt((self.normal * self.normal).sum(-1, keepdims=True)) + np.float32(1e-6)
        return Form(alpha, self.normal / long, self.leaf, self.tone, self.accent)


def tree(seed: int, leaves: bool = True) -> Form:
    """Broad leaves on a trunk that forks; without leaves the branches alone."""
    sheet, chance = Sheet(seed), iter(uniform(seed, 400).tolist())
    lean, spread, high = (next(chance) - 0.5) * 0.2, 0.5 + 0.25 * next(chance), 1.1 + 0.2 * next(chance)
    _branches(sheet, chance, leaves, lean)
    if not leaves:
        return sheet.form()
    for _ in range(30):
        angle, reach = next(chance) * 2 - 1, next(chance) ** 0.5
        u = lean + spread * angle * reach
        v = high + 0.62 * (1 - angle * angle) ** 0.5 * (next(chance) * 2 - 1) * reach
        sheet.ball(
            u * 0.92, v, (next(chance) - 0.5) * 0.5, 0.15 + 0.13 * next(chance), 0.8, 0.55, 0.85 + 0.3 * next(chance)
        )
    return sheet.form()


def _branches(sheet: Sheet, chance: Iterator[float], leaves: bool, lean: float) -> None:
    tips = [((0.0, 0.0), (lean * 0.6, 0.75 if leaves else 0.62), 0.055)]
    for level in range(2 if leaves else 4):
        grown = []
        for start, end, wide in tips:
            sheet.stroke(start, end, (wide, wide * 0.7), -0.2)
            for side in (-1, 0.15, 1):
                long = (0.55 - 0.1 * level) * (0.7 + 0.6 * next(chance)) * (1.0 if leaves else 0.72)
                turn = side * (0.55 + 0.5 * next(chance))
                tip = (end[0] + long * turn * 0.75, min(end[1] + long * (1.05 - 0.45 * abs(turn)), 1.95))
                grown.append((end, tip, wide * 0.58))
        tips = grown if level < 2 or not leaves else []
    if not leaves:
        for start, end, wide in tips[:60]:
            sheet.stroke(start, end, (max(wide, 0.009), 0.006), -0.2)


def pine(seed: int, leaves: bool = True) -> Form:
    """A conifer: a slim cone of drooping tiers."""
    del leaves
    sheet, chance = Sheet(seed), iter(uniform(seed, 400).tolist())
    broad, tiers = 0.30 + 0.16 * next(chance), 13
    sheet.stroke((0, 0), (0, 1.9), (0.035, 0.008), -0.5)
    for tier in range(tiers):
        share = (tier + 0.5) / tiers
        v = 1.94 - 1.72 * share
        wide = broad * (0.06 + 0.94 * share) * (0.8 + 0.4 * next(chance))
        for side in (-1, 1, -0.45, 0.5, 0):
            reach = wide * side * (0.75 + 0.35 * next(chance))
            tilt = -0.05 - 0.09 * abs(side) * next(chance)
            tone = 0.75 + 0.35 * next(chance)
            size = 0.045 + 0.10 * share
            sheet.ball(reach * 0.66, v + tilt * 0.6, share * 0.35 - abs(side) * 0.1, size * 1.5, 0.55, 0.95, tone)
            sheet.ball(reach, v + tilt, share * 0.3 - abs(side) * 0.15, size, 0.5, 1.0, tone * 1.1)
    return sheet.form()


def palm(seed: int, leaves: bool = True) -> Form:
    """A bent trunk with a head of fronds."""
    del leaves
    sheet, chance = Sheet(seed), iter(uniform(seed, 200).tolist())
    bend = (next(chance) - 0.5) * 0.7
    points = [(bend * (k / 8) ** 2 - bend * 0.4 * k / 8, 1.5 * k / 8) for k in range(9)]
    for one, other in pairwise(points):
        sheet.stroke(one, other, (0.045, 0.04), -0.3)
    u, v = points[-1]
    for frond in range(11):
        angle = (frond / 10 - 0.5) * 2.3 + (next(chance) - 0.5) * 0.3
        long, rise = 0.62 + 0.2 * next(chance), 0.42 * (1 - abs(angle) * 0.35)
        last = (u, v)
        near = next(chance) * 0.3
        for k in range(1, 8):
            share = k / 7
            here = (
                u + angle * long * share * 0.75,
                v + rise * share * 1.9 - 0.95 * share * share * (0.42 + abs(angle) * 0.3),
            )
            wide = 0.052 * (1 - share) + 0.014
            sheet.stroke(last, here, (wide, wide), near, 1.0, 0.8 + 0.4 * next(chance))
            sheet.ball(here[0], here[1] - 0.03, near - 0.05, 0.055, 1.1, 1.2, 0.75)
            last = here
    return sheet.form()


def bamboo(seed: int, leaves: bool = True) -> Form:
    """A clump of culms with leaves above."""
    del leaves
    sheet, chance = Sheet(seed, 64), iter(uniform(seed, 400).tolist())
    for _ in range(9):
        foot, bend, high = (next(chance) - 0.5) * 0.7, (next(chance) - 0.5) * 0.5, 1.45 + 0.45 * next(chance)
        near = next(chance) * 0.3
        last = (foot, 0.0)
        for k in range(1, 7):
            share = k / 6
            here = (foot + bend * share * share, high * share)
            sheet.stroke(last, here, (0.018, 0.016), near, 0.75, 1.5 if k % 2 else 1.35)
            last = here
            if share > 0.45:
                for _ in range(3):
                    aside = (next(chance) - 0.5) * 0.3
                    sheet.ball(
                        here[0] + aside,
                        here[1] + (next(chance) - 0.6) * 0.2,
                        near + next(chance) * 0.2,
                        0.085,
                        0.6,
                        1.3,
                    )
    return sheet.form()


def bush(seed: int, leaves: bool = True) -> Form:
    """Tufts down to the ground."""
    sheet, chance = Sheet(seed), iter(uniform(seed, 200).tolist())
    for _ in range(22):
        u = (next(chance) - 0.5) * 1.3
        v = 0.12 + 0.95 * next(chance) * (1 - 0.9 * u * u)
        size = (0.16 + 0.14 * next(chance)) * (1.0 if leaves else 0.7)
        sheet.ball(
            u, v, (next(chance) - 0.5) * 0.4 - v * 0.2, size, 0.85, 0.7 if leaves else 1.4, 0.85 + 0.3 * next(chance)
        )
    return sheet.form()


def _blades(
    seed: int, count: int, wide: float, spread: float, heads: Callable[[Sheet, float, float, float], None] | None
) -> Form:
    sheet, chance = Sheet(seed), iter(uniform(seed, count * 8 + 8).tolist())
    for _ in range(count):
        foot, lean, high = (next(chance) - 0.5) * spread, (next(chance) - 0.5) * 0.9, 0.8 + 1.1 * next(chance)
        near, tone = next(chance), 0.7 + 0.6 * next(chance)
        last, before = (foot, 0.0), wide
        for k in range(1, 5):
            share = k / 4
            here = (foot + lean * share * share * 0.7, high * (share - 0.22 * share * share * abs(lean)))
            after = wide * (1 - 0.85 * share)
            sheet.stroke(last, here, (before, after), near, 1.0, tone)
            last, before = here, after
        if heads and next(chance) < 0.6:
            heads(sheet, last[0], last[1], near)
    return sheet.form()


def grass(seed: int, leaves: bool = True) -> Form:
    del leaves
    return _blades(seed, 26, 0.026, 1.1, None)


def reeds(seed: int, leaves: bool = True) -> Form:
    def head(sheet: Sheet, u: float, v: float, near: float) -> None:
        sheet.stroke((u, v - 0.16), (u, v + 0.04), (0.03, 0.026), near + 0.5, 0.0, 0.8)

    del leaves
    return _blades(seed, 22, 0.017, 1.0, head)


def flower(seed: int, leaves: bool = True) -> Form:
    def head(sheet: Sheet, u: float, v: float, near: float) -> None:
        for k in range(5):
            du, dv = ((0.05, 0), (0.016, 0.045), (-0.04, 0.03), (-0.04, -0.03), (0.016, -0.045))[k]
            sheet.stroke((u, v), (u + du, v + dv), (0.034, 0.03), near + 0.6, 1.0, 1.1, 1.0)

    del leaves
    return _blades(seed, 18, 0.014, 1.2, head)


def rock(seed: int, leaves: bool = True) -> Form:
    """A stone with flat faces: what lies below a score of planes."""
    del leaves
    sheet, chance = Sheet(seed), iter(uniform(seed, 200).tolist())
    near: Array = np.full((SIDE, SIDE), 9, np.float32)
    face: Array = np.zeros((SIDE, SIDE, 3), np.float32)
    high = 0.8 + 0.7 * next(chance)
    v = sheet.v - np.float32(0.1)
    for _ in range(20):
        x, y, z = next(chance) * 2 - 1, next(chance) * 1.5 - 0.35, 0.12 + 0.9 * next(chance)
        long = (x * x + y * y + z * z) ** 0.5
        x, y, z = x / long, y / long, z / long
        reach = 0.62 + 0.16 * next(chance)
        plane = (np.float32(reach) - sheet.u * np.float32(x) - v * np.float32(y * 1.5 / high)) / np.float32(z)
        first = plane < near
        near = np.where(first, plane, near)
        face[first] = (x, y, z)
    alpha = (near + sheet.noise * np.float32(0.03) > 0) & (sheet.v > 0.02)
    normal = face + np.stack([sheet.noise, sheet.grain, 0 * sheet.noise], -1) * np.float32(0.12)
    normal = normal / np.sqrt((normal * normal).sum(-1, keepdims=True) + np.float32(1e-6))
    tone = 1 + sheet.noise * np.float32(0.22) + sheet.grain * np.float32(0.12)
    low = smooth(0.0, 0.35, sheet.v)
    zero = np.zeros_like(near)
    return Form(alpha.astype(np.float32), normal, zero, tone * (np.float32(0.6) + np.float32(0.4) * low), zero)


FORMS: dict[str, Callable[[int, bool], Form]] = {
    "tree": tree, "pine": pine, "palm": palm, "bamboo": bamboo, "bush": bush, "grass": grass, "reeds": reeds,
    "flower": flower, "rock": rock,
}  # fmt: skip
