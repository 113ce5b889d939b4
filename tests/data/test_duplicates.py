"""Near-duplicates are found however a copy was made, and different pictures are let be."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from pleinair.data.duplicates import ALIKE, Look, correlation, mean_difference, near_duplicates, signature
from pleinair.data.originals import judged
from tests.data.pictures import scene


def look(picture: Image.Image) -> Look:
    return judged(np.asarray(picture.convert("RGB")), 16)[1]


def picture(seed: int) -> Image.Image:
    return Image.fromarray(scene(seed, 240, 180))


def recoded(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=25)
    return Image.open(file)


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "the same": lambda image: image,
    "JPEG of low quality": recoded,
    "smaller": lambda image: image.resize((80, 60), Image.Resampling.LANCZOS),
    "squeezed": lambda image: image.resize((128, 128), Image.Resampling.LANCZOS),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "duller": lambda image: ImageEnhance.Contrast(image).enhance(0.6),
    "gray": lambda image: image.convert("L"),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "cropped a little": lambda image: image.crop((1, 1, 239, 179)),
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_found(how: str) -> None:
    for seed in range(6):
        original = picture(seed)
        looks = [look(original), look(picture(seed + 100)), look(COPIES[how](original))]
        assert near_duplicates(looks, [0, 1, 2]) == {2: 0}, seed


def test_different_pictures_are_let_be() -> None:
    looks = [look(picture(seed)) for seed in range(80)]
    assert near_duplicates(looks, range(80)) == {}


def test_pictures_that_only_hash_alike_are_let_be() -> None:
    """Two empty skies may agree in every bit, for bits are signs; their gray values do not go together."""
    rng = np.random.default_rng(0)
    signs = np.repeat([1.0, -1.0], 32)
    rng.shuffle(signs)
    wave = np.cos(np.pi / 32 * (np.arange(32) + 0.5)[None] * np.arange(8)[:, None])
    skies = []
    for _ in range(2):
        waves = (signs * rng.exponential(1, 64) ** 4).reshape(8, 8)
        sky = wave.T @ waves @ wave
        skies.append((0.5 + 0.1 * sky / np.abs(sky).max()).astype(np.float32))
    assert (signature(skies[0]) != signature(skies[1])).sum() <= 2
    assert near_duplicates(skies, range(2)) == {}


def test_who_comes_first_in_the_order_is_kept() -> None:
    looks = [look(picture(0)), look(recoded(picture(0))), look(picture(1))]
    assert near_duplicates(looks, [0, 1, 2]) == {1: 0}
    assert near_duplicates(looks, [2, 1, 0]) == {0: 1}


def test_all_twins_name_one_that_is_kept() -> None:
    looks = [look(picture(i % 3)) for i in range(12)]
    twins = near_duplicates(looks, range(12))
    assert len(twins) == 9
    assert set(twins.values()) == {0, 1, 2}
    assert all(late % 3 == early for late, early in twins.items())


def test_nothing_has_no_duplicates() -> None:
    assert near_duplicates([], []) == {}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 2), st.floats(-0.3, 0.3))
def test_the_signature_is_blind_to_exposure(seed: int, gain: float, lift: float) -> None:
    values = look(picture(seed))
    sign = signature(values)
    assert sign.shape == (63,)
    assert set(np.unique(sign)) == {-1.0, 1.0}
    assert (sign != signature((values * gain + lift).astype(np.float32))).sum() <= 2


def test_correlation() -> None:
    values = look(picture(0))
    assert correlation(values, values * 0.5 + 0.1) == pytest.approx(1, abs=1e-4)
    assert correlation(values, 1 - values) == pytest.approx(-1, abs=1e-4)
    assert correlation(values, np.full_like(values, 0.5)) == 0
    assert abs(correlation(values, look(picture(9)))) < 0.8


def test_unrelated_pictures_differ_in_half_of_the_bits() -> None:
    assert mean_difference([look(picture(seed)) for seed in range(60)]) == pytest.approx(0.5, abs=0.05)


def test_a_collection_of_one_subject_is_much_alike() -> None:
    rng = np.random.default_rng(0)
    base = scene(0, 240, 180).astype(float)
    views = [np.clip(0.8 * base + 0.2 * scene(1000 + i, 240, 180), 0, 255).astype(np.uint8) for i in range(20)]
    assert mean_difference([judged(view, 16)[1] for view in views]) < ALIKE
    assert mean_difference([look(picture(int(seed))) for seed in rng.integers(0, 9999, 20)]) > ALIKE


def test_mean_difference_of_hardly_anything_is_nothing() -> None:
    assert mean_difference([]) == 0
    assert mean_difference([look(picture(0))]) == 0


def test_mean_difference_of_many_is_that_of_a_sample() -> None:
    looks = [look(picture(seed)) for seed in range(40)]
    assert mean_difference(looks, most=20) == pytest.approx(mean_difference(looks), abs=0.05)
