"""A layout: a painted label map, read from a picture whose colors are those of the palette or near them.

Shapes: h×w pixels, n of them in a row.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pleinair.errors import PictureError
from pleinair.fiction.layout_regions import among, regions
from pleinair.fiction.palette import COLORS, NAMES, Label
from pleinair.images.picture import Pixels

Labels = npt.NDArray[np.uint8]
LONGEST, MOST = 20_000, 64_000_000  # pixels on a side, in all
EXACT = 1.5  # distance (of red, green and blue, 0 to 255) up to which a color is the palette's own
CLOSE = 6.0  # distance up to which a color is meant, however few pixels have it
NEAR = 26.0  # distance up to which a pixel's color says its label by itself
KNOWN = 0.7  # of the pixels that must be so near
STRANGE = 0.02  # of the pixels that may lie in no even patch of a color, beside those at the borders of such patches
ROUNDS = 64  # pixels over which labels spread into what has none
SHOWN = {"flower field": "flowers"}  # names as they are typed: one word


@dataclass(frozen=True, eq=False)
class Layout:
    """labels: uint8 (h, w), see `palette`. snapped: pixels whose color was not the palette's own; farthest: how far
    the farthest of them was, 0 to 441; lost: pixels that were not near any color and took their neighbors' label."""

    labels: Labels
    snapped: int = 0
    farthest: float = 0.0
    lost: int = 0

    @property
    def report(self) -> str:
        """One line on what was snapped, empty if nothing was."""
        if not self.snapped:
            return ""
        share = 100 * self.snapped / self.labels.size
        told = f"{share:.2g}" if share < 99.5 else "100"
        line = f"{self.snapped:,} pixels ({told} %) snapped to the palette, by up to {self.farthest:.0f} of 441"
        return line + (f"; {self.lost:,} of them took their neighbors' label" if self.lost else "")


def check_labels(labels: Labels) -> None:
    """Raise PictureError unless it is a label map of a size that can be painted."""
    if labels.ndim != 2 or not labels.size or labels.dtype != np.uint8:
        raise PictureError(f"a label map is uint8 (h, w), not {labels.dtype} {labels.shape}")
    height, width = labels.shape
    if max(height, width) > LONGEST or height * width > MOST:
        raise PictureError(
            f"a layout has at most {LONGEST:,} pixels on a side and {MOST // 1_000_000} megapixels, not "
            f"{width}x{height}; paint it smaller, then scale the picture up"
        )
    if int(labels.max()) >= len(NAMES):
        raise PictureError(f"labels are 0 to {len(NAMES) - 1}, not {int(labels.max())}; see: pleinair paint --palette")


def read_layout(pixels: Pixels, name: str = "the layout") -> Layout:
    """RGB (h, w, 3), 8 or 16 bits → the labels of the palette's nearest colors.

    What lies between two colors, as softened borders do, takes the label beside it. Raises PictureError for what is no
    layout: too large, or with too many colors that are not near the palette's, as a photo has.
    """
    check_labels(np.broadcast_to(np.uint8(0), pixels.shape[:2]))
    eight = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    codes = (eight[..., 0].astype(np.uint32) << 16) | (eight[..., 1].astype(np.uint32) << 8) | eight[..., 2]
    colors, inverse = np.unique(codes, return_inverse=True)
    nearest, away = _nearest(colors)
    inverse = inverse.reshape(codes.shape)
    labels, gap = nearest[inverse], away[inverse]
    off = gap > EXACT
    if not off.any():
        return Layout(labels)
    near = gap <= NEAR
    sure = near & (_even(labels) | (gap <= CLOSE))
    _check_near(near, sure, labels, eight, name)
    filled = _spread(labels, sure)
    return Layout(filled, int(off.sum()), float(gap.max()), int((~near).sum()))


def _nearest(codes: npt.NDArray[np.uint32]) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Colors 0xRRGGBB (n,) → the nearest label of each, and how far its color is."""
    label, least = np.zeros(codes.shape, np.uint8), np.full(codes.shape, 2**30, np.int64)
    parts = [(codes >> shift & 255).astype(np.int64) for shift in (16, 8, 0)]
    for number, color in enumerate(COLORS):
        gap = sum((part - value) ** 2 for part, value in zip(parts, color, strict=True))
        closer = gap < least
        label[closer], least = number, np.minimum(gap, least)
    return label, np.sqrt(least).astype(np.float32)


def _even(labels: Labels) -> npt.NDArray[np.bool_]:
    """Pixels that lie in a square of 3×3 of one label, whichever of its places they take: not softened borders."""
    padded = np.pad(labels, 1, mode="edge")
    middle = np.ones(labels.shape, bool)
    height, width = labels.shape
    for down in range(3):
        for aside in range(3):
            middle &= padded[down : down + height, aside : aside + width] == labels
    wide = np.pad(middle, 1)
    found = np.zeros(labels.shape, bool)
    for down in range(3):
        for aside in range(3):
            found |= wide[down : down + height, aside : aside + width]
    return found


def _check_near(
    near: npt.NDArray[np.bool_], sure: npt.NDArray[np.bool_], labels: Labels, pixels: Pixels, name: str
) -> None:
    """Raise PictureError for what is no layout: a photo, a gray map of numbers, too few even patches."""
    if int(pixels.max()) < len(NAMES):
        raise PictureError(
            f"{name} is nearly black: its values are perhaps the labels' numbers; colors are wanted, see: "
            "pleinair paint --palette"
        )
    share = near.mean()
    border = _beside(sure)
    strange = float((~sure & ~border).mean())
    patches = regions(labels).labels.size
    many = patches > max(400, labels.size // 60) and float((labels[:, 1:] != labels[:, :-1]).mean()) > 0.15
    if share < KNOWN or strange > STRANGE + 0.2 * KNOWN or many:
        raise PictureError(
            f"{name} is no layout: {100 * (1 - share):.0f} % of its pixels are not near any of the palette's colors, "
            "as in a photo; see: pleinair paint --palette (a photo is painted by: pleinair stylize)"
        )


def _beside(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Pixels within 3 of those of the mask."""
    grown = mask.copy()
    for _ in range(3):
        wide = np.pad(grown, 1)
        grown = wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    return grown


def _spread(labels: Labels, sure: npt.NDArray[np.bool_]) -> Labels:
    """Labels of what is not sure from what is sure beside it, step by step."""
    found, known = labels.copy(), sure.copy()
    if not known.any():
        return found
    for _ in range(ROUNDS):
        if known.all():
            break
        before, had = found.copy(), known.copy()
        for down, aside in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            to, of = _shifted(down), _shifted(-down)
            across, back = _shifted(aside), _shifted(-aside)
            fresh = ~known[to, across] & had[of, back]
            found[to, across][fresh] = before[of, back][fresh]
            known[to, across] |= fresh
    return found


def _shifted(by: int) -> slice:
    return slice(1, None) if by > 0 else slice(None, -1) if by < 0 else slice(None)


def name_of(label: int) -> str:
    """A label as it is typed: one word."""
    return SHOWN.get(NAMES[label], NAMES[label])


def label_of(name: str) -> int | None:
    """The label of a name as it is typed, or None."""
    wanted = name.strip().lower()
    return next((n for n in range(len(NAMES)) if wanted in (name_of(n), NAMES[n], Label(n).name.lower())), None)


def only_ground(labels: Labels) -> list[str]:
    """The names of labels in a map that are no ground seen from above."""
    ground = (Label.SAND, Label.GRASS, Label.FLOWERS, Label.PATH, Label.ROCK, Label.SNOW)
    return [name_of(int(n)) for n in np.unique(labels[~among(labels, ground)])]
