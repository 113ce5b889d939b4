"""The picture in memory, and the only place that knows 127.5.

Shapes: h×w pixels, 3 channels. Encoded values are painted as they are: no gamma is undone, the profile stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pleinair.images.light import Light

Array = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8 | np.uint16]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture the right way up.

    pixels: uint8 or uint16 (h, w, 3). alpha: the same type (h, w), not premultiplied, or None. icc: an RGB profile or
    None. exif: EXIF without orientation and thumbnail, or None. format: JPEG, PNG, WEBP, TIFF, EXR or HDR. note: what a
    user should know of the reading, as "converted from CMYK to sRGB"; empty otherwise. xmp: the file's XMP packet, or
    None. cicp: the four bytes of a PNG's cICP, which say its primaries and transfer function, or None. light: what the
    pixels are a view of, in EXR and HDR.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    format: str = "PNG"
    note: str = ""
    xmp: bytes | None = None
    cicp: bytes | None = None
    light: Light | None = None


def to_float(pixels: Pixels) -> Array:
    """uint8 or uint16 of any shape → float32 in [-1, 1]. `to_pixels` gives the same pixels back."""
    floats = pixels.astype(np.float32)
    floats /= _half(pixels.dtype)
    floats -= 1
    return floats


def to_pixels(floats: Array, dtype: npt.DTypeLike = np.uint8) -> Pixels:
    """Floats of any shape, clipped to [-1, 1] → uint8 or uint16, rounded to the nearest."""
    levels = np.clip(floats, -1, 1)
    levels += 1
    levels *= _half(np.dtype(dtype))
    np.rint(levels, out=levels)
    pixels: Pixels = levels.astype(np.uint16 if np.dtype(dtype) == np.uint16 else np.uint8)
    return pixels


def _half(dtype: np.dtype[np.generic]) -> np.float32:
    """Half the largest value of the pixel type."""
    return np.float32(65535 / 2 if dtype == np.uint16 else 255 / 2)
