"""How pictures are stored: never enlarged, near the original, smaller from rung to rung."""

import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.data.encode import SHRINK, Setting, encode, ladder, sized, stored_size
from tests.data.pictures import scene

sides = st.integers(1, 3000)


@settings(max_examples=25, deadline=None)
@given(sides, sides, st.integers(16, 1024))
def test_the_short_side_is_limited_and_nothing_enlarged(width: int, height: int, limit: int) -> None:
    stored = stored_size((width, height), limit)
    assert min(stored) == min(width, height, limit)
    assert stored[0] <= width
    assert stored[1] <= height


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 3000), st.integers(20, 3000), st.integers(16, 1024))
def test_the_aspect_is_kept(width: int, height: int, limit: int) -> None:
    stored = stored_size((width, height), limit)
    factor = min(1, limit / min(width, height))
    assert abs(stored[0] - width * factor) <= 0.5
    assert abs(stored[1] - height * factor) <= 0.5


def test_small_pictures_are_not_touched() -> None:
    picture = scene(0, 90, 80)
    assert sized(picture, 80) is picture


def test_reducing_is_antialiased() -> None:
    board = (np.indices((256, 256)).sum(0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, 2)
    assert np.abs(sized(board, 100).astype(float) - 127.5).max() < 26


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_pictures_are_coded_as_the_setting_says(kind: str) -> None:
    coded = Image.open(io.BytesIO(encode(scene(0, 200, 160), Setting(80, kind, 90))))
    assert (coded.format, coded.size) == (kind, (100, 80))
    assert np.abs(np.asarray(coded.convert("RGB"), int) - sized(scene(0, 200, 160), 80)).mean() < 6


def test_color_detail_survives() -> None:
    """Lines of one pixel that differ in color only: at half color resolution they would be gray."""
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[:, ::2] = (200, 60, 60)
    lines[:, 1::2] = (60, 128, 60)
    coded = np.asarray(Image.open(io.BytesIO(encode(lines, Setting(64)))), int)
    assert np.abs(coded - lines).mean() < 8


def test_a_lower_rung_takes_less_space() -> None:
    picture = scene(0, 400, 300, grain=3)
    lengths = [len(encode(picture, setting)) for setting in ladder(300, 100)]
    assert all(later < earlier for earlier, later in pairwise(lengths[1:5] + lengths[8::4]))
    assert lengths[-1] < lengths[0] / 8


@settings(max_examples=25, deadline=None)
@given(st.integers(16, 2000), st.integers(16, 2000))
def test_the_ladder_goes_down_to_the_minimum(short_side: int, minimum: int) -> None:
    minimum = min(short_side, minimum)
    rungs = ladder(short_side, minimum)
    assert rungs[0] == Setting(short_side, "JPEG", 95)
    assert rungs[-1].short_side == minimum
    for upper, lower in pairwise(rungs):
        assert lower.short_side < upper.short_side or lower.quality < upper.quality
        assert lower.short_side >= min(int(upper.short_side * SHRINK), upper.short_side)
