"""What a layout generator is given: a seed's numbers, and place by place what stands there and of which color.

Shapes: h×w pixels of a label map and its render, r×q cells of CELL_SIDE pixels, k numbers per cell of noise, HALO
columns of cells beyond each edge, t = CLASSES + 3 numbers that a place is told by.
"""

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

Labels = npt.NDArray[np.uint8]
Around = Literal["none", "x"]


@dataclass(frozen=True, eq=False)
class Given:
    """Latents (1, l), noise (1, k, r, q + 2·HALO) and what is told (1, t, r · 16, (q + 2·HALO) · 16); and the pixels
    (h, w) of the picture that are wanted of what is drawn."""

    latents: Array
    noise: Array
    told: Array
    size: tuple[int, int]


def given(labels: Labels, picture: Pixels, seed: int, wrap: Around = "none") -> Given:
    """What draws labels (h, w) and their render (h, w, 3), uint8, of any size; with wrap x, w is a multiple of 16.
    Raises SettingError for what is no seed."""
    height, width = labels.shape
    rows, across = -(-height // CELL_SIDE), -(-width // CELL_SIDE)
    assert wrap == "none" or width % CELL_SIDE == 0
    down = np.minimum(np.arange(rows * CELL_SIDE), height - 1)[:, None]
    places = np.arange(-HALO * CELL_SIDE, (across + HALO) * CELL_SIDE)
    aside = places % width if wrap == "x" else places.clip(0, width - 1)
    told = np.zeros((1, CLASSES + 3, len(down), len(aside)), np.float32)
    np.put_along_axis(told[0, :CLASSES], labels[down, aside][None].astype(np.intp), 1.0, 0)
    told[0, CLASSES:] = to_float(picture[down, aside]).transpose(2, 0, 1)
    return Given(latent(seed)[None], noise_of(seed, rows, across, wrap)[None], told, (height, width))


def noise_of(seed: int, rows: int, across: int, wrap: Around = "none") -> Array:
    """A seed's noise (k, rows, across + 2·HALO): its first four rows are those of any scene of the seed."""
    blocks = [columns((seed + block * ANOTHER) % 2**32, across, wrap=wrap == "x") for block in range(-(-rows // ROWS))]
    result: Array = np.concatenate(blocks, 1)[:, :rows]
    assert result.shape[2] == across + 2 * HALO
    return result
