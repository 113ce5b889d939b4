"""Seed → what a scene is drawn from, the same on every backend: NumPy keeps the stream of `RandomState` frozen."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

LATENT, NOISE, ROWS, HALO = 64, 8, 4, 4  # as the scene generator has them


def latent(seed: int) -> Numbers:
    """The latent (64,) of a seed, 0 to 2^32 - 1: what the whole picture is like."""
    return np.random.RandomState(seed).standard_normal(LATENT).astype(np.float32)


def columns(seed: int, count: int, wrap: bool = False) -> Numbers:
    """Noise (8, 4, count + 8) of a seed for pictures `count` columns wide: theirs, and four beyond either edge.

    With `wrap` the columns beyond an edge are those of the other, so that the picture closes to a full turn.
    """
    draw = np.random.RandomState(seed)
    draw.standard_normal(LATENT)  # the stream begins with the latent
    if wrap:
        ring = draw.standard_normal((count, NOISE, ROWS)).take(range(-HALO, count + HALO), axis=0, mode="wrap")
        return np.ascontiguousarray(ring.transpose(1, 2, 0), np.float32)
    return np.ascontiguousarray(draw.standard_normal((count + 2 * HALO, NOISE, ROWS)).transpose(1, 2, 0), np.float32)
