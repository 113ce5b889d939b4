"""What lies beyond the edge of a picture: its mirror image, or, along a wrapped axis, its other side."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.images.picture import Pixels

Places = npt.NDArray[np.intp]
Wrap = Literal["none", "x", "xy"]
WRAPS: tuple[Wrap, ...] = get_args(Wrap)


def wraps(wrap: Wrap) -> tuple[bool, bool]:
    """Whether rows and whether columns go around. Raises SettingError for another word than none, x or xy."""
    if wrap not in WRAPS:
        raise SettingError(f"wrap is none, x (full turn) or xy (tile), not {wrap!r}")
    return wrap == "xy", wrap != "none"


def beyond(start: int, stop: int, size: int, around: bool) -> Places:
    """Indices into an axis of `size` pixels for the places start … stop - 1, which may lie outside it.

    Around, they are taken modulo the size; otherwise they are mirrored without repeating the edge, as often as it
    takes, which is numpy's `reflect`, for one pixel too.
    """
    places = np.arange(start, stop)
    if around:
        return places % size
    period = max(2 * size - 2, 1)
    places %= period
    return np.minimum(places, period - places) if size > 1 else places


def planes_at(pixels: Pixels, rows: Places, columns: Places) -> Pixels:
    """Pixels (h, w, 3) at those rows and columns → planes (3, rows, columns), a copy.

    Rows are copied whole, and of the columns the longest stretch that lies as it is in the picture, which is many times
    faster than by indices; these are left for the border.
    """
    first, last = columns.min(), columns.max() + 1
    block = pixels[rows, first:last]
    left, right = inside(columns)
    planes = np.empty((3, len(rows), len(columns)), pixels.dtype)
    begin = columns[left] - first
    planes[:, :, left:right] = block[:, begin : begin + right - left].transpose(2, 0, 1)
    for part in (slice(0, left), slice(right, None)):
        planes[:, :, part] = block.take(columns[part] - first, 1).transpose(2, 0, 1)
    return planes


def inside(places: Places) -> tuple[int, int]:
    """Begin and end of the longest stretch in which indices follow each other."""
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    bounds = np.concatenate(([0], breaks, [len(places)]))
    longest = int(np.diff(bounds).argmax())
    return int(bounds[longest]), int(bounds[longest + 1])
