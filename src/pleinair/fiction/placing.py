"""Words for places and sizes → angles and meters."""

from math import radians, tan

from pleinair.fiction.noise import Draws
from pleinair.fiction.spec import Camera, Element

SIZES = {"small": 0.55, "medium": 1.0, "large": 1.8, None: 1.0}
# Degrees from the middle of the picture as shares of half the view, and meters from the eye.
ASIDE = {"left": (-0.78, -0.32), "center": (-0.2, 0.2), "right": (0.32, 0.78), None: (-0.95, 0.95)}
DEEP = {"foreground": (22.0, 60.0), "middle": (70.0, 260.0), "background": (350.0, 1500.0)}


def aside(place: str | None, draws: Draws, name: str) -> float:
    """Where between left (-1) and right (1) edge of the picture."""
    return draws.between(name, *ASIDE[place])


def spot(element: Element | None, camera: Camera, draws: Draws, name: str, usual: str) -> tuple[float, float]:
    """x and y of something that was asked for."""
    place = element.place if element else None
    low, high = DEEP[(element.depth if element else None) or usual]
    share = aside(place, draws, f"{name} aside")
    deep = low * (high / low) ** draws.number(f"{name} deep")
    return share * tan(radians(camera.view / 2)) * deep, deep
