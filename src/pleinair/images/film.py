"""Frames → an MP4 that every browser plays (H.264), through PyAV: the extra [film]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from pleinair.errors import MissingExtraError, OutputError, SettingError
from pleinair.images.metadata import SOFTWARE
from pleinair.images.picture import Pixels
from pleinair.images.writing import appearing

SUFFIX = ".mp4"
RATE_FACTOR = "17"  # of x264, constant quality: hardly to be told from the frames
BT601 = 6  # the color matrix that frames are converted by, said in the stream so that no player guesses


def check_film(width: int, height: int) -> None:
    """Raise MissingExtraError without PyAV, SettingError for sizes that H.264 cannot hold."""
    if find_spec("av") is None:
        raise MissingExtraError("a film", "film")
    if width % 2 or height % 2:
        raise SettingError(f"a film's width and height are even numbers, not {width}x{height}; choose another --size")


def write_film(frames: Iterable[Pixels], path: Path, fps: int, provenance: Mapping[str, str]) -> None:
    """Write frames, uint8 (h, w, 3) of one size, h and w even, atomically: the film is there whole or not at all.

    Raises MissingExtraError without PyAV, OutputError, SettingError for a size that cannot be.
    """
    stream = iter(frames)
    first = next(stream, None)
    if first is None:
        raise SettingError("a film has at least one frame")
    height, width = first.shape[:2]
    check_film(width, height)
    import av

    with appearing(path) as part:
        try:
            # The file's name ends in .part, so the container is named.
            with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as film:
                film.metadata["comment"] = "; ".join(
                    (SOFTWARE, *(f"{key} {value}" for key, value in provenance.items()))
                )
                video = film.add_stream("libx264", rate=Fraction(fps))
                video.width, video.height, video.pix_fmt = width, height, "yuv420p"
                video.options = {"crf": RATE_FACTOR}
                video.codec_context.colorspace = BT601
                for pixels in _all(first, stream):
                    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels, np.uint8), format="rgb24")
                    film.mux(video.encode(frame))
                film.mux(video.encode(None))
        except av.error.FFmpegError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror or error}; choose another --out") from error


def _all(first: Pixels, others: Iterable[Pixels]) -> Iterable[Pixels]:
    yield first
    yield from others
