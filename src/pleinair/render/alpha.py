"""Transparency: nothing that cannot be seen is painted into what can, and edges of UV islands may reach further.

Under alpha 0 a picture holds any color: mostly black, which a painter would draw into the edges. So color is filled in
there from the visible before painting, and what was there is put back after it.
"""

import numpy as np

from pleinair.errors import SettingError
from pleinair.images import Picture
from pleinair.images.holes import filled, spread
from pleinair.images.picture import Pixels

LARGEST_GUTTER = 256


def underpainted(picture: Picture) -> Pixels:
    """The picture's pixels with color filled in where nothing is to be seen; the same object if there is no such."""
    if picture.alpha is None or picture.alpha.all():
        return picture.pixels
    known = picture.alpha > 0
    whole = filled(picture.pixels.astype(np.float32), known)
    return np.where(known[:, :, None], picture.pixels, np.rint(whole).astype(picture.pixels.dtype))


def trimmed(picture: Picture, painted: Pixels, gutter: int = 0) -> Pixels:
    """The painting of an underpainted picture with the picture's own pixels back where nothing is to be seen.

    gutter: pixels by which the painting reaches beyond what is to be seen, so that textures can be read between their
    pixels and in smaller copies; alpha stays. Raises SettingError if it is out of range, or for premultiplied light.
    """
    if not 0 <= gutter <= LARGEST_GUTTER:
        raise SettingError(f"a gutter is 0 to {LARGEST_GUTTER} pixels, not {gutter}")
    if picture.alpha is None or picture.alpha.all():
        return painted
    if gutter and picture.light is not None:
        raise SettingError(f"a gutter cannot be written: color under alpha 0 glows in {picture.format}; use PNG or TIFF")
    known = picture.alpha > 0
    if not known.any():
        return picture.pixels
    result = np.where(known[:, :, None], painted, picture.pixels)
    if gutter:
        wide, reached = spread(painted.astype(np.float32), known, gutter)
        fresh = reached & ~known
        result[fresh] = np.rint(wide[fresh]).astype(result.dtype)
    return result
