"""What the ground of a scene wears and what stands on it: what was asked for, and what is usual for the kind."""

from dataclasses import dataclass
from typing import NamedTuple

from pleinair.fiction.kinds import Nature
from pleinair.fiction.noise import Draws
from pleinair.fiction.placing import ASIDE, DEEP, SIZES, spot
from pleinair.fiction.spec import Camera, Element, SceneSpec
from pleinair.fiction.terrain import Course

TREES = ("tree", "pine", "palm", "bamboo")
PLANTS = (*TREES, "bush", "grass", "reeds", "flower", "rock")
# How many there are of what was asked for without a number.
MANY = {"grass": 250, "reeds": 120, "flower": 220, "bush": 14, "rock": 12, "bamboo": 70}


@dataclass(frozen=True)
class Stand:
    """Plants or rocks of a kind: how many, between which angles (shares of half the view) and distances (meters)."""

    what: str
    count: int
    aside: tuple[float, float]
    deep: tuple[float, float]
    scale: float
    color: str | None
    exact: bool


class Fall(NamedTuple):
    """A waterfall: its foot, its height and width, meters."""

    x: float
    y: float
    height: float
    width: float


@dataclass(frozen=True)
class Cover:
    """What the ground wears. snow_line: meters; snow: share on level ground below it."""

    snow_line: float
    snow: float
    flowers: float
    flower_color: str | None
    sand: bool
    red_rock: bool
    path: Course | None
    fall: Fall | None


def cover(
    spec: SceneSpec, asked: dict[str, Element], nature: Nature, kind: str, season: str, weather: str, camera: Camera,
    draws: Draws,
) -> Cover:  # fmt: skip
    line = {"winter": -400.0, "spring": 620.0, "autumn": 800.0, "summer": 1150.0}[season] + draws.between(
        "snow line", -150, 250
    )
    snow = draws.between("snow", 0.75, 1.0) if season == "winter" and kind not in ("desert", "canyon") else 0.0
    if weather == "snow" or "snow" in asked:
        snow, line = max(snow, 0.8), min(line, -400.0)
    if kind == "glacier":
        line = min(line, 130.0)
    if kind in ("desert", "canyon") and not snow:
        line = 1e5
    if "snow" in spec.without:
        snow, line = 0.0, 1e5
    flowers = (
        draws.between("flowers", *nature.flowers) * {"spring": 1, "summer": 0.8, "autumn": 0.25, "winter": 0}[season]
    )
    flower = asked.get("flower")
    flowers = 0.0 if "flower" in spec.without else max(flowers, 0.55 if flower else 0)
    path = None
    if "path" in asked or (kind in ("meadow", "hills", "forest", "valley") and draws.chance("path", 0.35)):
        bends = (
            (draws.between("path bend", 3, 14), draws.between("path length", 60, 160), draws.number("path phase")),
        )
        x = draws.between("path aside", -6, 6)
        path = None if "path" in spec.without else Course(x, draws.between("path wide", 1.6, 3.2), bends)
    return Cover(
        line,
        snow,
        flowers,
        flower.color if flower else None,
        kind == "desert" or "sand" in asked,
        kind == "canyon",
        path,
        waterfall(asked, camera, draws),
    )


def waterfall(asked: dict[str, Element], camera: Camera, draws: Draws) -> Fall | None:
    """Where water falls, if it was asked for."""
    element = asked.get("waterfall")
    if element is None:
        return None
    x, y = spot(element, camera, draws, "waterfall", "middle")
    y = y * 1.6 + 60
    return Fall(x * 1.2, y, y * 0.16 * SIZES[element.size], y * draws.between("fall wide", 0.02, 0.04))


def stands(spec: SceneSpec, nature: Nature, kind: str, draws: Draws) -> tuple[Stand, ...]:
    """Groups of plants and rocks: those asked for, and those that the kind has."""
    without = set(spec.without) | ({*TREES, "forest"} if "tree" in spec.without else set())
    found = []
    for element in (each for each in spec.elements if each.what in PLANTS):
        bare = not element.count
        count = element.count or MANY.get(element.what, 14)
        deep = DEEP[element.depth] if element.depth else (24.0, 240.0)
        found.append(
            Stand(element.what, count, ASIDE[element.place], deep, SIZES[element.size], element.color, not bare)
        )
    asked = {stand.what for stand in found}
    many = int(nature.plants[0] * (max(nature.plants[1], 1) / max(nature.plants[0], 1)) ** draws.number("plants"))
    for n, what in enumerate(nature.stands):
        group = f"stand {n}"
        if what in without or asked & {*TREES} or not draws.chance(group, 0.95 if n == 0 else 0.6):
            continue
        center, spread = draws.between(f"{group} middle", -0.9, 0.9), draws.between(f"{group} spread", 0.25, 1.0)
        near = draws.between(f"{group} near", 30, 70) if kind != "forest" else 26.0
        sides = (max(-1.15, center - spread), min(1.15, center + spread)) if kind != "forest" else (-1.2, 1.2)
        found.append(Stand(what, many, sides, (near, near * draws.between(f"{group} deep", 3, 9)), 1.0, None, False))
    if "rock" not in without and "rock" not in asked:
        count = int(draws.between("rocks", *nature.rocks))
        found.append(Stand("rock", count, (-1.1, 1.1), (8.0, 160.0), 1.0, None, False))
    if "grass" not in without and kind not in ("desert", "canyon", "glacier", "island"):
        found.append(Stand("grass", 160, (-1.1, 1.1), (4.0, 60.0), 1.0, None, False))
    return tuple(stand for stand in found if stand.count)
