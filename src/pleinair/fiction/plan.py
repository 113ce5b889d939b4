"""A spec and its seed → all that a scene is: what was left open is drawn, what was said is placed."""

from dataclasses import dataclass, replace
from math import atan, cos, degrees, pi, radians, sin, tan

from pleinair.fiction.kinds import NATURES, Nature
from pleinair.fiction.light import Light, light
from pleinair.fiction.noise import Draws
from pleinair.fiction.spec import KINDS, MOODS, SEASONS, TIMES, WEATHERS, Camera, Element, SceneSpec
from pleinair.fiction.terrain import Basin, Course, Land, Rise, Sea

TREES = ("tree", "pine", "palm", "bamboo")
PLANTS = (*TREES, "bush", "grass", "reeds", "flower", "rock")
RISES = ("mountain", "peak", "hill", "cliff", "dune")
SIZES = {"small": 0.55, "medium": 1.0, "large": 1.8, None: 1.0}
OFTEN_TIMES = ("morning", "noon", "afternoon", "afternoon", "morning", "noon", "dawn", "dusk", "dusk", "night")
OFTEN_WEATHERS = ("clear", "clear", "clear", "cloudy", "cloudy", "cloudy", "overcast", "fog", "rain", "storm")
# Degrees from the middle of the picture as shares of half the view, and meters from the eye.
ASIDE = {"left": (-0.78, -0.32), "center": (-0.2, 0.2), "right": (0.32, 0.78), None: (-0.95, 0.95)}
DEEP = {"foreground": (22.0, 60.0), "middle": (70.0, 260.0), "background": (350.0, 1500.0)}


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
    land = _land(spec, asked, nature, kind, camera, draws)
    cover = _cover(spec, asked, nature, kind, season, weather, draws)
    stands = _stands(spec, nature, kind, draws)
    return Plan(spec, draws, kind, season, time, weather, mood, camera, lit, land, cover, stands, sky)


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


def aside(place: str | None, draws: Draws, name: str) -> float:
    """Where between left (-1) and right (1) edge of the picture."""
    return draws.between(name, *ASIDE[place])


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
    if stated or (lamp is not None and draws.chance("sun in sight", 0.6 if low else 0.25)):
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


def _spot(element: Element | None, camera: Camera, draws: Draws, name: str, usual: str) -> tuple[float, float]:
    """x and y of something that was asked for."""
    place = element.place if element else None
    low, high = DEEP[(element.depth if element else None) or usual]
    share = aside(place, draws, f"{name} aside")
    deep = low * (high / low) ** draws.number(f"{name} deep")
    return share * tan(radians(camera.view / 2)) * deep, deep


def _land(spec: SceneSpec, asked: dict[str, Element], nature: Nature, kind: str, camera: Camera, draws: Draws) -> Land:
    without = set(spec.without)
    height = 0.0 if without & {"mountain"} else draws.between("mountains", *nature.mountains)
    if kind not in ("mountains", "glacier", "valley") and draws.chance("no mountains", 0.3):
        height *= 0.3
    gap = draws.between("gap", -pi, pi) * 0.5
    offset = (draws.between("east", -20000, 20000), draws.between("north", -20000, 20000))
    bends = tuple(
        (
            draws.between(f"bend {n}", 0.3, 1) * size,
            draws.between(f"length {n}", 0.7, 1.4) * length,
            draws.number(f"phase {n}"),
        )
        for n, (size, length) in enumerate(((70.0, 900.0), (22.0, 310.0)))
    )
    return Land(
        mountains=height,
        begin=draws.between("begin", *nature.begin),
        range_period=draws.between("period", 4500, 8500),
        gap=(sin(gap), cos(gap)),
        gap_depth=draws.between("gap depth", 0, 0.8),
        hills=0.0 if "hill" in without else draws.between("hills", *nature.hills),
        wavelength=draws.between("wavelength", *nature.wavelength),
        dunes=kind == "desert" and "dune" not in without,
        canyon=draws.between("canyon", 90, 260) if kind == "canyon" else 0.0,
        valley=draws.between("valley", 150, 450) if kind == "valley" else 0.0,
        plain=draws.between("plain", *nature.plain),
        beach=draws.between("beach", 0.05, 0.3),
        waters=_waters(spec, asked, nature, kind, camera, bends, draws),
        isles=_isles(asked, kind, camera, draws),
        rises=_rises(spec, kind, camera, draws),
        forest=0.0 if without & {"forest", "tree"} else draws.between("forest", *nature.forest),
        forest_near=85.0 if kind == "forest" else draws.between("forest near", 60, 300),
        tree_line=draws.between("tree line", 350, 900),
        offset=offset,
    )


def _waters(
    spec: SceneSpec, asked: dict[str, Element], nature: Nature, kind: str, camera: Camera,
    bends: tuple[tuple[float, float, float], ...], draws: Draws,
) -> tuple[Basin | Course | Sea, ...]:  # fmt: skip
    """Water that the kind has and water that was asked for."""
    without = set(spec.without)
    found: list[Basin | Course | Sea] = []
    if (nature.water == "basin" and "lake" not in without) or "lake" in asked:
        far, wide = draws.between("lake far", 250, 900), draws.between("lake wide", 220, 900)
        begins = draws.between("lake begins", 12, 40)
        shift = draws.between("lake aside", -0.4, 0.4) * wide
        found.append(Basin(shift, begins + far, wide, far, 10.0))
    if (nature.water == "course" and "river" not in without) or "river" in asked:
        width = draws.between("river wide", 10, 45) if kind != "canyon" else draws.between("river wide", 10, 25)
        x = draws.between("river aside", 0.6, 1.2) * width * (1 if draws.chance("river right", 0.5) else -1)
        found.append(Course(x, width, bends))
    if (nature.water == "sea" and "sea" not in without) or ("sea" in asked and kind != "island"):
        angle = draws.between("sea toward", 48, 92) * (1 if draws.chance("sea right", 0.5) else -1)
        found.append(Sea(sin(radians(angle)), cos(radians(angle)), draws.between("sea begins", 6, 40)))
    if "pond" in asked:
        x, y = _spot(asked["pond"], camera, draws, "pond", "middle")
        size = SIZES[asked["pond"].size] * 22
        found.append(Basin(x * 0.7, y + size, size * 1.5, size, 2.0))
    return tuple(found)


def _isles(asked: dict[str, Element], kind: str, camera: Camera, draws: Draws) -> tuple[Rise, ...] | None:
    if kind != "island":
        return None
    element = asked.get("island")
    count = (element.count if element else None) or int(draws.between("isles", 1, 4.99))
    found = []
    for n in range(count):
        x, y = _spot(element, camera, draws, f"isle {n}", "background")
        radius = draws.between(f"isle size {n}", 0.16, 0.4) * y * SIZES[element.size if element else None]
        found.append(Rise("island", x * 0.8, y + radius, radius, radius * draws.between(f"isle high {n}", 0.25, 0.7)))
    return tuple(found)


def _rises(spec: SceneSpec, kind: str, camera: Camera, draws: Draws) -> tuple[Rise, ...]:
    """Mountains, hills and cliffs that were asked for by number or place."""
    found = []
    for n, element in enumerate(each for each in spec.elements if each.what in RISES):
        for m in range(min(element.count or 1, 12)):
            name = f"rise {n} {m}"
            x, y = _spot(element, camera, draws, name, "background")
            if element.what in ("mountain", "peak"):
                y, x = y * 2.5, x * 2.5
            radius = {"mountain": 0.5, "peak": 0.42, "hill": 0.4, "cliff": 0.35, "dune": 0.3}[element.what] * y
            height = {"mountain": 0.6, "peak": 0.85, "hill": 0.25, "cliff": 0.35, "dune": 0.2}[element.what] * radius
            what = "peak" if element.what == "mountain" else element.what
            size = SIZES[element.size] * draws.between(f"{name} size", 0.8, 1.2)
            found.append(Rise(what, x, y + radius * 0.5, radius * size, height * size))
    return tuple(found) + (_headlands(draws) if kind == "coast" and "cliff" not in spec.without else ())


def _headlands(draws: Draws) -> tuple[Rise, ...]:
    """Cliffs along a coast, on the side where the land is."""
    side = -1 if draws.chance("sea right", 0.5) else 1
    found = []
    for n in range(int(draws.between("headlands", 0, 3.99))):
        y = draws.between(f"headland deep {n}", 180, 1100)
        radius = draws.between(f"headland size {n}", 0.3, 0.6) * y
        x = side * draws.between(f"headland aside {n}", 0.1, 0.6) * y
        found.append(Rise("cliff", x, y, radius, draws.between(f"headland high {n}", 0.12, 0.3) * radius))
    return tuple(found)


def _cover(
    spec: SceneSpec, asked: dict[str, Element], nature: Nature, kind: str, season: str, weather: str, draws: Draws
) -> Cover:
    line = {"winter": -50.0, "spring": 620.0, "autumn": 800.0, "summer": 1150.0}[season] + draws.between(
        "snow line", -150, 250
    )
    snow = draws.between("snow", 0.75, 1.0) if season == "winter" and kind not in ("desert", "canyon") else 0.0
    if weather == "snow" or "snow" in asked:
        snow, line = max(snow, 0.8), min(line, -50.0)
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
    )


def _stands(spec: SceneSpec, nature: Nature, kind: str, draws: Draws) -> tuple[Stand, ...]:
    """Groups of plants and rocks: those asked for, and those that the kind has."""
    without = set(spec.without) | ({*TREES, "forest"} if "tree" in spec.without else set())
    found = []
    for n, element in enumerate(each for each in spec.elements if each.what in PLANTS):
        bare = not element.count
        count = element.count or {"grass": 250, "reeds": 120, "flower": 220, "bush": 14, "rock": 12}.get(
            element.what, 9
        )
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
