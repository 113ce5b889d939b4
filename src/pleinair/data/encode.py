"""How a picture is stored in a pack: its size and coding, and what to give up first when space is short."""

import io
from dataclasses import dataclass

import numpy as np

from pleinair.data.pack import Pixels

SHRINK = 0.96


@dataclass(frozen=True)
class Setting:
    """Pictures are stored with at most this short side in pixels, as JPEG or WEBP of this quality."""

    short_side: int
    format: str = "JPEG"
    quality: int = 95


def ladder(short_side: int, minimum: int) -> list[Setting]:
    """Settings from the best to the smallest.

    JPEG 95 with colors at full resolution is fast and all but lossless. Where space is short, WebP is 3 to 5 dB nearer
    to the picture at the same bytes (measured on prints, ink and photos at 512 px), if slower to read. Quality goes
    first, down to where strokes would suffer, then size.
    """
    rungs = [Setting(short_side), *(Setting(short_side, "WEBP", quality) for quality in (92, 88, 84, 80))]
    while rungs[-1].short_side > minimum:
        rungs.append(Setting(max(minimum, int(rungs[-1].short_side * SHRINK)), "WEBP", 80))
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


def encode(pixels: Pixels, setting: Setting) -> bytes:
    """The bytes of a picture (h, w, 3), brought to its size."""
    from PIL import Image

    file = io.BytesIO()
    image = Image.fromarray(sized(pixels, setting.short_side))
    if setting.format == "JPEG":
        image.save(file, "JPEG", quality=setting.quality, subsampling=0, optimize=True)
    else:
        image.save(file, setting.format, quality=setting.quality, method=4)
    return file.getvalue()
