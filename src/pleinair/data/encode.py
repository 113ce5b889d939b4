"""How a picture is stored in a pack: its size and JPEG quality, and what to give up first when space is short."""

import io
from dataclasses import dataclass

import numpy as np

from pleinair.data.pack import Pixels

QUALITIES = (95, 92, 88, 84)
SHRINK = 0.85


@dataclass(frozen=True)
class Setting:
    """Pictures are stored with at most this short side in pixels, at this JPEG quality (colors not subsampled)."""

    short_side: int
    quality: int


def ladder(short_side: int, minimum: int) -> list[Setting]:
    """Settings from the best to the smallest: quality goes first, then size, for strokes need pixels."""
    rungs = [Setting(short_side, quality) for quality in QUALITIES]
    side = short_side
    while side > minimum:
        side = max(minimum, int(side * SHRINK))
        rungs += [Setting(side, quality) for quality in QUALITIES[2:]]
    return rungs


def stored_size(size: tuple[int, int], short_side: int) -> tuple[int, int]:
    """(width, height) in the pack: the short side at most `short_side`, the aspect kept, never enlarged."""
    factor = min(1.0, short_side / min(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def sized(pixels: Pixels, short_side: int) -> Pixels:
    """The picture (h, w, 3) brought to its stored size, antialiased (Lanczos)."""
    from PIL import Image

    height, width = pixels.shape[:2]
    size = stored_size((width, height), short_side)
    if size == (width, height):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def encode(pixels: Pixels, quality: int) -> bytes:
    """JPEG bytes of a picture (h, w, 3), colors at full resolution: chroma is half of a painting's texture."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=0, optimize=True)
    return file.getvalue()
