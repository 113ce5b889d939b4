"""Seeds + an engine → scenes: sizes, truncation, panoramas that close, in batches and windows that keep memory small.

A picture is a window of an endless panorama, so a wide one is drawn window by window, exactly as it would be at once.
Shapes: n pictures, S the height that the model draws, c columns of noise, each S / ROWS pixels wide.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from typing import Literal, NamedTuple

import numpy as np

from pleinair.engine.protocol import Array
from pleinair.engine.scene import SceneEngine
from pleinair.errors import SettingError
from pleinair.images import to_pixels
from pleinair.images.picture import Pixels
from pleinair.seeds import HALO, ROWS, columns, latent

SceneWrap = Literal["none", "x"]
Progress = Callable[[int], None]
MOST_AT_ONCE = 8  # pictures
ROOM = MOST_AT_ONCE * ROWS * 64**2  # columns drawn at once times their width squared: eight squares of 256 pixels
SMALLEST, WIDEST = 8, 65_500  # pixels of height, of width


class Size(NamedTuple):
    """Pixels across and down."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Scene(NamedTuple):
    """What a scene is drawn from: latent (l,) and noise (k, ROWS, c + 2·halo)."""

    latent: Array
    noise: Array


@dataclass(frozen=True)
class Frame:
    """How pictures of a size come out of columns: so many are drawn, and of them `width` pixels from `left` on are kept
    and brought to the size; wrap: beyond the edges stands the other side; halo: columns beyond each edge that the model
    needs."""

    size: Size
    side: int
    columns: int
    left: Fraction
    width: Fraction
    wrap: bool
    halo: int = HALO

    def fitted(self, picture: Pixels) -> Pixels:
        """A picture as drawn (S, c · S / ROWS, 3) → (h, w, 3). Made smaller antialiased, looking beyond what is kept;
        bit for bit what was drawn if the height stays."""
        left, right = self.left, self.left + self.width
        if self.size.height == self.side and self.size.width == self.width:
            return np.ascontiguousarray(picture[:, int(left) : int(right)])
        from PIL import Image

        if self.wrap:
            picture = np.pad(
                picture, ((0, 0), (self.side, self.side), (0, 0)), mode="wrap"
            )  # more than the filter sees
            left, right = left + self.side, right + self.side
        box = (float(left), 0.0, float(right), float(self.side))
        whole = Image.fromarray(np.ascontiguousarray(picture))
        return np.asarray(whole.resize(self.size, Image.Resampling.LANCZOS, box=box))


def parse_size(text: str) -> Size:
    """A size as `256` (a square) or `448x256` (width x height). Raises SettingError."""
    match = re.fullmatch(r"\s*(\d{1,9})(?:\s*[xX×]\s*(\d{1,9}))?\s*", text)
    if match is None:
        raise SettingError(f"{text!r} is no size; write it as 256, or as 448x256: width x height")
    return Size(int(match[1]), int(match[2] or match[1]))


def framed(side: int, size: Size | None = None, wrap: SceneWrap = "none", halo: int = HALO) -> Frame:
    """The frame of pictures of a size, by default a square as high as the model draws. halo: the model's. Raises
    SettingError for sizes that the model cannot make, and wraps that scenes cannot have."""
    if wrap not in ("none", "x"):
        raise SettingError(f"scenes wrap none or x (a full turn), not {wrap!r}: they have a top and a bottom")
    size = size or Size(side, side)
    if not SMALLEST <= size.height <= side:
        raise SettingError(
            f"pictures of this model are {SMALLEST} to {side} pixels high, not {size.height}; the largest square is "
            f"--size {side}, and wider ones are, for example, {7 * side // 4}x{side}"
        )
    if not ceil(size.height / ROWS) <= size.width <= WIDEST:
        raise SettingError(
            f"pictures {size.height} pixels high are {ceil(size.height / ROWS)} to {WIDEST} pixels wide, "
            f"not {size.width}; choose another --size"
        )
    cell = Fraction(side, ROWS)
    width = Fraction(size.width * side, size.height)
    count = ceil(width / cell)
    if wrap == "x":  # whole columns close the turn, and are brought to the width
        return Frame(size, side, count, Fraction(0), count * cell, True, halo)
    left = (count * cell - width) / 2
    # At full height the middle is found to a whole pixel, so that nothing is resampled.
    return Frame(size, side, count, Fraction(floor(left)) if size.height == side else left, width, False, halo)


def seeded(seed: int, frame: Frame, truncation: float = 1.0) -> Scene:
    """The seed's scene in a frame; a truncation below 1 brings it nearer to the mean of all. Raises SettingError."""
    check_truncation(truncation)
    psi = np.float32(truncation)
    return Scene(psi * latent(seed), psi * columns(seed, frame.columns, frame.wrap, frame.halo))


def check_truncation(truncation: float) -> None:
    """Raise SettingError unless it is in (0, 1]."""
    if not 0 < truncation <= 1:
        raise SettingError(f"truncation is a number above 0 and up to 1, not {truncation:g}; 1 leaves all variety")


def generate(
    engine: SceneEngine,
    seeds: Sequence[int],
    marks: Array,
    frame: Frame,
    truncation: float = 1.0,
    progress: Progress | None = None,
) -> Iterator[Pixels]:
    """The pictures of seeds, uint8 (h, w, 3), in their order, as they are drawn. marks (m,): see `marked`.

    progress: told how many more are done. Raises SettingError, ModelError.
    """
    check_truncation(truncation)
    scenes = (seeded(seed, frame, truncation) for seed in seeds)
    return drawn(engine, scenes, marks, frame, progress)


def drawn(
    engine: SceneEngine, scenes: Iterator[Scene], marks: Array, frame: Frame, progress: Progress | None = None
) -> Iterator[Pixels]:
    """The pictures of scenes, uint8 (h, w, 3), in their order; they are drawn together as far as memory allows."""
    cell = frame.side // ROWS
    room = max(1, ROOM // (cell * cell))  # columns that may be drawn at once
    together = max(1, min(MOST_AT_ONCE, room // frame.columns))
    while batch := list(islice(scenes, together)):
        for picture in _batch(engine, batch, marks, frame, room):
            if progress:
                progress(1)
            yield frame.fitted(picture)


def _batch(engine: SceneEngine, scenes: Sequence[Scene], marks: Array, frame: Frame, room: int) -> Pixels:
    """Scenes drawn together, window by window: uint8 (n, S, c · S / ROWS, 3)."""
    latents = np.stack([scene.latent for scene in scenes])
    noise = np.stack([scene.noise for scene in scenes])
    told = np.broadcast_to(marks, (len(scenes), len(marks)))
    cell = frame.side // ROWS
    pictures = np.empty((len(scenes), frame.side, frame.columns * cell, 3), np.uint8)
    for start in range(0, frame.columns, room):
        stop = min(start + room, frame.columns)
        window = engine.draw(latents, noise[..., start : stop + 2 * frame.halo], told)
        pictures[:, :, start * cell : stop * cell] = to_pixels(window).transpose(0, 2, 3, 1)
    return pictures


def marked(engine: SceneEngine, domain: str | None = None, kind: str | None = None) -> Array:
    """What scenes are told (m,): one-hot of the domain, by default the model's first, then of the kind, by default
    none. The names must be the model's."""
    spec = engine.spec
    marks = np.zeros(len(spec.styles) + len(spec.kinds), np.float32)
    marks[spec.styles.index(domain) if domain else 0] = 1
    if kind:
        marks[len(spec.styles) + spec.kinds.index(kind)] = 1
    return marks
