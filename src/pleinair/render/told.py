"""What a layout generator is given: a seed's numbers, and place by place what stands there and of which color.

Shapes: h×w pixels of a label map and its render, r×q cells of CELL_SIDE pixels, k numbers per cell of noise, HALO
cells beyond each edge, t = CLASSES + 3 numbers that a place is told by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pleinair.engine.protocol import Array
from pleinair.fiction.palette import NAMES
from pleinair.images import to_float
from pleinair.images.picture import Pixels
from pleinair.seeds import CELL_SIDE, HALO, ROWS, columns, latent

CLASSES = len(NAMES)
ANOTHER = 0x9E3779B1  # from the seed of four rows of cells to that of the next four
SKIRT = 2  # rows of cells beyond the upper and the lower edge: the outermost rows of what is drawn have odd colors
WINDOW = 32  # cells on a side that are drawn at a time

Labels = npt.NDArray[np.uint8]
Around = Literal["none", "x"]


@dataclass(frozen=True, eq=False)
class Given:
    """What draws a part of a picture: latents (1, l), noise (1, k, r, q + 2·HALO) and what is told
    (1, t, r · 16, (q + 2·HALO) · 16)."""

    latents: Array
    noise: Array
    told: Array


@dataclass(frozen=True)
class Part:
    """A part of a picture: its pixels, down and across, and where they lie in what is drawn."""

    pixels: tuple[slice, slice]
    drawn: tuple[slice, slice]


class LaidOut:
    """Labels (h, w) and their render (h, w, 3), uint8, of any size, ready to be drawn with a seed's noise, in windows
    of so many cells: put together they are what a single one would be. With wrap x, w is a multiple of 16. Raises
    SettingError for what is no seed."""

    def __init__(self, labels: Labels, picture: Pixels, seed: int, wrap: Around = "none", window: int = WINDOW) -> None:
        self.height, self.width = labels.shape
        self.rows, self.across = -(-self.height // CELL_SIDE), -(-self.width // CELL_SIDE)
        assert wrap == "none" or self.width % CELL_SIDE == 0
        self.labels, self.picture, self.wrap, self.size = labels, picture, wrap, window
        self._latents = latent(seed)[None]
        self._noise = noise_of(seed, self.rows + 2 * SKIRT, self.across, wrap)

    def windows(self) -> Iterator[tuple[Given, Part]]:
        """Every part of the picture, and what draws it."""
        for top in range(0, self.rows, self.size):
            for left in range(0, self.across, self.size):
                yield self._window(top, left)

    def whole(self) -> Given:
        """What draws it all at once."""
        return self._given(-SKIRT, self.rows + SKIRT, 0, self.across)

    def _window(self, top: int, left: int) -> tuple[Given, Part]:
        bottom, right = min(top + self.size, self.rows), min(left + self.size, self.across)
        first, last = max(top - HALO, -SKIRT), min(bottom + HALO, self.rows + SKIRT)
        down = slice(top * CELL_SIDE, min(bottom * CELL_SIDE, self.height))
        aside = slice(left * CELL_SIDE, min(right * CELL_SIDE, self.width))
        begin = (top - first) * CELL_SIDE
        drawn = slice(begin, begin + down.stop - down.start), slice(0, aside.stop - aside.start)
        return self._given(first, last, left, right), Part((down, aside), drawn)

    def _given(self, first: int, last: int, left: int, right: int) -> Given:
        down = np.arange(first * CELL_SIDE, last * CELL_SIDE).clip(0, self.height - 1)[:, None]
        places = np.arange((left - HALO) * CELL_SIDE, (right + HALO) * CELL_SIDE)
        aside = places % self.width if self.wrap == "x" else places.clip(0, self.width - 1)
        told = np.zeros((1, CLASSES + 3, len(down), len(aside)), np.float32)
        np.put_along_axis(told[0, :CLASSES], self.labels[down, aside][None].astype(np.intp), 1.0, 0)
        told[0, CLASSES:] = to_float(self.picture[down, aside]).transpose(2, 0, 1)
        noise = self._noise[:, first + SKIRT : last + SKIRT, left : right + 2 * HALO]
        return Given(self._latents, noise[None], told)


def noise_of(seed: int, rows: int, across: int, wrap: Around = "none") -> Array:
    """A seed's noise (k, rows, across + 2·HALO): its first four rows are those of any scene of the seed."""
    blocks = [columns((seed + block * ANOTHER) % 2**32, across, wrap=wrap == "x") for block in range(-(-rows // ROWS))]
    result: Array = np.concatenate(blocks, 1)[:, :rows]
    assert result.shape[2] == across + 2 * HALO
    return result
