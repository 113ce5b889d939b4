"""What lies beyond the edge of a picture: its mirror image, or, along a wrapped axis, its other side."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError

Wrap = Literal["none", "x", "xy"]
WRAPS: tuple[Wrap, ...] = get_args(Wrap)


def wraps(wrap: Wrap) -> tuple[bool, bool]:
    """Whether rows and whether columns go around. Raises SettingError for another word than none, x or xy."""
    if wrap not in WRAPS:
        raise SettingError(f"wrap is none, x (full turn) or xy (tile), not {wrap!r}")
    return wrap == "xy", wrap != "none"


def beyond(start: int, stop: int, size: int, around: bool) -> npt.NDArray[np.intp]:
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
