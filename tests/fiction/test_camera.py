"""Rays and their return: what a pixel looks at is seen at that pixel, flat and around."""

from dataclasses import replace

import numpy as np
import pytest

from pleinair.errors import SettingError
from pleinair.fiction.camera import View, view
from pleinair.fiction.spec import Camera

CAMERAS = [
    Camera(),
    Camera(height=3, pitch=12),
    Camera(pitch=-20, turn=75, forward=40, right=-9),
    Camera(view=100, turn=-200),
]


def points(seen: View, t: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the rays of all pixels are at t."""
    x = np.float32(seen.place[0]) + t * np.broadcast_to(seen.across, (seen.slopes.size, seen.across.size))
    y = np.float32(seen.place[1]) + t * np.broadcast_to(seen.along, x.shape)
    z = np.broadcast_to(np.float32(seen.place[2]) + t * seen.slopes[:, None], x.shape)
    return x, y, z


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("t", [5.0, 300.0])
def test_a_flat_pixel_sees_what_is_seen_there(camera: Camera, t: float) -> None:
    seen = view(camera, 2.0, (40, 26))
    found = seen.see(*points(seen, t))
    assert np.allclose(found.column, np.broadcast_to(np.arange(40) + 0.5, (26, 40)), atol=0.02)
    assert np.allclose(found.row, np.broadcast_to(np.arange(26)[:, None] + 0.5, (26, 40)), atol=0.02)
    assert np.allclose(found.t, t, rtol=1e-3)


@pytest.mark.parametrize("camera", CAMERAS)
def test_a_full_turn_sees_what_is_seen_there(camera: Camera) -> None:
    seen = view(replace(camera, view=60), 2.0, (64, 32), "x")
    x, y, z = points(seen, 50.0)
    rows = slice(4, 28)  # straight up and down are far from 50 m over the ground
    found = seen.see(x[rows], y[rows], z[rows])
    turn = (found.column - (np.arange(64) + 0.5)) / 64
    assert np.abs(turn - np.rint(turn)).max() < 1e-3
    assert np.allclose(found.row, np.broadcast_to(np.arange(4, 28)[:, None] + 0.5, (24, 64)), atol=0.02)


def test_the_camera_stands_where_it_says() -> None:
    seen = view(Camera(height=7, turn=90, forward=10, right=4), 3.0, (16, 10))
    assert seen.place == pytest.approx((10, -4, 10))
    assert seen.facing == pytest.approx((1, 0), abs=1e-9)


def test_the_horizon_is_where_the_slope_is_zero() -> None:
    level, up = view(Camera(), 0, (64, 40)), view(Camera(pitch=10), 0, (64, 40))
    assert level.level == pytest.approx(20)
    assert up.level > 25
    assert level.row_of(np.zeros(1, np.float32))[0] == pytest.approx(20)


def test_rows_and_slopes_agree() -> None:
    for seen in (view(Camera(pitch=5), 0, (64, 40)), view(Camera(), 0, (64, 32), "x")):
        rows = np.arange(2, 28, dtype=np.float32) + 0.5
        assert np.allclose(seen.row_of(seen.slope_of(rows)), rows, atol=0.01)
        assert np.allclose(seen.slope_of(rows), seen.slopes[2:28], rtol=1e-3, atol=1e-4)


def test_the_view_is_as_wide_as_it_says() -> None:
    seen = view(Camera(view=90), 0, (1000, 10))
    assert seen.across[-1] / seen.along[-1] == pytest.approx(1, rel=2e-3)


def test_a_full_turn_goes_all_around() -> None:
    seen = view(Camera(turn=30), 0, (360, 100), "x")
    angles = np.unwrap(np.arctan2(seen.across, seen.along))
    assert np.ptp(angles) == pytest.approx(2 * np.pi * 359 / 360, rel=1e-4)
    assert np.allclose(seen.lengths, 1, atol=1e-6)


def test_a_full_turn_higher_than_half_its_width_cannot_be() -> None:
    with pytest.raises(SettingError, match="at least twice as wide"):
        view(Camera(), 0, (64, 40), "x")
