"""Pictures that go around, painted: full turns with their poles, tiles, and pairs for two eyes.

An equirectangular panorama is stretched toward its poles: painted as it is, zenith and nadir show strokes drawn out to
stripes, and a star where they meet. So what lies more than 60° above or below the horizon is painted in a view that
looks straight at the pole, and blended in. Within 60° nothing is blended: there a turned panorama gives the turned
painting, to the bit where it is painted at its own size.
"""

from math import pi, radians

import numpy as np

from pleinair.engine.protocol import Array, Engine
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap, wraps
from pleinair.render.sphere import (
    NORTH,
    SOUTH,
    Angles,
    from_view,
    is_sphere,
    latitudes,
    longitudes,
    polar_view,
    view_side,
)
from pleinair.render.windows import WINDOW, Finish, Progress, paint

BLEND_FROM, BLEND_TO = radians(60), radians(68)  # of latitude, between which the view of the pole takes over
MARGIN = 48  # pixels of a view beyond what is used of it, so that its mirrored edges do not show
BAND = 64  # rows that are finished at a time


def paint_around(
    pixels: Pixels, engine: Engine, *, wrap: Wrap, window: int = WINDOW, progress: Progress | None = None
) -> Pixels:
    """Paint uint8 or uint16 pixels (h, w, 3) of which axes go around, and return the like; with wrap x and the shape of
    a whole sphere also its poles. The seam is exact if the axes are multiples of the stride.

    Painters work in cells of 2 pixels and more, and differ more from cell to cell than within one. The cut of the file
    is put within a cell, where it shows least.
    """
    around_y, around_x = wraps(wrap)
    sphere = wrap == "x" and is_sphere(*pixels.shape[:2])
    within = engine.spec.stride // 2 | 1
    shift = (within if around_y else 0, within if around_x else 0)
    turned = np.roll(pixels, shift, (0, 1))
    share = 0.6 if sphere else 1.0
    tell = progress and (lambda done: progress(share * done))
    painted = paint(turned, engine, wrap=wrap, window=window, progress=tell)
    del turned
    painted = np.roll(painted, (-shift[0], -shift[1]), (0, 1))
    if sphere:
        for number, pole in enumerate((NORTH, SOUTH), 1):
            _paint_pole(pixels, painted, engine, pole, window)
            if progress:
                progress(share + number * (1 - share) / 2)
    return painted


def finished(pixels: Pixels, painted: Pixels, finish: Finish, progress: Progress | None = None) -> Pixels:
    """Original and painted pixels (h, w, 3) → what `finish` keeps of them."""
    result = np.empty_like(pixels)
    for top in range(0, pixels.shape[0], BAND):
        rows = slice(top, top + BAND)
        planes = [to_float(np.ascontiguousarray(array[rows].transpose(2, 0, 1))) for array in (pixels, painted)]
        result[rows] = to_pixels(finish(planes[0], planes[1]), pixels.dtype).transpose(1, 2, 0)
    if progress:
        progress(1.0)
    return result


def _paint_pole(pixels: Pixels, painted: Pixels, engine: Engine, pole: int, window: int) -> None:
    """Paint a pole of `pixels` (h, w, 3) in a view of its own, and blend it into `painted`, in place."""
    height, width = pixels.shape[:2]
    focal = width / (2 * pi)  # as many pixels per radian as at the horizon: strokes have one size everywhere
    side = view_side(pi / 2 - BLEND_FROM, focal, MARGIN)
    deepest = 2 * np.arctan(np.hypot(side, side) / 2 / (2 * focal))  # from the pole to the view's corners
    count = min(height, int(np.ceil(deepest / pi * height)) + 4)
    first = 0 if pole == NORTH else height - count
    seen = polar_view(to_float(pixels[first : first + count]), first, height, pole, side, focal)
    view = to_float(paint(to_pixels(seen, pixels.dtype), engine, window=window))
    latitude, longitude = latitudes(height), longitudes(width)
    weights = blend_of(latitude)
    rows = np.flatnonzero((weights > 0) & (np.sign(latitude) == pole))
    for start in range(0, len(rows), BAND):
        some = rows[start : start + BAND]
        there = from_view(view, latitude[some], longitude, pole, focal)
        here = to_float(painted[some])
        here += weights[some, None, None] * (there - here)
        painted[some] = to_pixels(here, painted.dtype)


def blend_of(latitude: Angles) -> Array:
    """How much of the view of a pole is taken at latitudes (h,): 0 within 60°, 1 beyond 68°, smooth between."""
    t = np.clip((np.abs(latitude) - BLEND_FROM) / (BLEND_TO - BLEND_FROM), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
