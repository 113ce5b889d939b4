"""The light of a time, a weather and a mood: where it comes from, and the colors of sky and air.

Colors are linear light, red, green, blue; 1 is white in full exposure.
"""

from dataclasses import dataclass, replace
from math import cos, radians, sin

from pleinair.fiction.noise import Draws

Color = tuple[float, float, float]
# Elevation of the sun (night: the moon) in degrees; colors of zenith, horizon, glow about the sun, direct light.
DAY: dict[str, tuple[float, Color, Color, Color, Color]] = {
    "dawn": (4.0, (0.15, 0.26, 0.48), (0.86, 0.60, 0.46), (1.0, 0.50, 0.22), (1.9, 1.0, 0.52)),
    "morning": (21.0, (0.13, 0.28, 0.60), (0.70, 0.74, 0.78), (1.0, 0.84, 0.60), (2.5, 2.05, 1.5)),
    "noon": (52.0, (0.09, 0.23, 0.58), (0.55, 0.70, 0.86), (0.95, 0.95, 0.95), (2.7, 2.55, 2.3)),
    "afternoon": (30.0, (0.11, 0.25, 0.58), (0.64, 0.72, 0.80), (1.0, 0.88, 0.68), (2.65, 2.25, 1.7)),
    "dusk": (2.5, (0.10, 0.17, 0.36), (0.86, 0.48, 0.28), (1.1, 0.42, 0.14), (1.8, 0.78, 0.34)),
    "night": (32.0, (0.008, 0.014, 0.038), (0.030, 0.048, 0.088), (0.10, 0.13, 0.18), (0.12, 0.15, 0.22)),
}
# Share of cloud from … to, share of direct light that is left, share of gray in the sky, how far one sees (meters).
WEATHER: dict[str, tuple[tuple[float, float], float, float, tuple[float, float]]] = {
    "clear": ((0.0, 0.30), 1.0, 0.0, (14000, 40000)),
    "cloudy": ((0.38, 0.62), 0.85, 0.08, (9000, 26000)),
    "overcast": ((0.85, 1.0), 0.16, 0.75, (5000, 12000)),
    "fog": ((0.1, 0.7), 0.30, 0.6, (220, 900)),
    "rain": ((0.9, 1.0), 0.10, 0.85, (1300, 3500)),
    "snow": ((0.85, 1.0), 0.14, 0.85, (900, 2600)),
    "storm": ((0.75, 0.95), 0.22, 0.80, (3000, 8000)),
}
# Skies at the ends of the day differ from evening to evening: what horizon and glow are multiplied by.
EVENINGS: tuple[Color, ...] = ((1, 1, 1), (1.0, 0.92, 1.02), (0.97, 0.88, 1.15), (1.05, 1.12, 0.8), (1.08, 0.86, 0.76))


@dataclass(frozen=True)
class Light:
    """toward: unit vector to the sun or moon. direct: its light on what faces it; around: what comes from the sky.
    see: meters at which the air has taken 63 % of what one sees. cover: share of cloud. exposure: of the picture."""

    toward: tuple[float, float, float]
    azimuth: float
    elevation: float
    zenith: Color
    horizon: Color
    glow: Color
    direct: Color
    around: Color
    see: float
    cover: float
    gray: float
    night: bool
    exposure: float

    def raised(self, elevation: float) -> "Light":
        """The same light from so many degrees above the horizon."""
        return replace(self, elevation=elevation, toward=direction(self.azimuth, elevation))


def light(draws: Draws, time: str, weather: str, mood: str, azimuth: float) -> Light:
    """azimuth: of the sun or moon, degrees to the right of straight ahead."""
    elevation, zenith, horizon, glow, direct = DAY[time]
    covers, left, gray, sight = WEATHER[weather]
    elevation *= draws.between("sun height", 0.75, 1.3)
    if time in ("dawn", "dusk"):
        tint = draws.among("evening", EVENINGS)
        horizon, glow = times(horizon, tint), times(glow, tint)
    deep = draws.between("deep sky", 0.8, 1.2)
    zenith = times(zenith, (deep, deep, draws.between("blue sky", 0.95, 1.1)))
    if mood == "dramatic":
        covers, zenith = (min(1.0, covers[0] + 0.15), min(1.0, covers[1] + 0.2)), times(zenith, (0.75, 0.75, 0.85))
    elif mood == "calm":
        covers = (covers[0] * 0.8, covers[1] * 0.9)
    bright = sum(horizon) / 3
    dull = 0.6 if weather in ("storm", "rain") else 0.85
    mist = (bright * dull * 0.92, bright * dull * 0.97, bright * dull * 1.02)
    zenith, horizon = mixed(zenith, times(mist, (0.72, 0.74, 0.78)), gray), mixed(horizon, mist, gray)
    direct = times(direct, (left, left, left))
    around = times(mixed(zenith, horizon, 0.45), (1.25, 1.25, 1.25))
    found = Light(
        (0.0, 1.0, 0.0), azimuth, elevation, zenith, horizon, glow, direct, around,
        draws.between("sight", *sight), draws.between("cover", *covers), gray, time == "night", 1.0,
    )  # fmt: skip
    level = sum(direct) / 3 * max(0.25, sin(radians(elevation))) * 0.55 + sum(around) / 3
    return replace(
        found,
        toward=direction(azimuth, elevation),
        exposure=min(1.12 / level, 4.5 if found.night else 1.4 if elevation < 10 else 2.2),
    )


def direction(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """Degrees to the right of +y and up → a unit vector."""
    a, e = radians(azimuth), radians(elevation)
    return sin(a) * cos(e), cos(a) * cos(e), sin(e)


def times(one: Color, other: Color) -> Color:
    return one[0] * other[0], one[1] * other[1], one[2] * other[2]


def mixed(one: Color, other: Color, share: float) -> Color:
    a, b, c = (p + (q - p) * share for p, q in zip(one, other, strict=True))
    return a, b, c
