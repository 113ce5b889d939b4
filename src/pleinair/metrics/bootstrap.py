"""How far a figure would move had other pictures been taken: 95 % intervals by bootstrap (Efron 1979).

A redraw takes as many pictures as there are, with replacement; it is held as a row of counts, how often each picture
was taken. The two sides of a distance are redrawn independently. The same pictures always give the same interval.
Shapes: n and m pictures a side, d features, r redraws.
"""

from collections.abc import Callable

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics.distances import Doubles, Rows, checked, frechet_distance, kernel

REDRAWS = 1000
FRECHET_REDRAWS = 100
FRECHET_REDRAWS_LARGE = 20  # where each takes seconds: the deviation they give is then within some 16 %
FRECHET_LARGE = 512
LEVEL = 0.95
NORMAL_QUANTILE = 1.959964  # of LEVEL, on either side
SEED = 0
BLOCK = 1024  # rows of a kernel held at once

Interval = tuple[float, float]


def redraws(pictures: int, stream: int = 0, times: int = REDRAWS) -> Doubles:
    """Counts (r, n) of `times` redraws of so many pictures; each row sums to n. Another stream is independent."""
    draw = np.random.default_rng((SEED, stream))
    return np.asarray(draw.multinomial(pictures, np.full(pictures, 1 / pictures), size=times), np.float64)


def percentiles(values: Doubles) -> Interval:
    """The middle 95 % of the redraws' figures (r,). A redraw without a figure, NaN, is left out; DataError for none."""
    known = values[np.isfinite(values)]
    if not len(known):
        raise DataError("no redraw of the pictures gives a figure, so there is no interval; add pictures")
    low, high = np.percentile(known, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)


def mean_interval(values: Rows) -> Interval:
    """Of a mean over pictures, one value (n,) each. Raises DataError for none."""
    if values.ndim != 1 or not len(values):
        raise DataError(f"a mean has an interval over at least one picture, got values of shape {values.shape}")
    return percentiles(redraws(len(values)) @ np.asarray(values, np.float64) / len(values))


def mean_of_means_interval(groups: list[Doubles]) -> Interval:
    """Of the mean over groups of each one's mean of pairs; a group is its distances (n, n), redrawn within itself.

    A redraw that took one picture of a small group only has no pair there: the other groups' mean stands for it.
    """
    means = np.stack([_means_of_pairs(apart, stream) for stream, apart in enumerate(groups)])  # (groups, r)
    known = np.isfinite(means)
    counts = known.sum(axis=0)
    sums = np.where(known, means, 0.0).sum(axis=0)
    return percentiles(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))


def pairs_interval(apart: Doubles) -> Interval:
    """Of a mean over pairs of different pictures, given for all pairs (n, n).

    A picture drawn twice is no pair of different pictures: counting it as one would pull every redraw toward zero.
    """
    return percentiles(_means_of_pairs(apart, 0))


def kernel_interval(a: Rows, b: Rows) -> Interval:
    """Of the kernel distance (×1000) of a (n, d) and b (m, d). Raises as `kernel_distance` does."""
    return percentiles(1000 * _redrawn_mmd(a, b))


def ratio_interval(painted: Rows, unpainted: Rows, style: Rows) -> Interval:
    """Of the kernel distance of painted (n, d) to the style (m, d) over that of the unpainted pictures.

    Each redraw takes the same pictures of the style for both and, where there are as many unpainted as painted, a
    painting with its picture. Raises as `kernel_distance` does.
    """
    before = _redrawn_mmd(unpainted, style, 0 if len(painted) == len(unpainted) else 2)
    return percentiles(np.divide(_redrawn_mmd(painted, style), before, out=np.full(REDRAWS, np.nan), where=before > 0))


def frechet_interval(a: Rows, b: Rows) -> Interval:
    """Of the Fréchet distance, a (n, d) to b (m, d): the figure ± 1.96 deviations over 100 redraws, 20 of large sets.

    Around the figure, not the redraws' middle: a redraw has fewer different pictures, which alone raises the distance.
    It says how far the figure at this count would move, not how far the count has biased it.
    Raises as `frechet_distance` does.
    """
    value = frechet_distance(a, b)
    large = min(len(a), len(b), a.shape[1]) > FRECHET_LARGE
    times = FRECHET_REDRAWS_LARGE if large else FRECHET_REDRAWS
    of_a, of_b = redraws(len(a), 0, times).astype(int), redraws(len(b), 1, times).astype(int)
    values = [frechet_distance(a.repeat(x, axis=0), b.repeat(y, axis=0)) for x, y in zip(of_a, of_b, strict=True)]
    reach = NORMAL_QUANTILE * float(np.std(values, ddof=1))
    return value - reach, value + reach


def _redrawn_mmd(a: Rows, b: Rows, stream: int = 0) -> Doubles:
    """Unbiased squared MMD (r,) of redraws of a (n, d), of that stream, and of b (m, d), always of stream 1."""
    a, b = checked(a, b, 2)
    of_a, of_b = redraws(len(a), stream), redraws(len(b), 1)
    across = _sums(of_a, of_b, lambda rows: kernel(a[rows], b)) / (len(a) * len(b))
    return _means_of_kernel(a, of_a) + _means_of_kernel(b, of_b) - 2 * across


def _means_of_kernel(x: Doubles, counts: Doubles) -> Doubles:
    """Mean kernel of different pictures within each redraw (r,)."""
    own = (np.square(x).sum(axis=1) / x.shape[1] + 1) ** 3
    return _without_own(_sums(counts, counts, lambda rows: kernel(x[rows], x)), own, counts)


def _means_of_pairs(apart: Doubles, stream: int) -> Doubles:
    counts = redraws(len(apart), stream)
    whole: Doubles = apart
    return _without_own(_sums(counts, counts, lambda rows: whole[rows]), np.diag(whole), counts)


def _without_own(sums: Doubles, own: Doubles, counts: Doubles) -> Doubles:
    """Sums over all pairs (r,) → means over pairs of different pictures; NaN where a redraw took one picture only."""
    twice = np.square(counts)
    pairs = counts.sum(axis=1) ** 2 - twice.sum(axis=1)
    means: Doubles = np.divide(sums - twice @ own, pairs, out=np.full(len(counts), np.nan), where=pairs > 0)
    return means


def _sums(left: Doubles, right: Doubles, rows_of: Callable[[slice], Doubles]) -> Doubles:
    """Σ left_i · k_ij · right_j for each redraw (r,), a block of rows of k (n, m) at a time."""
    total = np.zeros(len(left))
    for start in range(0, left.shape[1], BLOCK):
        rows = slice(start, start + BLOCK)
        total += ((left[:, rows] @ rows_of(rows)) * right).sum(axis=1)
    return total
