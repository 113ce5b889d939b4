"""A camera as rays: every column of a picture looks along one direction over the ground, every row at one slope.

So a picture is h slopes by w directions, flat or full turn alike, and uprights stay upright: a flat picture that looks
up or down is that of a lens shifted, not tilted. A ray's point at t is `place + t · (across, along, slope)`: t is the
distance into a flat picture, or the one over the ground of a full turn. x is to the right, y into the scene, z up, in
meters.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin, tan
from typing import Literal, NamedTuple

import numpy as np

from pleinair.errors import SettingError
from pleinair.fiction.noise import Array
from pleinair.fiction.spec import Camera

Around = Literal["none", "x"]
STEEPEST = 89.6  # degrees: straight up and down are nowhere on the ground


class Seen(NamedTuple):
    """Where points appear: column and row in pixels (the first pixel's middle is 0.5), and t; behind is t ≤ 0."""

    column: Array
    row: Array
    t: Array


@dataclass(frozen=True, eq=False)
class View:
    """place: x, y, z of the eye. facing: unit direction over the ground of the picture's middle. across, along: x and y
    of the columns' rays, (w,). slopes: z of the rows' rays, (h,). pixel: what one pixel is, of t (flat) or in radians.
    level: the row where the slope is 0, may lie outside."""

    place: tuple[float, float, float]
    facing: tuple[float, float]
    across: Array
    along: Array
    slopes: Array
    pixel: float
    level: float
    around: bool

    @property
    def lengths(self) -> Array:
        """How far over the ground the columns' rays go for each t, (w,)."""
        result: Array = np.sqrt(self.across * self.across + self.along * self.along)
        return result

    def row_of(self, slope: Array) -> Array:
        """The row (pixels) at which a slope appears."""
        height: Array = np.arctan(slope) if self.around else slope
        return self.level - height * np.float32(1 / self.pixel)

    def slope_of(self, row: Array) -> Array:
        """The slope seen at a row (pixels)."""
        height = (self.level - row) * np.float32(self.pixel)
        if not self.around:
            return height
        limit = np.float32(radians(STEEPEST))
        result: Array = np.tan(np.clip(height, -limit, limit))
        return result

    def see(self, x: Array, y: Array, z: Array) -> Seen:
        """Points of any one shape → where they appear."""
        ahead, right = self.facing, (self.facing[1], -self.facing[0])
        x, y, z = x - np.float32(self.place[0]), y - np.float32(self.place[1]), z - np.float32(self.place[2])
        deep = x * np.float32(ahead[0]) + y * np.float32(ahead[1])
        side = x * np.float32(right[0]) + y * np.float32(right[1])
        width = self.across.size
        if self.around:
            t = np.sqrt(x * x + y * y)
            column = np.arctan2(side, deep) * np.float32(width / (2 * pi)) + np.float32(width / 2)
        else:
            t = deep
            column = side / np.maximum(t, np.float32(1e-3)) * np.float32(1 / self.pixel) + np.float32(width / 2)
        return Seen(column, self.row_of(z / np.maximum(t, np.float32(1e-3))), t)


def view(camera: Camera, floor: float, size: tuple[int, int], around: Around = "none") -> View:
    """The camera, its height above `floor` meters, with a picture of so many pixels across and down. A full turn has
    square pixels, so that of w pixels shows all from straight up to straight down in w/2. Raises SettingError."""
    width, height = size
    turn = radians(camera.turn)
    facing = (sin(turn), cos(turn))
    place = (
        camera.forward * facing[0] + camera.right * facing[1],
        camera.forward * facing[1] - camera.right * facing[0],
        floor + camera.height,
    )
    steps = np.arange(width) + 0.5 - width / 2
    if around == "x":
        if 2 * height > width:
            raise SettingError(f"a full turn is at least twice as wide as high, as 1024x512; {width}x{height} is not")
        pixel = 2 * pi / width
        angles = [turn + step * pixel for step in steps.tolist()]
        across, along = np.array([sin(a) for a in angles]), np.array([cos(a) for a in angles])
        highest = min(max(radians(camera.pitch) + height / 2 * pixel, height * pixel - pi / 2), pi / 2)
        level = highest / pixel
        limit = radians(STEEPEST)
        slopes = [tan(min(max(highest - (row + 0.5) * pixel, -limit), limit)) for row in range(height)]
    else:
        pixel = 2 * tan(radians(camera.view) / 2) / width
        across, along = facing[0] + facing[1] * steps * pixel, facing[1] - facing[0] * steps * pixel
        level = height / 2 + tan(radians(camera.pitch)) / pixel
        slopes = [(level - row - 0.5) * pixel for row in range(height)]
    rays = [np.asarray(each, np.float32) for each in (across, along, slopes)]
    return View(place, facing, rays[0], rays[1], rays[2], pixel, level, around == "x")
