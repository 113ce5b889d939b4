"""A look paints as its settings say; a pair for two eyes is two pictures."""

import numpy as np
import pytest

from pleinair.engine.fake import FakeEngine
from pleinair.errors import PictureError
from pleinair.render.looks import Look
from pleinair.render.still import stylize
from tests.images.pictures import noise


def test_it_is_the_still() -> None:
    pixels = noise(40, 90)
    expected = stylize(pixels, FakeEngine(), strength=0.6, wrap="x", working_size=64, window=64)
    assert np.array_equal(Look(0.6, False, 64, "x", 64).painted(pixels, FakeEngine()), expected)


def test_each_eye_is_painted_as_it_would_be_alone() -> None:
    left, right = noise(96, 192), noise(96, 192, seed=1)
    pair = Look(wrap="x", stereo="top-bottom").painted(np.concatenate((left, right)), FakeEngine())
    alone = [Look(wrap="x").painted(eye, FakeEngine()) for eye in (left, right)]
    assert np.array_equal(pair, np.concatenate(alone))


def test_what_both_eyes_see_alike_is_painted_alike() -> None:
    left = noise(96, 192)
    pair = Look(wrap="x", stereo="top-bottom").painted(np.concatenate((left, left)), FakeEngine())
    assert np.array_equal(pair[:96], pair[96:])


@pytest.mark.parametrize("height", [1, 95])
def test_a_pair_has_two_halves(height: int) -> None:
    with pytest.raises(PictureError, match="an even number of rows"):
        Look(stereo="top-bottom").painted(noise(height, 20), FakeEngine())
