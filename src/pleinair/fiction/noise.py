"""Chance out of integers: a hash, numbers drawn by name, and tiles of noise that repeat without a seam.

Everything is made of 32-bit integer arithmetic and of float32 sums and products, which every machine rounds alike, so
that a seed is the same world everywhere. Shapes: n×n texels of a tile, any shape of places looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

# float32 throughout. The wider type is for the type checker, which takes a product with a Python number for float64.
Array = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int32]
T = TypeVar("T")
SIDE = 512  # texels of a tile unless said otherwise


def scrambled(values: Integers) -> Integers:
    """uint32 of any shape → uint32 in which every bit depends on every bit."""
    mixed = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))


def key(seed: int, name: str) -> int:
    """A number below 2^32 for a seed and a name; other names have nothing to do with it."""
    word = np.array([seed & 0xFFFFFFFF], np.uint32)
    return int(scrambled(scrambled(word + np.uint32(0x9E3779B9)) ^ np.uint32(crc32(name.encode())))[0])


def uniform(seed: int, count: int) -> Array:
    """So many numbers in [0, 1), float32 (count,), the first of which do not depend on how many are wanted."""
    return unit(scrambled(np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed)))


def unit(hashed: Integers) -> Array:
    """uint32 → float32 in [0, 1): the upper 24 bits, which float32 holds exactly."""
    return (hashed >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


@dataclass(frozen=True)
class Draws:
    """Numbers drawn by name: a new draw added to the code moves none of the others."""

    seed: int

    def number(self, name: str) -> float:
        """In [0, 1)."""
        return key(self.seed, name) / 2.0**32

    def between(self, name: str, low: float, high: float) -> float:
        return low + (high - low) * self.number(name)

    def chance(self, name: str, share: float) -> bool:
        return self.number(name) < share

    def among(self, name: str, choices: Sequence[T]) -> T:
        return choices[int(self.number(name) * len(choices))]


@dataclass(frozen=True, eq=False)
class Tile:
    """Noise that repeats every n texels, with its smaller copies: all levels one after another in `texels`, and where
    each begins. Values of what the builders below make lie in [0, 1]."""

    texels: Array
    side: int
    starts: Places

    @property
    def levels(self) -> int:
        return len(self.starts)


def pyramid(texels: Array) -> Tile:
    """Texels (n, n), n a power of two → a tile with its copies of n/2, n/4 … 2 texels, each the mean of four."""
    levels = [texels]
    while levels[-1].shape[0] > 2:
        last = levels[-1]
        levels.append((last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]) * np.float32(0.25))
    sizes = [0, *(level.size for level in levels[:-1])]
    flat = np.concatenate([level.ravel() for level in levels]).astype(np.float32)
    return Tile(flat, texels.shape[0], np.cumsum(sizes).astype(np.int32))


def look_up(tile: Tile, x: Array, y: Array, footprint: Array | float = 0.0) -> Array:
    """The tile at places x, y in texels (it repeats; the first texel's middle is 0), between them linearly.

    footprint: texels that one sample stands for; the copy whose texels are about as large is read, so that what is
    finer than a sample does not flicker.
    """
    level = np.clip(np.frexp(np.asarray(footprint, np.float32))[1], 0, tile.levels - 1).astype(np.int32)
    shrink = np.float32(1) / (np.int32(1) << level).astype(np.float32)
    u, v = x * shrink + (shrink * 0.5 - 0.5), y * shrink + (shrink * 0.5 - 0.5)
    left, top = np.floor(u), np.floor(v)
    u, v = u - left, v - top
    side = np.int32(tile.side) >> level
    mask = side - 1
    column, row = left.astype(np.int32), top.astype(np.int32)
    first, second = (row & mask) * side, ((row + 1) & mask) * side
    start = tile.starts[level]
    one, other = (column & mask) + start, ((column + 1) & mask) + start
    flat = tile.texels
    a, b, c, d = flat.take(first + one), flat.take(first + other), flat.take(second + one), flat.take(second + other)
    a += (b - a) * u
    c += (d - c) * u
    result: Array = a + (c - a) * v
    return result


def closing(scale: Array | np.float32, width: int) -> Array:
    """About as many texels to a pixel, of any shape, and a whole number of tiles across `width` pixels."""
    tiles = np.maximum(np.rint(scale * np.float32(width / SIDE)), 1)
    result: Array = (tiles * np.float32(SIDE / width)).astype(np.float32)
    return result


def lattice(seed: int, cells: int) -> Array:
    """Numbers in [-1, 1), float32 (cells, cells)."""
    return uniform(seed, cells * cells).reshape(cells, cells) * np.float32(2) - np.float32(1)


def twice(texels: Array) -> Array:
    """(n, n) that repeat → (2n, 2n), smooth: a quadratic B-spline through the texels."""
    for axis in (0, 1):
        shape = list(texels.shape)
        shape[axis] *= 2
        larger = np.empty(shape, np.float32)
        near = texels * np.float32(0.75)
        far = texels * np.float32(0.25)
        even, odd = (slice(None, None, 2), slice(1, None, 2))
        larger[even if axis == 0 else (slice(None), even)] = near + np.roll(far, 1, axis)
        larger[odd if axis == 0 else (slice(None), odd)] = near + np.roll(far, -1, axis)
        texels = larger
    return texels


def spread(texels: Array) -> Array:
    """Any values → the same stretched to exactly [0, 1]."""
    low, high = texels.min(), texels.max()
    result: Array = (texels - low) / (high - low)
    return result


def cloudy(seed: int, first: int = 4, gain: float = 0.5, side: int = SIDE) -> Tile:
    """Soft noise of all sizes from n / `first` texels down: each half as large is `gain` times as strong."""
    total, strength, cells = lattice(seed, first), 1.0, first
    while cells < side:
        total, strength, cells = twice(total), strength * gain, cells * 2
        total += lattice(key(seed, str(cells)), cells) * np.float32(strength)
    return pyramid(spread(total))


def ridged(seed: int, first: int = 4, gain: float = 0.48, side: int = SIDE) -> Tile:
    """Mountains: noise folded into ridges; detail lies on the ridges, and where it is steep less of it, as if washed
    down (after F. K. Musgrave's ridged multifractal and I. Quilez's slope-weighted octaves)."""
    total = np.zeros((4 * first, 4 * first), np.float32)
    weight: Array = np.ones_like(total)
    strength, cells = 1.0, first
    while True:
        noise = twice(twice(lattice(key(seed, str(cells)), cells)))
        fold = np.maximum(np.float32(1) - np.abs(noise) * np.float32(2.4), 0)
        worn = 1 / (1 + steepness(total) * np.float32(0.006 * cells * cells))
        total = total + (fold * weight + noise * np.float32(0.7)) * worn * np.float32(strength)
        if 4 * cells >= side:
            break
        weight = twice(np.clip(fold * weight * np.float32(1.2) + np.float32(0.3), 0, 1))
        total = twice(total)
        strength, cells = strength * gain, cells * 2
    return pyramid(spread(total))


def steepness(texels: Array) -> Array:
    """The square of the slope of texels that repeat, per texel."""
    across = texels - np.roll(texels, 1, 1)
    down = texels - np.roll(texels, 1, 0)
    return across * across + down * down


def smooth(low: float, high: float, values: Array) -> Array:
    """0 below `low`, 1 above `high`, smoothly between; downward if low > high."""
    share = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    result: Array = share * share * (3 - 2 * share)
    return result


def wave(turns: Array) -> Array:
    """Nearly a sine of so many turns, of parabolas, which every machine computes alike: in [-1, 1]."""
    part = turns - np.floor(turns)
    half = part * 2 - np.floor(part * 2)
    arch = half * (1 - half) * 4
    result: Array = np.where(part < 0.5, arch, -arch)
    return result
