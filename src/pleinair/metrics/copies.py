"""Copies: outputs nearer to a training picture, or to a crop of one, than held-out pictures of the same kind come.

A generator is trained on crops, so each training picture is looked at whole and in squares at several scales; each
output is looked at as it is and mirrored, for training mirrors. How near is too near is read off real pictures: the
1st percentile of what held-out ones come to. So about one in a hundred outputs falls below it by chance alone.
Shapes: n outputs, m held-out pictures, c crops of one training picture, d features.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pleinair.errors import DataError, SettingError
from pleinair.metrics.bootstrap import REDRAWS, SEED, Interval, percentiles
from pleinair.metrics.distances import Doubles
from pleinair.metrics.diversity import unit
from pleinair.metrics.features import FeatureSet, Network, Progress, feature_set
from pleinair.metrics.squares import Pixels, Source, pixels_of, square

SCALES = (1.0, 0.7, 0.5, 0.35)  # sides of the crops, of the picture's shorter side
STEP = 0.5  # of a crop's side, at most, from one crop to the next
PERCENTILE = 1.0
SAME = 0.002  # cosine distance below which a held-out picture is a training picture, resized another way

Box = tuple[int, int, int]  # left, top, side, in pixels


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each of n pictures the cosine distance to the nearest crop, which training picture it is of, and where."""

    apart: Doubles  # (n,)
    picture: tuple[int, ...]
    box: tuple[Box, ...]


@dataclass(frozen=True, eq=False)
class Copies:
    """What the outputs and the held-out pictures come to, and the distance below which an output is a copy."""

    outputs: Nearest
    held_out: Nearest
    threshold: float

    @property
    def copied(self) -> Doubles:
        """1 for each output (n,) that is a copy, else 0."""
        return (self.outputs.apart < self.threshold).astype(np.float64)


def boxes(width: int, height: int, scales: Sequence[float] = SCALES, step: float = STEP) -> list[Box]:
    """Squares that cover a picture at each scale, evenly, no further apart than `step` of their side, larger first.

    The middle one is there at each scale: it is what any picture is seen by.

    Raises SettingError for scales out of (0, 1] or a step that is not positive.
    """
    if not all(0 < scale <= 1 for scale in scales) or step <= 0:
        raise SettingError(f"crops have scales in (0, 1] and a step above 0, got {list(scales)} and {step}")
    found: list[Box] = []
    for scale in scales:
        side = max(1, round(scale * min(width, height)))
        found += [(x, y, side) for y in _starts(height, side, step) for x in _starts(width, side, step)]
    return found


def reduced(source: Source, size: int) -> Pixels:
    """A picture so small that its smallest crop has sides of `size` px, or as it is where it is no larger than that."""
    from PIL import Image

    pixels = pixels_of(source)
    height, width = pixels.shape[:2]
    shorter = round(size / min(SCALES))
    if min(height, width) <= shorter:
        return pixels
    scale = shorter / min(height, width)
    to = (max(shorter, round(width * scale)), max(shorter, round(height * scale)))
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize(to, Image.Resampling.BICUBIC), np.uint8)


def crops(pixels: Pixels) -> Iterator[Pixels]:
    """The squares of a picture (h, w, 3), as views, in the order of `boxes`."""
    for left, top, side in boxes(pixels.shape[1], pixels.shape[0]):
        yield pixels[top : top + side, left : left + side]


def with_mirrored(name: str, sources: Sequence[Source], network: Network, cache: Path | None = None) -> FeatureSet:
    """Features (2n, d) of pictures as they are and then of each mirrored."""
    seen = feature_set(name, sources, network, cache)
    mirrored = feature_set(name, [_mirror(source, network.size) for source in sources], network, cache)
    return FeatureSet(name, np.concatenate([seen.rows, mirrored.rows]), seen.extractor, seen.digest)


def find_copies(
    outputs: FeatureSet,
    held_out: FeatureSet,
    training: Sequence[Source],
    network: Network,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Copies:
    """Copies among outputs (2n, d), by the measure of held-out pictures (2m, d), both as `with_mirrored` gives them.

    Raises DataError without training pictures or for a held-out picture that is one of them, SettingError for sets
    seen by other extractors than the network.
    """
    if not training:
        raise DataError("no training pictures to look for copies of; give their folder")
    if {outputs.extractor, held_out.extractor} != {network.sha256}:
        raise SettingError(
            "outputs, held-out and training pictures must be seen by one extractor; extract all with one file"
        )
    rows = unit(np.concatenate([outputs.rows, held_out.rows]))
    nearest = _nearest(rows, training, network, cache, progress)
    count = len(outputs.rows)
    ours, theirs = _of_either(nearest, 0, count), _of_either(nearest, count, len(rows))
    if (same := int((theirs.apart < SAME).sum())) > 0:
        raise DataError(f"{same} of the held-out pictures are training pictures too; take them out of either folder")
    return Copies(ours, theirs, float(np.percentile(theirs.apart, PERCENTILE)))


def share_interval(found: Copies) -> Interval:
    """95 % interval of the share of copies: outputs and held-out pictures are both redrawn, the threshold with them."""
    draw = np.random.default_rng((SEED, 2))
    ours, theirs = found.outputs.apart, found.held_out.apart
    shares = np.empty(REDRAWS)
    for turn in range(REDRAWS):
        threshold = np.percentile(theirs[draw.integers(len(theirs), size=len(theirs))], PERCENTILE)
        shares[turn] = (ours[draw.integers(len(ours), size=len(ours))] < threshold).mean()
    return percentiles(shares)


def beside_nearest(
    found: Nearest,
    outputs: Sequence[Source],
    training: Sequence[Source],
    size: int,
    tile: int,
    first: int | None = None,
) -> list[tuple[Pixels, Pixels]]:
    """Pairs of an output and its nearest crop as squares of `tile` px, the nearest pair first, all or the `first`.

    size: of what the network looked at; the boxes are in pictures reduced for it.
    """
    order = [int(index) for index in np.argsort(found.apart, kind="stable")[:first]]
    beside: dict[int, Pixels] = {}
    for picture in sorted({found.picture[index] for index in order}):  # each training picture is read once
        pixels = reduced(training[picture], size)
        for index in order:
            if found.picture[index] == picture:
                left, top, side = found.box[index]
                beside[index] = square(pixels[top : top + side, left : left + side], tile)
    return [(square(outputs[index], tile), beside[index]) for index in order]


def _nearest(
    rows: Doubles, training: Sequence[Source], network: Network, cache: Path | None, progress: Progress | None
) -> Nearest:
    """The nearest crop to each of rows (n, d), all of length 1, one training picture at a time."""
    apart = np.full(len(rows), np.inf)
    picture, box = [0] * len(rows), [(0, 0, 0)] * len(rows)
    for index, source in enumerate(training):
        pixels = reduced(source, network.size)
        places = boxes(pixels.shape[1], pixels.shape[0])
        seen = feature_set("crops", list(crops(pixels)), network, cache)
        distances = 1.0 - rows @ unit(seen.rows).T  # (n, c)
        best = distances.argmin(axis=1)
        here = distances[np.arange(len(rows)), best]
        for at in np.flatnonzero(here < apart):
            apart[at], picture[at], box[at] = here[at], index, places[best[at]]
        if progress:
            progress(1)
    return Nearest(apart, tuple(picture), tuple(box))


def _of_either(found: Nearest, start: int, stop: int) -> Nearest:
    """Of pictures as they are and mirrored, rows start … stop: each one's nearer."""
    half = (stop - start) // 2
    as_is, mirrored = found.apart[start : start + half], found.apart[start + half : stop]
    rows = [start + at + (half if mirrored[at] < as_is[at] else 0) for at in range(half)]
    return Nearest(found.apart[rows], tuple(found.picture[row] for row in rows), tuple(found.box[row] for row in rows))


def _mirror(source: Source, size: int) -> Pixels:
    """The picture mirrored, as a square of `size` px, which is all that is looked at."""
    return np.ascontiguousarray(square(source, size)[:, ::-1])


def _starts(length: int, side: int, step: float) -> list[int]:
    """Where squares of that side begin so that they cover the length evenly, one of them in its middle."""
    count = 1 + 2 * int(np.ceil((length - side) / (2 * step * side)))
    return [round(start) for start in np.linspace(0, length - side, count)]
