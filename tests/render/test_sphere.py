"""The sphere: places and directions, over the poles, and views of them that come back."""

from math import pi

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.render.flat import flat_view
from pleinair.render.sphere import (
    NORTH,
    PAD,
    SOUTH,
    between,
    extended,
    from_view,
    is_sphere,
    latitudes,
    longitudes,
    places,
    polar_view,
    view_side,
)

Floats = npt.NDArray[np.float32]


def directions(height: int, width: int) -> Floats:
    """What every pixel looks at, as a unit vector: x to the right of the middle, y up, z ahead. (h, w, 3)"""
    latitude, longitude = np.meshgrid(latitudes(height), longitudes(width), indexing="ij")
    flat = np.cos(latitude)
    return np.stack((flat * np.sin(longitude), np.sin(latitude), flat * np.cos(longitude)), -1).astype(np.float32)


@pytest.mark.parametrize(
    ("height", "width", "whole"),
    [(512, 1024, True), (511, 1024, True), (500, 1024, False), (32, 64, False), (64, 128, True), (100, 100, False)],
)
def test_what_is_a_sphere(height: int, width: int, whole: bool) -> None:
    assert is_sphere(height, width) == whole


@given(height=st.integers(1, 60), width=st.integers(1, 90))
@settings(max_examples=30, deadline=None)
def test_every_pixel_is_at_its_own_place(height: int, width: int) -> None:
    latitude, longitude = np.meshgrid(latitudes(height), longitudes(width), indexing="ij")
    rows, columns = places(latitude, longitude, height, width)
    assert np.allclose(rows, np.arange(height)[:, None], atol=1e-9)
    assert np.allclose(columns, np.arange(width), atol=1e-9)


@given(height=st.integers(4, 40), half=st.integers(2, 40))
@settings(max_examples=30, deadline=None)
def test_at_a_pixel_it_is_the_pixel_and_around_it_goes_on(height: int, half: int) -> None:
    values = np.random.default_rng(1).random((height, 2 * half, 2), np.float32)
    rows, columns = np.meshgrid(np.arange(float(height)), np.arange(2.0 * half), indexing="ij")
    for turns in (-1, 0, 2):
        assert np.allclose(between(extended(values), rows, columns + turns * 2 * half), values, atol=1e-5)


def test_over_a_pole_one_comes_down_on_the_other_side() -> None:
    values = np.random.default_rng(1).random((10, 20, 1), np.float32)
    padded = extended(values)
    assert padded.shape == (10 + 2 * PAD, 20 + 2 * PAD, 1)
    assert np.array_equal(padded[PAD - 1, PAD:-PAD], np.roll(values[0], 10, 0))
    assert np.array_equal(padded[-PAD, PAD:-PAD], np.roll(values[-1], 10, 0))
    assert np.array_equal(padded[PAD:-PAD, PAD - 1], values[:, -1])


@pytest.mark.parametrize(("pole", "below"), [(NORTH, 1), (SOUTH, -1)])
def test_a_view_of_a_pole_is_seen_from_within(pole: int, below: int) -> None:
    """Straight up, what is ahead stands below; straight down, above. To the right is to the right."""
    height, width = 90, 180
    first = 0 if pole == NORTH else 45
    focal = width / (2 * pi)
    side = view_side(0.5, focal, 4)
    view = polar_view(directions(height, width)[first : first + 45], first, height, pole, side, focal)
    middle = side // 2
    assert np.allclose(view[middle - 1 : middle + 1, middle - 1 : middle + 1].mean((0, 1)), (0, pole, 0), atol=0.01)
    assert view[-1, middle, 2] * below > 0.3
    assert view[middle, -1, 0] > 0.3
    assert view[middle, 0, 0] < -0.3
    assert np.allclose(np.linalg.norm(view, axis=2), 1, atol=0.02)


@pytest.mark.parametrize("pole", [NORTH, SOUTH])
@given(height=st.integers(64, 140))
@settings(max_examples=10, deadline=None)
def test_a_view_comes_back_where_it_was(pole: int, height: int) -> None:
    width, focal = 2 * height, height / pi
    seen = directions(height, width)
    first = 0 if pole == NORTH else height // 2
    view = polar_view(seen[first : first + (height + 1) // 2], first, height, pole, view_side(0.5, focal, 6), focal)
    rows = np.flatnonzero(pole * latitudes(height) > pi / 2 - 0.5)
    back = from_view(view, latitudes(height)[rows], longitudes(width), pole, focal)
    assert np.abs(back - seen[rows]).max() < 0.06


def test_a_flat_view_looks_where_it_is_told() -> None:
    pixels = np.rint(directions(90, 180) * 127.5 + 127.5).astype(np.uint8)
    for pitch, turn, ahead in ((0, 0, (0, 0, 1)), (0, 90, (1, 0, 0)), (90, 0, (0, 1, 0)), (-90, 0, (0, -1, 0))):
        view = flat_view(pixels, 41, pitch, turn)
        assert np.abs(view[20, 20] - (np.array(ahead) * 127.5 + 127.5)).max() < 4
    up = flat_view(pixels, 41, 90)
    assert up[40, 20, 2] > 200  # ahead is below
    assert flat_view(pixels, 41)[20, 40, 0] > 200  # right is right
