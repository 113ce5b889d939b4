"""What a film says of itself: size, codec, depth, time base, colors, how it is turned, what lies beside the picture.

Needs PyAV, the extra [film]. Nothing is decoded but the first frame, which alone knows the colors for certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pleinair.errors import MissingExtraError, PictureError

if TYPE_CHECKING:
    from types import ModuleType

SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".wmv", ".flv"),
    *(".ogv", ".3gp", ".mxf", ".vob", ".y4m", ".nut", ".h264", ".264", ".hevc", ".265", ".ivf"),
)
UNSPECIFIED = 2  # ITU-T H.273: of primaries, transfer and matrix
RGB_MATRIX, BT709, BT601 = 0, 1, 6
LIMITED, FULL = 1, 2  # ranges, as FFmpeg numbers them; 0 is unsaid
USUAL_RATE = Fraction(25)  # frames a second where a film says none
HD_HEIGHT = 720  # from which films that do not say their matrix are taken for BT.709, as players do


@dataclass(frozen=True)
class Colors:
    """Tags by ITU-T H.273, as the film says them: range 0 unsaid, 1 limited, 2 full; 2 in the others is unsaid."""

    range: int = 0
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED


@dataclass(frozen=True)
class Facts:
    """A film's picture. width, height: pixels as stored, before turning. bits: a channel. time_base: seconds a tick.

    rate: frames a second, on average. frames: how many are stored, 0 unknown. turn: the display matrix, nine
    numbers, or None; degrees: what it comes to, counterclockwise. aspect: of a pixel, None square. others: codecs of
    all other streams by their index, as ("audio", "aac"). sound_rates: samples a second.
    """

    path: Path
    container: str
    codec: str
    width: int
    height: int
    pixel_format: str
    bits: int
    time_base: Fraction
    rate: Fraction
    frames: int
    seconds: float
    colors: Colors
    aspect: Fraction | None
    turn: tuple[int, ...] | None
    degrees: int
    others: dict[int, tuple[str, str]]
    sound_rates: tuple[int, ...] = ()
    note: str = ""


def is_film(path: Path) -> bool:
    """Whether a file is named like a film."""
    return path.suffix.lower() in SUFFIXES


def needed() -> ModuleType:
    """PyAV. Raises MissingExtraError."""
    if find_spec("av") is None or find_spec("cv2") is None:
        raise MissingExtraError("a film", "film")
    import av

    return av


def look(path: Path) -> Facts:
    """What the film says of itself. Raises PictureError if it cannot be read, MissingExtraError without PyAV."""
    av = needed()
    with opened(path) as film:
        if not film.streams.video or film.streams.video[0].codec_context is None:
            raise PictureError(f"{path} has no video stream that can be read; is it a film?")
        video = film.streams.video[0]
        video.thread_type = "AUTO"
        try:
            first = next(film.decode(video), None)
        except (av.error.FFmpegError, EOFError) as error:
            raise PictureError(
                f"{path}: its first frame cannot be decoded ({reason(error)}); export it again"
            ) from error
        if first is None:
            raise PictureError(f"{path} has no frame that can be decoded; export it again")
        return _facts(path, film, video, first)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """PyAV's input container. Raises PictureError for what is no film."""
    av = needed()
    try:
        if path.is_dir():
            raise PictureError(f"{path} is a folder, not a film")
        if not path.is_file():
            raise PictureError(f"{path} is not there; check the name")
        if not path.stat().st_size:
            raise PictureError(f"{path} is empty (0 bytes)")
        film = av.open(str(path), metadata_errors="replace")
    except (av.error.FFmpegError, OSError) as error:
        raise PictureError(f"{path} cannot be opened as a film ({reason(error)}); export it again") from error
    with film:
        yield film


def reason(error: Exception) -> str:
    """FFmpeg's complaint in one line."""
    return " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split()).lower()


def _facts(path: Path, film: Any, video: Any, first: Any) -> Facts:
    codec, rate = video.codec_context, video.average_rate or video.guessed_rate or USUAL_RATE
    matrix = first.side_data.get("DISPLAYMATRIX")
    length = video.duration * video.time_base if video.duration else Fraction(film.duration or 0, 1_000_000)
    notes = []
    if first.interlaced_frame:
        notes.append("interlaced: painted as if it were not")
    if any(part.is_alpha for part in first.format.components):
        notes.append("its transparency is not kept")
    if (first.color_trc or 0) in (16, 18):  # PQ, HLG
        notes.append("HDR: its encoded values are painted; mastering metadata is not kept")
    others = {each.index: (each.type, _codec_of(each)) for each in film.streams if each.index != video.index}
    facts = Facts(
        path,
        film.format.name,
        codec.codec.canonical_name,
        first.width,
        first.height,
        first.format.name,
        max(part.bits for part in first.format.components),
        video.time_base,
        rate,
        video.frames if film.format.name.startswith("mov") else 0,  # others guess, AVI for one
        float(length),
        Colors(
            int(first.color_range or 0),
            int(first.color_primaries or UNSPECIFIED),
            int(first.color_trc or UNSPECIFIED),
            int(UNSPECIFIED if first.colorspace is None else first.colorspace),
        ),
        codec.sample_aspect_ratio if codec.sample_aspect_ratio not in (None, 0, 1) else None,
        _numbers(bytes(matrix)) if matrix is not None else None,
        int(first.rotation),
        others,
        tuple(sorted({each.sample_rate for each in film.streams.audio if each.sample_rate})),
        "; ".join(notes),
    )
    if facts.pixel_format.startswith("yuvj"):  # the old way to say full range
        facts = replace(facts, colors=replace(facts.colors, range=FULL))
    return facts


def _codec_of(stream: Any) -> str:
    context = stream.codec_context
    return "" if context is None else str(context.codec.canonical_name)


def _numbers(matrix: bytes) -> tuple[int, ...]:
    """A display matrix: nine fixed-point numbers, as FFmpeg keeps it."""
    return tuple(int.from_bytes(matrix[at : at + 4], "little", signed=True) for at in range(0, 36, 4))
