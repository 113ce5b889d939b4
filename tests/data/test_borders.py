"""Even borders go, skies stay; strips become pieces that cover them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.data.borders import PIECE, STRIP, inner_box, pieces_of
from pleinair.data.pack import Pixels
from tests.data.pictures import scene

WHITE, BLACK = (250, 250, 250), (4, 4, 4)


def framed(
    inner: Pixels, left: int, top: int, right: int, bottom: int, color: tuple[int, int, int], noise: int = 2
) -> Pixels:
    """The picture with a border of almost one color around it."""
    height, width = inner.shape[:2]
    shape = (height + top + bottom, width + left + right, 3)
    border = np.random.default_rng(0).integers(-noise, noise + 1, shape) + np.array(color)
    pixels: Pixels = np.clip(border, 0, 255).astype(np.uint8)
    pixels[top : top + height, left : left + width] = inner
    return pixels


@settings(max_examples=25, deadline=None)
@given(
    left=st.integers(3, 30),
    top=st.integers(3, 30),
    right=st.integers(3, 30),
    bottom=st.integers(3, 30),
    color=st.sampled_from([WHITE, BLACK, (200, 30, 60)]),
)
def test_a_frame_is_cut_off(left: int, top: int, right: int, bottom: int, color: tuple[int, int, int]) -> None:
    pixels = framed(scene(0, 160, 140), left, top, right, bottom, color)
    assert inner_box(pixels) == (left, top, left + 160, top + 140)


@pytest.mark.parametrize(("sides", "box"), [((0, 20, 0, 20), (0, 20, 160, 160)), ((15, 0, 25, 0), (15, 0, 175, 140))])
def test_bars_on_two_sides_are_cut_off(sides: tuple[int, int, int, int], box: tuple[int, int, int, int]) -> None:
    assert inner_box(framed(scene(0, 160, 140), *sides, BLACK)) == box


@pytest.mark.parametrize("sides", [(0, 30, 0, 0), (0, 0, 0, 30), (30, 0, 0, 0), (0, 0, 30, 0)])
def test_a_clear_sky_is_not_cut(sides: tuple[int, int, int, int]) -> None:
    pixels = framed(scene(0, 160, 140), *sides, (120, 170, 230))
    assert inner_box(pixels) == (0, 0, pixels.shape[1], pixels.shape[0])


def test_a_sky_over_another_even_ground_is_not_cut() -> None:
    pixels = framed(scene(0, 160, 140), 0, 30, 0, 30, (120, 170, 230))
    pixels[-30:] = (200, 190, 150)
    assert inner_box(pixels) == (0, 0, 160, 200)


def test_grainy_paper_is_not_cut() -> None:
    """The margin of a print on paper belongs to it; only what is even by machine goes."""
    assert inner_box(framed(scene(0, 160, 140), 20, 20, 20, 20, (225, 210, 180), noise=14)) == (0, 0, 200, 180)


def test_at_most_a_quarter_of_a_side_is_cut() -> None:
    assert inner_box(framed(scene(0, 60, 60), 70, 70, 70, 70, WHITE)) == (50, 50, 150, 150)


def test_one_line_of_noise_is_not_worth_a_cut() -> None:
    pixels = framed(scene(0, 300, 300), 1, 1, 1, 1, BLACK)
    assert inner_box(pixels) == (0, 0, 302, 302)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 5), (3, 3)])
def test_tiny_pictures_have_no_borders(size: tuple[int, int]) -> None:
    assert inner_box(scene(0, *size)) == (0, 0, *size)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5000), st.integers(1, 5000))
def test_pieces_cover_the_box_without_overlap(offset: int, width: int, height: int) -> None:
    box = (offset, 2 * offset, offset + width, 2 * offset + height)
    pieces = pieces_of(box)
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in pieces)
    assert area == width * height
    assert pieces[0][:2] == box[:2]
    assert pieces[-1][2:] == box[2:]
    if max(width, height) < STRIP * min(width, height):
        assert pieces == [box]
    else:
        assert len(pieces) >= 2
        for left, top, right, bottom in pieces:
            long, short = max(right - left, bottom - top), min(right - left, bottom - top)
            assert long <= PIECE * short + 1 or short <= 2


def test_a_handscroll_is_cut_along_its_length() -> None:
    assert pieces_of((0, 0, 1000, 250)) == [(0, 0, 500, 250), (500, 0, 1000, 250)]
    assert pieces_of((0, 10, 100, 360)) == [(0, 10, 100, 185), (0, 185, 100, 360)]
