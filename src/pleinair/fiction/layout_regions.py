"""A layout's regions: which pixels hang together, where the horizon lies, and borders as nature draws them.

Shapes: h×w pixels, r regions.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from pleinair.fiction.march import Indices
from pleinair.fiction.noise import Array, Tile, look_up
from pleinair.fiction.palette import Label

Labels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Wrap = Literal["none", "x", "xy"]  # nothing, a full turn, a texture
GROUND = (Label.SAND, Label.GRASS, Label.FLOWERS, Label.PATH)
AIR = (Label.SKY, Label.CLOUD)
HIGH = (*AIR, Label.MOUNTAIN, Label.FOREST)  # what begins where level ground ends
LONGEST = 2.5  # times its short side that the long side of a picture counts
KEPT = 0.975  # of the pixels keep their label when borders become ragged
# Pixels by which noise may move a border of each label in a picture 512 wide: across, and down.
RAGGED = {
    Label.SKY: (1.0, 1.0), Label.CLOUD: (1.5, 1.0), Label.WATER: (1.2, 0.25), Label.MOUNTAIN: (0.9, 0.9),
    Label.ROCK: (1.0, 0.8), Label.SNOW: (2.0, 1.4), Label.SAND: (1.6, 0.6), Label.GRASS: (1.5, 1.2),
    Label.FOREST: (1.8, 2.4), Label.TREE: (0.7, 0.7), Label.FLOWERS: (2.0, 1.2), Label.PATH: (1.6, 0.6),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Regions:
    """ids: region of each pixel, int32 (h, w). labels: of the regions (r,), those of a label the largest first, which
    are its numbers 1, 2 …; sizes: their pixels (r,)."""

    ids: Indices
    labels: Labels
    sizes: npt.NDArray[np.int64]

    def of(self, label: int) -> Indices:
        """The regions of a label, the largest first."""
        return np.nonzero(self.labels == label)[0].astype(np.int32)

    @cached_property
    def boxes(self) -> Indices:
        """First and last row, first and last column of each region, (r, 4)."""
        height, width = self.ids.shape
        count = self.labels.size
        found = np.empty((count, 4), np.int32)
        rows = np.broadcast_to(np.arange(height, dtype=np.int32)[:, None], self.ids.shape)
        columns = np.broadcast_to(np.arange(width, dtype=np.int32), self.ids.shape)
        for first, places in ((0, rows), (2, columns)):
            low, high = np.full(count, 2**30, np.int32), np.full(count, -1, np.int32)
            np.minimum.at(low, self.ids.ravel(), places.ravel())
            np.maximum.at(high, self.ids.ravel(), places.ravel())
            found[:, first], found[:, first + 1] = low, high
        return found


def regions(labels: Labels, around: bool = False) -> Regions:
    """Pixels of one label that touch by an edge are one region. around: the left edge touches the right one."""
    ids = linked(labels, around)
    _, first, inverse, sizes = np.unique(ids, return_index=True, return_inverse=True, return_counts=True)
    of = labels.ravel()[first]
    order = np.lexsort((first, -sizes, of))
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return Regions(rank[inverse].astype(np.int32).reshape(labels.shape), of[order], sizes[order].astype(np.int64))


def scale_of(shape: tuple[int, ...]) -> float:
    """How large things are drawn, 1 in a picture 512 pixels wide; a long strip is drawn as a piece of it would be."""
    height, width = shape[:2]
    return max(min(width, LONGEST * height), min(height, LONGEST * width)) / 512


def linked(values: Labels, around: bool = False) -> Indices:
    """One number for all pixels of one value that touch by an edge, int32 (h, w); the numbers have gaps."""
    new = np.ones(values.shape, bool)
    new[:, 1:] = values[:, 1:] != values[:, :-1]
    runs = (np.cumsum(new.ravel()) - 1).reshape(values.shape).astype(np.int32)
    same = values[1:] == values[:-1]
    one, other = runs[:-1][same], runs[1:][same]
    if around:
        across = values[:, 0] == values[:, -1]
        one, other = np.concatenate([one, runs[:, 0][across]]), np.concatenate([other, runs[:, -1][across]])
    pairs = np.unique(one.astype(np.int64) << 32 | other)
    one, other = (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
    root = np.arange(int(runs.max()) + 1, dtype=np.int32)
    while True:
        a, b = root[one], root[other]
        apart = a != b
        if not apart.any():
            return root[runs]
        low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
        np.minimum.at(root, high, low)
        while True:
            further = root[root]
            if (further == root).all():
                break
            root = further


def among(labels: Labels, wanted: tuple[int, ...]) -> Mask:
    """Which pixels have one of the labels, bool (h, w)."""
    table = np.zeros(256, bool)
    table[list(wanted)] = True
    return table[labels]


def horizon(labels: Labels) -> float:
    """The row (pixels from the top, may lie outside) at which level ground would end in the distance."""
    height = labels.shape[0]
    air, high, water = among(labels, AIR), among(labels, HIGH), labels == Label.WATER
    level = among(labels, GROUND) | water
    if not level.any():
        return float((0.93 if air.any() else -0.4) * height)
    if not high.any():
        return float(-0.45 * height)
    depth = np.arange(height, dtype=np.int32)[:, None]
    lowest = np.where(high, depth, -1).max(0) + 1  # of each column the row below the lowest high thing
    below = lowest[lowest < height]
    found = float(np.sort(below)[below.size * 35 // 100]) if below.size else 0.8 * height
    if water.mean() > 0.002:
        rows = np.nonzero(water)[0]
        top = float(np.sort(rows)[rows.size // 200])
        meets = air[:-1] & water[1:]
        where = np.nonzero(meets)[0] + 1
        open_sea = where[where < top + 0.25 * height]
        wide = water[int(top + 0.02 * height) : int(top + 0.06 * height) + 1].any(0).mean()
        if wide > 0.35:  # a far shore lies near the horizon
            found = max(found, top - 0.035 * height)
        found = min(found, top - 0.012 * height)
        if open_sea.size > 0.03 * labels.shape[1]:
            found = float(np.median(open_sea))
    return max(found, 0.0)


def ragged(labels: Labels, tile: Tile, around: tuple[bool, bool]) -> Labels:
    """The labels with borders that noise has moved by a few pixels; KEPT or more keep theirs. Water meets the sky in a
    straight line. around: whether rows and columns go around."""
    height, width = labels.shape
    grow = scale_of(labels.shape)
    row, column = np.meshgrid(np.arange(height, dtype=np.int32), np.arange(width, dtype=np.int32), indexing="ij")
    u, v = column * np.float32(_fitting(width, 9 / grow)), row * np.float32(_fitting(height, 9 / grow))
    table = np.array([RAGGED[Label(n)] for n in range(12)], np.float32)[labels]
    tree = (labels == Label.TREE).astype(np.float32)
    table[blurred(tree, max(round(2 * grow), 1), around) > 0] = RAGGED[Label.TREE]  # thin trunks stay whole
    aside = (look_up(tile, u, v, 2.0) - np.float32(0.5)) * table[..., 0]
    down = (look_up(tile, v + 77, u + 171, 2.0) - np.float32(0.5)) * table[..., 1]
    leafy = among(labels, (Label.FOREST, Label.TREE))
    fine = (look_up(tile, u * 3, v * 3, 4.0) - np.float32(0.5)) * np.where(labels == Label.TREE, np.float32(0.4), 1)
    aside, down = np.where(leafy, aside + fine * 2, aside), np.where(leafy, down - fine * 2, down)
    amount = 5.0 * grow
    for _ in range(8):
        other_row = row + np.rint(down * np.float32(amount)).astype(np.int32)
        other_column = column + np.rint(aside * np.float32(amount)).astype(np.int32)
        other_row = other_row % height if around[0] else np.clip(other_row, 0, height - 1)
        other_column = other_column % width if around[1] else np.clip(other_column, 0, width - 1)
        moved = labels[other_row, other_column]
        sea = (among(labels, AIR) & (moved == Label.WATER)) | ((labels == Label.WATER) & among(moved, AIR))
        moved = np.where(sea, labels, moved)
        if (moved == labels).mean() >= KEPT:
            return moved
        amount /= 1.6
    return labels


def _fitting(size: int, texels: float) -> float:
    """About so many texels to a pixel, and a whole number of tiles across the picture, so that noise closes around."""
    return max(1, round(size * texels / 512)) * 512 / size


def blurred(values: Array, reach: int, around: tuple[bool, bool] = (False, False)) -> Array:
    """The mean over a square of 2·reach+1 pixels, twice, (h, w). Sums are of whole numbers, and so the same everywhere:
    values are rounded to 1/4096."""
    if reach < 1:
        return values
    for _ in range(2):
        for axis in (0, 1):
            size = values.shape[axis]
            wide = min(reach, size) if around[axis] else reach
            pad = [(0, 0), (0, 0)]
            pad[axis] = (wide + 1, wide)
            whole = np.rint(values * np.float32(4096)).astype(np.int64)
            sums = np.cumsum(np.pad(whole, pad, mode="wrap" if around[axis] else "edge"), axis)
            first = np.take(sums, np.arange(size), axis)
            last = np.take(sums, np.arange(size) + 2 * wide + 1, axis)
            values = (last - first).astype(np.float32) * np.float32(1 / (4096 * (2 * wide + 1)))
    return values
