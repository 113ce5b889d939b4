"""Films cut short are told from whole ones by the bytes that they say they have; live ones say nothing."""

from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pleinair.errors import PictureError
from pleinair.images.film_facts import look
from pleinair.images.film_reading import Reading
from pleinair.images.film_sizes import SEGMENT, missing_bytes
from tests.images.films import UNEVEN, make

pytest.importorskip("av")
pytest.importorskip("cv2")

TICK = Fraction(1, 600)  # seconds, of UNEVEN
CODECS = {".mkv": "libx264", ".webm": "libvpx-vp9", ".avi": "mpeg4", ".wmv": "wmv2", ".mxf": "mpeg2video"}


def grainy(path: Path, codec: str = "libx264") -> Path:
    """A film of 48 frames each of which weighs about as much as the others."""
    noise = np.random.default_rng(0)
    return make(path, 48, codec=codec, pictures=[noise.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(48)])


def cut(path: Path, share: float) -> Path:
    """The file's first bytes, so large a share."""
    data = path.read_bytes()
    left = path.with_name(f"cut{path.suffix}")
    left.write_bytes(data[: int(len(data) * share)])
    return left


def trouble_of(path: Path) -> tuple[int, str]:
    """How many frames can be read, and what is said of the others."""
    reading = Reading(look(path), False)
    return sum(1 for _ in reading.frames(0, [])), reading.trouble


def remade(path: Path, into: Path, options: dict[str, str]) -> Path:
    """The film's packets in another file, by options of the container."""
    av: Any = import_module("av")
    with av.open(str(path)) as source, av.open(str(into), "w", options=options) as film:
        video = source.streams.video[0]
        copy = film.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.dts is not None:
                packet.stream = copy
                film.mux(packet)
    return into


@pytest.mark.parametrize("suffix", CODECS)
@pytest.mark.parametrize("share", [0.6, 0.95])
def test_a_film_cut_short_is_known(tmp_path: Path, suffix: str, share: float) -> None:
    whole = grainy(tmp_path / f"whole{suffix}", CODECS[suffix])
    assert trouble_of(whole) == (48, "")
    left = cut(whole, share)
    found, trouble = trouble_of(left)
    missing = whole.stat().st_size - left.stat().st_size
    assert 0 < found <= 48
    assert f"{left} is cut short by " in trouble
    assert f": {found} frames could be read" in trouble
    assert missing - 4096 < missing_bytes(left) <= missing


def test_a_fragmented_film_cut_short_is_known(tmp_path: Path) -> None:
    """Its header counts no frames."""
    whole = grainy(tmp_path / "whole.mp4")
    parts = remade(whole, tmp_path / "parts.mp4", {"movflags": "frag_every_frame+empty_moov+default_base_moof"})
    assert trouble_of(parts) == (48, "")
    found, trouble = trouble_of(cut(parts, 0.6))
    assert 0 < found < 48
    assert "cut short" in trouble


def test_whole_films_raise_no_alarm(tmp_path: Path) -> None:
    for name in ("uneven.mkv", "uneven.mp4", "uneven.mov"):
        assert trouble_of(make(tmp_path / name, stamps=UNEVEN, tick=TICK)) == (12, "")
    for name in ("sound.mkv", "sound.avi", "sound.mp4", "plain.ts", "plain.flv", "plain.nut", "plain.h264"):
        assert trouble_of(make(tmp_path / name, sound="aac" if name.startswith("sound") else ""))[1] == ""


def test_what_was_written_live_says_nothing(tmp_path: Path) -> None:
    """Matroska of unknown length is taken as it is, cut short or not."""
    whole = grainy(tmp_path / "whole.mkv")
    live, data = tmp_path / "live.mkv", whole.read_bytes()
    at = data.index(SEGMENT) + len(SEGMENT)
    live.write_bytes(data[:at] + b"\x01" + b"\xff" * 7 + data[at + 8 :])
    assert trouble_of(live) == (48, "")
    assert missing_bytes(cut(live, 0.6)) == 0


def test_an_odd_tail_is_no_cut(tmp_path: Path) -> None:
    """Behind the last box or chunk there may be anything."""
    for name in ("tail.mkv", "tail.avi", "tail.mp4"):
        path = make(tmp_path / name)
        path.write_bytes(path.read_bytes() + b"\xff" * 40)
        assert missing_bytes(path) == 0


@pytest.mark.parametrize("suffix", [*CODECS, ".mp4"])
def test_any_length_is_read_without_a_crash(tmp_path: Path, suffix: str) -> None:
    data = make(tmp_path / f"whole{suffix}", 2, codec=CODECS.get(suffix, "libx264")).read_bytes()
    left = tmp_path / "left"
    for length in range(200):
        left.write_bytes(data[:length])
        assert missing_bytes(left) >= 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        missing_bytes(tmp_path / "none.mkv")
