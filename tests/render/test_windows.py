"""A window of a picture paints exactly as the whole does."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.fake import FakeEngine
from pleinair.errors import SettingError
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.borders import WRAPS, Wrap
from pleinair.render.windows import BAND, FORMER_WINDOW, WINDOW, bands, cut, paint
from tests.images.pictures import noise
from tests.render.engines import copying, wash, washing

MODES = {"none": ("reflect", "reflect"), "x": ("reflect", "wrap"), "xy": ("wrap", "wrap")}


def whole(pixels: Pixels, engine: FakeEngine, wrap: Wrap) -> Pixels:
    """The definition: the picture is padded once by numpy, painted in one piece, and what was added is cut off."""
    (height, width), halo, stride = pixels.shape[:2], engine.spec.halo, engine.spec.stride
    modes = MODES[wrap]
    padded = np.pad(pixels, ((halo, halo + -height % stride), (0, 0), (0, 0)), mode=modes[0])  # type: ignore[call-overload]
    padded = np.pad(padded, ((0, 0), (halo, halo + -width % stride), (0, 0)), mode=modes[1])  # type: ignore[call-overload]
    painted = engine.paint(to_float(np.ascontiguousarray(padded.transpose(2, 0, 1)))[None])[0]
    return to_pixels(painted.transpose(1, 2, 0)[:height, :width], pixels.dtype)


@given(
    height=st.integers(1, 150),
    width=st.integers(1, 150),
    window=st.integers(64, 160),
    stride=st.sampled_from([1, 2, 4, 8]),
    wrap=st.sampled_from(WRAPS),
)
@settings(max_examples=80, deadline=None)
def test_windows_agree_with_the_whole(height: int, width: int, window: int, stride: int, wrap: Wrap) -> None:
    engine = FakeEngine(stride, 16)
    pixels = noise(height, width)
    assert np.array_equal(paint(pixels, engine, wrap=wrap, window=window), whole(pixels, engine, wrap))


@pytest.mark.parametrize("window", [64, 100, 256, 10_000])
def test_window_sizes_agree(window: int) -> None:
    pixels = noise(301, 233)
    assert np.array_equal(paint(pixels, FakeEngine(), window=window), paint(pixels, FakeEngine(), window=128))


def test_windows_at_other_places_would_not_agree() -> None:
    """Guards the tests above: the engine does notice where its window starts."""
    pixels = noise(64, 64)
    moved = paint(np.roll(pixels, 1, 1), FakeEngine(), wrap="xy")
    assert not np.array_equal(np.roll(moved, -1, 1), paint(pixels, FakeEngine(), wrap="xy"))


@given(rows=st.integers(-9, 9), columns=st.integers(-9, 9), wrap=st.sampled_from(["x", "xy"]))
@settings(max_examples=20, deadline=None)
def test_a_picture_that_goes_around_may_start_anywhere(rows: int, columns: int, wrap: Wrap) -> None:
    """Shifted by a multiple of the stride, the painting is the shifted painting, with no seam at the end."""
    pixels, shift = noise(72, 96), (4 * rows if wrap == "xy" else 0, 4 * columns)
    shifted = paint(np.roll(pixels, shift, (0, 1)), FakeEngine(), wrap=wrap, window=64)
    assert np.array_equal(shifted, np.roll(paint(pixels, FakeEngine(), wrap=wrap, window=64), shift, (0, 1)))


@given(rows=st.integers(0, 8), columns=st.integers(0, 8))
@settings(max_examples=20, deadline=None)
def test_a_shifted_crop_paints_alike_away_from_its_edges(rows: int, columns: int) -> None:
    halo, scene = 8, noise(120, 120)
    whole_scene = paint(scene, FakeEngine(4, halo))
    crop = paint(scene[4 * rows : 4 * rows + 80, 4 * columns : 4 * columns + 80], FakeEngine(4, halo))
    inner = whole_scene[4 * rows + halo : 4 * rows + 80 - halo, 4 * columns + halo : 4 * columns + 80 - halo]
    assert np.array_equal(crop[halo:-halo, halo:-halo], inner)


@given(height=st.integers(1, 9), width=st.integers(1, 9), halo=st.sampled_from([0, 8, 64]), wrap=st.sampled_from(WRAPS))
@settings(max_examples=30, deadline=None)
def test_the_tiniest_pictures_are_painted(height: int, width: int, halo: int, wrap: Wrap) -> None:
    pixels = noise(height, width)
    assert np.array_equal(paint(pixels, copying(4, halo), wrap=wrap), pixels)


def test_one_pixel_is_mirrored_into_a_plain() -> None:
    pixels = np.array([[[10, 128, 250]]], np.uint8)
    plain = to_float(np.full((40, 40, 3), pixels, np.uint8)).transpose(2, 0, 1)
    expected = to_pixels(np.ascontiguousarray(wash(plain[None])[0, :, 20, 20]))
    assert paint(pixels, washing())[0, 0].tolist() == expected.tolist()


def test_16_bits_stay_16_bits() -> None:
    pixels = np.random.default_rng(1).integers(0, 65536, (50, 70, 3), dtype=np.uint16)
    painted = paint(pixels, copying(), window=64)
    assert painted.dtype == np.uint16
    assert np.array_equal(painted, pixels)
    coarse = paint((pixels >> 8).astype(np.uint8), FakeEngine())
    assert np.abs(paint(pixels, FakeEngine()) / 257 - coarse).max() < 2


def test_the_finish_gets_original_and_painted_of_the_same_place() -> None:
    """Band by band, each place once."""
    pixels = noise(90, 130)
    seen = 0

    def finish(original: np.ndarray, painted: np.ndarray) -> np.ndarray:
        nonlocal seen
        assert np.array_equal(original, painted)  # the engine copies
        seen += original.shape[1]
        return -original

    assert np.array_equal(paint(pixels, copying(), window=64, finish=finish), 255 - pixels)
    tops, tall = cut(90, 64, copying().spec.stride)
    assert seen == sum(min(tall, 90 - top) for top in tops) * len(cut(130, 64, copying().spec.stride)[0])


@given(size=st.integers(0, 5 * BAND))
def test_bands_are_all_of_an_axis_in_order(size: int) -> None:
    found = list(bands(size))
    assert [place for band in found for place in range(size)[band]] == list(range(size))
    assert all(0 < band.stop - band.start <= BAND for band in found)


def test_a_still_of_usual_size_is_one_window() -> None:
    """Margins are painted once, not once a window."""
    assert cut(1280, WINDOW, 8) == ([0], 1280)
    assert FORMER_WINDOW < WINDOW


def test_the_picture_itself_is_left_alone() -> None:
    pixels = noise(40, 40)
    paint(pixels, FakeEngine())
    assert np.array_equal(pixels, noise(40, 40))


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    paint(noise(130, 130), FakeEngine(), window=64, progress=told.append)
    assert told == sorted(told)
    assert len(told) == 9
    assert told[-1] == 1


def test_all_windows_have_one_shape() -> None:
    engine = FakeEngine(4, 8)
    paint(noise(201, 333), engine, window=96)
    assert len(set(engine.calls)) == 1


@given(size=st.integers(1, 5000), window=st.integers(64, 1024), stride=st.sampled_from([1, 2, 4, 8, 16]))
def test_the_cut_covers_the_axis_and_wastes_little(size: int, window: int, stride: int) -> None:
    origins, length = cut(size, window, stride)
    padded = -(-size // stride) * stride
    assert length <= max(window, stride)
    assert all(place % stride == 0 for place in [*origins, length])
    assert origins[0] == 0
    assert origins[-1] + length == padded
    assert all(0 < after - before <= length for before, after in pairwise(origins))
    assert len(origins) * (length - stride) < padded


@pytest.mark.parametrize("window", [0, -1, 63])
def test_a_window_too_small_is_a_setting_error(window: int) -> None:
    with pytest.raises(SettingError, match="at least 64 pixels"):
        paint(noise(4, 4), FakeEngine(), window=window)
