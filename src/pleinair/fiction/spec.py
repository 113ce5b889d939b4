"""SceneSpec: a fictional scene as a value. Frozen, checked, JSON in and out.

What a spec leaves open (None, or elements that it does not name) is chosen from its seed, so that one sentence gives
many scenes and one spec gives one scene.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from pleinair.errors import SettingError
from pleinair.seeds import check_seed

KINDS = (
    "lake", "river", "coast", "island", "mountains", "hills", "valley", "canyon", "desert", "meadow", "forest",
    "glacier",
)  # fmt: skip
SEASONS = ("spring", "summer", "autumn", "winter")
TIMES = ("dawn", "morning", "noon", "afternoon", "dusk", "night")  # dawn: sun at the horizon, rising; dusk: setting
WEATHERS = ("clear", "cloudy", "overcast", "fog", "rain", "snow", "storm")
MOODS = ("calm", "dramatic")
# What may stand in a scene. Those of the sky come last.
THINGS = (
    "mountain", "peak", "hill", "cliff", "rock", "island", "dune", "waterfall", "lake", "river", "sea", "pond", "path",
    "tree", "pine", "palm", "bamboo", "forest", "bush", "grass", "reeds", "flower", "snow", "sand", "glacier",
    "sun", "moon", "stars", "cloud", "fog", "rainbow", "aurora", "lightning",
)  # fmt: skip
PLACES = ("left", "center", "right")  # across the picture
DEPTHS = ("foreground", "middle", "background")  # into the picture; "behind" is background
SIZES = ("small", "medium", "large")
COLORS = ("white", "gray", "black", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "golden")
MOST_OF_A_THING = 1000
FIELDS_OF_VIEW = (20.0, 120.0)  # degrees, across
HEIGHTS = (1.0, 2000.0)  # meters above the ground or water below the camera
PITCHES = (-60.0, 60.0)  # degrees, up is positive


@dataclass(frozen=True)
class Element:
    """One thing, or several of a kind, and what is said of it; None is left open. `count` of things that are not
    counted (grass, fog, snow …) stays None."""

    what: str
    count: int | None = None
    place: str | None = None
    depth: str | None = None
    size: str | None = None
    color: str | None = None

    def __post_init__(self) -> None:
        _among("element", self.what, THINGS)
        for name, known in (("place", PLACES), ("depth", DEPTHS), ("size", SIZES), ("color", COLORS)):
            _among(name, getattr(self, name), known)
        if self.count is not None and not 1 <= self.count <= MOST_OF_A_THING:
            raise SettingError(f"{self.count} of {self.what}: there can be 1 to {MOST_OF_A_THING}")


@dataclass(frozen=True)
class Camera:
    """Where one stands and looks: meters above the ground, degrees up, degrees of turn (0 looks into the scene, 90 to
    the right), degrees of view across the picture, and meters moved forward and to the right."""

    height: float = 12.0
    pitch: float = 0.0
    turn: float = 0.0
    view: float = 60.0
    forward: float = 0.0
    right: float = 0.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e6:
                raise SettingError(f"the camera's {name} must be a number, not {value!r}")
        for name, (low, high) in {"height": HEIGHTS, "pitch": PITCHES, "view": FIELDS_OF_VIEW}.items():
            if not low <= getattr(self, name) <= high:
                raise SettingError(f"the camera's {name} must be {low:g} to {high:g}, not {getattr(self, name):g}")


@dataclass(frozen=True)
class SceneSpec:
    """A scene: what it is of, what stands in it and where, when, in what weather, seen from where, and the seed of all
    that is left open. `without` are things that must not be there."""

    kind: str | None = None
    elements: tuple[Element, ...] = ()
    without: tuple[str, ...] = ()
    season: str | None = None
    time: str | None = None
    weather: str | None = None
    mood: str | None = None
    camera: Camera = field(default_factory=Camera)
    seed: int = 0

    def __post_init__(self) -> None:
        _among("kind", self.kind, KINDS)
        _among("season", self.season, SEASONS)
        _among("time", self.time, TIMES)
        _among("weather", self.weather, WEATHERS)
        _among("mood", self.mood, MOODS)
        for thing in self.without:
            _among("without", thing, THINGS)
        both = sorted({element.what for element in self.elements} & set(self.without))
        if both:
            raise SettingError(f"{', '.join(both)} cannot both be there and not be there")
        check_seed(self.seed)

    def seeded(self, seed: int) -> "SceneSpec":
        """The same scene with all that is left open drawn anew."""
        return replace(self, seed=seed)

    def to_json(self) -> str:
        """One line; what is left open is left out."""
        return json.dumps(_slim(asdict(self)), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "SceneSpec":
        """The spec that `to_json` wrote. Raises SettingError in one line for anything else."""
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SettingError(f"this is no scene: {error}") from error
        table = _table("scene", given, cls)
        listed = table.get("elements", []), table.get("without", [])
        if not all(isinstance(value, list) for value in listed):
            raise SettingError("a scene's elements and what it is without are lists")
        table["elements"] = tuple(Element(**_table("element", one, Element)) for one in listed[0])
        table["without"] = tuple(listed[1])
        if "camera" in table:
            table["camera"] = Camera(**_table("camera", table["camera"], Camera))
        try:
            return cls(**table)
        except TypeError as error:
            raise SettingError(f"this is no scene: {error}") from error


def _among(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise SettingError(f"{name} {value!r} is not known; it is one of {', '.join(known)}")


def _table(name: str, value: Any, like: type) -> dict[str, Any]:
    names = [each.name for each in fields(like)]
    if not isinstance(value, Mapping):
        raise SettingError(f"a {name} is a table of {', '.join(names)}, not {type(value).__name__}")
    strange = sorted(set(map(str, value)) - set(names))
    if strange:
        raise SettingError(f"a {name} has no {', '.join(strange)}; it has {', '.join(names)}")
    return dict(value)


def _slim(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _slim(each) for key, each in value.items() if each is not None and each != ()}
    return [_slim(each) for each in value] if isinstance(value, list | tuple) else value
