"""What rays meet: all columns' profiles of the land at once, and for every ray the first step that rises into it.

Shapes: s steps away from the eye, w columns, h rows, any shape of rays; -1 is a ray that meets nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pleinair.fiction.noise import Array

Indices = npt.NDArray[np.int32]
NOTHING = np.float32(-1e9)


@dataclass(frozen=True, eq=False)
class Ladder:
    """Largest values of 1, 2, 4 … steps from each on, (levels, s, w)."""

    rungs: Array


def distances(nearest: float, farthest: float, steps: int) -> Array:
    """t of the steps, (s,): each so much farther than the last that its share of the distance stays the same."""
    ratio = (farthest / nearest) ** (1 / (steps - 1))
    t, found = nearest, []
    for _ in range(steps):
        found.append(t)
        t *= ratio
    return np.array(found, np.float32)


def ladder(values: Array) -> Ladder:
    """Values (s, w) → what `first_at_least` climbs."""
    rungs, reach = [values], 1
    while reach < values.shape[0]:
        last = rungs[-1]
        longer = last.copy()
        np.maximum(last[:-reach], last[reach:], out=longer[:-reach])
        rungs.append(longer)
        reach *= 2
    return Ladder(np.stack(rungs))


def first_at_least(climb: Ladder, columns: Indices, wanted: Array, start: Indices | int = 0) -> Indices:
    """For each ray the first step from `start` on whose value is at least what is wanted, or -1."""
    levels, steps, width = climb.rungs.shape
    flat = climb.rungs.ravel()
    at = np.broadcast_to(np.asarray(start, np.int32), wanted.shape).copy()
    for level in range(levels - 1, -1, -1):
        inside = np.minimum(at, steps - 1)
        peak = flat.take((level * steps + inside) * width + columns)
        at += ((peak < wanted) & (at < steps)).astype(np.int32) << level
    result: Indices = np.where(at < steps, at, -1).astype(np.int32)
    return result
