"""What a layout generator is given: places in the right order, columns beyond the edges, a seed's noise."""

import numpy as np
import pytest
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.fiction.palette import NAMES
from pleinair.images import to_pixels
from pleinair.render.told import CLASSES, SKIRT, Around, Labels, LaidOut, noise_of
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE, columns, latent

BEYOND, ABOVE = HALO * CELL_SIDE, SKIRT * CELL_SIDE


def scene(height: int, width: int) -> tuple[Labels, Labels]:
    """Labels and a render in which no two places are alike."""
    draw = np.random.default_rng(height * 1000 + width)
    return draw.integers(0, CLASSES, (height, width)).astype(np.uint8), draw.integers(
        0, 256, (height, width, 3)
    ).astype(np.uint8)


@settings(max_examples=20, deadline=None)
@drawn_from(height=st.integers(1, 70), width=st.integers(1, 70))
def test_any_size_is_whole_cells_and_its_own_edge_again(height: int, width: int) -> None:
    labels, picture = scene(height, width)
    one = LaidOut(labels, picture, 3).whole()
    rows, across = -(-height // CELL_SIDE), -(-width // CELL_SIDE)
    assert one.noise.shape == (1, NOISE, rows + 2 * SKIRT, across + 2 * HALO)
    assert one.latents.shape == (1, LATENT)
    assert one.told.shape == (1, len(NAMES) + 3, (rows + 2 * SKIRT) * CELL_SIDE, (across + 2 * HALO) * CELL_SIDE)
    assert (one.told[0, :CLASSES].sum(0) == 1).all()
    inside = one.told[0, :, ABOVE : ABOVE + height, BEYOND : BEYOND + width]
    np.testing.assert_array_equal(inside[:CLASSES].argmax(0), labels)
    np.testing.assert_array_equal(to_pixels(inside[CLASSES:]).transpose(1, 2, 0), picture)
    np.testing.assert_array_equal(one.told[0, :, 0, 0], inside[:, 0, 0])
    np.testing.assert_array_equal(one.told[0, :, -1, -1], inside[:, -1, -1])


@settings(max_examples=20, deadline=None)
@drawn_from(
    height=st.integers(1, 200), width=st.integers(1, 200), window=st.integers(1, 9), wrap=st.sampled_from(("none", "x"))
)
def test_windows_cover_every_pixel_once_and_are_told_what_the_whole_is(
    height: int, width: int, window: int, wrap: Around
) -> None:
    width = -(-width // CELL_SIDE) * CELL_SIDE if wrap == "x" else width
    labels, picture = scene(height, width)
    laid_out = LaidOut(labels, picture, 3, wrap, window)
    whole, count = laid_out.whole(), np.zeros((height, width), int)
    for one, part in laid_out.windows():
        count[part.pixels] += 1
        down, aside = part.pixels
        shape = down.stop - down.start, aside.stop - aside.start
        assert tuple(side.stop - side.start for side in part.drawn) == shape
        begin = down.start - part.drawn[0].start + ABOVE  # in the whole
        left = aside.start
        high, wide = one.told.shape[2:]
        np.testing.assert_array_equal(one.told, whole.told[:, :, begin : begin + high, left : left + wide])
        cells = slice(begin // CELL_SIDE, begin // CELL_SIDE + one.noise.shape[2])
        columns_ = slice(left // CELL_SIDE, left // CELL_SIDE + one.noise.shape[3])
        np.testing.assert_array_equal(one.noise, whole.noise[:, :, cells, columns_])
        assert one.told.shape[2:] == tuple(side * CELL_SIDE for side in one.noise.shape[2:])
        assert high <= (window + 2 * HALO) * CELL_SIDE
        assert wide <= (window + 2 * HALO) * CELL_SIDE
        edges = part.drawn[0].start, high - part.drawn[0].stop
        assert min(edges) >= SKIRT * CELL_SIDE  # nothing is taken from the outermost rows of what is drawn
    assert (count == 1).all()


def test_a_full_turn_goes_on_at_the_other_side() -> None:
    labels, picture = scene(20, 7 * CELL_SIDE)
    told = LaidOut(labels, picture, 3, "x").whole().told
    np.testing.assert_array_equal(told[..., :BEYOND], told[..., 7 * CELL_SIDE : 7 * CELL_SIDE + BEYOND])
    np.testing.assert_array_equal(told[..., -BEYOND:], told[..., BEYOND : 2 * BEYOND])


def test_a_turn_narrower_than_what_is_beyond_repeats() -> None:
    labels, picture = scene(5, CELL_SIDE)
    told = LaidOut(labels, picture, 0, "x").whole().told
    for turn in range(2 * HALO):
        cell = told[..., turn * CELL_SIDE : (turn + 1) * CELL_SIDE]
        np.testing.assert_array_equal(cell, told[..., BEYOND : BEYOND + CELL_SIDE])


def test_a_turn_is_of_whole_cells() -> None:
    with pytest.raises(AssertionError):
        LaidOut(*scene(20, 50), 0, "x")


def test_a_seed_is_that_of_its_scene_from_noise() -> None:
    one = LaidOut(*scene(90, 80), 7).whole()
    np.testing.assert_array_equal(one.latents[0], latent(7))
    noise = noise_of(7, 6, 5)
    np.testing.assert_array_equal(one.noise[0, :, :6], noise)
    assert noise.shape == (NOISE, 6, 5 + 2 * HALO)
    np.testing.assert_array_equal(noise[:, :4], columns(7, 5))
    assert not np.array_equal(noise[:, 4:], noise[:, :2])
    around = noise_of(7, 4, 5, "x")
    np.testing.assert_array_equal(around[..., :HALO], around[..., 5 : 5 + HALO])


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_what_is_no_seed_is_refused(seed: int) -> None:
    with pytest.raises(SettingError, match="a seed is"):
        LaidOut(*scene(4, 4), seed)


def test_the_largest_seed_has_noise_for_many_rows() -> None:
    noise = noise_of(2**32 - 1, 9, 1)
    assert noise.shape[1] == 9
    assert len(np.unique(noise[0, :, 0])) == 9
