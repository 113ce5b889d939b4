"""What grows and lies about: where each stands, how high it is, and its picture in the scene's light.

Shapes: n×n texels of a form, p plants.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin, tan

import numpy as np
import numpy.typing as npt

from pleinair.fiction.covering import Stand
from pleinair.fiction.ground import FLOWERS, FOREST, GRASS, RED_ROCK, ROCK, SNOW
from pleinair.fiction.light import Color, Light
from pleinair.fiction.noise import Array, key, smooth, uniform
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import Plan
from pleinair.fiction.shapes import FORMS, SIDE, Form
from pleinair.fiction.surface import World
from pleinair.fiction.terrain import middle

# Height in meters from … to, and meters from the water's edge at which it stands.
GROWTH: dict[str, tuple[float, float, float, float]] = {
    "tree": (8, 15, 2.5, 1e9), "pine": (10, 21, 2.0, 1e9), "palm": (7, 12, 2.5, 1e9), "bamboo": (7, 11, 2.0, 1e9),
    "bush": (0.9, 2.4, 1.5, 1e9), "grass": (0.35, 0.8, 1.2, 1e9), "reeds": (1.1, 2.0, -1.6, 2.0),
    "flower": (0.35, 0.65, 1.2, 1e9), "rock": (0.5, 2.6, -2.0, 1e9),
}  # fmt: skip
LABELS = {"grass": Label.GRASS, "reeds": Label.GRASS, "flower": Label.FLOWERS, "rock": Label.ROCK}
VARIANTS = 3
WOOD: Color = (0.12, 0.085, 0.06)
TINTS: dict[str, Color] = FLOWERS | {
    "green": (0.05, 0.14, 0.03),
    "golden": (0.50, 0.30, 0.03),
    "red": (0.45, 0.05, 0.03),
}
PETALS = ("white", "yellow", "red", "purple", "pink", "blue", "orange")
CHANNELS = 10  # alpha; light; albedo; normal: all but alpha times alpha


@dataclass(frozen=True, eq=False)
class Scattered:
    """p plants. x, y, z of the foot, height: meters. picture: index into `pictures`. mirrored: left for right."""

    x: Array
    y: Array
    z: Array
    height: Array
    picture: Array
    mirrored: Array
    pictures: tuple[tuple[str, tuple[Array, ...]], ...]


def scatter(world: World) -> Scattered:
    """All plants of a world, about the eye's first place."""
    found: list[Array] = []
    pictures: list[tuple[str, tuple[Array, ...]]] = []
    for number, stand in enumerate(world.plan.stands):
        places = _places(world, stand, number)
        if not places.shape[1]:
            continue
        kinds = np.float32(len(pictures)) + np.floor(places[4] * VARIANTS)
        pictures += [(stand.what, painted(world.plan, stand, number, variant)) for variant in range(VARIANTS)]
        found.append(np.concatenate([places[:4], kinds[None], places[5:6]]))
    table = np.concatenate(found, 1) if found else np.zeros((6, 0), np.float32)
    return Scattered(table[0], table[1], table[2], table[3], table[4], table[5], tuple(pictures))


def _places(world: World, stand: Stand, number: int) -> Array:
    """x, y, z, height, a number that chooses the variant, mirrored: (6, p)."""
    plan = world.plan
    copies = 1 if stand.exact else max(1, round(360 / plan.camera.view))
    many = stand.count * (24 if stand.exact else 40 if stand.what == "reeds" else 3)
    seed = key(plan.spec.seed, f"places {number} {stand.what}")
    drawn = [uniform(key(seed, str(n)), many * copies) for n in range(6)]
    aside, height = _spread(stand, drawn[0]), _heights(stand, drawn[2])
    deep = np.float32(stand.deep[0]) + np.sqrt(drawn[1]) * np.float32(stand.deep[1] - stand.deep[0])
    turn = np.repeat(np.arange(copies) * (2 * pi / copies), many) + radians(plan.camera.turn)
    side = aside * np.float32(tan(radians(plan.camera.view / 2))) * deep
    sine, cosine = np.array([np.float32(v) for v in np.sin(turn)]), np.array([np.float32(v) for v in np.cos(turn)])
    x, y = side * cosine + deep * sine, deep * cosine - side * sine
    there = world.land(x, y, np.full_like(x, 1.0))
    growth = GROWTH[stand.what]
    good = (there.shore > growth[2]) & (there.shore < growth[3]) & (there.forest < 0.2)
    if plan.cover.path is not None:
        good &= np.abs(x - middle(plan.cover.path, y)) > plan.cover.path.width * 0.5 + 0.6
    if not stand.exact:
        good &= (there.height < plan.land.tree_line * 1.05) | (stand.what == "rock")
    chosen: npt.NDArray[np.intp] = np.nonzero(good)[0]
    if stand.exact:
        seen = chosen[_in_sight(world, x[chosen], y[chosen], there.height[chosen] + height[chosen] * np.float32(0.4))]
        chosen = _apart(aside, np.concatenate([seen, chosen]), stand)
    else:
        chosen = chosen[: stand.count * copies]
    rows = (x, y, np.maximum(there.height, np.float32(-0.5)), height, drawn[4], np.floor(drawn[5] * 2))
    return np.stack([row[chosen] for row in rows])


def _spread(stand: Stand, drawn: Array) -> Array:
    return np.float32(stand.aside[0]) + drawn * np.float32(stand.aside[1] - stand.aside[0])


def _heights(stand: Stand, drawn: Array) -> Array:
    low, high = GROWTH[stand.what][:2]
    return (np.float32(low) + drawn * np.float32(high - low)) * np.float32(stand.scale)


def _in_sight(world: World, x: Array, y: Array, z: Array) -> npt.NDArray[np.bool_]:
    """Whether the land between leaves places to be seen by the plan's camera, (p,)."""
    camera = world.plan.camera
    turn = radians(camera.turn)
    ex = np.float32(camera.forward * sin(turn) + camera.right * cos(turn))
    ey = np.float32(camera.forward * cos(turn) - camera.right * sin(turn))
    eye = np.float32(world.floor(float(ex), float(ey)) + camera.height)
    clear = np.ones(x.shape, bool)
    for step in range(1, 12):
        share = np.float32(step / 12)
        u, v = ex + (x - ex) * share, ey + (y - ey) * share
        clear &= world.land(u, v, np.full_like(u, 1.0)).height < eye + (z - eye) * share
    return clear


def _apart(aside: Array, chosen: npt.NDArray[np.intp], stand: Stand) -> npt.NDArray[np.intp]:
    """As many as were asked for, none right behind another while there is room."""
    room = (stand.aside[1] - stand.aside[0]) / (stand.count + 1) * 0.8
    kept: list[int] = []
    for least in (room, room / 3, 0.0):
        for one in chosen.tolist():
            if len(kept) < stand.count and one not in kept and all(abs(aside[one] - aside[k]) >= least for k in kept):
                kept.append(one)
    return np.array(kept, np.intp)


def painted(plan: Plan, stand: Stand, number: int, variant: int) -> tuple[Array, ...]:
    """A form's picture in the scene's light and its smaller copies: (n, n, CHANNELS) down to 2 texels."""
    leaves = not (plan.season == "winter" and stand.what in ("tree", "bush"))
    seed = key(plan.spec.seed, f"form {number} {stand.what} {variant}")
    form = FORMS[stand.what](seed, leaves)
    albedo = _albedo(plan, stand, form, seed)
    toward = _in_view(plan)
    facing = np.maximum((form.normal * np.array(toward, np.float32)).sum(-1), 0)
    through = max(0.0, -toward[2]) * 0.35  # leaves let some light through
    light = _lit(plan.light, albedo, facing * np.float32(0.85) + np.float32(through) * form.leaf, form)
    layers = np.concatenate([form.alpha[:, :, None], light, albedo, form.normal], 2)
    layers[:, :, 1:] *= form.alpha[:, :, None]
    found = [layers]
    while found[-1].shape[0] > 2:
        last = found[-1]
        found.append((last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]) * np.float32(0.25))
    return tuple(found)


def _in_view(plan: Plan) -> Color:
    """Toward the light, as right, up and toward the eye of one who looks into the scene."""
    turn = radians(plan.camera.turn)
    sine, cosine = np.sin(turn), np.cos(turn)
    x, y, z = plan.light.toward
    return float(x * cosine - y * sine), z, float(-(x * sine + y * cosine))


def _lit(light: Light, albedo: Array, facing: Array, form: Form) -> Array:
    open_sky = np.float32(0.45) + np.float32(0.4) * form.normal[:, :, 1] + np.float32(0.1)
    direct, around = np.array(light.direct, np.float32), np.array(light.around, np.float32)
    result: Array = albedo * (direct * facing[:, :, None] + around * open_sky[:, :, None])
    return result


def _albedo(plan: Plan, stand: Stand, form: Form, seed: int) -> Array:
    """Colors of leaves, wood, stone and blossoms, (n, n, 3)."""
    first = uniform(seed, 2).tolist()
    what, season = stand.what, plan.season
    if what == "rock":
        pair = RED_ROCK if plan.cover.red_rock else ROCK
        leaf: Color = FOREST["summer"][0]
        wood = tuple(a + (b - a) * first[0] for a, b in zip(*pair, strict=True))
    else:
        pair = GRASS[season] if what in ("grass", "reeds", "flower") else FOREST[season]
        if what in ("pine", "palm", "bamboo") or (what == "bush" and season == "winter"):
            pair = FOREST["summer"] if what != "bamboo" else FOREST["spring"]
        share = first[0] * (1.0 if season == "autumn" else 0.75)
        leaf = tuple(a + (b - a) * share for a, b in zip(*pair, strict=True))
        wood = WOOD
    if stand.color and what != "flower":
        leaf = TINTS[stand.color]
        wood = TINTS[stand.color] if what == "rock" else wood
    colors = (
        np.array(wood, np.float32) + (np.array(leaf, np.float32) - np.array(wood, np.float32)) * form.leaf[:, :, None]
    )
    petal = stand.color or plan.cover.flower_color or PETALS[int(first[1] * len(PETALS))]
    accent = np.array(FLOWERS[petal], np.float32)
    colors = colors * (form.tone * np.float32(1.0 if what == "rock" else 1.45))[:, :, None]
    colors = colors + (accent - colors) * form.accent[:, :, None]
    if plan.cover.snow > 0.3 and what not in ("grass", "reeds", "flower"):
        share = smooth(0.25, 0.6, form.normal[:, :, 1] + (form.tone - 1) * np.float32(0.8)) * np.float32(
            plan.cover.snow
        )
        colors = colors + (np.array(SNOW[1], np.float32) - colors) * share[:, :, None]
    assert colors.shape == (SIDE, SIDE, 3)
    result: Array = colors.astype(np.float32)
    return result
