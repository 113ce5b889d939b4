"""What films say of themselves, and what is said of files that are none."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from pleinair.errors import MissingExtraError, PictureError
from pleinair.images import film_facts
from pleinair.images.film_facts import Colors, is_film, look
from tests.images.films import make

pytest.importorskip("av")


def test_a_plain_film(tmp_path: Path) -> None:
    facts = look(make(tmp_path / "a.mp4", 12, sound="aac"))
    assert (facts.codec, facts.pixel_format, facts.bits) == ("h264", "yuv420p", 8)
    assert (facts.width, facts.height, facts.frames, facts.degrees) == (64, 48, 12, 0)
    assert facts.rate == Fraction(24)
    assert facts.others == {1: ("audio", "aac")}
    assert facts.sound_rates == (48000,)
    assert facts.seconds == pytest.approx(0.5)
    assert facts.turn is None


def test_colors_turn_and_depth(tmp_path: Path) -> None:
    facts = look(make(tmp_path / "a.mp4", 3, colors=(2, 9, 16, 9), turn=90))
    assert (facts.colors, facts.degrees) == (Colors(2, 9, 16, 9), 90)
    assert facts.turn == (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30)
    assert "HDR" in facts.note
    deep = look(make(tmp_path / "b.mkv", 3, codec="libx265", pixel_format="yuv420p10le"))
    assert (deep.bits, deep.codec, deep.time_base) == (10, "hevc", Fraction(1, 1000))


@pytest.mark.parametrize(("content", "complaint"), [(b"", "is empty"), (b"no film" * 99, "cannot be opened as a film")])
def test_files_that_are_none(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=complaint) as caught:
        look(path)
    assert "\n" not in str(caught.value)


def test_what_is_not_there_and_what_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is not there"):
        look(tmp_path / "a.mp4")
    with pytest.raises(PictureError, match="is a folder"):
        look(tmp_path)


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    import av
    import numpy as np

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as film:
        audio = film.add_stream("aac", rate=48000)
        block = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        block.sample_rate = 48000
        film.mux(audio.encode(block))
        film.mux(audio.encode(None))
    with pytest.raises(PictureError, match="no video stream"):
        look(path)


def test_a_head_without_a_body(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.mkv", 12).read_bytes()
    path = tmp_path / "b.mkv"
    path.write_bytes(whole[:700])
    with pytest.raises(PictureError):
        look(path)


def test_an_unknown_codec(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", 12)
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_NOBODY/KNOWSIT"[:15]))
    with pytest.raises(PictureError, match=r"can be read|cannot be"):
        look(path)


def test_names_of_films() -> None:
    assert is_film(Path("a.MP4"))
    assert is_film(Path("b.mkv"))
    assert not is_film(Path("c.png"))


def test_without_the_extra_the_command_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_facts, "find_spec", lambda name: None if name == "cv2" else sys)
    with pytest.raises(MissingExtraError, match=r'pip install "pleinair\[film\]"'):
        look(Path("a.mp4"))
