"""Sharpness, diversity and flicker: small figures about one set."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from pleinair.errors import DataError
from pleinair.metrics.diversity import diversity_of
from pleinair.metrics.flicker import flicker_of
from pleinair.metrics.sharpness import sharpness_of
from pleinair.metrics.squares import Pixels
from tests.metrics.tiny import normal, pictures


def test_sharpness_of_a_ramp() -> None:
    ramp: Pixels = np.repeat(np.tile(np.arange(384) // 2, (384, 1))[:, :, None], 3, axis=2).astype(np.uint8)
    # Central differences of 0 0 1 1 2 2 … are 0.5 everywhere but at the two ends, where one of them is 0.
    assert sharpness_of([ramp]) == pytest.approx(np.log(1.5), abs=0.005)


def test_sharpness_is_the_mean_over_pictures() -> None:
    one, other = pictures(2, 1)
    assert sharpness_of([one, other]) == pytest.approx((sharpness_of([one]) + sharpness_of([other])) / 2)


def test_a_blur_gives_itself_away() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (384, 384, 3)).astype(np.uint8)
    blurred = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2)))
    assert sharpness_of([blurred]) < 0.7 * sharpness_of([noise])


def test_a_flat_picture_has_no_sharpness() -> None:
    assert sharpness_of([np.full((9, 9, 3), 77, np.uint8)]) == 0


def test_sharpness_needs_a_picture() -> None:
    with pytest.raises(DataError, match="at least one"):
        sharpness_of([])


def test_diversity_of_known_angles() -> None:
    found = diversity_of(np.array([[2.0, 0.0], [0.0, 3.0], [-1.0, 0.0]]))
    assert found.mean == pytest.approx((1 + 2 + 1) / 3)
    assert found.near_duplicates == 0
    assert found.pictures == 3


def test_near_duplicates_are_counted() -> None:
    rows = np.concatenate([np.eye(4), np.eye(4)[:1] * 5])  # the fifth points where the first does
    assert diversity_of(rows).near_duplicates == pytest.approx(2 / 5)


def test_a_collapsed_set_has_no_diversity() -> None:
    collapsed = diversity_of(np.ones((6, 3)))
    assert collapsed.mean == pytest.approx(0)
    assert collapsed.near_duplicates == 1


def test_features_of_nothing_are_no_error() -> None:
    assert np.isfinite(diversity_of(np.zeros((3, 4))).mean)


def test_diversity_is_the_mean_over_pairs() -> None:
    rows = normal(7, 5, 1)
    pairs = [
        1 - rows[i] @ rows[j] / (np.linalg.norm(rows[i]) * np.linalg.norm(rows[j])) for i in range(7) for j in range(i)
    ]
    assert diversity_of(rows).mean == pytest.approx(np.mean(pairs))


def test_diversity_needs_two_pictures() -> None:
    with pytest.raises(DataError, match="at least two"):
        diversity_of(normal(1, 4, 1))


def test_flicker_is_the_mean_step() -> None:
    shot: list[Pixels] = [np.full((384, 384, 3), level, np.uint8) for level in (10, 14, 12)]
    assert flicker_of(shot) == pytest.approx(3)
    assert flicker_of(shot[:1] * 3) == 0


def test_flicker_needs_two_frames() -> None:
    with pytest.raises(DataError, match="two frames"):
        flicker_of(pictures(1, 1))
