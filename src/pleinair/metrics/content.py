"""How much of the scene a painting keeps: the correlation of its contours with the photo's, -1 … 1.

Shapes: s×s luma of a square, b×b blocks of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError
from pleinair.metrics.squares import Source, log_gradient, luma

SIZE = 192
BLOCK = 4  # a contour may move by a brush's width and still count as kept
TINY = 1e-9


@dataclass(frozen=True)
class Content:
    """Correlations over a set of pairs: mean, 5th percentile and worst, and the number of pairs."""

    mean: float
    percentile5: float
    worst: float
    pairs: int


def contours(source: Source) -> npt.NDArray[np.float64]:
    """Contour map of a picture, (b · b,), mean zero: log-gradients of the luma at 192 px, means of blocks of 4×4."""
    blocks = SIZE // BLOCK
    strength = log_gradient(luma(source, SIZE)).astype(np.float64)  # (s, s)
    coarse = strength.reshape(blocks, BLOCK, blocks, BLOCK).mean(axis=(1, 3))  # (b, b)
    return np.asarray(coarse - coarse.mean(), np.float64).ravel()


def correlation(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Correlation of two contour maps. A picture without contours keeps nothing: 0."""
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + TINY))


def content_of(before: Sequence[Source], after: Sequence[Source]) -> Content:
    """Content kept, picture by picture in order. Raises DataError when the two differ in number or are empty."""
    return summarized(correlations(before, after))


def correlations(before: Sequence[Source], after: Sequence[Source]) -> list[float]:
    """Correlation of each pair's contours, in order. Raises DataError when the two differ in number."""
    if len(before) != len(after):
        raise DataError(f"content compares pairs, got {len(before)} and {len(after)} pictures; give as many of both")
    return [correlation(contours(x), contours(y)) for x, y in zip(before, after, strict=True)]


def summarized(kept: Sequence[float]) -> Content:
    """Mean, 5th percentile, worst of correlations. Raises DataError when there are none."""
    if not kept:
        raise DataError("no pairs of pictures to compare; give pictures of the same names in both folders")
    values = np.asarray(kept, np.float64)
    return Content(float(values.mean()), float(np.percentile(values, 5)), float(values.min()), len(values))
