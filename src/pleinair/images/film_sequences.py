"""Numbered pictures, as `shot.%04d.png`: the frames of a shot, as renderers and compositors hand them on."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from pleinair.errors import PictureError, SettingError
from pleinair.images.film_facts import LIMITED, Colors, Facts
from pleinair.images.film_reading import Still
from pleinair.images.picture import Picture
from pleinair.images.reading import read

NUMBER = re.compile(r"%0?(\d*)d")
DEEP_FORMAT, FLAT_FORMAT = "gbrp10le", "gbrp"  # films hold no more than that of 16-bit pictures


def is_sequence(path: Path) -> bool:
    """Whether a name has a place for a number."""
    return NUMBER.search(path.name) is not None


def numbered(pattern: Path, number: int) -> Path:
    """The file of a frame: `shot.%04d.png` and 7 are `shot.0007.png`. Raises SettingError for a name without %d."""
    places = NUMBER.findall(pattern.name)
    if len(places) != 1:
        raise SettingError(f"{pattern.name} is no name of a sequence; write it as shot.%04d.png")
    return pattern.with_name(NUMBER.sub(lambda _: str(number).zfill(int(places[0] or 0)), pattern.name))


def files_of(pattern: Path) -> dict[int, Path]:
    """The files of a sequence by their numbers, in order. Raises PictureError if there are none, SettingError."""
    numbered(pattern, 0)
    before, after = NUMBER.split(pattern.name)[0], NUMBER.split(pattern.name)[-1]
    shape = re.compile(rf"{re.escape(before)}(\d+){re.escape(after)}")
    try:
        names = [path for path in pattern.parent.iterdir() if shape.fullmatch(path.name)]
    except OSError as error:
        raise PictureError(f"{pattern.parent} cannot be opened: {(error.strerror or str(error)).lower()}") from error
    found = {int(number[1]): path for path in names if (number := shape.fullmatch(path.name))}
    if not found:
        raise PictureError(f"{pattern}: there is no such picture; the first would be named {numbered(pattern, 1).name}")
    return dict(sorted(found.items()))


def facts_of(pattern: Path, first: Picture, count: int, rate: Fraction) -> Facts:
    """What a film made of a sequence is to know: colors of BT.709, limited, so many frames a second."""
    height, width = first.pixels.shape[:2]
    deep = first.pixels.dtype.itemsize > 1
    return Facts(
        pattern,
        "sequence",
        "pictures",
        width,
        height,
        DEEP_FORMAT if deep else FLAT_FORMAT,
        10 if deep else 8,
        1 / rate,
        rate,
        count,
        float(count / rate),
        Colors(LIMITED, 1, 1, 1),
        None,
        None,
        0,
        {},
        (),
        "transparency is not kept" if first.alpha is not None else "",
    )


class PictureReading:
    """The frames of a sequence as they are read, as `film_reading.Reading` gives those of a film: one a tick."""

    trouble = ""

    def __init__(
        self, files: Sequence[Path], deep: bool, exposure: float | None = None, layer: str | None = None
    ) -> None:
        """deep: uint16 pixels, else uint8. exposure: of EXR and HDR, in stops; by default measured on each. layer: of
        EXR; by default the finished picture."""
        self.files, self.deep, self.exposure, self.layer = files, deep, exposure, layer

    def frames(self, skip: int, skipped: list[int]) -> Iterator[Still]:
        """The frames but for the first so many, whose time stamps go into the list. Raises PictureError."""
        skipped += range(skip)
        shape = None
        for number, path in enumerate(self.files[skip:], skip):
            pixels = read(path, exposure=self.exposure, layer=self.layer).pixels
            shape = shape or pixels.shape
            if pixels.shape != shape:
                raise PictureError(f"{path} is {pixels.shape[1]}x{pixels.shape[0]}, those before {shape[1]}x{shape[0]}")
            if self.deep and pixels.dtype == np.uint8:
                pixels = pixels.astype(np.uint16) * np.uint16(257)
            elif not self.deep and pixels.dtype != np.uint8:
                pixels = (pixels >> 8).astype(np.uint8)
            yield Still(pixels, number, 1)
