"""Painting an array of any size through an engine, window by window, as if it were painted whole.

Networks here have no statistics over space, so a pixel depends on its surroundings up to the halo and on its place
modulo the stride. Windows that start at multiples of the stride and bring their halo with them therefore agree with the
whole. Floats exist for one window at a time. Shapes: h×w pixels, 3 channels.
"""

from collections.abc import Callable, Iterator

import numpy as np

from pleinair.engine.protocol import Array, Engine
from pleinair.errors import SettingError
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.images.planes import in_order, in_planes
from pleinair.render.borders import Wrap, beyond, planes_at, stretches, wraps

WINDOW = 1536  # pixels on a side; half of that takes an eighth longer and some 200 MiB less
FORMER_WINDOW = 768  # by which pictures were painted that do not tell theirs
SMALLEST_WINDOW = 64
BAND = 32  # rows of a window that are converted at a time, see `bands`

Progress = Callable[[float], None]
Finish = Callable[[Array, Array], Array]


def paint(
    pixels: Pixels,
    engine: Engine,
    *,
    wrap: Wrap = "none",
    window: int = WINDOW,
    finish: Finish | None = None,
    progress: Progress | None = None,
) -> Pixels:
    """Paint uint8 or uint16 pixels (h, w, 3), h, w ≥ 1, and return the like.

    window: pixels on a side, rounded down to the stride; a matter of memory and speed, not of the result (≤ 1/255).
    finish: takes original and painted planes (3, h, w) of a window to what is kept; default: the painted. progress: is
    told the share done, 0 … 1. Raises SettingError for a window too small or an unknown wrap.
    """
    around_y, around_x = wraps(wrap)
    if window < SMALLEST_WINDOW:
        raise SettingError(f"a window has at least {SMALLEST_WINDOW} pixels on a side, not {window}")
    stride, halo = engine.spec.stride, engine.spec.halo
    height, width = pixels.shape[:2]
    tops, tall = cut(height, window, stride)
    lefts, wide = cut(width, window, stride)
    if len(tops) == len(lefts) == 1:  # else it would be a copy of what may be large
        pixels = in_planes(pixels)
    result = np.empty_like(pixels)
    source = np.empty((3, tall + 2 * halo, wide + 2 * halo), np.float32)
    for number, (top, left) in enumerate(((top, left) for top in tops for left in lefts), 1):
        rows = beyond(top - halo, top + tall + halo, height, around_y)
        columns = stretches(beyond(left - halo, left + wide + halo, width, around_x))
        for band in bands(len(rows)):
            source[:, band] = to_float(planes_at(pixels, stretches(rows[band]), columns))
        painted = engine.paint(source[None])[0]
        original = source[:, halo : halo + tall, halo : halo + wide]
        kept = result[top : top + tall, left : left + wide]
        for band in bands(len(kept)):
            planes = finish(original[:, band], painted[:, band]) if finish else painted[:, band]
            kept[band] = to_pixels(planes, pixels.dtype).transpose(1, 2, 0)[:, : kept.shape[1]]
        if progress:
            progress(number / (len(tops) * len(lefts)))
    return in_order(result)


def bands(size: int) -> Iterator[slice]:
    """Slices of an axis, in order: rows few enough to stay in a core's cache from one step to the next. A frame of
    720p takes 8 ms of a core between pixels and floats that way, and 18 as a whole."""
    return (slice(start, min(start + BAND, size)) for start in range(0, size, BAND))


def cut(size: int, window: int, stride: int) -> tuple[list[int], int]:
    """Origins and length of windows that cover an axis of `size` pixels, rounded up to the stride.

    All are equally long, so that a runtime plans its memory once, and no longer than they must be; the last is moved
    back to end with the axis.
    """
    padded = -(-size // stride) * stride
    count = -(-padded // (max(window // stride, 1) * stride))
    length = -(-padded // (count * stride)) * stride
    return [min(number * length, padded - length) for number in range(count)], length
