"""Pictures as every metric sees them: squares of one size, out of files or of arrays in memory.

Shapes: h×w pixels of a picture, s×s of a square. Pixels are uint8 RGB, luma is float32 in 0 … 255.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError, SettingError
from pleinair.images import format_of_suffix, read

Array = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Source = Path | Pixels


def picture_files(folders: Iterable[Path]) -> list[Path]:
    """Pictures of each folder and its subfolders, sorted within the folder. Raises DataError for one without any."""
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise DataError(f"{folder}: no such folder; check the path")
        inside = sorted(path for path in folder.rglob("*") if format_of_suffix(path) and path.is_file())
        if not inside:
            raise DataError(f"{folder}: no pictures in it; put JPEG, PNG, WebP or TIFF files there")
        found += inside
    return found


def pixels_of(source: Source) -> Pixels:
    """Pixels (h, w, 3) uint8 of a picture or its file; a metric looks at no more than 8 bit.

    Raises PictureError for a file that cannot be read, SettingError for an array that is not (h, w, 3) uint8.
    """
    if isinstance(source, Path):
        pixels = read(source).pixels
        return (pixels if pixels.dtype == np.uint8 else pixels >> 8).astype(np.uint8, copy=False)
    if source.dtype != np.uint8 or source.ndim != 3 or source.shape[2] != 3 or 0 in source.shape:
        raise SettingError(
            f"a metric eats (h, w, 3) uint8 pictures, got {source.shape} {source.dtype}; convert it first"
        )
    return source


def square(source: Source, size: int) -> Pixels:
    """The largest centered square of a picture, resized to (s, s, 3) by an antialiased bicubic filter.

    Raises PictureError for a file that cannot be read, SettingError for an array that is not (h, w, 3) uint8.
    """
    from PIL import Image, ImageOps

    fitted = ImageOps.fit(
        Image.fromarray(np.ascontiguousarray(pixels_of(source))), (size, size), Image.Resampling.BICUBIC
    )
    return np.asarray(fitted, np.uint8)


def luma(source: Source, size: int) -> Array:
    """Luma (ITU-R 601) of the picture's square, (s, s), float32, whole numbers 0 … 255 as of an 8-bit gray picture."""
    from PIL import Image

    return np.asarray(Image.fromarray(square(source, size)).convert("L"), np.float32)


def log_gradient(gray: Array) -> Array:
    """log(1 + |∇|) of a luma (s, s): contours count by their contrast's order of magnitude, not by the contrast."""
    down, right = np.gradient(gray)
    return np.asarray(np.log1p(np.hypot(right, down)), np.float32)
