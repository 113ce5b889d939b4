"""Small films, made with PyAV as the tests want them: rates, turns, colors, sound; and what is found in them."""

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pleinair.images.picture import Pixels

RATE, SAMPLES, BLOCK = Fraction(24), 48_000, 1024
UNEVEN = [0, 25, 50, 80, 81, 120, 300, 310, 350, 400, 470, 471]  # ticks of 1/600 s


class Found(NamedTuple):
    """Times in seconds: of frames with how long they last, and of sound packets with their bytes."""

    frames: list[tuple[Fraction, Fraction]]
    sound: list[tuple[Fraction, bytes]]


def picture(number: int, height: int = 48, width: int = 64) -> Pixels:
    """A smooth picture that moves a pixel a frame."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin((x - number) / 6 + y / 9), np.cos((x - number) / 11), np.sin(y / 7)]
    return np.asarray(np.stack([127 + 90 * wave for wave in waves], -1), np.uint8)


def make(
    path: Path,
    count: int = 12,
    *,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    stamps: Sequence[int] | None = None,
    tick: Fraction = 1 / RATE,
    turn: int = 0,
    colors: tuple[int, int, int, int] | None = None,
    sound: str = "",
    pictures: Sequence[Pixels] | None = None,
) -> Path:
    """A film of so many frames (by default a moving picture); colors: range, primaries, transfer, matrix."""
    av: Any = import_module("av")
    with av.open(str(path), "w") as film:
        video: Any = film.add_stream(codec, rate=RATE, options={"x265-params": "log-level=none"})
        video.width, video.height, video.pix_fmt = *size, pixel_format
        video.codec_context.time_base = video.time_base = tick
        if turn:
            video.set_display_rotation(turn)
        if colors:
            made = video.codec_context
            made.color_range, made.color_primaries, made.color_trc, made.colorspace = colors
        audio: Any = film.add_stream(sound, rate=SAMPLES) if sound else None
        for number in range(count):
            pixels = pictures[number] if pictures else picture(number, size[1], size[0])
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = stamps[number] if stamps else number, tick
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
        if audio is not None:
            for number in range(int(count / RATE * SAMPLES / BLOCK) + 1):
                wave = 0.3 * np.sin(np.arange(BLOCK) / 20 + number)
                block = av.AudioFrame.from_ndarray(np.array([wave, wave], np.float32), format="fltp", layout="stereo")
                block.sample_rate, block.pts, block.time_base = SAMPLES, number * BLOCK, Fraction(1, SAMPLES)
                film.mux(audio.encode(block))
            film.mux(audio.encode(None))
    return path


def found(path: Path) -> Found:
    """What is in a film."""
    av: Any = import_module("av")
    with av.open(str(path)) as film:
        frames = [
            (frame.pts * frame.time_base, frame.duration * frame.time_base)
            for frame in film.decode(film.streams.video[0])
        ]
    sound = list[tuple[Fraction, bytes]]()
    with av.open(str(path)) as film:
        if film.streams.audio:
            packets = film.demux(film.streams.audio[0])
            sound = [(packet.pts * packet.time_base, bytes(packet)) for packet in packets if packet.size]
    return Found(frames, sound)


def shown(path: Path) -> list[Pixels]:
    """The frames as players show them, but for the turn."""
    av: Any = import_module("av")
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
