"""Small gray pictures, all in memory, and the order in which a training sees them.

Picture number k of a training is a function of (seed, k) alone, so a resumed training goes on with the pictures that it
would have seen, and R ranks together see what one would. Shapes: n pictures of s×s pixels.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.data.originals import listed
from pleinair.data.pack import Pack, Pixels
from pleinair.errors import DataError, PictureError
from pleinair.metrics.squares import luma

FEWEST = 32  # pictures: a batch of the classic recipe


@dataclass(frozen=True, eq=False)
class Gray:
    """Pixels (n, s, s) uint8, and what could not be read, a line each."""

    pixels: Pixels
    left_out: tuple[str, ...] = ()

    @property
    def sha(self) -> str:
        """SHA-256 of the pixels: a run goes on only with the pictures that it began with."""
        return hashlib.sha256(np.ascontiguousarray(self.pixels).tobytes()).hexdigest()


def gray_pictures(place: Path, side: int, fewest: int = FEWEST) -> Gray:
    """All pictures of a folder and its subfolders, or of a pack, as centered squares of luma (ITU-R 601) at s×s pixels.

    A gray picture of s×s keeps its pixels. What cannot be read is left out and named.
    Raises DataError for a place that is missing and for fewer than `fewest` pictures.
    """
    gray: list[npt.NDArray[np.float32]] = []
    left_out: list[str] = []
    if place.is_file():
        pack = Pack.open(place)
        gray = [luma(album[index], side) for album in (pack.train, pack.validation) for index in range(len(album))]
    else:
        for found in listed([place])[0]:
            try:
                gray.append(luma(found.path, side))
            except PictureError as error:
                left_out.append(str(error))
    if len(gray) < fewest:
        first = f" ({len(left_out)} cannot be read, the first: {left_out[0]})" if left_out else ""
        raise DataError(f"{place} has {len(gray)} usable pictures{first}; at least {fewest} are needed, better 1,000")
    return Gray(np.stack(gray).astype(np.uint8), tuple(left_out))


def picks(seed: int, numbers: range, count: int) -> npt.NDArray[np.int64]:
    """Which of `count` pictures the pictures with these numbers are, (n,): every epoch goes through all of them, in an
    order of its own."""
    orders = {epoch: chance("order", seed, epoch).permutation(count) for epoch in {k // count for k in numbers}}
    return np.array([orders[k // count][k % count] for k in numbers], np.int64)


def noise(seed: int, number: int, count: int, size: int) -> npt.NDArray[np.float32]:
    """Normal noise (n, size) for the batch that begins with this picture of a training."""
    return chance("noise", seed, number).standard_normal((count, size)).astype(np.float32)


def chance(what: str, seed: int, number: int) -> np.random.RandomState:
    """Randomness that belongs to a name and two numbers, of any size. NumPy keeps this generator's stream frozen."""
    digest = hashlib.blake2b(f"{what} {seed} {number}".encode(), digest_size=16).digest()
    return np.random.RandomState(np.frombuffer(digest, "<u4").astype(np.uint32))
