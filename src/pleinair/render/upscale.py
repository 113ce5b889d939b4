"""Bringing a painting of a reduced picture up to the size of the picture, along the edges of the original.

The painted copy P of the reduced picture L, interpolated as it is, would be too soft for the edges of the full picture
F; with all of the picture's own detail laid over it, photographic texture would cover the strokes and lines would show
where the painting moved an edge. So each pixel of the copy is asked how far the painting followed the picture. The
guided filter (He, Sun & Tang 2013) fits P ≈ g·L + b in small squares; its gain g, times how well the fit explains the
painting (the squared correlation), is smooth, unlike P, and may be interpolated:

    full painting = up(P - g·L) + up(g)·F = up(P) + up(g)·(F - up(L))

where up() is cubic interpolation. So strokes come up whole, as up(P), and the detail that the copy could not hold,
F - up(L), stays where the painting kept what it saw (g near 1) and goes where it painted over (g near 0). As in the
fast guided filter (He & Sun 2015), g is computed at the reduced size.

Shapes: planes (3, h, w); h×w is the reduced size, H×W the picture's.
"""

import numpy as np

from pleinair.engine.protocol import Array
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap, beyond, wraps
from pleinair.render.resampling import blocks, product
from pleinair.render.windows import Finish, Progress

RADIUS = 3  # reduced pixels; the neighborhood in which painting and picture are compared
NOISE = 0.02  # contrast on the scale [-1, 1] that counts as none
STRONGEST_GAIN = 1.5  # a painting that adds contrast must not blow up the picture's noise
BAND, SPAN = 128, 128  # rows and columns of the picture that are worked on at a time
PAD = 4  # reduced pixels beyond the edge that cubic interpolation may ask for where the picture is larger


def carried_up(
    pixels: Pixels,
    reduced: Pixels,
    painted: Pixels,
    *,
    finish: Finish,
    wrap: Wrap = "none",
    progress: Progress | None = None,
) -> Pixels:
    """Pixels (H, W, 3), their reduced copy (h, w, 3) and its painting (h, w, 3), of one type → the painted (H, W, 3).

    finish: takes original and painted planes to what is kept. Floats exist for a band of rows of the reduced copy and a
    block of the picture at a time.
    """
    around_y, around_x = wraps(wrap)
    result = np.empty_like(pixels)
    down = blocks(reduced.shape[0], pixels.shape[0], BAND)
    across = blocks(reduced.shape[1], pixels.shape[1], SPAN)
    pad = max(PAD, 2 * -(-reduced.shape[1] // pixels.shape[1]))  # a narrow tile is painted larger than it is
    columns = beyond(-pad - 2 * RADIUS, reduced.shape[1] + pad + 2 * RADIUS, reduced.shape[1], around_x)
    for band in down:
        rows = beyond(band.first - 2 * RADIUS, band.last + 2 * RADIUS, reduced.shape[0], around_y)
        fields = product(band.matrix, fields_of(reduced[rows[:, None], columns], painted[rows[:, None], columns]))
        for span in across:
            level, gain = np.split(product(fields[:, :, span.first + pad : span.last + pad], span.matrix.T), 2)
            here = (slice(band.start, band.stop), slice(span.start, span.stop))
            original = to_float(np.ascontiguousarray(pixels[here].transpose(2, 0, 1)))
            gain *= original
            level += gain
            result[here] = to_pixels(finish(original, level), pixels.dtype).transpose(1, 2, 0)
        if progress:
            progress(band.stop / pixels.shape[0])
    return result


def fields_of(reduced: Pixels, painted: Pixels) -> Array:
    """P - g·L and g, stacked as planes (6, h - 4·RADIUS, w - 4·RADIUS), of pixels (h, w, 3)."""
    picture, painting = (to_float(np.ascontiguousarray(array.transpose(2, 0, 1))) for array in (reduced, painted))
    mean, mean_painting = _box(picture), _box(painting)
    floor = np.float32(NOISE**2)
    joint = np.maximum(_box(picture * painting) - mean * mean_painting, 0) + floor
    contrast = np.maximum(_box(picture * picture) - mean * mean, 0) + floor
    contrast_painting = np.maximum(_box(painting * painting) - mean_painting * mean_painting, 0) + floor
    explained = joint * joint / (contrast * contrast_painting)
    gain: Array = _box(np.minimum(joint / contrast, np.float32(STRONGEST_GAIN)) * explained)
    inner = slice(2 * RADIUS, -2 * RADIUS)
    return np.concatenate((painting[:, inner, inner] - gain * picture[:, inner, inner], gain))


def _box(planes: Array) -> Array:
    """Means over squares of 2·RADIUS + 1 pixels: planes (n, h, w) → (n, h - 2·RADIUS, w - 2·RADIUS)."""
    size = 2 * RADIUS + 1
    high, wide = planes.shape[1] - size + 1, planes.shape[2] - size + 1
    columns = planes[:, :high].copy()
    for shift in range(1, size):
        columns += planes[:, shift : shift + high]
    sums = columns[:, :, :wide].copy()
    for shift in range(1, size):
        sums += columns[:, :, shift : shift + wide]
    sums /= size * size
    return sums
