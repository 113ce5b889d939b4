"""Which codec, pixel format and container: the source's where they can be, never less depth without being asked."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pleinair.errors import OutputError, SettingError
from pleinair.images.film_codecs import CODECS, choose, encoder, holds, suffix_for
from pleinair.images.film_facts import Colors, Facts

pytest.importorskip("av")
pytest.importorskip("cv2")
PLAIN = Facts(
    *(Path("a.mp4"), "mov,mp4", "h264", 64, 48, "yuv420p", 8, Fraction(1, 12288), Fraction(24), 9, 1.0, Colors()),
    *(None, None, 0, {}),
)
DEEP = replace(PLAIN, pixel_format="yuv420p10le", bits=10, codec="hevc")


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9", "av1"])
def test_a_film_keeps_its_codec(codec: str) -> None:
    encoding, note = choose(replace(PLAIN, codec=codec))
    assert (encoding.codec, encoding.pixel_format, note) == (codec, "yuv420p", "")
    assert encoding.crf == CODECS[codec].crf


def test_others_become_h264_and_it_is_said() -> None:
    encoding, note = choose(replace(PLAIN, codec="mpeg4"))
    assert (encoding.codec, note) == ("h264", "mpeg4 becomes h264")


def test_ten_bits_are_never_cut_unless_asked() -> None:
    assert choose(DEEP)[0].pixel_format == "yuv420p10le"
    assert choose(replace(DEEP, codec="vp9"))[0].codec == "hevc"  # whose encoder here has 8 bits only
    with pytest.raises(SettingError, match=r"10 bits .* cannot hold"):
        choose(DEEP, "vp9")
    encoding, note = choose(DEEP, "vp9", pixel_format="yuv420p")
    assert (encoding.pixel_format, note) == ("yuv420p", "hevc becomes vp9; yuv420p10le becomes yuv420p")
    assert choose(replace(DEEP, pixel_format="yuv422p12le", bits=12))[0].pixel_format == "yuv422p12le"


def test_odd_sizes_are_not_halved() -> None:
    assert choose(replace(PLAIN, width=63))[0].pixel_format == "yuv444p"
    assert choose(replace(PLAIN, height=47))[0].pixel_format in ("yuv422p", "yuv444p")
    with pytest.raises(SettingError, match="63x48"):
        choose(replace(PLAIN, width=63), "av1")


def test_rgb_becomes_what_players_play() -> None:
    assert choose(replace(PLAIN, codec="png", pixel_format="rgb24"))[0].pixel_format == "yuv420p"


@pytest.mark.parametrize(
    ("codec", "crf", "name", "complaint"),
    [
        ("prores", 9, None, "no --crf"),
        ("h264", 52, None, "--crf 0 to 51"),
        ("h264", None, "rgb24", "not in 'rgb24'"),
        ("mpeg2", None, None, "not one of"),
    ],
)
def test_what_cannot_be_is_refused(codec: str, crf: int | None, name: str | None, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        choose(PLAIN, codec, crf, name)


def test_an_encoder_that_refuses_is_named() -> None:
    encoding = replace(choose(PLAIN)[0], width=63)
    with pytest.raises(OutputError, match="h264 cannot hold 63x48"):
        encoder(encoding)


def test_containers() -> None:
    assert suffix_for(PLAIN, "h264") == ".mp4"
    assert suffix_for(PLAIN, "prores") == ".mov"
    assert suffix_for(replace(PLAIN, path=Path("a.webm")), "h264") == ".mp4"
    sounding = replace(PLAIN, path=Path("a.avi"), others={1: ("audio", "pcm_s16le"), 2: ("subtitle", "ass")})
    assert suffix_for(sounding, "h264") == ".mkv"
    assert {"h264", "aac", "mov_text"} <= holds(".mp4")
    with pytest.raises(SettingError, match=r"prores is written to \.mov, \.mkv"):
        suffix_for(PLAIN, "prores", ".mp4")
