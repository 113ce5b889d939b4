"""Holes in pictures: filled in from what is known around them, or their edges moved outward by some pixels.

Shapes: h×w pixels, c channels.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
NEIGHBORS = tuple((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x)


def filled(values: Array, known: Mask) -> Array:
    """Values (h, w, c), of which only `known` (h, w) count, with the others filled in by push-pull.

    Gortler et al. 1996, The Lumigraph, section 3.4: means of the known among four pixels become a picture of half the
    size, until there is no hole, and come back into the holes. Nothing known gives zeros.
    """
    if known.all():
        return values
    if not known.any():
        return np.zeros_like(values)
    height, width = known.shape
    rows, columns = -(-height // 2), -(-width // 2)
    sums = np.zeros((rows, columns, values.shape[2]), np.float32)
    counts = np.zeros((rows, columns), np.float32)
    for y in (0, 1):
        for x in (0, 1):
            here, there = known[y::2, x::2], values[y::2, x::2]
            sums[: here.shape[0], : here.shape[1]] += np.where(here[:, :, None], there, np.float32(0))
            counts[: here.shape[0], : here.shape[1]] += here
    sums /= np.maximum(counts, 1)[:, :, None]
    coarse = filled(sums, counts > 0)
    result = values.copy()
    for y in (0, 1):
        for x in (0, 1):
            here = known[y::2, x::2]
            part = result[y::2, x::2]
            part[~here] = coarse[: here.shape[0], : here.shape[1]][~here]
    return result


def spread(values: Array, known: Mask, reach: int) -> tuple[Array, Mask]:
    """Values (h, w, c) with what is known (h, w) moved outward by up to `reach` pixels, also diagonally: each pixel
    takes the mean of its neighbors that are known already. Returns the values and what is known then."""
    values, known = values.copy(), known.copy()
    height, width = known.shape
    for _ in range(reach):
        framed = np.pad(known, 1)
        touched = np.zeros_like(known)
        for y, x in NEIGHBORS:
            touched |= framed[1 + y : 1 + y + height, 1 + x : 1 + x + width]
        rows, columns = np.nonzero(touched & ~known)
        if not rows.size:
            break
        sums = np.zeros((rows.size, values.shape[2]), np.float32)
        counts = np.zeros(rows.size, np.float32)
        for y, x in NEIGHBORS:
            there = framed[rows + 1 + y, columns + 1 + x]
            sums[there] += values[rows[there] + y, columns[there] + x]
            counts += there
        values[rows, columns] = sums / counts[:, None]
        known[rows, columns] = True
    return values, known
