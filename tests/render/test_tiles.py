"""How a tile repeats."""

import numpy as np
import pytest

from pleinair.images import Picture
from pleinair.render.tiles import LARGEST, two_by_two
from tests.images.pictures import noise


@pytest.mark.parametrize("alpha", [False, True])
def test_a_small_tile_stands_four_times(alpha: bool) -> None:
    pixels, clear = noise(7, 11), noise(7, 11, 1, seed=1)[:, :, 0]
    sheet = two_by_two(Picture(pixels, clear if alpha else None))
    assert sheet.pixels.shape == (14, 22, 3)
    for top in (0, 7):
        for left in (0, 11):
            assert np.array_equal(sheet.pixels[top : top + 7, left : left + 11], pixels)
    assert (sheet.alpha is not None) == alpha
    assert sheet.alpha is None or np.array_equal(sheet.alpha[7:, 11:], clear)


def test_a_large_tile_is_made_smaller() -> None:
    sheet = two_by_two(Picture(noise(20, 2 * LARGEST), noise(20, 2 * LARGEST, 1)[:, :, 0]))
    assert sheet.pixels.shape == (20, 2 * LARGEST, 3)
    assert sheet.alpha is not None
    assert sheet.alpha.shape == (20, 2 * LARGEST)
