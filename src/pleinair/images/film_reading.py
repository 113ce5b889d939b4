"""A film → its frames, upright, one after another, with their time stamps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pleinair.errors import PictureError
from pleinair.images.film_colors import pixels_of, settled
from pleinair.images.film_facts import Facts, needed, opened, reason
from pleinair.images.film_sizes import missing_bytes
from pleinair.images.picture import Pixels


class Still(NamedTuple):
    """A frame: uint8 or uint16 (h, w, 3), upright; when it is shown and for how long, in ticks of the time base."""

    pixels: Pixels
    pts: int
    duration: int


class Reading:
    """The frames of a film as they are read. `trouble` tells what could not be, empty if all could."""

    def __init__(self, facts: Facts, deep: bool) -> None:
        """deep: uint16 pixels, else uint8."""
        self.facts, self.deep = facts, deep
        self.trouble = ""
        self._colors = settled(facts.colors, facts.height)

    def frames(self, skip: int, skipped: list[int]) -> Iterator[Still]:
        """The frames but for the first so many, whose time stamps go into the list. Raises PictureError."""
        turns = round(self.facts.degrees / 90) % 4
        for number, (frame, pts, duration) in enumerate(self._decoded()):
            if number < skip:
                skipped.append(pts)
                continue
            pixels = pixels_of(frame, self._colors, self.deep)
            yield Still(np.ascontiguousarray(np.rot90(pixels, turns)), pts, duration)

    def _decoded(self) -> Iterator[tuple[Any, int, int]]:
        """Frames as decoded with time stamps that are there and increase, even where the film's do not."""
        av = needed()
        facts, last, damaged = self.facts, None, 0
        trimmed = 0  # frames that an edit list leaves out
        usual = max(1, round(1 / (facts.rate * facts.time_base)))
        found = 0
        with opened(facts.path) as film:
            video = film.streams.video[0]
            video.thread_type = "AUTO"
            packets = film.demux(video)
            while True:
                try:
                    packet = next(packets, None)
                    decoded = [] if packet is None else packet.decode()
                except av.error.EOFError:
                    break
                except av.error.FFmpegError as error:
                    damaged += 1
                    if damaged > MOST_DAMAGED:
                        raise PictureError(f"{facts.path} is damaged ({reason(error)}); export it again") from error
                    continue
                if packet is None:
                    break
                trimmed += packet.is_discard
                for frame in decoded:
                    if (frame.width, frame.height) != (facts.width, facts.height):
                        raise PictureError(
                            f"{facts.path} changes its size to {frame.width}x{frame.height} at frame {found}; "
                            "cut it there first"
                        )
                    pts = frame.pts if frame.pts is not None else frame.dts
                    pts = last + usual if pts is None and last is not None else pts or 0
                    pts = pts if last is None else max(pts, last + 1)
                    last, found = pts, found + 1
                    yield frame, pts, frame.duration or usual
        self._tell(found, damaged, facts.frames - trimmed)

    def _tell(self, found: int, damaged: int, expected: int) -> None:
        if damaged or expected > found:
            of = f" of {expected}" if expected > 0 else ""
            self.trouble = (
                f"{self.facts.path} is damaged or cut short: {found}{of} frames could be read; export it again"
            )
        elif expected <= 0 and (missing := missing_bytes(self.facts.path)):  # where frames are counted, that is surer
            self.trouble = (
                f"{self.facts.path} is cut short by {missing} bytes: {found} frames could be read; export it again"
            )


MOST_DAMAGED = 1000  # packets; beyond that a file is rather something else
