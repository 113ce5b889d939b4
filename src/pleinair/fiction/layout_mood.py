"""What a seed decides of a layout's scene: when it is and in what weather, where the eye is, how the film takes it."""

from dataclasses import dataclass, replace

import numpy as np

from pleinair.fiction.camera import Around, View, view
from pleinair.fiction.layout_regions import Labels, Regions, horizon
from pleinair.fiction.light import Light, mixed
from pleinair.fiction.noise import Array, Draws, cloudy, key, ridged
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import Plan, compose
from pleinair.fiction.sky import cloud_tile
from pleinair.fiction.spec import SEASONS, Camera, SceneSpec
from pleinair.fiction.surface import World
from pleinair.fiction.terrain import Tiles

TIMES = ("morning", "noon", "afternoon", "afternoon", "morning", "noon", "dawn", "dusk", "dusk", "dawn", "night")
WEATHERS = ("clear", "clear", "clear", "clear", "cloudy", "cloudy", "cloudy", "overcast", "overcast", "fog", "storm")
TREE_HEIGHT = 11.0  # meters that single trees of a layout are taken to be high
EYES = (1.6, 60.0)  # meters over the ground
THIN = 0.30  # share of cloud of a sky in which the layout has none


@dataclass(frozen=True, eq=False)
class Film:
    """How the light becomes a picture: factors of the colors, of their distance from gray, and of the exposure."""

    tint: Array
    saturation: float
    exposure: float


def spec_of(labels: Labels, seed: int) -> SceneSpec:
    """The scene that a seed makes of a layout, as a spec: its kind comes from the labels, all else from the seed."""
    draws = Draws(key(seed, "layout"))
    time, weather = draws.among("time", TIMES), draws.among("weather", WEATHERS)
    if (labels == Label.CLOUD).mean() > 0.02 and weather in ("clear", "fog", "overcast"):
        weather = "cloudy"  # clouds that were painted are to be seen
    return SceneSpec(_kind(labels, draws), season=draws.among("season", SEASONS), time=time, weather=weather, seed=seed)


def _kind(labels: Labels, draws: Draws) -> str:
    """Which kind of scene lends its colors."""
    share = np.bincount(labels.ravel(), minlength=12) / labels.size
    if share[Label.WATER] > 0.02:
        rows = np.nonzero(labels == Label.WATER)[0]
        above = labels[np.maximum(rows - 1, 0), np.nonzero(labels == Label.WATER)[1]] <= Label.CLOUD
        if above.sum() > 0.1 * labels.shape[1] or share[Label.SAND] > 0.05:
            return "coast"
        return "lake" if draws.chance("still", 0.6) else "river"
    if share[Label.SAND] > 0.25:
        return "desert"
    if share[Label.ROCK] > 0.25 and draws.chance("red", 0.5):
        return "canyon"
    if share[Label.MOUNTAIN] + share[Label.SNOW] > 0.1:
        return "mountains"
    return "forest" if share[Label.FOREST] > 0.3 else "meadow"


def world_of(labels: Labels, parts: Regions, spec: SceneSpec) -> World:
    """The plan of a spec with a camera for the layout, and its noise."""
    plan = compose(spec)
    eye = eye_height(labels, parts, spec.seed)
    camera = Camera(height=eye, view=60.0)
    drawn = any(label == Label.CLOUD for label in parts.labels.tolist())
    light = replace(plan.light, cover=min(plan.light.cover, 0.0 if drawn else THIN))
    sky = {what: element for what, element in plan.sky.items() if what in ("sun", "moon", "stars", "aurora")}
    cover = replace(plan.cover, snow=0.0, flowers=0.9, path=None, fall=None)
    plan = replace(plan, camera=camera, light=_toned(light, plan), sky=sky, cover=cover)
    return furnished(plan, spec.seed)


def furnished(plan: Plan, seed: int) -> World:
    """A plan with the noise of a seed."""
    tiles = Tiles(
        ridged(key(seed, "ranges"), 8), cloudy(key(seed, "soft"), 4, 0.5), cloudy(key(seed, "rough"), 16, 0.62)
    )
    draws = Draws(key(seed, "forms"))
    return World(replace(plan, draws=draws), tiles, cloud_tile(draws))


def _toned(light: Light, plan: Plan) -> Light:
    """Air as different from day to day as it is: how far one sees."""
    share = plan.draws.between("layout sight", 0.45, 1.5)
    direct = light.direct
    if light.elevation < 10:  # the first and last sun is yellow rather than red on most days
        direct = mixed(direct, (sum(direct) / 3,) * 3, 0.35)
    return replace(light, see=max(light.see * share, 450.0), direct=direct)


def eye_height(labels: Labels, parts: Regions, seed: int) -> float:
    """Meters: such that the layout's single trees are as high as trees; without trees what the seed draws."""
    level = horizon(labels)
    found = []
    for n in parts.of(Label.TREE).tolist()[:12]:
        first, last, _, _ = parts.boxes[n].tolist()
        off = last + 1 - level
        if last + 1 - first > 0.04 * labels.shape[0] and off > 2:
            found.append(TREE_HEIGHT * off / (last + 1 - first))
    drawn = 1.7 * 4.0 ** Draws(key(seed, "layout")).number("eye")
    chosen = sorted(found)[len(found) // 2] if found else drawn
    return float(min(max(chosen, EYES[0]), EYES[1]))


def looking(camera: Camera, size: tuple[int, int], level: float, around: Around) -> View:
    """The view of a camera whose horizon lies at a row."""
    seen = view(camera, 0.0, size, around)
    rows = np.arange(size[1], dtype=np.float32) + np.float32(0.5)
    moved = replace(seen, level=level)
    return replace(moved, slopes=moved.slope_of(rows).astype(np.float32))


def film(seed: int) -> Film:
    """A seed's film."""
    draws = Draws(key(seed, "film"))
    warm, green = draws.between("warm", -0.08, 0.08), draws.between("green", -0.03, 0.03)
    tint = np.array((1 + warm, 1 + green, 1 - warm), np.float32)
    return Film(tint, draws.between("saturation", 0.82, 1.1), draws.between("exposure", 0.82, 1.28))


def developed(taken: Film, shown: Array) -> Array:
    """What `tone` gives, [0, 1], through the film."""
    gray = (shown[..., :1] + shown[..., 1:2] * 2 + shown[..., 2:]) * np.float32(0.25)
    result: Array = (gray + (shown - gray) * np.float32(taken.saturation)) * taken.tint
    return result
