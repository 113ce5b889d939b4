"""How different the pictures of one set are: a painter that collapses paints one picture over and over.

Shapes: n pictures, d features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError
from pleinair.metrics.distances import Doubles, Rows

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
    apart = cosine_distances(features)
    return Diversity(mean_of_pairs(apart), float(has_duplicate(apart).mean()), len(apart))


def cosine_distances(features: Rows) -> Doubles:
    """Cosine distance of all pairs, (n, d) → (n, n), 0 … 2. Raises DataError for fewer than two pictures."""
    if len(features) < 2:
        raise DataError(f"diversity needs at least two pictures, got {len(features)}; add pictures")
    rows = unit(features)
    return np.asarray(1.0 - rows @ rows.T, np.float64)


def mean_of_pairs(apart: Doubles) -> float:
    """Mean distance of different pictures out of all pairs' (n, n)."""
    return float(_others(apart).mean())


def nearest(apart: Doubles) -> Doubles:
    """Distance (n,) of each picture to the nearest other one, out of all pairs' (n, n)."""
    return np.asarray(_others(apart).min(axis=1), np.float64)


def has_duplicate(apart: Doubles) -> npt.NDArray[np.bool_]:
    """Which pictures (n,) have a near-duplicate: another one closer than 0.02."""
    return nearest(apart) < NEAR


def by_condition(features: Rows, conditions: Sequence[str]) -> dict[str, Doubles]:
    """Cosine distances within each condition: its name → (n, n) of its pictures, conditions sorted.

    conditions: what each picture of features (n, d) was made from. Raises DataError for a condition with one picture,
    which has no other to differ from, and for names that are not as many as the pictures.
    """
    if len(conditions) != len(features):
        raise DataError(f"{len(features)} pictures of {len(conditions)} conditions; name the condition of each")
    names = np.asarray(conditions)
    groups = {name: np.flatnonzero(names == name) for name in sorted(set(conditions))}
    for name, rows in groups.items():
        if len(rows) < 2:
            raise DataError(f"condition {name!r} has one picture, which has none to differ from; give at least two")
    return {name: cosine_distances(features[rows]) for name, rows in groups.items()}


def unit(features: Rows) -> Doubles:
    """Features (n, d) brought to length 1, of which 1 - x·y is the cosine distance; what is all zero stays so."""
    rows = np.asarray(features, np.float64)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), TINY), np.float64)


def _others(apart: Doubles) -> Doubles:
    """(n, n) → (n, n - 1): each picture against the others."""
    return apart[~np.eye(len(apart), dtype=bool)].reshape(len(apart), len(apart) - 1)
