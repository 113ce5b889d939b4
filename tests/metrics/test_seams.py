"""Seams: the figure, what it is compared with, and the roll test."""

from math import inf, isinf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.metrics.seams import Axis, roll_difference, seam_of, seam_ratio, steps
from tests.images.pictures import noise, smooth


def closed(height: int = 40, width: int = 60) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A wave that goes around both ways."""
    y, x = np.mgrid[:height, :width]
    wave = np.sin(x * (2 * np.pi * 3 / width)) + np.cos(y * (2 * np.pi * 2 / height))
    return np.repeat((128 + 60 * wave)[:, :, None], 3, 2).clip(0, 255).astype(np.uint8)


def test_the_first_step_is_that_across_the_cut() -> None:
    pixels = np.zeros((5, 6, 3), np.uint8)
    pixels[:, -1] = 30
    assert steps(pixels).tolist() == [30, 0, 0, 0, 0, 30]
    assert steps(pixels, 0).tolist() == [0] * 5


def test_a_ramp_has_a_seam_and_a_closed_wave_has_none() -> None:
    assert seam_ratio(smooth(60, 60)) > 20
    assert 0 < seam_ratio(closed()) < 2
    assert 0 < seam_ratio(closed(), 0) < 3


def test_plain_pictures() -> None:
    plain = np.full((9, 9, 3), 7, np.uint8)
    assert seam_ratio(plain) == 1
    plain[:, -1] = 9
    assert isinf(seam_ratio(plain))
    assert seam_of(plain, np.full((9, 9, 3), 7, np.uint8)).growth == inf


@given(st.integers(3, 20), st.integers(3, 20), st.sampled_from([0, 1]), st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_more_contrast_is_no_seam(height: int, width: int, axis: Axis, times: int) -> None:
    pixels = noise(height, width) // 8
    seam = seam_of(pixels * np.uint8(times), pixels, axis)
    assert seam.growth == pytest.approx(1)
    assert 0 <= seam.rank <= 1


def test_a_painter_that_does_not_close_is_found() -> None:
    source = closed(60, 90)
    open_edge = source.copy()
    open_edge[:, :3] = 255 - open_edge[:, :3]
    seam = seam_of(open_edge, source)
    assert seam.growth > 1.15
    assert seam.rank > 0.9
    assert seam.source == seam_ratio(source)


@pytest.mark.parametrize("shape", [(9, 2), (1, 1)])
def test_too_few_columns_are_said(shape: tuple[int, int]) -> None:
    with pytest.raises(SettingError, match="at least 3 neighbors"):
        seam_ratio(noise(*shape))


def test_the_roll_test() -> None:
    pixels = noise(36, 24)
    assert roll_difference(lambda p: 255 - p, pixels, (4, 8)) == 0

    def pinned(p: np.ndarray) -> np.ndarray:
        result = p.copy()
        result[2, 3] = 255 - result[2, 3]
        return result

    assert roll_difference(pinned, pixels, (0, 8)) > 0
    assert roll_difference(pinned, pixels, (0, 8), within=60) == 0  # row 2 of 36 lies above 60°


def test_a_quiet_region_that_gains_strokes_is_no_cut() -> None:
    """Both ends of the picture are quiet; a painter adds as much to every column: the ratio grows there, beside not."""
    quiet = noise(200, 320).astype(np.float64)
    quiet[:, :60] = 128 + (quiet[:, :60] - 128) * 0.1
    quiet[:, -60:] = 128 + (quiet[:, -60:] - 128) * 0.1
    strokes = np.random.default_rng(3).normal(0, 12, quiet.shape)
    source, painted = (each.clip(0, 255).astype(np.uint8) for each in (quiet, quiet * 0.5 + 64 + strokes))
    seam = seam_of(painted, source)
    assert seam.growth > 1.5
    assert seam.beside == pytest.approx(1, abs=0.1)


def test_a_cut_that_shows_grows_more_than_what_is_beside_it() -> None:
    source = noise(60, 120)
    painted = source.astype(np.float64)
    painted[:, 0] += 90
    seam = seam_of(painted.clip(0, 255).astype(np.uint8), source)
    assert seam.beside > 1.1


@given(st.integers(1, 12), st.integers(3, 120), st.sampled_from([0, 1]))
@settings(max_examples=30, deadline=None)
def test_a_picture_beside_itself(height: int, width: int, axis: Axis) -> None:
    pixels = noise(height, width) if axis else noise(width, height)
    assert seam_of(pixels, pixels, axis).beside == pytest.approx(1)
    flat = np.zeros_like(pixels)
    assert seam_of(flat, flat, axis).beside == 1
