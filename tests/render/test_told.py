"""What a layout generator is given: places in the right order, columns beyond the edges, a seed's noise."""

import numpy as np
import pytest
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.fiction.palette import NAMES
from pleinair.images import to_pixels
from pleinair.render.told import CLASSES, Labels, given, noise_of
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE, columns, latent

BEYOND = HALO * CELL_SIDE


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
    one = given(labels, picture, 3)
    rows, across = -(-height // CELL_SIDE), -(-width // CELL_SIDE)
    assert one.size == (height, width)
    assert one.noise.shape == (1, NOISE, rows, across + 2 * HALO)
    assert one.latents.shape == (1, LATENT)
    assert one.told.shape == (1, len(NAMES) + 3, rows * CELL_SIDE, (across + 2 * HALO) * CELL_SIDE)
    assert (one.told[0, :CLASSES].sum(0) == 1).all()
    inside = one.told[0, :, :height, BEYOND : BEYOND + width]
    np.testing.assert_array_equal(inside[:CLASSES].argmax(0), labels)
    np.testing.assert_array_equal(to_pixels(inside[CLASSES:]).transpose(1, 2, 0), picture)
    np.testing.assert_array_equal(one.told[0, :, 0, 0], one.told[0, :, 0, BEYOND])
    np.testing.assert_array_equal(one.told[0, :, -1, -1], one.told[0, :, height - 1, BEYOND + width - 1])


def test_a_full_turn_goes_on_at_the_other_side() -> None:
    labels, picture = scene(20, 7 * CELL_SIDE)
    told = given(labels, picture, 3, "x").told
    np.testing.assert_array_equal(told[..., :BEYOND], told[..., 7 * CELL_SIDE : 7 * CELL_SIDE + BEYOND])
    np.testing.assert_array_equal(told[..., -BEYOND:], told[..., BEYOND : 2 * BEYOND])


def test_a_turn_narrower_than_what_is_beyond_repeats() -> None:
    labels, picture = scene(5, CELL_SIDE)
    told = given(labels, picture, 0, "x").told
    for turn in range(2 * HALO):
        cell = told[..., turn * CELL_SIDE : (turn + 1) * CELL_SIDE]
        np.testing.assert_array_equal(cell, told[..., BEYOND : BEYOND + CELL_SIDE])


def test_a_turn_is_of_whole_cells() -> None:
    with pytest.raises(AssertionError):
        given(*scene(20, 50), 0, "x")


def test_a_seed_is_that_of_its_scene_from_noise() -> None:
    one = given(*scene(90, 80), 7)
    np.testing.assert_array_equal(one.latents[0], latent(7))
    noise = noise_of(7, 6, 5)
    np.testing.assert_array_equal(one.noise[0], noise)
    assert noise.shape == (NOISE, 6, 5 + 2 * HALO)
    np.testing.assert_array_equal(noise[:, :4], columns(7, 5))
    assert not np.array_equal(noise[:, 4:], noise[:, :2])
    around = noise_of(7, 4, 5, "x")
    np.testing.assert_array_equal(around[..., :HALO], around[..., 5 : 5 + HALO])


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_what_is_no_seed_is_refused(seed: int) -> None:
    with pytest.raises(SettingError, match="a seed is"):
        given(*scene(4, 4), seed)


def test_the_largest_seed_has_noise_for_many_rows() -> None:
    noise = noise_of(2**32 - 1, 9, 1)
    assert noise.shape[1] == 9
    assert len(np.unique(noise[0, :, 0])) == 9
