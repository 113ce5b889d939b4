"""A still picture in a style."""

import tracemalloc
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.fake import FakeEngine
from pleinair.errors import SettingError
from pleinair.render.borders import WRAPS, Wrap, wraps
from pleinair.render.sphere import is_sphere
from pleinair.render.still import stylize, working_shape
from pleinair.render.windows import paint
from tests.images.pictures import noise, smooth
from tests.render.engines import constant, copying, washing


@given(
    height=st.integers(1, 200),
    width=st.integers(1, 200),
    working_size=st.sampled_from([None, 64, 100, 1536]),
    wrap=st.sampled_from(WRAPS),
    keep_colors=st.booleans(),
    deep=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_strength_0_gives_the_input_bit_for_bit(
    height: int, width: int, working_size: int | None, wrap: Wrap, keep_colors: bool, deep: bool
) -> None:
    pixels = noise(height, width)
    if deep:
        pixels = pixels.astype(np.uint16) * 257 + 3  # type: ignore[assignment]
    engine = washing()
    painted = stylize(
        pixels, engine, strength=0, keep_colors=keep_colors, working_size=working_size, wrap=wrap, window=64
    )
    assert painted.dtype == pixels.dtype
    assert np.array_equal(painted, pixels)
    assert engine.calls  # through the same path


@pytest.mark.parametrize("strength", [0.3, 1.0, 1.5])
def test_strength_lays_on_that_much(strength: float) -> None:
    pixels = smooth(60, 60)
    painted = paint(pixels, washing()).astype(float)
    expected = np.clip(pixels + strength * (painted - pixels), 0, 255)
    assert np.abs(stylize(pixels, washing(), strength=strength) - expected).max() <= 1.01


@pytest.mark.parametrize("working_size", [None, 100])
def test_kept_colors_keep_a_gray_picture_gray(working_size: int | None) -> None:
    gray = smooth(150, 200)[:, :, :1].repeat(3, 2)
    for keep, spread in ((True, 0), (False, 20)):
        painted = stylize(gray, washing(), keep_colors=keep, working_size=working_size).astype(int)
        assert (np.ptp(painted, 2).max() <= spread) == keep


def test_a_picture_no_larger_than_the_working_size_is_painted_as_it_is() -> None:
    pixels = noise(100, 80)
    for working_size in (100, 101, 5000, None):
        assert np.array_equal(stylize(pixels, FakeEngine(), working_size=working_size), paint(pixels, FakeEngine()))


def test_a_larger_one_is_painted_at_the_working_size() -> None:
    engine = copying(4, 8)
    pixels = smooth(300, 400)
    painted = stylize(pixels, engine, working_size=200)
    assert engine.calls == [(1, 3, 152 + 16, 200 + 16)]
    assert painted.shape == pixels.shape
    assert np.abs(painted.astype(int) - pixels).max() <= 1


def test_a_plain_color_covers_a_large_picture_whole() -> None:
    painted = stylize(noise(300, 400), constant(0.5), working_size=100)
    assert np.abs(painted.astype(int) - 191).max() <= 6


@given(
    height=st.integers(1, 70_000),
    width=st.integers(1, 70_000),
    working_size=st.integers(64, 4000),
    stride=st.sampled_from([1, 4, 8]),
    wrap=st.sampled_from(WRAPS),
)
def test_working_shapes(height: int, width: int, working_size: int, stride: int, wrap: Wrap) -> None:
    low, wide = working_shape(height, width, working_size, stride, wrap)
    for painted, size, around in zip((low, wide), (height, width), wraps(wrap), strict=True):
        assert 1 <= painted < size + (stride if around else 1)
        assert not around or painted % stride == 0
    if max(height, width) <= working_size:
        assert (low - height) * (wide - width) == 0 or wrap == "xy"
        assert wrap != "none" or (low, wide) == (height, width)
    elif min(height, width) * working_size / max(height, width) >= 128:
        assert abs(max(low, wide) - working_size) <= stride
    assert min(low, wide) >= min(height, width, 128, working_size) - stride


def test_shapes_of_common_pictures() -> None:
    assert working_shape(4000, 6000, 1536, 4, "none") == (1024, 1536)
    assert working_shape(6000, 4000, 1536, 4, "none") == (1536, 1024)
    assert working_shape(4000, 6000, None, 4, "none") == (4000, 6000)
    assert working_shape(511, 1022, 1536, 8, "x") == (511, 1024)  # painted larger, and brought back
    assert working_shape(510, 1023, 1536, 8, "xy") == (512, 1024)
    assert working_shape(1538, 1549, 1548, 8, "xy") == (1536, 1552)
    assert working_shape(2000, 4001, 1501, 4, "x") == (750, 1500)  # only the axis that goes around is rounded
    assert working_shape(100, 65_500, 1536, 4, "none") == (100, 65_500)  # no thread of 2 pixels
    assert working_shape(1000, 65_500, 1536, 4, "none") == (128, 8384)


@pytest.mark.parametrize("shape", [(96, 192), (64, 192)])  # a whole sphere, and a strip of one
@pytest.mark.parametrize("wrap", ["x", "xy"])
@pytest.mark.parametrize("working_size", [None, 96])
def test_a_picture_that_goes_around_has_no_seam(wrap: Wrap, working_size: int | None, shape: tuple[int, int]) -> None:
    pixels = noise(*shape)
    shift = (32 if wrap == "xy" else 0, 64)

    def painted(
        picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.int_]]:
        return stylize(picture, FakeEngine(), wrap=wrap, working_size=working_size, window=64).astype(np.int_)

    difference = np.abs(painted(np.roll(pixels, shift, (0, 1))) - np.roll(painted(pixels), shift, (0, 1)))
    if is_sphere(*shape) and wrap == "x":
        # The poles are painted in views that do not turn with the picture; carried up, they reach a little further.
        edge = ceil(shape[0] / 6) if working_size is None else ceil(shape[0] / 6) + 16
        difference = difference[edge : shape[0] - edge]
    assert difference.max() <= (0 if working_size is None else 1)


@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    wrap=st.sampled_from(["x", "xy"]),
    stride=st.sampled_from([4, 8]),
)
@settings(max_examples=40, deadline=None)
def test_sizes_that_the_stride_does_not_divide_are_brought_to_it_and_back(
    height: int, width: int, wrap: Wrap, stride: int
) -> None:
    engine = copying(stride, 8)
    pixels = smooth(height, width)
    painted = stylize(pixels, engine, wrap=wrap, working_size=None)
    assert painted.shape == pixels.shape
    assert all((size - 16) % stride == 0 for call in engine.calls for size in call[2:])
    assert np.abs(painted.astype(int) - pixels).max() <= 2


def test_an_odd_width_closes_as_well_as_an_even_one() -> None:
    """The engine paints in cells of 8 pixels: painted as they are, 100 columns would end with half a cell."""
    columns = 128 + 100 * np.sin(np.arange(100) * (2 * np.pi / 100))
    pixels = np.broadcast_to(columns[None, :, None], (40, 100, 3)).astype(np.uint8)
    painted = stylize(pixels, FakeEngine(8, 8), wrap="x", working_size=None)
    steps = np.abs(painted.astype(float) - np.roll(painted, 1, 1)).mean((0, 2))
    assert steps[0] <= np.sort(steps)[-5]


@pytest.mark.parametrize("strength", [-0.1, 1.6, float("nan"), float("inf")])
def test_strength_out_of_range_is_a_setting_error(strength: float) -> None:
    with pytest.raises(SettingError, match=r"strength is 0 to 1\.5"):
        stylize(noise(4, 4), FakeEngine(), strength=strength)


@pytest.mark.parametrize("working_size", [0, -1, 63])
def test_a_working_size_too_small_is_a_setting_error(working_size: int) -> None:
    with pytest.raises(SettingError, match="at least 64 pixels"):
        stylize(noise(4, 4), FakeEngine(), working_size=working_size)


@pytest.mark.parametrize("working_size", [None, 100])
def test_another_wrap_is_a_setting_error(working_size: int | None) -> None:
    with pytest.raises(SettingError, match="wrap is"):
        stylize(noise(200, 200), FakeEngine(), wrap="y", working_size=working_size)  # type: ignore[arg-type]


@pytest.mark.parametrize("working_size", [None, 512])
@pytest.mark.parametrize("keep_colors", [False, True])
def test_floats_never_exist_for_the_whole_picture(working_size: int | None, keep_colors: bool) -> None:
    """Beside the pixels that go in and come out there is room for a window, not for a float copy of the picture."""
    pixels = noise(2000, 3000)
    tracemalloc.start()
    stylize(pixels, copying(), working_size=working_size, window=256, keep_colors=keep_colors)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pixels.nbytes <= peak < pixels.nbytes + 24e6 < 4 * pixels.nbytes


@pytest.mark.parametrize("working_size", [None, 100])
def test_progress_rises_to_one(working_size: int | None) -> None:
    told: list[float] = []
    stylize(noise(200, 200), FakeEngine(), working_size=working_size, window=64, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(told) > 3
