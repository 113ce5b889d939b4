"""Seed → latent and noise: one stream, laid out as the generator wants it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.seeds import HALO, LATENT, NOISE, ROWS, columns, latent

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, count=st.integers(1, 9))
def test_latent_and_columns_are_one_stream(seed: int, count: int) -> None:
    stream = np.random.RandomState(seed).standard_normal(LATENT + (count + 2 * HALO) * NOISE * ROWS).astype(np.float32)
    np.testing.assert_array_equal(latent(seed), stream[:LATENT])
    there = columns(seed, count)
    assert there.shape == (NOISE, ROWS, count + 2 * HALO)
    np.testing.assert_array_equal(there.transpose(2, 0, 1).ravel(), stream[LATENT:])


@settings(max_examples=20, deadline=None)
@given(seed=seeds, count=st.integers(1, 9), more=st.integers(1, 5))
def test_a_wider_picture_begins_as_the_narrow_one(seed: int, count: int, more: int) -> None:
    np.testing.assert_array_equal(columns(seed, count + more)[..., : count + 2 * HALO], columns(seed, count))


@settings(max_examples=20, deadline=None)
@given(seed=seeds, count=st.integers(1, 12))
def test_wrapped_columns_close_a_turn(seed: int, count: int) -> None:
    ring = columns(seed, count, wrap=True)
    assert ring.shape == (NOISE, ROWS, count + 2 * HALO)
    for place in range(2 * HALO):
        np.testing.assert_array_equal(ring[..., place], ring[..., place + count])


def test_a_seed_is_the_same_for_ever() -> None:
    assert latent(7)[:3].tolist() == pytest.approx([1.6905257, -0.46593735, 0.03282016], rel=1e-6)
    assert latent(7).dtype == columns(7, 2).dtype == columns(7, 2, wrap=True).dtype == np.float32
    assert not np.array_equal(latent(7), latent(8))


def test_numbers_are_those_of_the_network() -> None:
    from pleinair.networks import scene

    assert (LATENT, NOISE, ROWS, HALO) == (scene.LATENT, scene.NOISE, scene.ROWS, scene.HALO)
