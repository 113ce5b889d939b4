"""The sphere of an equirectangular panorama: which pixel is which direction, values between pixels, views of the poles.

A panorama of H×W pixels, W = 2·H, shows the whole turn across and from straight up to straight down. Longitude 0 is its
middle, to the right is more; latitude is above the horizon. Angles in radians, places in pixels, the first pixel's
middle at 0. Views of the poles are stereographic: that keeps angles, so that strokes stay round, and at 30° from its
middle it enlarges by 7 % only (Snyder, Map Projections, 1987, p. 154).

A remap of our own, not py360convert: that knows cube faces but no stereographic view, samples through SciPy, and the
light half has numpy alone.
"""

from math import ceil, pi, tan
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from pleinair.engine.protocol import Array
from pleinair.render.resampling import cubic

Angles = npt.NDArray[np.float64]
Values = TypeVar("Values", bound=npt.NDArray[Any])
PAD = 2  # pixels that cubic interpolation asks for beyond the edge
NORTH, SOUTH = 1, -1
SMALLEST = 64  # pixels of height from which the poles are looked at
ROUNDING = 2  # pixels by which a sphere may be off being twice as wide as high


def is_sphere(height: int, width: int) -> bool:
    """Whether a full-turn picture of this size shows the whole sphere, and is large enough to have poles."""
    return height >= SMALLEST and abs(width - 2 * height) <= ROUNDING


def latitudes(height: int) -> Angles:
    """Of the rows, (h,)."""
    rows: Angles = (0.5 - (np.arange(height) + 0.5) / height) * pi
    return rows


def longitudes(width: int) -> Angles:
    """Of the columns, (w,)."""
    columns: Angles = ((np.arange(width) + 0.5) / width - 0.5) * 2 * pi
    return columns


def places(latitude: Angles, longitude: Angles, height: int, width: int) -> tuple[Angles, Angles]:
    """Rows and columns at which directions of any one shape appear in a panorama."""
    return (0.5 - latitude / pi) * height - 0.5, (longitude / (2 * pi) + 0.5) * width - 0.5


def extended(values: Values, pad: int = PAD) -> Values:
    """Values (h, w, c) with `pad` more on every side: around to the left and right, over the poles above and below.

    Over a pole one comes down on the other side of the turn. With PAD, to be looked up by `between`.
    """
    half = values.shape[1] // 2
    above: Any = np.roll(values[:pad][::-1], half, 1)
    below = np.roll(values[-pad:][::-1], half, 1)
    tall = np.concatenate((above, values, below))
    padded: Any = np.concatenate((tall[:, -pad:], tall, tall[:, :pad]), 1)
    return padded  # type: ignore[no-any-return]


def between(padded: Array, rows: Angles, columns: Angles) -> Array:
    """Values at places between pixels (…,), (…, c), by Catmull and Rom's cubic; padded: (h + 2·PAD, w + 2·PAD, c), as
    `extended` gives. Columns may be any: they are taken around. Rows beyond the first and last by more than PAD are
    those at the edge."""
    high, wide = padded.shape[0] - 2 * PAD, padded.shape[1] - 2 * PAD
    columns = np.mod(columns + 0.5, wide) - 0.5
    return gathered(padded, np.clip(rows, -0.5, high - 0.5) + PAD, columns + PAD)


def gathered(values: Array, rows: Angles, columns: Angles) -> Array:
    """Values (h, w, c) at places (…,) at least a pixel from the edge before and two from the one behind → (…, c)."""
    top, left = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
    down = [cubic(rows - top - step).astype(np.float32)[..., None] for step in range(-1, 3)]
    across = [cubic(columns - left - step).astype(np.float32)[..., None] for step in range(-1, 3)]
    flat, wide = values.reshape(-1, values.shape[2]), values.shape[1]
    result = np.zeros((*rows.shape, values.shape[2]), np.float32)
    for row, weight in zip(range(-1, 3), down, strict=True):
        start = (top + row) * wide + left
        line = across[0] * flat[start - 1]
        for column in (0, 1, 2):
            line += across[column + 1] * flat[start + column]
        result += weight * line
    return result


def radius(angle: float | Angles, focal: float) -> float | Angles:
    """How far from the middle of a stereographic view directions `angle` from its middle are, in pixels. focal: pixels
    per radian in the middle."""
    result: float | Angles = 2 * focal * np.tan(np.asarray(angle) / 2)
    return result


def view_side(angle: float, focal: float, margin: int) -> int:
    """Pixels on a side of a view that shows all within `angle` of its middle, and a margin."""
    return 2 * (ceil(2 * focal * tan(angle / 2)) + margin)


def polar_view(values: Array, first: int, height: int, pole: int, side: int, focal: float) -> Array:
    """The view (side, side, c) from within, straight up (NORTH; the panorama's middle is below) or down (SOUTH; it is
    above), of rows `first` … of a panorama of so many rows, values (h, w, c), which must reach the pole."""
    right, down = np.meshgrid(np.arange(side) + 0.5 - side / 2, np.arange(side) + 0.5 - side / 2)
    latitude = pole * (pi / 2 - 2 * np.arctan(np.hypot(right, down) / (2 * focal)))
    longitude = np.arctan2(right, pole * down)
    rows, columns = places(latitude, longitude, height, values.shape[1])
    smooth = _thinned(values, latitudes(height)[first : first + values.shape[0]])
    return between(extended(smooth), rows - first, columns)


def from_view(view: Array, latitude: Angles, longitude: Angles, pole: int, focal: float) -> Array:
    """A polar view (side, side, c) back into rows of a panorama: latitudes (h,), longitudes (w,) → (h, w, c)."""
    distance = np.asarray(radius(pi / 2 - np.abs(latitude), focal))[:, None]
    middle = view.shape[0] / 2 - 0.5
    return gathered(view, middle + pole * distance * np.cos(longitude), middle + distance * np.sin(longitude))


def _thinned(values: Array, latitude: Angles) -> Array:
    """Rows (h, w, c) averaged around over as many pixels as lie on one of a view, since they crowd toward the pole."""
    result, width = values.copy(), values.shape[1]
    for row, angle in enumerate(latitude):
        reach = min(int(1 / max(np.cos(angle), 1e-6)) - 1, width - 2) // 2
        if reach > 0:
            around = np.concatenate((values[row, -reach - 1 :], values[row], values[row, :reach])).astype(np.float64)
            sums = around.cumsum(0)
            result[row] = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
    return result
