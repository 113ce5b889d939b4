"""How much of the painting, and which part of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from pleinair.engine.protocol import Array
from pleinair.images import to_float, to_pixels
from pleinair.render.colors import LUMA, overlaid
from tests.images.pictures import noise

PLANES = arrays.arrays(np.float32, (3, 4, 5), elements=st.floats(-1, 1, width=32))
WILD = arrays.arrays(np.float32, (3, 4, 5), elements=st.floats(-4, 4, width=32))


@given(original=PLANES, painted=WILD, keep=st.booleans())
def test_strength_0_is_the_original_bit_for_bit(original: Array, painted: Array, keep: bool) -> None:
    assert np.array_equal(overlaid(original, painted, 0.0, keep), original)


@given(original=PLANES, painted=WILD)
def test_strength_1_is_the_painting_clipped(original: Array, painted: Array) -> None:
    assert np.allclose(overlaid(original, painted, 1.0, False), np.clip(painted, -1, 1), atol=1e-6)


@given(original=PLANES, painted=PLANES, strength=st.floats(0, 1.5))
def test_strength_is_linear(original: Array, painted: Array, strength: float) -> None:
    expected = original + strength * (painted.astype(np.float64) - original)
    assert np.allclose(overlaid(original, painted, strength, False), expected, atol=1e-5)


@given(original=PLANES, painted=PLANES)
def test_kept_colors_take_the_luma_and_no_chroma(original: Array, painted: Array) -> None:
    change = overlaid(original, painted, 1.0, True) - original
    assert np.allclose(change[0], change[1], atol=1e-5)
    assert np.allclose(change[0], change[2], atol=1e-5)
    assert np.allclose(np.tensordot(LUMA, change + original, 1), np.tensordot(LUMA, painted, 1), atol=1e-5)


def test_the_chroma_is_jpegs() -> None:
    original, painted = 64 + noise(8, 8, seed=1) // 2, 64 + noise(8, 8, seed=2) // 2
    planes = [np.ascontiguousarray(to_float(pixels).transpose(2, 0, 1)) for pixels in (original, painted)]
    kept = to_pixels(overlaid(planes[0], planes[1], 1.0, True).transpose(1, 2, 0))
    inside = ((kept > 0) & (kept < 255)).all(2)  # where nothing was clipped
    assert inside.mean() > 0.5
    ycc = [np.asarray(Image.fromarray(pixels).convert("YCbCr")).astype(int) for pixels in (original, kept, painted)]
    assert np.abs(ycc[1] - ycc[0])[inside][:, 1:].max() <= 1
    assert np.abs(ycc[1] - ycc[2])[inside][:, 0].max() <= 1


@pytest.mark.parametrize("keep", [False, True])
def test_arguments_are_left_alone(keep: bool) -> None:
    original, painted = np.full((3, 2, 2), 0.25, np.float32), np.full((3, 2, 2), 3.0, np.float32)
    overlaid(original, painted, 0.7, keep)
    assert (original == 0.25).all()
    assert (painted == 3.0).all()
