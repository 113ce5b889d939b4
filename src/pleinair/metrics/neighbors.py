"""Whether a set looks like another and covers it, by the nearest neighbors of each picture among features.

A picture's ball reaches to the k-th nearest of its own set. Kynkäänniemi et al. 2019: precision is the share of the
judged pictures inside some ball of the reference, recall the share of the reference inside some ball of the judged.
Naeem et al. 2020: density counts in how many balls of the reference a judged picture is, coverage is the share of the
reference whose own ball holds a judged picture; an outlier's wide ball does less to these two.
Shapes: n judged pictures, m of the reference, d features.
"""

from dataclasses import dataclass

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics.distances import Doubles, Rows, checked

K = 5
BLOCK = 512  # judged pictures whose distances to the whole reference are held at once
NOTHING = 1e-12  # of the squared lengths: a difference of squares is no nearer to zero than its rounding


@dataclass(frozen=True, eq=False)
class Neighbors:
    """One value per picture; the mean of each is the figure. `precise` and `dense` (n,), `recalled` and `covered` (m,).

    precise, recalled, covered: 0 or 1. dense: 0 … m / k; its mean is 1 where the two sets are spread alike.
    """

    precise: Doubles
    recalled: Doubles
    dense: Doubles
    covered: Doubles


def neighbors_of(judged: Rows, reference: Rows, k: int = K) -> Neighbors:
    """Neighborhoods of judged (n, d) among reference (m, d). On the border of a ball is inside it.

    Raises DataError for fewer than k + 1 pictures on either side, SettingError for features that do not match.
    """
    judged, reference = checked(judged, reference, k + 1)
    reach, own = radii(reference, k), radii(judged, k)  # (m,), (n,)
    dense, recalled = np.zeros(len(judged)), np.zeros(len(reference), bool)
    nearest = np.full(len(reference), np.inf)
    for start in range(0, len(judged), BLOCK):
        rows = slice(start, start + BLOCK)
        apart = squared_distances(judged[rows], reference)  # (block, m)
        dense[rows] = (apart <= reach).sum(axis=1) / k
        recalled |= (apart <= own[rows, None]).any(axis=0)
        nearest = np.minimum(nearest, apart.min(axis=0))
    return Neighbors(
        (dense > 0).astype(np.float64),
        recalled.astype(np.float64),
        dense,
        (nearest <= reach).astype(np.float64),
    )


def radii(rows: Doubles, k: int) -> Doubles:
    """Squared distance (n,) of each picture of rows (n, d) to the k-th nearest other one, 1 ≤ k < n."""
    if not 1 <= k < len(rows):
        raise DataError(f"{len(rows)} pictures have no {k}-th neighbor each; give at least {k + 1}")
    found = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        apart = squared_distances(rows[block], rows)
        apart[np.arange(len(apart)), np.arange(len(apart)) + start] = -1  # itself, first of all
        found[block] = np.partition(apart, k, axis=1)[:, k]
    return found


def squared_distances(x: Doubles, y: Doubles) -> Doubles:
    """|x - y|² of all pairs: x (n, d), y (m, d) → (n, m). What is below the rounding of the sum is 0."""
    # From the mean of y, which all features share: their lengths would only add to the rounding.
    center = y.mean(axis=0)
    x, y = x - center, y - center
    lengths = np.square(x).sum(axis=1)[:, None] + np.square(y).sum(axis=1)
    apart = lengths - 2 * x @ y.T
    return np.where(apart > NOTHING * lengths, apart, 0.0)
