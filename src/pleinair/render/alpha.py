"""Transparency: nothing that cannot be seen is painted into what can, and edges of UV islands may reach further.

Under alpha 0 a picture holds any color: mostly black, which a painter would draw into the edges. And the color of faint
pixels, divided by their alpha once, is noise. So color is filled in there from what is well to be seen before painting;
the pixels under alpha 0 come back after it.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.images import Picture
from pleinair.images.holes import filled, spread
from pleinair.images.picture import Pixels

FAINT = 1 / 16  # alpha below which a pixel's color is not believed
LARGEST_GUTTER = 256


def within(picture: Picture, paint: Callable[[Pixels], Pixels], gutter: int = 0) -> Pixels:
    """What `paint` makes of the picture's pixels (h, w, 3), within its transparency: `underpainted` before it,
    `trimmed` after it. Raises as `trimmed` does, and whatever `paint` raises."""
    under = underpainted(picture)
    return trimmed(picture, under, paint(under), gutter)


def underpainted(picture: Picture) -> Pixels:
    """The picture's pixels (h, w, 3) with color filled in where little or nothing is to be seen; the same object if
    there is no such place."""
    if picture.alpha is None or not picture.alpha.any():
        return picture.pixels
    known = _believed(picture.alpha)
    if known.all():
        return picture.pixels
    whole = filled(picture.pixels.astype(np.float32), known)
    return np.where(known[:, :, None], picture.pixels, np.rint(whole).astype(picture.pixels.dtype))


def trimmed(picture: Picture, under: Pixels, painted: Pixels, gutter: int = 0) -> Pixels:
    """The painting of the underpainted picture, with the picture's own pixels where nothing is seen or was changed.

    gutter: pixels by which the painting reaches beyond what is to be seen, so that textures can be read between their
    pixels and in smaller copies; alpha stays. Raises SettingError if it is out of range, or for premultiplied light.
    """
    if not 0 <= gutter <= LARGEST_GUTTER:
        raise SettingError(f"a gutter is 0 to {LARGEST_GUTTER} pixels, not {gutter}")
    if picture.alpha is None or not picture.alpha.any():
        return painted if picture.alpha is None else picture.pixels
    if gutter and picture.light is not None:
        raise SettingError(
            f"{picture.light.source}: under alpha 0, color glows in {picture.format}, so it has no gutter; use PNG"
        )
    shown = picture.alpha > 0
    result = np.where(shown[:, :, None] & (painted != under), painted, picture.pixels)
    if gutter and not shown.all():
        wide, reached = spread(painted.astype(np.float32), shown, gutter)
        fresh = reached & ~shown
        result[fresh] = np.rint(wide[fresh]).astype(result.dtype)
    return result


def _believed(alpha: Pixels) -> npt.NDArray[np.bool_]:
    """Where the color is to be believed: not where alpha is faint, unless it is so everywhere."""
    firm = np.asarray(alpha >= np.iinfo(alpha.dtype).max * FAINT)
    return firm if firm.any() else np.asarray(alpha > 0)
