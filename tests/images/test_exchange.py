"""Paths, Pillow images, arrays ⇄ pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pleinair.errors import PictureError
from pleinair.images import Picture, from_any, to_kind_of
from tests.images.pictures import noise, rgb_profile, smooth


@given(
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    channels=st.sampled_from([3, 4]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_arrays_come_back_as_they_went(
    height: int, width: int, channels: int, dtype: type[np.uint8 | np.uint16]
) -> None:
    array = noise(height, width, channels).astype(dtype) * (257 if dtype == np.uint16 else 1)
    array = array.astype(dtype)
    picture = from_any(array)
    assert (picture.alpha is None) == (channels == 3)
    back = to_kind_of(picture, array)
    assert isinstance(back, np.ndarray)
    assert back.dtype == dtype
    assert np.array_equal(back, array)


def test_gray_arrays_become_rgb() -> None:
    gray = noise(4, 5, 1)
    for array in (gray, gray[:, :, 0]):
        assert np.array_equal(from_any(array).pixels, gray.repeat(3, 2))


def test_arrays_need_not_lie_in_order() -> None:
    array = noise(6, 8, 4)[::-1, ::2]
    picture = from_any(array)
    assert picture.pixels.flags.c_contiguous
    assert np.array_equal(picture.pixels, array[:, :, :3])


@pytest.mark.parametrize(
    ("array", "complaint"),
    [
        (np.zeros((4, 4, 3)), "uint8 or uint16, not float64"),
        (np.zeros((4, 4, 3), bool), "not bool"),
        (np.zeros((4, 4, 2), np.uint8), r"not \(4, 4, 2\)"),
        (np.zeros((1, 3, 4, 4), np.uint8), r"not \(1, 3, 4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), r"not \(0, 4, 3\)"),
        (np.zeros(4, np.uint8), r"not \(4,\)"),
    ],
)
def test_other_arrays_are_refused(array: np.ndarray[tuple[int, ...], np.dtype[Any]], complaint: str) -> None:
    with pytest.raises(PictureError, match=complaint):
        from_any(array)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "LA", "CMYK", "YCbCr"])
def test_pillow_images_of_any_mode(mode: str) -> None:
    image = Image.fromarray(smooth(6, 5)).convert(mode)
    picture = from_any(image)
    with_alpha = mode in ("RGBA", "LA")
    assert (picture.alpha is not None) == with_alpha
    back = to_kind_of(picture, image)
    assert isinstance(back, Image.Image)
    assert (back.mode, back.size) == ("RGBA" if with_alpha else "RGB", image.size)
    assert np.array_equal(np.asarray(back), np.asarray(image.convert(back.mode)))


def test_profile_and_exif_travel_with_a_pillow_image() -> None:
    image = Image.fromarray(smooth(4, 4))
    image.info.update(icc_profile=rgb_profile(), exif=b"Exif\0\0...")
    back = to_kind_of(from_any(image), image)
    assert isinstance(back, Image.Image)
    assert back.info["icc_profile"] == rgb_profile()
    assert back.info["exif"] == b"Exif\0\0..."


def test_16_bit_gray_of_pillow_stays_deep() -> None:
    image = Image.fromarray(np.array([[0, 300], [65535, 7]], np.uint16))
    picture = from_any(image)
    assert picture.pixels.dtype == np.uint16
    assert picture.pixels[:, :, 1].tolist() == [[0, 300], [65535, 7]]
    with pytest.raises(PictureError, match="Pillow cannot hold 16 bits of color"):
        to_kind_of(picture, image)


@pytest.mark.parametrize("mode", ["F", "I"])
def test_pillow_images_without_eight_bits_are_refused(mode: str) -> None:
    with pytest.raises(PictureError, match=f"kind {mode} are not painted"):
        from_any(Image.new(mode, (2, 2)))


def test_an_empty_pillow_image_is_refused() -> None:
    with pytest.raises(PictureError, match="no pixels"):
        from_any(Image.new("RGB", (0, 3)))


def test_a_path_gives_a_pillow_image(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(noise(3, 4)).save(path)
    for source in (path, str(path)):
        back = to_kind_of(from_any(source), source)
        assert isinstance(back, Image.Image)
        assert np.array_equal(np.asarray(back), noise(3, 4))


def test_a_pillow_image_is_taken_as_it_stands(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(noise(3, 4)).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        assert from_any(image).pixels.shape == (3, 4, 3)


def test_anything_else_is_refused() -> None:
    with pytest.raises(PictureError, match="not bytes"):
        from_any(b"\xff\xd8")  # type: ignore[arg-type]


def test_a_picture_of_the_users_array_is_no_view_into_it() -> None:
    array = noise(3, 3, 1)[:, :, 0]
    picture = from_any(array)
    assert not np.shares_memory(picture.pixels, array)
    assert isinstance(picture, Picture)
