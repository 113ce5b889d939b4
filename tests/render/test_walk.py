"""A walk between seeds: through each of them, smooth, closed, and never duller than its seeds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.render.scenes import Size, framed, seeded
from pleinair.render.walk import turned, walk
from pleinair.seeds import HALO, columns, latent

FRAME = framed(32)


def test_it_goes_through_the_seeds_in_their_order() -> None:
    steps = list(walk([4, 9, 1], 30, FRAME))
    assert len(steps) == 30
    for index, seed in ((0, 4), (10, 9), (20, 1)):
        wanted = seeded(seed, FRAME)
        np.testing.assert_allclose(steps[index].latent, wanted.latent, atol=1e-5)
        np.testing.assert_allclose(steps[index].noise, wanted.noise, atol=1e-5)


def test_it_is_smooth_and_closed() -> None:
    steps = list(walk([4, 9], 60, FRAME))
    latents = np.stack([step.latent for step in [*steps, steps[0]]])
    strides = np.linalg.norm(np.diff(latents, axis=0), axis=1)
    assert strides.max() < 1.7 * np.median(strides)  # no jump, the last one included
    assert strides[[0, 29, 30, 59]].max() < 0.3 * strides.max()  # at rest at the seeds


@settings(max_examples=20, deadline=None)
@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=5), frames=st.integers(5, 40))
def test_no_scene_on_the_way_is_nearer_to_the_mean_than_the_seeds(seeds: list[int], frames: int) -> None:
    ends = [np.linalg.norm(latent(seed)) for seed in seeds]
    for step in walk(seeds, frames, FRAME):
        assert np.linalg.norm(step.latent) > 0.97 * min(ends)
        assert step.noise.shape == columns(0, 4).shape


def test_a_panorama_stays_closed_on_the_way() -> None:
    frame = framed(32, Size(48, 32), "x")
    for step in walk([1, 2], 7, frame):
        np.testing.assert_array_equal(step.noise[..., : 2 * HALO], step.noise[..., 6:])


def test_truncation_reaches_it() -> None:
    (half, *_), (whole, *_) = walk([1, 2], 4, FRAME, 0.5), walk([1, 2], 4, FRAME)
    np.testing.assert_allclose(half.latent, whole.latent / 2, atol=1e-6)


@pytest.mark.parametrize(("seeds", "frames", "said"), [([], 9, "two seeds"), ([1], 9, "not 1"), ([1, 2, 3], 2, "skip")])
def test_walks_that_cannot_be(seeds: list[int], frames: int, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        walk(seeds, frames, FRAME)


@settings(max_examples=30, deadline=None)
@given(share=st.floats(0, 1), angle=st.floats(0.1, 3.0))
def test_turning_keeps_the_length_and_turns_evenly(share: float, angle: float) -> None:
    one, other = np.array([2, 0], np.float32), np.array([2 * np.cos(angle), 2 * np.sin(angle)], np.float32)
    wanted = 2 * np.array([np.cos(share * angle), np.sin(share * angle)])
    np.testing.assert_allclose(turned(one, other, share), wanted, atol=1e-4)


def test_vectors_that_are_alike_or_opposite_or_nothing_stay_numbers() -> None:
    one = np.array([1, 2, 3], np.float32)
    np.testing.assert_allclose(turned(one, 2 * one, 0.5), 1.5 * one, rtol=1e-5)
    for other in (-one, 0 * one):
        assert np.isfinite(turned(one, other, 0.3)).all()
