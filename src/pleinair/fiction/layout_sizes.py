"""Layouts of any size: small ones are dressed with a margin, large ones as a smaller copy that is enlarged along the
borders of the layout itself.

Shapes: h×w pixels.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.fiction.layout import check_labels, only_ground
from pleinair.fiction.layout_dress import Dressed, Reroll, dress
from pleinair.fiction.layout_regions import Labels, Wrap, regions
from pleinair.fiction.layout_rolls import check_rolls
from pleinair.fiction.layout_tile import dress_tile
from pleinair.fiction.noise import Array

SMALLEST, WORKING = 16, 3_000_000  # pixels on a side, in all, that are dressed as they are
BAND = 256  # rows that are enlarged at a time


def dressed(labels: Labels, seed: int, rerolls: Sequence[Reroll] = (), wrap: Wrap = "none") -> Dressed:
    """A layout (uint8 (h, w)) as its seed dresses it, of the same size. Raises PictureError for what is no label map,
    SettingError for regions that it does not have or a wrap that it cannot have."""
    check_labels(labels)
    check_wrap(labels, wrap)
    check_rolls(rerolls, regions(working(labels), wrap == "x"))
    if labels.size > WORKING:
        return _enlarged(labels, _dress(working(labels), seed, rerolls, wrap), wrap)
    height, width = labels.shape
    down, aside = max(SMALLEST - height, 0), max(SMALLEST - width, 0)
    if not down and not aside:
        return _dress(labels, seed, rerolls, wrap)
    margin = ((down // 2, down - down // 2), (aside // 2, aside - aside // 2))
    larger = _dress(np.pad(labels, margin, mode="wrap" if wrap == "xy" else "edge"), seed, rerolls, wrap)
    at = slice(down // 2, down // 2 + height), slice(aside // 2, aside // 2 + width)
    return Dressed(np.ascontiguousarray(larger.picture[at]), np.ascontiguousarray(larger.labels[at]))


def check_wrap(labels: Labels, wrap: Wrap) -> None:
    """Raise SettingError if a layout cannot wrap so."""
    height, width = labels.shape
    if wrap not in ("none", "x", "xy"):
        raise SettingError(f"layouts wrap none, x (a full turn) or xy (a texture), not {wrap!r}")
    if wrap == "x" and (2 * height > width or width < SMALLEST or height < SMALLEST):
        raise SettingError(
            f"a full turn is at least twice as wide as high and {SMALLEST} pixels high, as 1024x512; "
            f"{width}x{height} is not"
        )
    if wrap == "xy":
        strange = only_ground(labels)
        if strange:
            raise SettingError(
                f"a texture is ground seen from above: sand, grass, flowers, path, rock, snow; not {', '.join(strange)}"
            )
        if min(height, width) < SMALLEST:
            raise SettingError(f"a texture has {SMALLEST} pixels or more on a side, not {width}x{height}")


def _dress(labels: Labels, seed: int, rerolls: Sequence[Reroll], wrap: Wrap) -> Dressed:
    if wrap == "xy":
        return dress_tile(labels, seed, rerolls)
    return dress(labels, seed, rerolls, "x" if wrap == "x" else "none")


def working(labels: Labels) -> Labels:
    """The copy of a layout that is dressed: so many of its pixels that there are WORKING or fewer."""
    step = 1
    while -(-labels.shape[0] // step) * -(-labels.shape[1] // step) > WORKING:
        step += 1
    rows, columns = _places(labels.shape[0], step), _places(labels.shape[1], step)
    return labels if step == 1 else np.ascontiguousarray(labels[np.ix_(rows, columns)])


def _places(size: int, step: int) -> npt.NDArray[np.intp]:
    """The middles of so many parts of an axis."""
    count = -(-size // step)
    return np.minimum(((np.arange(count) + 0.5) * (size / count)).astype(np.intp), size - 1)


def _enlarged(labels: Labels, small: Dressed, wrap: Wrap) -> Dressed:
    """The dressed copy at the layout's size: between its pixels linearly, but of a pixel's own label alone."""
    height, width = labels.shape
    picture = np.empty((height, width, 3), np.uint8)
    columns = _between(width, small.labels.shape[1], wrap != "none")
    for top in range(0, height, BAND):
        part = slice(top, min(top + BAND, height))
        one, other, share = _between(height, small.labels.shape[0], wrap == "xy")
        rows = one[part], other[part], share[part]
        picture[part] = _band(labels[part], small, rows, columns)
    return Dressed(picture, labels)


Between = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Array]


def _between(size: int, small: int, around: bool) -> Between:
    """For each of `size` places the two of `small` that it lies between, and how far toward the second."""
    at = (np.arange(size) + 0.5) * (small / size) - 0.5
    left = np.floor(at)
    one, other = left.astype(np.intp), left.astype(np.intp) + 1
    pair = (one % small, other % small) if around else (np.clip(one, 0, small - 1), np.clip(other, 0, small - 1))
    return pair[0], pair[1], (at - left).astype(np.float32)


def _band(labels: Labels, small: Dressed, rows: Between, columns: Between) -> npt.NDArray[np.uint8]:
    total, weight = np.zeros((*labels.shape, 3), np.float32), np.full(labels.shape, np.float32(1e-4))
    plain = np.zeros_like(total)
    for row, v in ((rows[0], 1 - rows[2]), (rows[1], rows[2])):
        for column, u in ((columns[0], 1 - columns[2]), (columns[1], columns[2])):
            at = np.ix_(row, column)
            share = np.asarray(v, np.float32)[:, None] * u
            color = small.picture[at].astype(np.float32)
            own = share * (small.labels[at] == labels)
            total += color * own[..., None]
            plain += color * share[..., None]
            weight += own
    clear = (weight > 0.02)[..., None]
    result: npt.NDArray[np.uint8] = (
        np.rint(np.where(clear, total / weight[..., None], plain)).clip(0, 255).astype(np.uint8)
    )
    return result
