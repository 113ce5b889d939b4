"""Smaller without aliasing, larger without steps."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.render.borders import WRAPS, Wrap
from pleinair.render.resampling import blocks, cubic, product, shrunk
from tests.images.pictures import noise, smooth


@given(size_in=st.integers(1, 300), size_out=st.integers(1, 300), length=st.integers(1, 64))
def test_the_plan_covers_the_outputs_with_weights_of_sum_one(size_in: int, size_out: int, length: int) -> None:
    plan = blocks(size_in, size_out, length)
    assert plan[0].start == 0
    assert plan[-1].stop == size_out
    for before, after in pairwise(plan):
        assert before.stop == after.start
    for block in plan:
        assert block.matrix.shape == (block.stop - block.start, block.last - block.first)
        assert np.allclose(block.matrix.sum(1), 1, atol=1e-5)


@given(size=st.integers(2, 40), factor=st.floats(0.2, 1.0))
def test_enlarging_asks_for_no_more_than_three_beyond_the_edge(size: int, factor: float) -> None:
    plan = blocks(size, max(size, round(size / factor)), 7)
    assert min(block.first for block in plan) >= -3
    assert max(block.last for block in plan) <= size + 3


@given(
    o=st.integers(1, 40), i=st.integers(1, 40), n=st.integers(1, 40), small=st.integers(1, 4000), planes=st.booleans()
)
def test_a_product_in_pieces_is_the_product(o: int, i: int, n: int, small: int, planes: bool) -> None:
    draw = np.random.default_rng(0)
    left = draw.normal(size=(5, o, i) if planes else (o, i)).astype(np.float32)
    right = draw.normal(size=(i, n)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pleinair.render.resampling.SMALL_PRODUCT", small)
        assert np.allclose(product(left, right), left @ right, atol=1e-4)
        assert np.allclose(product(right.T, left.swapaxes(-1, -2)), right.T @ left.swapaxes(-1, -2), atol=1e-4)


def test_the_kernel_interpolates() -> None:
    assert cubic(np.array([0.0, 1, -1, 2, -2, 3])).tolist() == [1, 0, 0, 0, 0, 0]
    x = np.linspace(0, 1, 11)
    assert np.allclose(cubic(x) + cubic(1 - x) + cubic(1 + x) + cubic(2 - x), 1)


@given(height=st.integers(1, 60), width=st.integers(1, 60), data=st.data(), wrap=st.sampled_from(WRAPS))
@settings(max_examples=40, deadline=None)
def test_a_plain_stays_that_plain(height: int, width: int, data: st.DataObject, wrap: Wrap) -> None:
    low = data.draw(st.integers(1, height)), data.draw(st.integers(1, width))
    color = data.draw(st.integers(0, 255))
    pixels = np.full((height, width, 3), color, np.uint8)
    assert np.array_equal(shrunk(pixels, *low, wrap), np.full((*low, 3), color, np.uint8))


@pytest.mark.parametrize("pixels", [noise(97, 131), smooth(97, 131)], ids=["noise", "smooth"])
def test_it_agrees_with_pillow_away_from_the_edges(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    expected = np.asarray(Image.fromarray(pixels).resize((40, 30), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(shrunk(pixels, 30, 40) - expected)[2:-2, 2:-2].max() <= 1


def test_the_size_that_it_has_is_the_picture_itself() -> None:
    assert np.array_equal(shrunk(noise(20, 33), 20, 33), noise(20, 33))


def test_fine_stripes_become_gray_not_coarse_stripes() -> None:
    stripes = np.zeros((64, 128, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(shrunk(stripes, 16, 37)) <= 6


@pytest.mark.parametrize("wrap", WRAPS)
def test_what_goes_around_may_start_anywhere(wrap: Wrap) -> None:
    pixels = noise(48, 96)
    moved = shrunk(np.roll(pixels, (16, 32), (0, 1)), 12, 24, wrap)
    same = moved == np.roll(shrunk(pixels, 12, 24, wrap), (4, 8), (0, 1))
    assert same.all() == (wrap == "xy")
    assert same[3:9].all() == (wrap != "none") or wrap == "x"
    if wrap == "x":
        assert same[6:10].all()  # rows that see no upper or lower edge, before or after


def test_16_bits_keep_their_depth() -> None:
    pixels = np.full((40, 40, 3), 30_001, np.uint16)
    assert (shrunk(pixels, 10, 10) == 30_001).all()
