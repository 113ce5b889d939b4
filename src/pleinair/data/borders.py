"""What of a picture is worth training on: without even borders, and strips in pieces of a usual shape.

h×w pixels; a box is (left, top, right, bottom) in pixels.
"""

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pleinair.data.pack import Pixels

Box = tuple[int, int, int, int]

EVEN = 6  # levels of 255 by which an even border may vary (JPEG noise, not the grain of paper)
MOSTLY = 0.99  # share of a line that must be even
WIDEST = 0.25  # share of a side beyond which nothing more is cut
LEAST = 0.01  # share of a side below which it is not worth it
STRIP = 3.0  # aspect from which a picture is a strip …
PIECE = 2.0  # … and is cut into equal pieces of at most this aspect


def inner_box(pixels: Pixels) -> Box:
    """The picture (h, w, 3) without the bars of a film frame or the white of a scan.

    Only borders of one color on two opposite sides count, so that a clear sky is not cut.
    """
    height, width = pixels.shape[:2]
    top, bottom = _pair(pixels)
    left, right = _pair(pixels[top : height - bottom].swapaxes(0, 1))
    if not (top or left):
        return 0, 0, width, height
    if not top:  # bars at the sides may have hidden those above and below
        top, bottom = _pair(pixels[:, left : width - right])
    return left, top, width - right, height - bottom


def _pair(pixels: Pixels) -> tuple[int, int]:
    """How many even lines there are above and below (0, 0 unless on both sides and of one color)."""
    lines = pixels.shape[0]
    color = np.median(pixels[0], 0)
    most = int(lines * WIDEST)
    above, below = _even_lines(pixels[:most], color), _even_lines(pixels[::-1][:most], color)
    return (above, below) if min(above, below) >= max(1, lines * LEAST) else (0, 0)


def _even_lines(lines: Pixels, color: npt.NDArray[np.float64]) -> int:
    """How many of the lines, from the first on, have almost nothing but this color."""
    for number, line in enumerate(lines):
        if (np.abs(line.astype(np.int16) - color).max(-1) <= EVEN).mean() < MOSTLY:
            return number
    return len(lines)


def pieces_of(box: Box) -> list[Box]:
    """The box itself, or, if it is a strip (a handscroll, a panorama), equal pieces along its long side."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    long, short = max(width, height), max(1, min(width, height))
    if long < STRIP * short:
        return [box]
    number = math.ceil(long / short / PIECE)
    cuts = [round(i * long / number) for i in range(number + 1)]
    if width > height:
        return [(left + start, top, left + end, bottom) for start, end in pairwise(cuts)]
    return [(left, top + start, right, top + end) for start, end in pairwise(cuts)]
