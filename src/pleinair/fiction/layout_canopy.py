"""Leaves: the crowns of a forest, one before the other, and the clumps of a single tree.

Shapes: n pixels in a row. Crowns stand in rows, each nearer to the eye than the last; within a row they are cells with
an offset of chance.
"""

from typing import NamedTuple

import numpy as np

from pleinair.fiction.march import Indices
from pleinair.fiction.noise import Array, Integers, scrambled, smooth, unit

ROW = 0.42  # of a crown's width that one row of crowns stands before the last
TALL = 3.4  # rows that a crown is high


class Leaves(NamedTuple):
    """aside, up: the normal's parts to the right and up (n,). low: 0 at a crown's foot to 1 at its head. chance: a
    number of each crown. gap: 1 where no crown is."""

    aside: Array
    up: Array
    low: Array
    chance: Array
    gap: Array


class Rows(NamedTuple):
    """Rows of crowns over a picture's rows: the row of their feet, pixels, and how many crowns go across."""

    feet: Array
    across: Array


def rows_of(pitch: Array, width: int) -> Rows:
    """pitch: pixels that a crown is wide at each row of the picture, (h,). Rows of crowns from the top down."""
    feet, across, foot = [], [], -float(pitch[0])
    height = pitch.size
    while foot < height + 4 * float(pitch[-1]):
        wide = float(pitch[min(max(int(foot), 0), height - 1)])
        feet.append(foot)
        across.append(max(1.0, round(width / wide)))
        foot += max(wide * ROW, 0.8)
    return Rows(np.array(feet, np.float32), np.array(across, np.float32))


def forest(
    rows: Rows, row: Array, column: Array, width: int, seed: int, pointed: Array | float, ragged: Array
) -> Leaves:
    """Crowns of a forest at pixels. pointed: share of conifers. ragged: noise about 0 that frays outlines, (n,)."""
    first = np.searchsorted(rows.feet, row).astype(np.int32)
    last = rows.feet.size - 1
    found = _nothing(row.size)
    for ahead in range(4):
        j = np.minimum(first + ahead, last)
        cells = rows.across[j]
        one = np.float32(width) / cells
        u = column * (cells / np.float32(width)) + unit(
            scrambled(j.astype(np.uint32) * np.uint32(977) + np.uint32(seed))
        )
        rise = (rows.feet[j] - row) / (one * np.float32(ROW * TALL))
        _crowns(u, rise, j, cells.astype(np.int32), seed, pointed, ragged, found)
    return found


def clumps(row: Array, column: Array, size: Array, seed: Integers, width: int, ragged: Array) -> Leaves:
    """Clumps of leaves `size` pixels wide, of trees with a seed each, at pixels of a picture that is `width` wide."""
    found = _nothing(row.size)
    cells = np.maximum(np.rint(np.float32(width) / size), 1)
    size = np.float32(width) / cells
    v = row / (size * np.float32(ROW))
    first = np.ceil(v).astype(np.int32)
    for ahead in range(4):
        j = first + ahead
        hashed = scrambled(j.astype(np.uint32) * np.uint32(977) + seed)
        u = column / size + unit(hashed)
        rise = (j - v) * np.float32(1 / TALL)
        _crowns(u, rise, j, cells.astype(np.int32), seed, 0.0, ragged, found)
    return found


def _nothing(count: int) -> Leaves:
    zero = np.zeros(count, np.float32)
    return Leaves(zero.copy(), zero.copy(), zero.copy(), zero + np.float32(0.5), zero + 1)


def _crowns(
    u: Array,
    rise: Array,
    j: Indices,
    cells: Indices,
    seed: int | Integers,
    pointed: Array | float,
    ragged: Array,
    found: Leaves,
) -> None:
    """One row of crowns before what is there. rise: over the row's feet, in crown heights."""
    left = np.floor(u - np.float32(0.5))
    for beside in (0, 1):
        cell = left + beside
        index = np.mod(cell.astype(np.int32), cells)
        hashed = scrambled(
            index.astype(np.uint32) * np.uint32(73856093)
            ^ j.astype(np.uint32) * np.uint32(19349663)
            ^ np.uint32(1) * seed
        )
        chance, other = unit(hashed), unit(scrambled(hashed ^ np.uint32(0x51ED270B)))
        third = unit(scrambled(hashed ^ np.uint32(0x2545F491)))
        a = (u - cell - np.float32(0.5) - (chance - np.float32(0.5)) * np.float32(0.5)) * (
            np.float32(1.45) + other * np.float32(0.5)
        )
        b = rise * (np.float32(0.85) + third * np.float32(0.45)) + (other - np.float32(0.5)) * np.float32(0.2)
        sharp = chance < pointed
        wide = np.where(sharp, np.clip(1 - b, 0, 1) * np.float32(0.95), 1)
        high = (b - np.float32(0.5)) * np.float32(2.0)
        deep = np.where(sharp, 1 - np.abs(a) / np.maximum(wide, np.float32(0.02)), 1 - a * a - high * high)
        deep = deep + ragged
        inside = (deep > 0) & (b > 0) & (b < 1)
        found.aside[inside] = np.where(sharp, a * np.float32(0.9), a * np.float32(1.1))[inside]
        found.up[inside] = np.where(sharp, np.float32(0.35), high * np.float32(0.95))[inside]
        found.low[inside] = b[inside]
        found.chance[inside] = third[inside]
        found.gap[inside] = 0


def shade_of(leaves: Leaves) -> Array:
    """How bright a place is among leaves, (n,): dark between crowns and at their feet."""
    dim = np.float32(0.45) + np.float32(0.75) * smooth(0.0, 0.8, leaves.low)
    tone = np.float32(0.72) + np.float32(0.56) * leaves.chance
    result: Array = np.where(leaves.gap > 0, np.float32(0.38), dim * tone)
    return result
