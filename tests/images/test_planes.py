"""Pixels plane by plane."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.images.planes import in_order, in_planes
from tests.images.pictures import noise


@pytest.fixture(params=["with", "without"])
def opencv(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param == "without":
        monkeypatch.delitem(sys.modules, "cv2", raising=False)
        return False
    pytest.importorskip("cv2")
    return True


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 1), (16, 5)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pixels_stay_as_they_are(opencv: bool, size: tuple[int, int], dtype: type[np.generic]) -> None:
    pixels = noise(*size).astype(dtype)
    planes = in_planes(pixels)
    back = in_order(planes)
    for one in (planes, back):
        assert one.dtype == dtype
        np.testing.assert_array_equal(one, pixels)
    assert back.flags.c_contiguous
    assert planes.transpose(2, 0, 1).flags.c_contiguous if opencv else planes is pixels


def test_pictures_are_taken_apart_where_that_is_cheap(opencv: bool) -> None:
    strides = in_planes(noise(8, 6)).strides
    assert strides == ((6, 1, 48) if opencv else (18, 3, 1))


@given(st.integers(0, 3), st.booleans())
def test_views_are_taken_as_they_come(turns: int, mirrored: bool) -> None:
    pixels = np.rot90(noise(6, 9), turns)
    pixels = pixels[:, ::-1] if mirrored else pixels
    np.testing.assert_array_equal(in_planes(pixels), pixels)
    ordered = in_order(pixels)
    assert ordered.flags.c_contiguous
    np.testing.assert_array_equal(ordered, pixels)


def test_what_is_in_order_is_not_copied() -> None:
    pixels = noise(4, 5)
    assert in_order(pixels) is pixels


def test_planes_are_of_their_own() -> None:
    """What is painted into them must not be painted into the picture."""
    pixels = noise(4, 5)
    kept = pixels.copy()
    planes = in_planes(pixels).copy()
    planes[...] = 0
    np.testing.assert_array_equal(pixels, kept)
