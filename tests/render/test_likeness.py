"""Likeness: the seed most like a picture is found, by colors, by light, by where things are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.fake import FakeSceneEngine
from pleinair.images.picture import Pixels
from pleinair.render.likeness import cropped, described, lab, nearest
from pleinair.render.scenes import Size, framed, generate

ENGINE, PHOTO = FakeSceneEngine(32), np.array([1, 0], np.float32)


def flat(*color: int, size: int = 40) -> Pixels:
    return np.full((size, size, 3), color, np.uint8)


def drawn(seeds: range, size: Size | None = None) -> list[Pixels]:
    return list(generate(ENGINE, seeds, PHOTO, framed(32, size)))


@pytest.mark.parametrize("seed", [0, 17, 39])
def test_a_scene_is_most_like_itself(seed: int) -> None:
    found = nearest(drawn(range(40)), range(40), drawn(range(seed, seed + 1))[0])
    assert found == (seed, 0.0)


@pytest.mark.parametrize("seed", [3, 21])
def test_a_scene_is_recognized_brighter_noisy_and_smaller(seed: int) -> None:
    picture = drawn(range(seed, seed + 1), Size(24, 24))[0].astype(float)
    picture = picture * 1.05 + np.random.default_rng(0).normal(0, 6, picture.shape)
    assert nearest(drawn(range(40)), range(40), picture.clip(0, 255).astype(np.uint8))[0] == seed


def test_colors_light_and_place_are_told_apart() -> None:
    sky_above = np.concatenate((flat(120, 170, 230)[:20], flat(70, 90, 40)[:20]))
    others = [sky_above[::-1], flat(95, 130, 135), np.concatenate((flat(230, 170, 120)[:20], flat(70, 90, 40)[:20]))]
    assert nearest([*others, sky_above // 2 + 60], range(4), sky_above)[0] == 3


def test_texture_counts_beside_colors() -> None:
    rough = flat(100, 100, 100)
    rough[::4] += 60
    rough[2::4] -= 60
    assert np.abs(described(rough)[3:]).mean() > np.abs(described(flat(100, 100, 100))[3:]).mean()


@settings(max_examples=30, deadline=None)
@given(high=st.integers(1, 60), wide=st.integers(1, 60), width=st.integers(1, 50), height=st.integers(1, 50))
def test_the_middle_of_a_picture_in_another_shape(high: int, wide: int, width: int, height: int) -> None:
    picture = np.zeros((high, wide, 3), np.uint8)
    down, across = cropped(picture, width, height).shape[:2]
    assert 1 <= down <= high
    assert 1 <= across <= wide
    assert down == high or across == wide
    assert down in (high, round(wide * height / width), 1)


def test_the_middle_is_the_middle() -> None:
    picture = np.arange(60, dtype=np.uint8).reshape(6, 10, 1).repeat(3, 2)
    np.testing.assert_array_equal(cropped(picture, 1, 1), picture[:, 2:8])
    np.testing.assert_array_equal(cropped(picture, 5, 1), picture[2:4])


@pytest.mark.parametrize(
    ("rgb", "wanted"),
    [
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
    ],
)
def test_lab_of_known_colors(rgb: tuple[float, ...], wanted: tuple[float, ...]) -> None:
    np.testing.assert_allclose(lab(np.array(rgb, np.float64)), wanted, atol=0.15)
