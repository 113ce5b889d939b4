"""Transparency: what cannot be seen is neither painted in nor painted over."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.engine.fake import FakeEngine
from pleinair.errors import SettingError
from pleinair.images import Picture
from pleinair.images.light import exposed
from pleinair.render.alpha import FAINT, trimmed, underpainted
from pleinair.render.still import stylize
from tests.images.pictures import noise
from tests.render.engines import washing

TYPES = st.sampled_from([np.uint8, np.uint16])
Pixels = npt.NDArray[np.uint8 | np.uint16]


def island(dtype: type[np.uint8 | np.uint16] = np.uint8, size: int = 24, hidden: int = 0) -> Picture:
    """A gray disc with a soft edge; under alpha 0 any color, by default black."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    alpha = np.clip(size / 3 - np.hypot(x, y), 0, 1)
    most = np.iinfo(dtype).max
    pixels = np.full((size, size, 3), most // 2, dtype)
    pixels[alpha == 0] = hidden
    return Picture(pixels, np.rint(alpha * most).astype(dtype))


def painted(picture: Picture, gutter: int = 0, strength: float = 1.0) -> Pixels:
    under = underpainted(picture)
    return trimmed(picture, under, stylize(under, washing(), strength=strength), gutter)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_hidden_does_not_bleed_into_the_edges(dtype: type[np.uint8 | np.uint16]) -> None:
    """Whatever color lies under alpha 0, what is seen is painted alike; and as in the midst of the island."""
    results = [painted(island(dtype, hidden=hidden)) for hidden in (0, 200, np.iinfo(dtype).max)]
    shown = island(dtype).alpha
    assert shown is not None
    for result in results[1:]:
        assert np.array_equal(result[shown > 0], results[0][shown > 0])
    middle = results[0][12, 12].astype(int)
    assert np.abs(results[0][shown > 0].astype(int) - middle).max() <= np.iinfo(dtype).max // 255
    # the guard against a test that cannot fail: without underpainting the edges are darkened
    bare = stylize(island(dtype).pixels, washing())
    assert np.abs(bare[shown > 0].astype(int) - middle).max() > np.iinfo(dtype).max // 20


@given(
    height=st.integers(1, 12), width=st.integers(1, 12), dtype=TYPES, seed=st.integers(0, 99), gutter=st.integers(0, 4)
)
def test_hidden_pixels_stay_and_alpha_is_no_matter(
    height: int, width: int, dtype: type, seed: int, gutter: int
) -> None:
    draw = np.random.default_rng(seed)
    alpha = draw.choice(np.array((0, 0, 1, np.iinfo(dtype).max // 2, np.iinfo(dtype).max), dtype), (height, width))
    picture = Picture(noise(height, width).astype(dtype), alpha)
    result = painted(picture, gutter)
    assert result.dtype == dtype
    assert result.shape == picture.pixels.shape
    reach = np.pad(alpha > 0, gutter)
    near = np.zeros_like(alpha, np.bool_)
    for y in range(2 * gutter + 1):
        for x in range(2 * gutter + 1):
            near |= reach[y : y + height, x : x + width]
    assert np.array_equal(result[~near], picture.pixels[~near])


@given(dtype=TYPES, seed=st.integers(0, 99), height=st.integers(1, 12), width=st.integers(1, 12))
def test_strength_0_is_the_picture_bit_for_bit(dtype: type, seed: int, height: int, width: int) -> None:
    draw = np.random.default_rng(seed)
    alpha = draw.choice(np.array((0, 1, 7, np.iinfo(dtype).max), dtype), (height, width))
    picture = Picture(noise(height, width, seed=seed).astype(dtype), alpha)
    assert np.array_equal(painted(picture, strength=0), picture.pixels)


def test_the_color_of_faint_pixels_is_not_believed() -> None:
    """A pixel of alpha 1/255 may have any color, as it was divided by its alpha: it is painted as its neighbors are."""
    picture = island()
    assert picture.alpha is not None
    edge = (picture.alpha > 0) & (picture.alpha < 255 * FAINT)
    alpha = picture.alpha.copy()
    alpha[2, 10:14] = 3
    pixels = picture.pixels.copy()
    pixels[2, 10:14] = (255, 0, 255)
    result = painted(Picture(pixels, alpha))
    assert np.abs(result[2, 10:14].astype(int) - result[12, 12]).max() <= 1
    assert edge.sum() == 0  # the disc itself has none


def test_a_picture_that_is_faint_everywhere_is_painted_as_it_is() -> None:
    picture = Picture(noise(8, 8), np.full((8, 8), 3, np.uint8))
    assert underpainted(picture) is picture.pixels
    assert np.array_equal(painted(picture), stylize(picture.pixels, washing()))


def test_the_gutter_is_of_the_painting() -> None:
    picture = island()
    assert picture.alpha is not None
    plain, wide = painted(picture), painted(picture, 3)
    changed = (plain != wide).any(2)
    assert not changed[picture.alpha > 0].any()
    assert changed[12, :].sum() == 6  # three pixels on each side
    assert np.abs(wide[changed].astype(int) - plain[12, 12]).max() <= 1


def test_without_transparency_nothing_is_copied() -> None:
    for alpha in (None, np.full((6, 6), 255, np.uint8)):
        picture = Picture(noise(6, 6), alpha)
        assert underpainted(picture) is picture.pixels
    result = stylize(picture.pixels, FakeEngine())
    assert np.array_equal(trimmed(Picture(picture.pixels), picture.pixels, result, 5), result)


def test_what_is_wholly_hidden_stays() -> None:
    picture = Picture(noise(6, 6), np.zeros((6, 6), np.uint8))
    assert painted(picture, 2) is picture.pixels


@pytest.mark.parametrize("gutter", [-1, 257])
def test_gutters_have_limits(gutter: int) -> None:
    with pytest.raises(SettingError, match="a gutter is 0 to 256 pixels"):
        painted(island(), gutter)


def test_premultiplied_light_has_no_gutter() -> None:
    light = exposed(np.ones((4, 4, 3), np.float32), None, Path("a.exr"))
    alpha = np.zeros((4, 4), np.uint16)
    alpha[0] = 65535
    with pytest.raises(SettingError, match=r"a\.exr: under alpha 0, color glows in EXR, so it has no gutter"):
        painted(Picture(light.view, alpha, format="EXR", light=light), 1)
