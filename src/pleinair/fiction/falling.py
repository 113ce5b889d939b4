"""Rain and snow between the eye and the scene: planes of drops or flakes, one behind the other, that fall past it.

They are in the picture alone: the maps are of the world behind them, and so are flow and what is hidden. Where a drop
is follows from the seed and the time. A camera that goes forward comes through the planes, and others appear behind.
Shapes: h×w pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, radians, sin
from typing import NamedTuple

import numpy as np

from pleinair.fiction.camera import View
from pleinair.fiction.noise import Array, Integers, key, scrambled, smooth, unit, wave
from pleinair.fiction.plan import Plan

MOST_LEAN = 1.0  # pixels aside a pixel down, beyond which streaks are not slanted: they only move so
SWAY_METERS, SWAYS = 0.12, 0.35  # of flakes: how far aside, how often a second


@dataclass(frozen=True)
class Drift:
    """The time of a picture, in seconds, and how the camera moves all the while: meters a second forward, to the right
    and up, degrees a second of turn."""

    seconds: float = 0.0
    forward: float = 0.0
    right: float = 0.0
    up: float = 0.0
    turn: float = 0.0


STILL = Drift()


class _Kind(NamedTuple):
    """How it falls. cells: pixels across a cell, of a picture 512 wide, on the far, middle and near plane. meters: to
    planes at the places 1 to 5; where none has moved they stand at 4, 3 and 2. speed: meters a second."""

    cells: tuple[float, float, float]
    meters: tuple[float, float, float, float, float]
    speed: float
    long: float


RAIN = _Kind((3.0, 4.0, 6.0), (3.0, 6.0, 9.0, 12.0, 15.0), 7.0, 9.0)
KINDS = {
    "rain": RAIN,
    "storm": RAIN._replace(speed=9.0),
    "snow": _Kind((6.0, 9.0, 15.0), (1.5, 3.0, 5.0, 7.5, 10.0), 1.2, 1.0),
}
NEAREST, FARTHEST = 2, 4  # places of whole planes; beyond they fade


class _Plane(NamedTuple):
    """number: counted from the near one of the first picture, 2. home: the place whose cells it has. zoom: its distance
    over that of its home. weight: how much of it is to be seen, 0 … 1."""

    number: int
    home: int
    zoom: float
    weight: float


def fall(plan: Plan, colors: Array, view: View | None = None, drift: Drift = STILL) -> None:
    """Rain or snow, if the plan has any, into `colors` (h, w, 3). view: without one it is the first picture, flat."""
    kind = KINDS.get(plan.weather)
    if kind is None:
        return
    height, width = colors.shape[:2]
    v, u = np.meshgrid(np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32), indexing="ij")
    light = np.array(plan.light.horizon, np.float32)
    around = view is not None and view.around
    for plane in _planes(kind, 0.0 if around else drift.forward * drift.seconds):
        layer = 4 - plane.number
        seed = key(plan.spec.seed, f"fall {layer}")
        size = np.float32(width / 512 * kind.cells[FARTHEST - plane.home])
        columns = 0
        if around:  # so many whole cells, of which the last meets the first
            columns = max(1, round(width / float(size)))
            size = np.float32(width / columns)
        x, y = u, v
        if plane.zoom != 1 and view is not None:
            x = (u - np.float32(width / 2)) * np.float32(plane.zoom) + np.float32(width / 2)
            y = (v - np.float32(view.level)) * np.float32(plane.zoom) + np.float32(view.level)
        lean = 0.0 if plan.weather == "snow" else 0.16 + 0.1 * sin(float(seed % 7))
        moved = _moved(plan, kind, plane, lean, view, drift) if view is not None else (lean, 0.0, 0.0)
        share = _share(x, y, size, kind, np.uint32(seed), columns, *moved)
        colors += (light * np.float32(1.25) - colors) * (share * np.float32(plane.weight))[:, :, None]


def _planes(kind: _Kind, forward: float) -> Iterator[_Plane]:
    """Those that are to be seen from so many meters further on, the far one first."""
    steps = forward / (kind.meters[FARTHEST - 1] - kind.meters[NEAREST - 1]) * (FARTHEST - NEAREST)
    passed = floor(steps)
    for place in range(FARTHEST + 1, NEAREST - 1, -1):
        number, at = place + passed, place - (steps - passed)
        home = min(max(number, NEAREST), FARTHEST)
        weight = min(at - (NEAREST - 1), FARTHEST + 1 - at, 1.0)
        if weight > 0:
            meters = float(np.interp(at, range(1, 6), kind.meters))
            yield _Plane(number, home, meters / kind.meters[home - 1], weight)


def _moved(plan: Plan, kind: _Kind, plane: _Plane, lean: float, view: View, drift: Drift) -> tuple[float, float, float]:
    """The lean of streaks as the camera's motion has it, pixels a pixel, and how far drops have come aside and down,
    pixels of the plane's home: a drop goes along its streak, so that one that leans no further has only come down."""
    pixel = view.pixel * kind.meters[plane.home - 1]  # meters
    aside = 0.0 if view.around else drift.right
    falls = (kind.speed + drift.up) / pixel  # pixels a second
    down = falls * drift.seconds
    goes = lean * kind.speed / pixel + aside / pixel + radians(drift.turn) / view.pixel * plane.zoom
    if plan.weather == "snow":
        phase = key(plan.spec.seed, f"sway {plane.number}") / 2.0**32
        turns = np.array([phase + SWAYS * drift.seconds, phase], np.float32)
        now, then = (float(each) for each in wave(turns))
        return 0.0, goes * drift.seconds + (now - then) * SWAY_METERS / pixel, down
    slant = lean
    if falls > 0 and (aside or drift.turn or drift.up):
        slant = min(max(goes / falls, -MOST_LEAN), MOST_LEAN)
    return slant, goes * drift.seconds - slant * down, down


def _share(
    x: Array, y: Array, size: np.float32, kind: _Kind, seed: np.uint32, columns: int, lean: float, aside: float,
    down: float,
) -> Array:  # fmt: skip
    """How much of the light of a drop or a flake there is at places (h, w) of a plane, 0 … 1: one in some cells of a
    lattice that has come so far. columns: after which the lattice repeats, 0 for never."""
    long = np.float32(kind.long)
    a, b = (x + y * np.float32(lean) + np.float32(aside)) / size, (y - np.float32(down)) / (size * long)
    column, row = np.floor(a), np.floor(b)
    at = column.astype(np.int32)
    at = at % np.int32(columns) if columns else at
    hashed: Integers = scrambled(
        at.astype(np.uint32) * np.uint32(73856093) ^ row.astype(np.int32).astype(np.uint32) * np.uint32(19349663) ^ seed
    )
    at_u = unit(hashed) * np.float32(0.6) + np.float32(0.2)
    at_v = unit(scrambled(hashed)) * np.float32(0.6) + np.float32(0.2)
    u, v = a - column - at_u, b - row - at_v
    there = unit(scrambled(hashed ^ np.uint32(77)))
    if kind.long == 1:
        return smooth(0.016, 0.002, u * u + v * v) * (there < 0.28) * np.float32(0.6)
    return smooth(0.16, 0.02, np.abs(u)) * smooth(0.5, 0.2, np.abs(v)) * (there < 0.35) * np.float32(0.10)
