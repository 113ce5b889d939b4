"""Pixels ⇄ floats."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pleinair.images import Picture, to_float, to_pixels

SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, max_side=6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_level_survives_the_round_trip(dtype: type[np.uint8 | np.uint16]) -> None:
    levels: npt.NDArray[np.uint8 | np.uint16] = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    floats = to_float(levels)
    assert floats.dtype == np.float32
    assert floats[0] == -1
    assert floats[-1] == 1
    back = to_pixels(floats, dtype)
    assert back.dtype == dtype
    assert np.array_equal(back, levels)


def test_the_middle_is_zero() -> None:
    assert np.allclose(to_float(np.array([127, 128], np.uint8)), [-1 / 255, 1 / 255], atol=1e-6)


@given(arrays.arrays(np.float32, SHAPES, elements=st.floats(-8, 8, width=32)))
def test_floats_are_clipped_and_rounded(floats: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
    before = floats.copy()
    pixels = to_pixels(floats)
    assert pixels.shape == floats.shape
    exact = (np.clip(floats.astype(np.float64), -1, 1) + 1) * 127.5
    assert np.abs(pixels - exact).max() <= 0.5 + 1e-4
    assert np.array_equal(floats, before)


def test_a_picture_has_plain_defaults() -> None:
    picture = Picture(np.zeros((2, 3, 3), np.uint8))
    assert (picture.alpha, picture.icc, picture.exif, picture.format, picture.note) == (None, None, None, "PNG", "")
