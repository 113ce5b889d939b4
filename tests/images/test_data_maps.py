"""Normals, heights and other numbers are told from pictures, by name and by pixels."""

from pathlib import Path

import numpy as np
import pytest

from pleinair.errors import PictureError
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.texture import tileable
from pleinair.images.data_maps import check_picture, data_map, is_normal_map, last_word
from tests.images.pictures import noise, smooth


def normals(height: int = 60, width: int = 80) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A wavy surface, as a tangent-space normal map."""
    y, x = np.mgrid[:height, :width]
    vectors = np.stack((0.4 * np.sin(x / 5), 0.3 * np.cos(y / 7), np.ones((height, width))), 2)
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    return np.rint(vectors * 127.5 + 127.5).astype(np.uint8)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rock_normal.png", "normal"),
        ("rock_nrm.jpg", "normal"),
        ("Rock035_4K-JPG_NormalGL.jpg", "normal"),
        ("RockNormal.png", "normal"),
        ("rock_normal_gl_2k.png", "normal"),
        ("rock_height.png", "height"),
        ("rock_disp_4k.tif", "height"),
        ("rock-Displacement.png", "height"),
        ("rock_rough.png", "roughness"),
        ("Rock_Roughness.png", "roughness"),
        ("rock_ao.png", "occlusion"),
        ("rock_ambient_occlusion.png", "occlusion"),
        ("rock_metal.png", "metalness"),
        ("rock.metallic.1001.png", "metalness"),
        ("rock_orm.png", "packed"),
        ("roughness.png", "roughness"),
    ],
)
def test_names_of_data_maps(name: str, kind: str) -> None:
    assert kind in data_map(name, smooth(20, 20))


@pytest.mark.parametrize(
    "name",
    ["rock_diff.png", "rock_albedo_4k.jpg", "rock.png", "normality.jpg", "lake_depth.jpg", "carnival_mask.jpg", "1.png",
     "fjord_nor.jpg", "the normal day.png", "_.png", ".png"],
)  # fmt: skip
def test_names_of_pictures(name: str) -> None:
    assert data_map(name, smooth(40, 40)) == ""


def test_words_that_end_other_names_too_count_with_pixels_like_a_map() -> None:
    gray = smooth(40, 40)[:, :, :1].repeat(3, 2)
    assert "height" in data_map("lake_depth.png", gray)
    assert data_map("lake_depth.png", smooth(40, 40)) == ""
    assert "normal" in data_map("rock_nor_gl_4k.png", normals())


def test_normal_maps_are_told_by_their_pixels() -> None:
    assert data_map("rock.png", normals()) == "a normal map"
    assert is_normal_map(normals().astype(np.uint16) * np.uint16(257))
    assert is_normal_map(normals(1000, 900))
    world = tileable(SceneSpec.from_json('{"kind": "meadow", "seed": 1}'), (64, 64)).normals
    assert is_normal_map(np.rint((world * 0.5 + 0.5) * 255).astype(np.uint8))


@pytest.mark.parametrize(
    "pixels",
    [
        smooth(50, 50),
        noise(50, 50),
        np.full((9, 9, 3), (128, 128, 255), np.uint8),
        255 - normals(),
        normals()[:, :, ::-1],
    ],
)
def test_pictures_are_none(pixels: np.ndarray) -> None:
    assert not is_normal_map(pixels)


def test_a_blue_sky_is_none() -> None:
    y, x = np.mgrid[:90, :160]
    sky = np.stack((100 + y / 2, 150 + y / 2 + 10 * np.sin(x / 9), 235 + y / 6), 2).astype(np.uint8)
    assert not is_normal_map(sky)


def test_a_refusal_says_how_to_paint_it_all_the_same() -> None:
    with pytest.raises(PictureError, match=r"looks like a roughness map, .* --as-picture sea_rough\.jpg"):
        check_picture(Path("in/sea_rough.jpg"), smooth(9, 9))
    for pattern in ("sea_rough.jpg", "*_rough.jpg", "in/sea_rough.jpg"):
        check_picture(Path("in/sea_rough.jpg"), smooth(9, 9), (pattern,))
    with pytest.raises(PictureError):
        check_picture(Path("in/sea_rough.jpg"), smooth(9, 9), ("*_ao.jpg",))


def test_last_words() -> None:
    assert last_word("a_b_C_4k.png") == "c"
    assert last_word("NormalGL.png") == "normalgl"
    assert last_word("2k.png") == "2k"
