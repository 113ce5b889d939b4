"""A spec and its seed → all that a scene is: what was left open is drawn, what was said is placed."""

from dataclasses import dataclass, replace
from math import atan, degrees, radians, tan

from pleinair.fiction.covering import Cover, Stand, cover, stands
from pleinair.fiction.kinds import NATURES, Nature
from pleinair.fiction.light import Light, light
from pleinair.fiction.noise import Draws
from pleinair.fiction.placing import aside
from pleinair.fiction.siting import behind, land
from pleinair.fiction.spec import KINDS, MOODS, SEASONS, Camera, Element, SceneSpec
from pleinair.fiction.terrain import Land

OFTEN_TIMES = ("morning", "noon", "afternoon", "afternoon", "morning", "noon", "dawn", "dusk", "dusk", "night")
OFTEN_WEATHERS = ("clear", "clear", "clear", "cloudy", "cloudy", "cloudy", "overcast", "fog", "rain", "storm")


@dataclass(frozen=True)
class Plan:
    """A scene of which nothing is open. sky: what stands in the sky by name, with the element that asked for it."""

    spec: SceneSpec
    draws: Draws
    kind: str
    season: str
    time: str
    weather: str
    mood: str
    camera: Camera
    light: Light
    land: Land
    cover: Cover
    stands: tuple[Stand, ...]
    sky: dict[str, Element]


def compose(spec: SceneSpec) -> Plan:
    """The one scene of a spec."""
    draws = Draws(spec.seed)
    asked = {element.what: element for element in spec.elements}
    kind = spec.kind or _kind_for(asked, draws)
    season = spec.season or draws.among("season", SEASONS)
    time = spec.time or ("night" if asked.keys() & {"moon", "stars", "aurora"} else draws.among("time", OFTEN_TIMES))
    if time == "night" and "sun" in asked and not spec.time:
        time = "dusk"
    weather = spec.weather or _weather_for(asked, spec.without, season, draws)
    mood = spec.mood or draws.among("mood", MOODS)
    nature = NATURES[kind]
    camera = _camera(spec.camera, nature, draws)
    sky = _sky(spec, asked, time, weather, draws)
    lit = _light(spec, sky, draws, time, weather, mood, camera)
    wears = cover(spec, asked, nature, kind, season, weather, camera, draws)
    rises = land(spec, asked, nature, kind, camera, draws)
    if wears.fall:
        rises = replace(rises, rises=(*rises.rises, behind(wears.fall)))
    growing = stands(spec, nature, kind, draws)
    return Plan(spec, draws, kind, season, time, weather, mood, camera, lit, rises, wears, growing, sky)


def _kind_for(asked: dict[str, Element], draws: Draws) -> str:
    """A kind that has what was asked for."""
    homes = {"lake": "lake", "river": "river", "sea": "coast", "island": "island", "dune": "desert", "sand": "coast",
             "glacier": "glacier", "waterfall": "valley", "forest": "forest", "bamboo": "forest", "palm": "coast",
             "peak": "mountains", "mountain": "mountains", "hill": "hills", "cliff": "coast", "reeds": "lake",
             "flower": "meadow", "pond": "meadow", "grass": "meadow"}  # fmt: skip
    return next((homes[thing] for thing in homes if thing in asked), None) or draws.among("kind", KINDS)


def _weather_for(asked: dict[str, Element], without: tuple[str, ...], season: str, draws: Draws) -> str:
    if "lightning" in asked:
        return "storm"
    if "fog" in asked:
        return "fog"
    if asked.keys() & {"sun", "moon", "stars", "aurora", "rainbow"}:
        return draws.among("fair weather", ("clear", "clear", "cloudy"))
    weather = draws.among("weather", OFTEN_WEATHERS)
    if weather == "rain" and season == "winter":
        weather = "snow"
    if weather == "fog" and "fog" in without:
        weather = "cloudy"
    return "clear" if "cloud" in without and weather not in ("clear", "fog") else weather


def _camera(camera: Camera, nature: Nature, draws: Draws) -> Camera:
    """Where the camera is as it comes, its height and pitch are left open."""
    usual = Camera()
    if (camera.height, camera.pitch, camera.view) != (usual.height, usual.pitch, usual.view):
        return camera
    low, high = nature.eye
    height = low * (high / low) ** draws.number("eye")
    return replace(camera, height=height, pitch=draws.between("pitch", *nature.pitch))


def _sky(spec: SceneSpec, asked: dict[str, Element], time: str, weather: str, draws: Draws) -> dict[str, Element]:
    """What stands in the sky, asked for or usual for the time; what is unwanted does not."""
    usual = {"moon", "stars"} if time == "night" else {"sun"}
    if weather in ("overcast", "rain", "snow", "storm", "fog"):
        usual = set()
    if weather == "storm" and draws.chance("bolt", 0.35):
        usual.add("lightning")
    if time == "night" and weather == "clear" and draws.chance("northern lights", 0.12):
        usual.add("aurora")
    wanted = asked.keys() & {"sun", "moon", "stars", "rainbow", "aurora", "lightning", "cloud", "fog"}
    return {what: asked.get(what, Element(what)) for what in (usual | wanted) - set(spec.without)}


def _light(
    spec: SceneSpec, sky: dict[str, Element], draws: Draws, time: str, weather: str, mood: str, camera: Camera
) -> Light:
    """The sun stands where it was asked for, else often in the picture at the ends of the day, and elsewhere by day."""
    lamp = sky.get("moon" if time == "night" else "sun")
    stated = lamp is not None and lamp in spec.elements
    low = time in ("dawn", "dusk")
    if stated or (lamp is not None and "rainbow" not in sky and draws.chance("sun in sight", 0.6 if low else 0.25)):
        share = aside(lamp.place if lamp else None, draws, "sun aside") * 0.8
        azimuth = camera.turn + share * camera.view / 2
    elif "rainbow" in sky:
        azimuth = camera.turn + 180 + aside(sky["rainbow"].place, draws, "bow aside") * 20
    else:
        azimuth = camera.turn + draws.between("sun behind", 50, 150) * (1 if draws.chance("sun right", 0.5) else -1)
    found = light(draws, time, weather, mood, azimuth)
    top = degrees(atan(tan(radians(camera.pitch)) + 0.6 * tan(radians(camera.view / 2))))
    if stated:
        found = found.raised(min(max(found.elevation, top * (0.35 if low else 0.6)), top * 0.85))
    elif "rainbow" in sky:
        found = found.raised(max(8.0, 42.0 - top * 0.75))
    if "cloud" in spec.without:
        found = replace(found, cover=0.0)
    elif "cloud" in sky:
        found = replace(found, cover=max(found.cover, 0.45))
    if "fog" in sky and weather != "fog":
        found = replace(found, see=min(found.see, 700.0))
    if "fog" in spec.without:
        found = replace(found, see=max(found.see, 8000.0))
    return found
