"""Scenes whose every pixel is known: pictures with label maps, as `pleinair fiction --maps label` writes them, and
crops of both, endless, resumable, rank-aware.

Picture number k of a training is a function of (seed, k) alone, as in `unpaired`: its scene, its crop, and the chance
that goes with it. Shapes: h×w pixels of a scene, n crops of the rank of s×s pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.data.gray import chance
from pleinair.data.pack import Pixels
from pleinair.data.unpaired import uniform_draws
from pleinair.errors import DataError, SettingError
from pleinair.fiction.palette import COLORS
from pleinair.images import read
from pleinair.images.ids import id_map

Labels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

ENDING = "-label.png"
OWN = [red << 16 | green << 8 | blue for red, green, blue in COLORS]  # of the palette, as ID maps code colors
HELD_OUT = 10  # every so manieth scene is not trained on
FEWEST = 4  # scenes
SHAKES = 24  # numbers in [0, 1) per picture, for augmentation
KERNEL = (3, 3, 3, 3)  # normal numbers per picture, for a convolution of chance


@dataclass(frozen=True, eq=False)
class LabeledScene:
    """A picture, uint8 (h, w, 3), and the class of each of its pixels, uint8 (h, w), see `fiction.palette`; its name is
    that of its file without the ending."""

    picture: Pixels
    labels: Labels
    name: str = ""


@dataclass(frozen=True, eq=False)
class Shaken:
    """One rank's share of a batch: pictures (n, 3, s, s) in 0…255 and labels (n, s, s); numbers in [0, 1) (n, SHAKES)
    and normal numbers, for each picture a kernel (n, 3, 3, 3, 3) and as many as its own (n, 3, s, s); the pictures'
    numbers (n,)."""

    pixels: Pixels
    labels: Labels
    draws: Floats
    kernels: Floats
    grain: Floats
    numbers: npt.NDArray[np.int64]


def read_labels(path: Path) -> Labels:
    """The classes (h, w) of a palette PNG as `pleinair fiction` writes it, by number (`fiction.layout` goes by color).

    Raises PictureError for a file that cannot be read, DataError for one that is no such map.
    """
    found = id_map(path)
    ours = found.palette is not None and np.array_equal(found.palette[: len(OWN)], OWN)
    if not ours or found.codes.max() >= len(OWN):
        raise DataError(f"{path}: no label map of {len(OWN)} classes; give one as pleinair fiction --maps label does")
    return found.codes.astype(np.uint8)


def read_scenes(folder: Path, short_side: int) -> tuple[LabeledScene, ...]:
    """All scenes of a folder in the order of their names, brought to a short side of at most `short_side` pixels.

    Raises DataError for too few or for maps that do not fit their pictures, PictureError for what cannot be read.
    """
    maps = sorted(folder.glob(f"*{ENDING}"))
    if len(maps) < FEWEST:
        raise DataError(
            f"{folder} has {len(maps)} scenes with label maps, {FEWEST} are needed and hundreds are better; draw them: "
            f"pleinair fiction --seeds 0-299 --maps label --out {folder}"
        )
    scenes = []
    for path in maps:
        labels = read_labels(path)
        pixels = read(path.with_name(path.name.removesuffix(ENDING) + ".png")).pixels
        if pixels.shape[:2] != labels.shape:
            raise DataError(f"{path}: the label map is of another size than its picture; draw both again")
        scene = LabeledScene(pixels.astype(np.uint8, copy=False), labels, path.name.removesuffix(ENDING))
        scenes.append(at_short_side(scene, short_side))
    return tuple(scenes)


def at_short_side(scene: LabeledScene, short_side: int) -> LabeledScene:
    """The whole scene reduced to a short side of so many pixels; one that is as small already stays as it is."""
    height, width = scene.labels.shape
    if min(height, width) <= short_side:
        return scene
    factor = short_side / min(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return windowed(scene, (0.0, 0.0, float(width), float(height)), size)


def windowed(scene: LabeledScene, box: tuple[float, float, float, float], size: tuple[int, int]) -> LabeledScene:
    """What lies in a box (left, top, right, bottom), at a size (across, down): colors by an antialiased filter, classes
    by what stands at the middle of each pixel."""
    from PIL import Image

    picture = Image.fromarray(scene.picture).resize(size, Image.Resampling.BICUBIC, box=box)
    columns, rows = (
        np.minimum(low + (np.arange(count) + 0.5) * (high - low) / count, most - 1).astype(np.intp)
        for low, high, count, most in zip(box[:2], box[2:], size, scene.labels.shape[::-1], strict=True)
    )
    return LabeledScene(np.asarray(picture), scene.labels[np.ix_(rows, columns)], scene.name)


class LabeledCrops:
    """Draws square crops of `side` pixels, whole scenes being brought to a short side between `scales` before.

    Raises SettingError for contradicting numbers, DataError where there is nothing to draw from.
    """

    def __init__(self, scenes: Sequence[LabeledScene], *, side: int, scales: tuple[float, float], seed: int) -> None:
        if not scenes:
            raise DataError("there are no scenes with label maps; draw some: pleinair fiction --maps label")
        if side < 1 or seed < 0 or not side <= scales[0] <= scales[1]:
            raise SettingError(f"crops of {side} pixels cannot be cut from short sides of {scales} (seed {seed})")
        self.scenes, self.side, self.scales, self.seed = tuple(scenes), side, scales, seed

    def crop(self, number: int) -> LabeledScene:
        """The picture of this number, without its chance."""
        draws, scene = uniform_draws(self.seed, number), self.scene(number)
        height, width = scene.labels.shape
        short = self.scales[0] * (self.scales[1] / self.scales[0]) ** draws[1]
        span = self.side * min(height, width) / short  # pixels of the scene under the crop
        left, top = draws[2] * (width - span), draws[3] * (height - span)
        cut = windowed(scene, (left, top, left + span, top + span), (self.side, self.side))
        return replace(cut, picture=cut.picture[:, ::-1], labels=cut.labels[:, ::-1]) if draws[4] < 0.5 else cut

    def scene(self, number: int) -> LabeledScene:
        """The scene that the picture of this number is cut from."""
        return self.scenes[int(uniform_draws(self.seed, number)[0] * len(self.scenes))]

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Shaken:
        """The pictures numbered seen_pictures + rank, + rank + ranks, … below seen_pictures + count."""
        numbers = range(seen_pictures + rank, seen_pictures + count, ranks)
        shape = (len(numbers), 3, self.side, self.side)
        pixels, grain = np.empty(shape, np.uint8), np.empty(shape, np.float32)
        labels = np.empty((len(numbers), self.side, self.side), np.uint8)
        draws, kernels = np.empty((len(numbers), SHAKES), np.float32), np.empty((len(numbers), *KERNEL), np.float32)
        for row, number in enumerate(numbers):
            cut, draw = self.crop(number), chance("labeled", self.seed, number)
            pixels[row], labels[row] = cut.picture.transpose(2, 0, 1), cut.labels
            draws[row], kernels[row] = draw.random_sample(SHAKES), draw.standard_normal(KERNEL)
            grain[row] = draw.standard_normal(shape[1:])
        return Shaken(pixels, labels, draws, kernels, grain, np.asarray(numbers, np.int64))


def split(scenes: Sequence[LabeledScene]) -> tuple[tuple[LabeledScene, ...], tuple[LabeledScene, ...]]:
    """Those to train on, and every tenth, or the last of fewer, to look at."""
    places = range(HELD_OUT - 1, len(scenes), HELD_OUT) or range(len(scenes) - 1, len(scenes))
    held = tuple(scenes[place] for place in places)
    return tuple(scene for place, scene in enumerate(scenes) if place not in places), held
