"""Masks: weights, shapes that fit, feathers that never reach out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.errors import PictureError
from pleinair.render.borders import WRAPS, Wrap
from pleinair.render.masks import BAND, feathered, fitted, laid, mask_of, mixed, softened
from tests.images.pictures import noise


def disc(height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    y, x = np.mgrid[:height, :width]
    inside = np.hypot(y - height / 2, x - width / 2) < min(height, width) / 3
    return np.asarray(inside, np.uint8) * np.uint8(255)


def test_light_paints_and_transparency_does_not() -> None:
    gray = np.array([[0, 128, 255]], np.uint8)
    assert np.array_equal(mask_of(gray), gray)
    assert np.array_equal(mask_of(Image.fromarray(gray)), gray)
    assert np.array_equal(mask_of(gray.astype(np.uint16) * 257), gray)
    assert mask_of(np.array([[True, False]])).tolist() == [[255, 0]]
    clear = np.dstack((np.full((1, 3, 3), 255, np.uint8), gray))
    assert np.array_equal(mask_of(clear), gray)


@given(height=st.integers(1, 50), width=st.integers(1, 50), times=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_a_mask_of_the_same_shape_fits(height: int, width: int, times: int) -> None:
    mask = noise(height, width, 1)[:, :, 0]
    same, note = fitted(mask, height, width, "m.png")
    assert same is mask
    assert note == ""
    larger, note = fitted(mask, height * times, width * times, "m.png")
    assert np.array_equal(larger, mask.repeat(times, 0).repeat(times, 1))
    assert bool(note) == (times > 1)
    assert np.array_equal(fitted(larger, height, width, "m.png")[0], mask)


def test_a_rounded_size_fits_and_another_shape_does_not() -> None:
    values, note = fitted(noise(135, 241, 1)[:, :, 0], 540, 962, "m.png")
    assert values.shape == (540, 962)
    assert note == "m.png brought from 241×135 to 962×540 pixels"
    for shape in ((540, 1000), (241, 135), (1, 1)):
        with pytest.raises(PictureError, match=r"m\.png has .* another shape; give one that fits"):
            fitted(noise(*shape, 1)[:, :, 0], 540, 962, "m.png")


@given(
    height=st.integers(1, 60), width=st.integers(1, 60), feather=st.integers(0, 30), wrap=st.sampled_from(WRAPS),
    seed=st.integers(0, 5),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_a_feather_never_reaches_out(height: int, width: int, feather: int, wrap: Wrap, seed: int) -> None:
    mask = (noise(height, width, 1, seed=seed)[:, :, 0] > 40) * np.uint8(255)
    soft = feathered(mask, feather, wrap)
    assert soft.shape == mask.shape
    assert (soft <= mask).all()
    assert feather or soft is mask


def test_a_feather_rises_over_its_width() -> None:
    mask = np.zeros((40, 120), np.uint8)
    mask[:, 40:] = 255
    row = feathered(mask, 20)[20].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[40] < 20
    assert (row[61:] == 255).all()
    assert 90 < row[50] < 165


def test_bands_do_not_show() -> None:
    mask = disc(2 * BAND + 20, 70)
    turned = feathered(np.ascontiguousarray(mask.T), 9)
    assert np.array_equal(feathered(mask, 9), turned.T)


@given(rows=st.integers(0, 40), columns=st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_around_a_feather_goes_on(rows: int, columns: int) -> None:
    shift, mask = (rows, columns), disc(40, 50)
    assert np.array_equal(
        feathered(np.roll(mask, shift, (0, 1)), 8, "xy"), np.roll(feathered(mask, 8, "xy"), shift, (0, 1))
    )


def test_softening_reaches_to_both_sides() -> None:
    mask = np.zeros((9, 60), np.uint8)
    mask[:, 30:] = 255
    row = softened(mask, 10)[4]
    assert 0 < row[28] < row[31] < 255
    assert softened(mask, 0) is mask


@given(height=st.integers(1, 20), width=st.integers(1, 20), deep=st.booleans())
@settings(max_examples=20, deadline=None)
def test_what_is_laid_over(height: int, width: int, deep: bool) -> None:
    one, other = noise(height, width), noise(height, width, seed=1)
    if deep:
        one, other = (each.astype(np.uint16) * np.uint16(257) for each in (one, other))
    weights = noise(height, width, 1, seed=2)[:, :, 0]
    weights[::2] = 0
    weights[:, ::3] = 255
    result = laid(one, other, weights)
    assert result.dtype == one.dtype
    assert np.array_equal(result[weights == 0], one[weights == 0])
    assert np.array_equal(result[weights == 255], other[weights == 255])
    assert (result >= np.minimum(one, other)).all()
    assert (result <= np.maximum(one, other)).all()


def test_a_share_of_nothing_is_the_first() -> None:
    one, other, none = noise(3, 3), noise(3, 3, seed=1), np.zeros((3, 3), np.uint8)
    assert np.array_equal(mixed(one, other, none, none), one)


def test_what_is_no_mask_is_said() -> None:
    with pytest.raises(PictureError):
        mask_of(np.zeros((3, 3), np.float32))
