"""Numbered pictures → numbered pictures, films → numbered pictures, frame by frame; those there already left out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pleinair.batch.films import Filter, Progress, Stop
from pleinair.batch.work import Settings
from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError, SettingError
from pleinair.images import Picture, read, write
from pleinair.images.film_reading import Reading
from pleinair.images.film_sequences import numbered
from pleinair.images.metadata import exact
from pleinair.images.picture import Pixels
from pleinair.render.alpha import within
from pleinair.render.film import painted
from pleinair.render.steady import Steady


class Shot(NamedTuple):
    """A frame of a sequence: its number, the picture, and the file it becomes, None if it only warms the filter up."""

    number: int
    picture: Picture
    target: Path | None


def picture_frames(
    files: Mapping[int, Path],
    pattern: Path,
    done: set[int],
    warm_up: int,
    exposure: float | None = None,
    layer: str | None = None,
) -> Iterator[Shot]:
    """The pictures to paint, and before each run of them those that warm the filter up; exposure: of EXR and HDR,
    layer: of EXR. Raises PictureError."""
    numbers = list(files)
    needed = {
        number
        for at, wanted in enumerate(numbers)
        if wanted not in done
        for number in numbers[max(0, at - warm_up) : at + 1]
    }
    for number in numbers:
        if number in needed:
            picture = read(files[number], exposure=exposure, layer=layer)
            yield Shot(number, picture, None if number in done else numbered(pattern, number))


def film_frames(reading: Reading, pattern: Path, done: set[int], warm_up: int) -> Iterator[Shot]:
    """The same of a film, its frames numbered from 1."""
    wanted = next((n for n in range(1, len(done) + 2) if n not in done), 1)
    skip = max(0, wanted - 1 - warm_up)
    for number, still in enumerate(reading.frames(skip, []), skip + 1):
        yield Shot(number, Picture(still.pixels), None if number in done else numbered(pattern, number))


def check_targets(files: Mapping[int, Path], pattern: Path) -> None:
    """Raise SettingError if a painting would overwrite a picture."""
    for number, source in files.items():
        target = numbered(pattern, number)
        if target.exists() and target.samefile(source):
            raise SettingError(f"{target} is one of the pictures and would be overwritten; name another --out")


def paint_sequence(
    shots: Iterator[Shot],
    engine: Engine,
    settings: Settings,
    hold: float,
    provenance: Mapping[str, str],
    total: int,
    *,
    lanes: int = 1,
    stop: Stop = lambda: False,
    progress: Progress | None = None,
) -> int:
    """Paint and write the frames, and return how many were written. hold: see `render.steady`; 0 holds nothing.
    lanes: frames painted at a time, see `render.film.lanes_of`.

    total: frames in all, for the progress. Raises PictureError, OutputError, SettingError; what is written stays.
    """
    keep: Filter = Steady(hold) if hold else lambda _, pixels: pixels
    written, before = 0, None
    ahead = painted(shots, partial(_stylized, settings=settings), engine, lanes)
    for shot, pixels in ahead:
        if hold and before is not None and shot.number != before + 1:
            keep = Steady(hold)
        before = shot.number
        kept = keep(_alike(shot.picture.pixels, pixels), pixels)
        if shot.target is None:
            continue
        told = {**provenance, **settings.provenance(), "frame": str(shot.number)}
        if shot.picture.light is not None:
            told["exposure"] = exact(shot.picture.light.exposure)
        write(replace(shot.picture, pixels=kept), shot.target, told, quality=settings.quality)
        written += 1
        if progress:
            progress(written, total)
        if stop():
            break
    ahead.close()
    return written


def _stylized(shot: Shot, engine: Engine, settings: Settings) -> tuple[Shot, Pixels]:
    look = settings.of_frames()
    return shot, within(shot.picture, lambda under: look.painted(under, engine), settings.gutter)


def _alike(source: Pixels, painted: Pixels) -> Pixels:
    if source.shape != painted.shape:
        raise PictureError("a picture of the sequence has changed its size while it was painted")
    return np.asarray(source)
