"""ID maps: what a region is, in every way that programs write it, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.errors import PictureError, SettingError
from pleinair.images.ids import id_map, parsed

LEVELS = np.array([[0, 1, 1], [2, 2, 255]], np.uint8)


def area(path: Path, region: str | int) -> list[list[int]]:
    inside: list[list[int]] = id_map(path).area(region).astype(int).tolist()
    return inside


def test_gray_levels(tmp_path: Path) -> None:
    for suffix in ("png", "tif"):
        path = tmp_path / f"ids.{suffix}"
        Image.fromarray(LEVELS).save(path)
        assert area(path, 1) == area(path, "1") == area(path, "#010101") == [[0, 1, 1], [0, 0, 0]]
        assert area(path, "#010203") == [[0, 0, 0], [0, 0, 0]]


def test_palette_indices_and_colors(tmp_path: Path) -> None:
    image = Image.fromarray(LEVELS)
    image.putpalette([10, 20, 30, 255, 136, 0, 0, 0, 9, *[1, 1, 1] * 253])
    image.save(tmp_path / "ids.png")
    assert area(tmp_path / "ids.png", 1) == area(tmp_path / "ids.png", "#FF8800") == [[0, 1, 1], [0, 0, 0]]
    assert area(tmp_path / "ids.png", 2) == area(tmp_path / "ids.png", "#000009") == [[0, 0, 0], [1, 1, 0]]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colors(tmp_path: Path, mode: str) -> None:
    colors = np.zeros((2, 2, 3), np.uint8)
    colors[0, 1], colors[1, 0] = (255, 136, 0), (3, 3, 3)
    Image.fromarray(colors).convert(mode).save(tmp_path / "ids.png")
    assert area(tmp_path / "ids.png", "#ff8800") == [[0, 1], [0, 0]]
    assert area(tmp_path / "ids.png", 3) == [[0, 0], [1, 0]]  # a gray level, saved in color


def test_sixteen_bits_and_arrays(tmp_path: Path) -> None:
    deep = np.array([[0, 40_000], [7, 7]], np.uint16)
    Image.fromarray(deep).save(tmp_path / "ids.png")
    assert area(tmp_path / "ids.png", 40_000) == [[0, 1], [0, 0]]
    assert id_map(deep.astype(np.int64)).area(7).sum() == 2
    assert id_map(deep > 6).area(1).sum() == 3
    assert id_map(Image.fromarray(LEVELS)).area(2).sum() == 2


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 255))
@settings(max_examples=30, deadline=None)
def test_areas_are_where_the_number_stands(height: int, width: int, region: int) -> None:
    ids = np.random.default_rng(3).integers(0, 256, (height, width), np.uint8)
    assert np.array_equal(id_map(ids).area(region), ids == region)
    assert np.array_equal(id_map(ids[:, :, None].repeat(3, 2)).area(region), ids == region)


def test_an_unknown_region_is_said_with_those_there_are(tmp_path: Path) -> None:
    Image.fromarray(LEVELS).save(tmp_path / "ids.png")
    with pytest.raises(SettingError, match=r"ids\.png has no region 9; it has 0, 1, 2, 255$"):
        id_map(tmp_path / "ids.png").check(9)
    many = np.arange(60, dtype=np.uint8).reshape(6, 10)
    with pytest.raises(SettingError, match="10, 11 and 48 more"):
        id_map(many).check(99)


@pytest.mark.parametrize("region", ["", "sky", "#12", "-1", "1.5", "#gggggg", "12345678901"])
def test_what_is_no_region_is_said(region: str) -> None:
    with pytest.raises(SettingError, match="is no region; name its gray level"):
        parsed(region)


def test_what_blurs_ids_is_refused(tmp_path: Path) -> None:
    Image.fromarray(LEVELS).save(tmp_path / "ids.jpg")
    with pytest.raises(PictureError, match="a JPEG, which blurs ids"):
        id_map(tmp_path / "ids.jpg")


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"", "is empty"), (b"text", "is not a picture"), (None, "is not there")]
)
def test_what_is_no_map_is_said(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    if content is not None:
        (tmp_path / "ids.png").write_bytes(content)
    with pytest.raises(PictureError, match=complaint):
        id_map(tmp_path / "ids.png")


def test_a_map_cut_short_is_said(tmp_path: Path) -> None:
    Image.fromarray(np.random.default_rng(1).integers(0, 9, (80, 80), np.uint8)).save(tmp_path / "ids.png")
    (tmp_path / "ids.png").write_bytes((tmp_path / "ids.png").read_bytes()[:900])
    with pytest.raises(PictureError, match="damaged or cut short"):
        id_map(tmp_path / "ids.png")


@pytest.mark.parametrize(
    "array", [np.zeros((2, 2)), np.zeros((0, 3), int), np.full((2, 2), -1), np.zeros((2, 2, 5), int)]
)
def test_arrays_that_are_no_maps(array: np.ndarray) -> None:
    with pytest.raises(PictureError, match="is an array"):
        id_map(array)
    with pytest.raises(PictureError, match="an ID map is a path"):
        id_map(7)  # type: ignore[arg-type]
