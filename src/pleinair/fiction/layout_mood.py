"""What a seed decides of a layout's scene: when it is and in what weather, where the eye is, how the film takes it."""

from dataclasses import dataclass, replace
from math import atan, degrees, radians, tan

import numpy as np

from pleinair.fiction.camera import Around, View, view
from pleinair.fiction.layout_regions import LONGEST, Labels, Regions, horizon
from pleinair.fiction.light import Light, mixed
from pleinair.fiction.noise import Array, Draws, cloudy, key, ridged, uniform
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import Plan, compose
from pleinair.fiction.sky import cloud_tile
from pleinair.fiction.spec import FIELDS_OF_VIEW, SEASONS, Camera, SceneSpec
from pleinair.fiction.surface import World
from pleinair.fiction.terrain import Tiles

TIMES = ("morning", "noon", "afternoon", "afternoon", "morning", "noon", "dawn", "dusk", "dusk", "dawn", "night")
WEATHERS = (
    "clear", "clear", "clear", "clear", "cloudy", "cloudy", "cloudy", "overcast", "overcast", "fog", "fog", "storm",
    "rain",
)  # fmt: skip
PETALS = ("white", "yellow", "red", "purple", "pink", "orange", "golden")  # fields of which no one takes for water
TREE_HEIGHT = 11.0  # meters that single trees of a layout are taken to be high
USUAL_VIEW = 60.0  # degrees across
EYES = (1.6, 60.0)  # meters over the ground
THIN = 0.30  # share of cloud of a sky in which the layout has none


@dataclass(frozen=True, eq=False)
class Film:
    """How the light becomes a picture: factors of the colors, of their distance from gray, and of the exposure; how
    much more contrast; how much darker the corners are; how strong the grain is, of 1."""

    tint: Array
    saturation: float
    exposure: float
    contrast: float
    corners: float
    grain: float
    seed: int


def spec_of(labels: Labels, seed: int) -> SceneSpec:
    """The scene that a seed makes of a layout, as a spec: its kind comes from the labels, all else from the seed."""
    draws = Draws(key(seed, "layout"))
    time, weather = draws.among("time", TIMES), draws.among("weather", WEATHERS)
    if (labels == Label.CLOUD).mean() > 0.02 and weather in ("clear", "fog"):
        weather = "cloudy"  # clouds that were painted are to be seen
    season = draws.among("season", SEASONS)
    if season == "winter" and weather == "rain":
        weather = "snow"
    return SceneSpec(_kind(labels, draws), season=season, time=time, weather=weather, seed=seed)


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
    camera = Camera(height=eye, view=view_of(labels.shape))
    drawn = any(label == Label.CLOUD for label in parts.labels.tolist())
    light = replace(plan.light, cover=min(plan.light.cover, 0.0 if drawn else THIN))
    sky = {what: element for what, element in plan.sky.items() if what in ("sun", "moon", "stars", "aurora")}
    petals = Draws(key(spec.seed, "layout")).among("petals", PETALS)
    cover = replace(plan.cover, snow=0.0, flowers=0.9, flower_color=petals, path=None, fall=None)
    plan = replace(plan, camera=camera, light=_toned(light, plan), sky=sky, cover=cover)
    return furnished(plan, spec.seed)


def view_of(shape: tuple[int, ...]) -> float:
    """Degrees across: 60, and more of long strips, so that their pixels show as much as those of others."""
    height, width = shape[:2]
    if width <= LONGEST * height:
        return USUAL_VIEW
    wide = tan(radians(USUAL_VIEW / 2)) * width / (LONGEST * height)
    return min(degrees(2 * atan(wide)), FIELDS_OF_VIEW[1])


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
    return Film(
        tint, draws.between("saturation", 0.75, 1.15), draws.between("exposure", 0.72, 1.4),
        draws.between("contrast", -0.25, 0.5), max(draws.between("corners", -0.3, 0.4), 0.0),
        draws.between("grain", 0.004, 0.02), key(seed, "grain"),
    )  # fmt: skip


def developed(taken: Film, shown: Array, closed: bool) -> Array:
    """What `tone` gives, [0, 1] (h, w, 3), through the film. closed: of what goes around, whose corners are as light as
    the rest."""
    gray = (shown[..., :1] + shown[..., 1:2] * 2 + shown[..., 2:]) * np.float32(0.25)
    colors = np.clip((gray + (shown - gray) * np.float32(taken.saturation)) * taken.tint, 0, 1)
    colors += (colors * colors * (3 - 2 * colors) - colors) * np.float32(taken.contrast)
    height, width = shown.shape[:2]
    if not closed:
        v = (np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)) * np.float32(2 / height) - 1
        u = (np.arange(width, dtype=np.float32) + np.float32(0.5)) * np.float32(2 / width) - 1
        far = (u * u + v * v) * np.float32(0.5)
        colors *= (1 - far * far * np.float32(taken.corners))[..., None]
    grain = uniform(taken.seed, height * width).reshape(height, width, 1) - np.float32(0.5)
    result: Array = colors + grain * np.float32(2 * taken.grain)
    return result
