"""Whether a picture that goes around shows where it was cut, and whether it paints alike wherever it is cut.

The measure of a seam is how much neighbors differ across the cut, over what they differ by elsewhere (the median of all
neighboring columns, or rows). A picture has such a ratio of its own before it is painted: 1 only if what happens to
stand at its edge is as lively as the rest. A painter is judged by how much larger the ratio is after it than before.

That also grows where there is no cut: painters give quiet parts strokes and take detail from lively ones, so wherever a
picture is quieter than its median, its painting is less so. `beside` therefore compares the growth at the cut with that
of the places around it, which are painted in the same manner and are not cut.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf
from typing import Literal

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.images.picture import Pixels

Floats = npt.NDArray[np.float64]
Axis = Literal[0, 1]  # of rows (is the top a neighbor of the bottom?), of columns (is the left one of the right?)
NEAR = 48  # places on either side of the cut that it is compared with
WITHIN = 60.0  # degrees of latitude in which a turned panorama is to give the turned painting


@dataclass(frozen=True)
class Seam:
    """ratio: of the painting. source: of the picture before. rank: the share of the places along the axis at which the
    ratio grew less by painting than at the cut; about 0.5 if the cut is like any other place. beside: the growth at the
    cut over the median of the growths at up to NEAR places on either side; about 1 if the cut is like those."""

    ratio: float
    source: float
    rank: float
    beside: float = 1.0

    @property
    def growth(self) -> float:
        """How many times the picture's own ratio the painting's is."""
        return _over(self.ratio, self.source)


def steps(pixels: Pixels, axis: Axis = 1) -> Floats:
    """Mean absolute difference between each column (axis 1; row: 0) of (h, w, 3) and the one before it, around: the
    first number is that across the cut. Raises SettingError for fewer than three."""
    if pixels.shape[axis] < 3:
        raise SettingError(f"a seam is judged among at least 3 neighbors, not {pixels.shape[axis]}")
    floats = pixels.astype(np.float32)
    changes: Floats = np.abs(floats - np.roll(floats, 1, axis)).mean((1 - axis, 2), dtype=np.float64)
    return changes


def seam_ratio(pixels: Pixels, axis: Axis = 1) -> float:
    """The difference across the cut, over the median of all; 1 for a plain picture."""
    changes = steps(pixels, axis)
    return _over(float(changes[0]), float(np.median(changes)))


def seam_of(painted: Pixels, source: Pixels, axis: Axis = 1) -> Seam:
    """The seam of a painting beside that of the picture it was painted from, of the same size."""
    after, before = steps(painted, axis), steps(source, axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = after / before
    rank = float((grown < grown[0]).mean()) if np.isfinite(grown[0]) else 0.5
    near = min(NEAR, (grown.size - 1) // 2)
    around = np.concatenate((grown[1 : near + 1], grown[grown.size - near :]))
    around = around[np.isfinite(around)]  # flat places say nothing
    beside = _over(float(grown[0]), float(np.median(around))) if around.size and np.isfinite(grown[0]) else 1.0
    return Seam(seam_ratio(painted, axis), seam_ratio(source, axis), rank, beside)


def roll_difference(
    paint: Callable[[Pixels], Pixels], pixels: Pixels, shift: tuple[int, int], within: float | None = None
) -> int:
    """The largest difference, in levels, between the painting of the rolled picture and the rolled painting.

    shift: rows, columns. within: degrees of latitude beside the middle row that count, of a whole sphere; None: all.
    """
    apart = np.abs(paint(np.roll(pixels, shift, (0, 1))).astype(np.int64) - np.roll(paint(pixels), shift, (0, 1)))
    if within is not None:
        high = pixels.shape[0]
        edge = ceil(high * (0.5 - within / 180) - 1e-9)
        apart = apart[edge : high - edge]
    return int(apart.max())


def _over(one: float, other: float) -> float:
    return one / other if other else (1.0 if not one else inf)
