"""Painting an array of any size through an engine, window by window, as if it were painted whole.

Networks here have no statistics over space, so a pixel depends on its surroundings up to the halo and on its place
modulo the stride. Windows that start at multiples of the stride and bring their halo with them therefore agree with the
whole. Floats exist for one window at a time. Shapes: h×w pixels, 3 channels.
"""

from collections.abc import Callable

import numpy as np

from pleinair.engine.protocol import Array, Engine
from pleinair.errors import SettingError
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap, beyond, planes_at, wraps

WINDOW = 768  # pixels on a side
SMALLEST_WINDOW = 64

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
    result = np.empty_like(pixels)
    for number, (top, left) in enumerate(((top, left) for top in tops for left in lefts), 1):
        rows = beyond(top - halo, top + tall + halo, height, around_y)
        columns = beyond(left - halo, left + wide + halo, width, around_x)
        source = to_float(planes_at(pixels, rows, columns))
        painted = engine.paint(source[None])[0]
        if finish:
            painted = finish(source[:, halo : halo + tall, halo : halo + wide], painted)
        kept = result[top : top + tall, left : left + wide]
        kept[...] = to_pixels(painted, pixels.dtype).transpose(1, 2, 0)[: kept.shape[0], : kept.shape[1]]
        if progress:
            progress(number / (len(tops) * len(lefts)))
    return result


def cut(size: int, window: int, stride: int) -> tuple[list[int], int]:
    """Origins and length of windows that cover an axis of `size` pixels, rounded up to the stride.

    All are equally long, so that a runtime plans its memory once, and no longer than they must be; the last is moved
    back to end with the axis.
    """
    padded = -(-size // stride) * stride
    count = -(-padded // (max(window // stride, 1) * stride))
    length = -(-padded // (count * stride)) * stride
    return [min(number * length, padded - length) for number in range(count)], length
