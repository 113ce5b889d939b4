"""Mountains as rivers leave them: land that rises while water, gathered from all slopes above, cuts it down.

The stream power law (K. X. Whipple and G. E. Tucker, 1999): what is cut away grows with the slope and with the root
of the area that drains through a place. Shapes: n×n texels of land that repeats, m = n·n of them in a row.
"""

import numpy as np
import numpy.typing as npt

from pleinair.fiction.noise import SIDE, Array, Tile, key, lattice, pyramid, spread, twice

Indices = npt.NDArray[np.intp]
# Rows down, columns to the right, one over the distance.
NEIGHBORS = (
    (0, 1, 1.0), (0, -1, 1.0), (1, 0, 1.0), (-1, 0, 1.0),
    (1, 1, 0.7071), (1, -1, 0.7071), (-1, 1, 0.7071), (-1, -1, 0.7071),
)  # fmt: skip
FIRST, ROUGHNESS = 64, 0.5  # texels where the cutting begins; strength of what each doubling adds
ROUNDS = {64: 48, 128: 8, 256: 3}  # of cutting, by texels: coarse rounds are cheap and reach far


def receivers(land: Array) -> Indices:
    """Where the water of each texel runs, (m,): to the steepest of eight neighbors, or to itself in a hollow."""
    side = land.shape[0]
    own = np.arange(side * side).reshape(side, side)
    steepest, lowest = np.zeros_like(land), own
    for down, across, near in NEIGHBORS:
        drop = (land - np.roll(land, (-down, -across), (0, 1))) * np.float32(near)
        steeper = drop > steepest
        steepest = np.where(steeper, drop, steepest)
        lowest = np.where(steeper, np.roll(own, (-down, -across), (0, 1)), lowest)
    return lowest.ravel()


def drained(to: Indices) -> Array:
    """How many texels drain through each, itself counted, (m,): sums along paths whose lengths double."""
    end = to.size  # beyond every outlet; whatever arrives there is forgotten
    jump = np.append(np.where(to == np.arange(end), end, to), end)
    area = np.append(np.ones(end), 0.0)
    while (jump < end).any():
        area = area + np.bincount(jump, area, end + 1)
        area[end] = 0
        jump = jump[jump]
    return area[:end].astype(np.float32)


def cut(land: Array, uplift: Array, rounds: int, strength: float) -> Array:
    """Land (n, n) after so many rounds of rising and of being cut down. Where nothing rises the rivers end."""
    outlet = uplift.ravel() <= 0
    for _ in range(rounds):
        to = receivers(land)
        force = np.sqrt(drained(to)) * np.float32(strength)
        force[outlet] = 0
        flat = land.ravel() + uplift.ravel()
        land = ((flat + force * flat[to]) / (1 + force)).reshape(land.shape)
    return land


def mountains(seed: int, side: int = SIDE) -> Tile:
    """A tile of ranges with branching valleys, and lowland between them."""
    base = lattice(key(seed, "ranges"), 4)
    while base.shape[0] < FIRST:
        base = twice(base)
        base += lattice(key(seed, f"ranges {base.shape[0]}"), base.shape[0]) * np.float32(2.2 / base.shape[0])
    base = spread(base)
    uplift = np.clip(base - np.float32(0.3), 0, np.float32(0.35)) * np.float32(0.12)
    land = cut(base * np.float32(0.1), uplift, ROUNDS[FIRST], 0.5)
    strength = land.max() * np.float32(0.06)
    while land.shape[0] < side:
        land, uplift = twice(land), twice(uplift)
        rough = lattice(key(seed, f"rough {land.shape[0]}"), land.shape[0] // 2)
        rise = np.minimum(uplift * np.float32(40), 1)
        land = land + twice(rough) * rise * strength
        land = cut(land, uplift * np.float32(0.25), ROUNDS.get(land.shape[0], 0), 0.3)
        strength = strength * np.float32(ROUGHNESS)
    return pyramid(spread(land))
