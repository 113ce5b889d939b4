"""Layouts out of pictures: exact colors, colors near them, softened borders, and what is no layout."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from pleinair.errors import PictureError
from pleinair.fiction.layout import (
    LONGEST,
    Layout,
    check_labels,
    label_of,
    name_of,
    only_ground,
    read_layout,
)
from pleinair.fiction.palette import COLORS, NAMES, Label, colored
from tests.drawn_layouts import country, ground


@settings(max_examples=25, deadline=None)
@given(npst.arrays(np.uint8, npst.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 11)))
def test_the_palettes_own_colors_come_back_as_they_are(labels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> None:
    found = read_layout(colored(labels))
    assert np.array_equal(found.labels, labels)
    assert (found.snapped, found.farthest, found.lost, found.report) == (0, 0.0, 0, "")


def test_sixteen_bits_are_read_as_eight() -> None:
    labels = country(20, 12)
    assert np.array_equal(read_layout(colored(labels).astype(np.uint16) * 257).labels, labels)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 11), st.integers(0, 2), st.sampled_from([-9, -5, 5, 9]))
def test_colors_that_are_off_a_little_are_snapped_and_counted(label: int, channel: int, off: int) -> None:
    pixels = colored(np.full((12, 10), label, np.uint8)).astype(np.int16)
    pixels[:, 5:, channel] += -abs(off) if pixels[0, 0, channel] > 127 else abs(off)
    found = read_layout(pixels.astype(np.uint8))
    assert (found.labels == label).all()
    assert (found.snapped, found.lost) == (60, 0)
    assert found.farthest == pytest.approx(abs(off))
    assert found.report == f"60 pixels (50 %) snapped to the palette, by up to {abs(off)} of 441"
    assert replace(found, snapped=found.labels.size).report.startswith(f"{found.labels.size} pixels (100 %) snapped")


def test_a_palette_off_by_one_is_snapped() -> None:
    labels = country()
    pixels = colored(labels)
    pixels = np.where(pixels < 255, pixels + 1, pixels).astype(np.uint8)
    found = read_layout(pixels)
    assert np.array_equal(found.labels, labels)
    assert found.lost == 0
    assert found.farthest < 2


def test_softened_borders_take_the_label_beside_them() -> None:
    """Halfway from white to dark green lies the gray of mountains; there is no mountain."""
    labels = np.full((40, 40), Label.CLOUD, np.uint8)
    labels[:, 20:] = Label.FOREST
    large = Image.fromarray(colored(labels)).resize((97, 83), Image.Resampling.BICUBIC)
    found = read_layout(np.asarray(large))
    assert set(np.unique(found.labels).tolist()) == {int(Label.CLOUD), int(Label.FOREST)}
    assert abs((found.labels == Label.CLOUD).mean() - 0.5) < 0.03
    assert found.lost > 0
    assert "took their neighbors' label" in found.report


def test_a_jpeg_of_a_layout_is_the_layout() -> None:
    labels = country(192, 120)
    file = BytesIO()
    Image.fromarray(colored(labels)).save(file, "JPEG", quality=75)
    found = read_layout(np.asarray(Image.open(file).convert("RGB")))
    assert (found.labels == labels).mean() > 0.95
    assert found.snapped > 0


def test_lines_of_exact_colors_stay_however_thin() -> None:
    labels = np.full((20, 20), Label.GRASS, np.uint8)
    labels[:, 9] = Label.PATH
    pixels = colored(labels)
    pixels[0, 0] = (126, 199, 62)
    found = read_layout(pixels)
    assert np.array_equal(found.labels, labels)
    assert found.snapped == 1


def test_a_photo_is_no_layout() -> None:
    draw = np.random.default_rng(3)
    row, column = np.mgrid[:60, :90]
    photo = np.stack([90 + row, 120 + column // 2, 160 - row], -1) + draw.integers(-30, 30, (60, 90, 3))
    with pytest.raises(PictureError, match=r"lake\.jpg is no layout.*as in a photo.*stylize"):
        read_layout(photo.clip(0, 255).astype(np.uint8), "lake.jpg")


def test_noise_in_the_palettes_colors_near_is_no_layout() -> None:
    draw = np.random.default_rng(4)
    pixels = colored(draw.integers(0, 12, (120, 120)).astype(np.uint8)).astype(np.int16)
    pixels += draw.integers(-6, 7, pixels.shape)
    with pytest.raises(PictureError, match="no layout"):
        read_layout(pixels.clip(0, 255).astype(np.uint8))


def test_numbers_in_place_of_colors_are_named() -> None:
    numbers = np.repeat(country()[:, :, None], 3, 2)
    with pytest.raises(PictureError, match=r"nearly black.*labels' numbers.*--palette"):
        read_layout(numbers)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.zeros((3, 3, 1), np.uint8), "uint8"),
        (np.zeros((3, 3), np.int64), "int64"),
        (np.zeros((0, 3), np.uint8), "0, 3"),
        (np.full((2, 2), 12, np.uint8), "labels are 0 to 11, not 12"),
        (np.broadcast_to(np.uint8(0), (2, LONGEST + 1)), "20,000 pixels on a side"),
        (np.broadcast_to(np.uint8(0), (9000, 9000)), "64 megapixels, not 9000x9000"),
    ],
)
def test_what_is_no_label_map_is_refused(labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], said: str) -> None:
    with pytest.raises(PictureError, match=said):
        check_labels(labels)


def test_a_layout_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(PictureError, match="64 megapixels"):
        read_layout(np.broadcast_to(np.uint8(0), (20_000, 20_000, 3)))


def test_one_pixel_is_a_layout() -> None:
    assert read_layout(colored(np.array([[2]], np.uint8))).labels.tolist() == [[2]]
    assert read_layout(np.array([[[33, 92, 198]]], np.uint8)).labels.tolist() == [[2]]


def test_names_are_single_words_and_found_again() -> None:
    for number, name in enumerate(NAMES):
        assert " " not in name_of(number)
        assert label_of(name_of(number)) == label_of(name) == label_of(f" {name_of(number).upper()} ") == number
    assert label_of("house") is None
    assert len({COLORS[n] for n in range(12)}) == 12


def test_only_ground_names_what_is_none() -> None:
    assert only_ground(ground()) == []
    assert only_ground(country()) == ["sky", "cloud", "water", "mountain", "forest", "tree"]


def test_a_layout_says_what_was_lost() -> None:
    line = Layout(np.zeros((10, 100), np.uint8), 250, 88.4, 20).report
    assert (
        line == "250 pixels (25 %) snapped to the palette, by up to 88 of 441; 20 of them took their neighbors' label"
    )
