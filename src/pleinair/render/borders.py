"""What lies beyond the edge of a picture: its mirror image, or, along a wrapped axis, its other side."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.images.picture import Pixels

Places = npt.NDArray[np.intp]
Wrap = Literal["none", "x", "xy"]
WRAPS: tuple[Wrap, ...] = get_args(Wrap)


class Stretch(NamedTuple):
    """A slice of places, and the slice of an axis from which they come; that of one place serves for all."""

    to: slice
    of: slice


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


def planes_at(pixels: Pixels, rows: Sequence[Stretch], columns: Sequence[Stretch]) -> Pixels:
    """Pixels (h, w, 3) at those rows and columns, in stretches of at least one → planes (3, rows, columns), a copy.

    Copied by slices, which is many times faster than by indices; fastest where the pixels lie in planes already.
    """
    planes = np.empty((3, rows[-1].to.stop, columns[-1].to.stop), pixels.dtype)
    for down in rows:
        for across in columns:
            planes[:, down.to, across.to] = pixels[down.of, across.of].transpose(2, 0, 1)
    return planes


def stretches(places: Places) -> list[Stretch]:
    """Indices cut into stretches that go up or down by one, or stay, in order."""
    steps, found, start = np.diff(places), [], 0
    while start < len(places):
        step = int(steps[start]) if start < len(steps) else 0
        if abs(step) > 1:  # a jump: nothing follows
            step = 0
            stop = start + 1
        else:
            other = np.flatnonzero(steps[start:] != step)
            stop = start + 1 + (int(other[0]) if len(other) else len(steps) - start)
        first, last = int(places[start]), int(places[stop - 1])
        before = last - 1 if last else None  # counting down, the end of a slice that goes to the very first
        of = slice(first, before, -1) if step < 0 else slice(first, last + 1)
        found.append(Stretch(slice(start, stop), of))
        start = stop
    return found
