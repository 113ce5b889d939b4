"""YUV and back: by every matrix, range and depth; odd sizes; what other layouts come to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import PictureError
from pleinair.images.film_colors import WEIGHTS, frame_of, from_rgb, layout, pixels_of, settled, to_rgb
from pleinair.images.film_facts import FULL, LIMITED, Colors
from tests.images.films import picture

pytest.importorskip("av")
pytest.importorskip("cv2")


@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("levels", [LIMITED, FULL])
def test_black_white_and_gray_by_the_standard(matrix: int, levels: int) -> None:
    numbers, offset = from_rgb(Colors(levels, 1, 1, matrix), 8, 10)
    black, white = (numbers @ np.full(3, value) + offset for value in (0, 255))
    assert np.allclose(black, (0 if levels == FULL else 64, 512, 512))
    assert np.allclose(white, (1023 if levels == FULL else 940, 512, 512))
    back, shift = to_rgb(Colors(levels, 1, 1, matrix), 10, 8)
    assert np.allclose(back @ white + shift, 255)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from(["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv444p12le"]),
    st.sampled_from([1, 6, 9]),
    st.sampled_from([LIMITED, FULL]),
)
def test_a_flat_color_comes_back(height: int, width: int, name: str, matrix: int, levels: int) -> None:
    colors, deep = Colors(levels, 1, 1, matrix), layout(name).bits > 8
    pixels = np.empty((height, width, 3), np.uint16 if deep else np.uint8)
    pixels[:] = np.array((200, 90, 40)) * (257 if deep else 1)
    back = pixels_of(frame_of(pixels, name, colors), colors, deep)
    assert back.dtype == pixels.dtype
    assert np.abs(back.astype(int) - pixels).max() <= (257 if deep else 2)


def test_ten_bits_stay_ten() -> None:
    colors = Colors(LIMITED, 9, 14, 9)
    ramp = np.broadcast_to(np.linspace(0, 65535, 1024)[None, :, None], (4, 1024, 3)).astype(np.uint16)
    frame = frame_of(np.ascontiguousarray(ramp), "yuv420p10le", colors)
    luma = np.frombuffer(frame.planes[0], np.uint16).reshape(4, -1)[:, :1024]
    assert len(np.unique(luma)) == 877  # 64 … 940, each of them
    assert np.abs(pixels_of(frame, colors, True).astype(int) - ramp).max() <= 65535 / 876


def test_every_frame_of_eight_bits_is_the_same_after_a_turn_around() -> None:
    """Codes of a frame → pixels → codes: nothing drifts."""
    colors = Colors(LIMITED, 1, 1, 1)
    once = frame_of(picture(0), "yuv444p", colors)
    twice = frame_of(pixels_of(once, colors, False), "yuv444p", colors)
    for one, other in zip(once.planes, twice.planes, strict=True):
        assert np.abs(np.frombuffer(one, np.uint8).astype(int) - np.frombuffer(other, np.uint8)).max() <= 1


@pytest.mark.parametrize("name", ["rgb24", "gbrp", "nv12", "gray", "gbrp10le"])
def test_other_layouts_go_by_swscale(name: str) -> None:
    colors = Colors(LIMITED if name in ("nv12", "gray") else FULL, 1, 1, 1)
    deep = layout(name).bits > 8
    flat = np.full((16, 16, 3), 120 * (257 if deep else 1), np.uint16 if deep else np.uint8)
    back = pixels_of(frame_of(flat, name, colors), colors, deep)
    assert np.abs(back.astype(int) - flat).max() <= (300 if deep else 2)


def test_what_a_film_does_not_say_is_settled_as_players_do() -> None:
    assert settled(Colors(), 720) == Colors(LIMITED, 2, 2, 1)
    assert settled(Colors(), 480) == Colors(LIMITED, 2, 2, 6)
    assert settled(Colors(FULL, 9, 16, 9), 480) == Colors(FULL, 9, 16, 9)
    with pytest.raises(PictureError, match="matrix 8"):
        settled(Colors(matrix=8), 480)


@pytest.mark.parametrize("name", ["yuv420p10le", "yuv444p10le"])
def test_eight_bits_go_into_a_deeper_format_as_their_sixteen_do(name: str) -> None:
    colors = settled(Colors(LIMITED, 1, 1, 1), 48)
    flat = picture(3)
    assert flat.dtype == np.uint8
    planes = [
        [bytes(plane) for plane in frame_of(pixels, name, colors).planes]
        for pixels in (flat, flat.astype(np.uint16) * np.uint16(257))
    ]
    assert planes[0] == planes[1]
