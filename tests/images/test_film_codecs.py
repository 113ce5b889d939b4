"""Which codec, pixel format and container: the source's where they can be, never less depth without being asked."""

import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pleinair.errors import OutputError, SettingError
from pleinair.images.film_codecs import CODECS, choose, configure, encoder, holds, suffix_for
from pleinair.images.film_facts import Colors, Facts

av = pytest.importorskip("av")
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


@pytest.mark.parametrize(("height", "matrix"), [(48, 6), (720, 1)])
def test_rgb_that_becomes_yuv_says_by_which_matrix(height: int, matrix: int) -> None:
    rgb = replace(PLAIN, codec="png", pixel_format="gbrp", height=height, colors=Colors(2, 1, 13, 0))
    assert choose(rgb)[0].colors == Colors(2, 1, 13, matrix)
    assert choose(rgb, "hevc", pixel_format="gbrp")[0].colors.matrix == 0


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


@pytest.mark.parametrize(("width", "without"), [(32, True), (62, True), (64, False), (640, False)])
def test_x265_has_no_tree_of_costs_where_it_writes_past_it(width: int, without: bool) -> None:
    made = av.CodecContext.create("libx265", "w")
    configure(made, replace(choose(DEEP)[0], width=width, height=32))
    told = made.options["x265-params"].split(":")
    assert ("cutree=0" in told) == without
    assert "open-gop=0" in told


NARROW = """
import av
import numpy as np
from dataclasses import replace
from pleinair.images.film_codecs import choose, encoder
from tests.images.test_film_codecs import DEEP

for count in range(12):
    made = encoder(replace(choose(DEEP)[0], width=48, height=32))
    for time in range(6):
        frame = av.VideoFrame(48, 32, "yuv420p10le")
        for plane in frame.planes:
            np.frombuffer(plane, np.uint16)[...] = np.random.default_rng(time).integers(0, 1024, plane.buffer_size // 2)
        frame.pts = time
        made.encode(frame)
    made.encode(None)
    del made
"""


def test_narrow_films_leave_the_memory_around_them_alone() -> None:
    """In a process of its own, whose heap is checked at every release: x265 once wrote past its end."""
    root = Path(__file__).parents[2]
    paths = os.pathsep.join((str(root / "src"), str(root)))
    done = subprocess.run(
        [sys.executable, "-c", NARROW],
        env={**os.environ, "PYTHONPATH": paths, "MALLOC_CHECK_": "3", "PYTHONMALLOC": "malloc"},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
