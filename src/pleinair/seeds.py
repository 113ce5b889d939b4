"""Seed → noise, the same on every backend: NumPy's `RandomState`, whose stream of numbers is frozen.

A seed is a place in an endless panorama: wider pictures of one seed begin with the same columns. Shapes: l latent
numbers for a whole picture, k numbers for each cell, ROWS cells over its height, a column of cells ROWS high.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError

Array = npt.NDArray[np.float32]

LATENT = 64  # normal numbers for a whole picture
CELL = 8  # normal numbers for each cell as a whole
DOUBLINGS = 4  # of a cell's side down to its finest grain: 2×2, 4×4, 8×8 and 16×16 grains
NOISE = CELL + sum(4**doubling for doubling in range(1, DOUBLINGS + 1))  # normal numbers for each cell
CELL_SIDE = 1 << DOUBLINGS  # pixels of a cell whose finest grain is a pixel
ROWS = 4  # of cells, over the height of a picture
HALO = 5  # columns beyond each edge of a picture that it depends on, whatever its size, where a model says no more
LARGEST_SEED = 2**32 - 1
MOST_SEEDS = 1_000_000


def latent(seed: int) -> Array:
    """The seed's numbers for the whole picture, float32 (l,). Raises SettingError for what is no seed."""
    return _stream(seed).standard_normal(LATENT).astype(np.float32)


def columns(seed: int, count: int, wrap: bool = False, halo: int = HALO) -> Array:
    """The seed's noise for a picture of so many columns, with the halo: float32 (k, ROWS, count + 2·halo).

    wrap: the columns go around, so that the halo on one side is what stands on the other. Raises SettingError.
    """
    if count < 1:
        raise SettingError(f"a picture has one column of noise or more, not {count}")
    stream = _stream(seed)
    stream.standard_normal(LATENT)  # the latent's numbers come first
    if not wrap:
        return _drawn(stream, count + 2 * halo)
    return around(_drawn(stream, count), halo)


def around(ring: Array, halo: int = HALO) -> Array:
    """Columns that go around (…, c) → (…, c + 2·halo): the same with a halo of themselves."""
    places = np.arange(-halo, ring.shape[-1] + halo) % ring.shape[-1]
    return np.ascontiguousarray(ring[..., places])


def _drawn(stream: np.random.RandomState, count: int) -> Array:
    """The next so many columns (k, ROWS, count), drawn column by column."""
    cells = stream.standard_normal((count, NOISE, ROWS)).astype(np.float32)
    return np.ascontiguousarray(cells.transpose(1, 2, 0))


def _stream(seed: int) -> np.random.RandomState:
    check_seed(seed)
    return np.random.RandomState(seed)


def check_seed(seed: int) -> None:
    """Raise SettingError unless it is a seed."""
    if not 0 <= seed <= LARGEST_SEED:
        raise SettingError(f"a seed is a number from 0 to {LARGEST_SEED}, not {seed}")


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds as `7`, `2,0,1,3`, `0-63` or `0-7,12`, in the order written, each once. Raises SettingError."""
    found: dict[int, None] = {}
    for part in text.split(","):
        for seed in _range(part.strip(), text):
            found[seed] = None
            if len(found) > MOST_SEEDS:
                raise SettingError(f"{text!r} are more than {MOST_SEEDS:,} seeds; take fewer at a time")
    return tuple(found)


def named(seeds: Sequence[int]) -> str:
    """Seeds as `parse_seeds` reads them, neighbors joined: 0-7,12."""
    runs: list[list[int]] = []
    for seed in seeds:
        if runs and seed == runs[-1][-1] + 1:
            runs[-1][1:] = [seed]
        else:
            runs.append([seed])
    return ",".join("-".join(map(str, run)) for run in runs)


def _range(part: str, text: str) -> Iterator[int]:
    match = re.fullmatch(r"([0-9]{1,20})(?:\s*-\s*([0-9]{1,20}))?", part)
    if match is None:
        raise SettingError(
            f"{part!r} in the seeds {text!r} is no seed or range of seeds; write for example 7, 0-63 or 0-7,12"
        )
    first, last = int(match[1]), int(match[2] or match[1])
    check_seed(first)
    check_seed(last)
    if last < first:
        raise SettingError(f"the seeds {part} run backwards; write {last}-{first}")
    return iter(range(first, last + 1))
