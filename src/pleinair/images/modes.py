"""Any Pillow mode → uint8 RGB and alpha, in strips, so that no second picture of four bytes per pixel is ever held.

Gray, palette and 1-bit become RGB quietly. CMYK and Lab go through their ICC profile to sRGB, and the note says so.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pleinair.errors import PictureError
from pleinair.images.metadata import profile_space

if TYPE_CHECKING:
    from PIL.Image import Image

STRIP_PIXELS = 4_000_000
RGB_MODES = ("RGB", "RGBX", "YCbCr", "HSV", "L", "1", "P")
ALPHA_MODES = ("RGBA", "RGBa", "LA", "La", "PA")
PROFILE_MODES = {"CMYK": "CMYK", "LAB": "Lab", "L": "GRAY"}  # modes that an ICC profile can take to RGB, and its space

Bytes = npt.NDArray[np.uint8]


def unpacked(image: Image) -> tuple[Bytes, Bytes | None, str]:
    """A loaded image → pixels (h, w, 3), alpha (h, w) or None, note. Raises PictureError for float and 32-bit modes."""
    convert, transparent, note = _conversion(image)
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    alpha = np.empty((height, width), np.uint8) if transparent else None
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        strip = np.asarray(convert(image.crop((0, top, width, min(top + rows, height)))))
        pixels[top : top + rows] = strip[..., :3]
        if alpha is not None:
            alpha[top : top + rows] = strip[..., 3]
    return pixels, alpha, note


def _conversion(image: Image) -> tuple[Callable[[Image], Image], bool, str]:
    """What takes the image, or a strip of it, to RGB or RGBA; whether to RGBA; and the note."""
    icc, mode = image.info.get("icc_profile"), image.mode
    if mode in ALPHA_MODES or "transparency" in image.info:
        return (lambda strip: strip.convert("RGBA")), True, ""
    if mode in PROFILE_MODES and (mode == "LAB" or profile_space(icc) == PROFILE_MODES[mode]):
        through_profile = _profile_conversion(mode, icc if profile_space(icc) == PROFILE_MODES[mode] else None)
        if through_profile:
            return through_profile, False, "" if mode == "L" else f"converted from {PROFILE_MODES[mode]} to sRGB"
    if mode == "CMYK":
        return (
            (lambda strip: strip.convert("RGB")),
            False,
            "converted from CMYK without a profile, so colors may be off",
        )
    if mode in RGB_MODES:
        return (lambda strip: strip.convert("RGB")), False, ""
    raise PictureError(f"pixels of the kind {mode} are not painted; save the picture as 8-bit RGB first")


def _profile_conversion(mode: str, icc: bytes | None) -> Callable[[Image], Image] | None:
    """A color transform to sRGB; None if the profile is damaged or this Pillow was built without LittleCMS."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc)) if icc else ImageCms.createProfile("LAB")
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ImportError):
        return None

    def convert(strip: Image) -> Image:
        converted = ImageCms.applyTransform(strip, transform)
        assert converted is not None  # only None in place
        return converted

    return convert
