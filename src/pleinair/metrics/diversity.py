"""How different the pictures of one set are: a painter that collapses paints one picture over and over.

Shapes: n pictures, d features.
"""

from dataclasses import dataclass

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics.distances import Rows

NEAR = 0.02  # cosine distance below which two pictures are near-duplicates
TINY = 1e-12


@dataclass(frozen=True)
class Diversity:
    """Mean cosine distance over pairs, the share of pictures that have a near-duplicate, and the number of pictures."""

    mean: float
    near_duplicates: float
    pictures: int


def diversity_of(features: Rows) -> Diversity:
    """Diversity of the set with features (n, d). Raises DataError for fewer than two pictures."""
    if len(features) < 2:
        raise DataError(f"diversity needs at least two pictures, got {len(features)}; add pictures")
    rows = np.asarray(features, np.float64)
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), TINY)
    apart = 1.0 - unit @ unit.T  # (n, n)
    pairs = apart[~np.eye(len(rows), dtype=bool)].reshape(len(rows), len(rows) - 1)  # each picture against the others
    return Diversity(float(pairs.mean()), float((pairs.min(axis=1) < NEAR).mean()), len(rows))
