"""What Python users hold (paths, Pillow images, arrays) ⇄ pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pleinair.errors import PictureError
from pleinair.images.metadata import profile_space
from pleinair.images.modes import unpacked
from pleinair.images.picture import Picture, Pixels
from pleinair.images.reading import read
from pleinair.images.writing import as_pillow
from pleinair.images.xmp import packet_of, still_true

if TYPE_CHECKING:
    from PIL.Image import Image

    Source = str | Path | Image | npt.NDArray[Any]


def from_any(source: Source) -> Picture:
    """A path, a Pillow image or an array uint8 or uint16, (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) → picture.

    A Pillow image is taken as it stands: its EXIF orientation is not applied. Raises PictureError.
    """
    if isinstance(source, str | Path):
        return read(source)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    from PIL.Image import Image as PillowImage

    if isinstance(source, PillowImage):
        return _from_pillow(source)
    raise PictureError(f"a picture is a path, a Pillow image or an array, not {type(source).__name__}")


def to_kind_of(picture: Picture, source: Source) -> Image | Pixels:
    """A picture → what `source` was: an array (h, w, 3) or with alpha (h, w, 4), else a Pillow image RGB or RGBA.

    Raises PictureError for 16 bits as a Pillow image, which Pillow cannot hold in color.
    """
    if isinstance(source, np.ndarray):
        return picture.pixels if picture.alpha is None else np.dstack((picture.pixels, picture.alpha))
    if picture.pixels.dtype != np.uint8:
        raise PictureError("Pillow cannot hold 16 bits of color; pass an array, or paint files with: pleinair stylize")
    image = as_pillow(picture)
    kept = still_true(picture.xmp)
    if kept:
        image.info["xmp"] = kept
    return image


def _from_array(array: npt.NDArray[Any]) -> Picture:
    if array.dtype not in (np.uint8, np.uint16):
        raise PictureError(f"an array of pixels is uint8 or uint16, not {array.dtype}; scale it to 0 … 255 first")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)) or 0 in array.shape:
        raise PictureError(f"an array of pixels is (h, w), (h, w, 3) or (h, w, 4), not {array.shape}")
    planes = array.reshape(*array.shape[:2], -1)  # h×w pixels, c channels
    colors = planes[:, :, :3] if planes.shape[2] >= 3 else planes.repeat(3, 2)
    alpha = np.ascontiguousarray(planes[:, :, 3]) if planes.shape[2] == 4 else None
    return Picture(np.ascontiguousarray(colors), alpha)


def _from_pillow(image: Image) -> Picture:
    width, height = image.size
    if not width or not height:
        raise PictureError("the picture has no pixels")
    if image.mode.startswith("I;16"):
        return _from_array(np.asarray(image).astype(np.uint16))
    image.load()
    pixels, alpha, note = unpacked(image)
    icc, exif = image.info.get("icc_profile"), image.info.get("exif")
    keeps_profile = profile_space(icc) == "RGB" and image.mode not in ("CMYK", "LAB")
    return Picture(pixels, alpha, icc if keeps_profile else None, exif, image.format or "PNG", note, packet_of(image))
