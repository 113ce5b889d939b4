"""Squares out of files and arrays, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.errors import DataError, PictureError, SettingError
from pleinair.metrics.squares import Pixels, log_gradient, luma, picture_files, square
from tests.metrics.tiny import pictures, save


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 7, 24]))
@settings(max_examples=30, deadline=None)
def test_any_shape_becomes_a_square(height: int, width: int, size: int) -> None:
    flat: Pixels = np.full((height, width, 3), (10, 20, 30), np.uint8)
    fitted = square(flat, size)
    assert fitted.shape == (size, size, 3)
    assert fitted.dtype == np.uint8
    assert (fitted == (10, 20, 30)).all()


def test_the_square_is_the_center() -> None:
    wide: Pixels = np.zeros((8, 24, 3), np.uint8)
    wide[:, 8:16] = 200
    assert (square(wide, 8) == 200).all()


def test_files_and_arrays_are_alike(tmp_path: Path) -> None:
    picture = pictures(1, 1, size=60)[0][:36]
    folder = save(tmp_path, [picture])
    assert (square(folder / "scene00.png", 20) == square(picture, 20)).all()


def test_the_filter_is_antialiased() -> None:
    """Stripes of one pixel come out gray, not black and white at random."""
    stripes: Pixels = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(square(stripes, 8).astype(float) - 127.5).max() < 12


def test_orientation_is_applied(tmp_path: Path) -> None:
    lying: Pixels = np.zeros((16, 16, 3), np.uint8)
    lying[:8] = 250
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    Image.fromarray(lying).save(tmp_path / "turned.png", exif=exif)
    standing = square(tmp_path / "turned.png", 16)
    assert (standing[:, 12] == 250).all()
    assert (standing[:, 3] == 0).all()


def test_alpha_is_left_out(tmp_path: Path) -> None:
    pixels = np.full((8, 8, 4), (200, 100, 50, 0), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "clear.png")
    assert (square(tmp_path / "clear.png", 4) == (200, 100, 50)).all()


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8)]
)
def test_foreign_arrays_are_refused(bad: Pixels) -> None:
    with pytest.raises(SettingError, match="uint8 pictures"):
        square(bad, 8)


def test_float_arrays_are_refused() -> None:
    with pytest.raises(SettingError, match="float32"):
        square(np.zeros((4, 4, 3), np.float32), 8)


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("not a picture")
    with pytest.raises(PictureError, match=r"note\.png"):
        square(tmp_path / "note.png", 8)


def test_luma_is_that_of_gray_pictures() -> None:
    red: Pixels = np.full((4, 4, 3), (255, 0, 0), np.uint8)
    assert (luma(red, 4) == 76).all()
    gray: Pixels = np.full((4, 4, 3), 99, np.uint8)
    assert (luma(gray, 4) == 99).all()


def test_log_gradient_of_a_ramp() -> None:
    ramp = np.tile(np.arange(0, 24, 3, dtype=np.float32), (8, 1))
    assert log_gradient(ramp) == pytest.approx(np.log(4.0))
    assert log_gradient(ramp + ramp.T) == pytest.approx(np.log1p(np.hypot(3.0, 3.0)))


def test_files_are_found_in_order(tmp_path: Path) -> None:
    save(tmp_path / "b", pictures(2, 1))
    save(tmp_path / "a" / "deep", pictures(1, 2), "low", ".webp")
    save(tmp_path / "a", pictures(1, 3), "high", ".JPEG")
    (tmp_path / "a" / "notes.txt").write_text("no picture")
    found = [path.name for path in picture_files([tmp_path / "b", tmp_path / "a"])]
    assert found == ["scene00.png", "scene01.png", "low00.webp", "high00.JPEG"]


def test_folders_without_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures"):
        picture_files([tmp_path])
    with pytest.raises(DataError, match="no such folder"):
        picture_files([tmp_path / "nowhere"])
