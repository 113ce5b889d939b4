"""The engine of the tests keeps the rules that it is there to check."""

import numpy as np
import pytest

from pleinair.engine.fake import FakeEngine, patchwork
from pleinair.engine.protocol import Array, Engine


def pictures(height: int, width: int, *, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(-1, 1, (1, 3, height, width)).astype(np.float32)


def test_the_halo_is_cut_off() -> None:
    engine: Engine = FakeEngine(stride=4, halo=8)
    assert engine.spec.halo == 8
    assert engine.paint(pictures(16 + 12, 16 + 20)).shape == (1, 3, 12, 20)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((1, 3, 16 + 10, 16 + 12), np.float32),  # no multiple of the stride
        np.zeros((1, 3, 16, 16 + 12), np.float32),  # nothing left
        np.zeros((1, 4, 28, 28), np.float32),
        np.zeros((3, 28, 28), np.float32),
        np.zeros((1, 3, 28, 28), np.float64),
    ],
)
def test_other_shapes_and_types_are_refused(wrong: Array) -> None:
    with pytest.raises(ValueError, match=r"expected float32|multiple of the stride"):
        FakeEngine(stride=4, halo=8).paint(wrong)


def test_calls_are_kept() -> None:
    engine = FakeEngine(stride=2, halo=0, function=lambda x: -x)
    assert np.array_equal(engine.paint(pictures(4, 6)), -pictures(4, 6))
    assert engine.calls == [(1, 3, 4, 6)]


def test_patchwork_reaches_exactly_one_halo_far() -> None:
    before = pictures(48, 48)
    middle = patchwork(before, 4, 8)[0, 0, 20, 20]
    inside, outside = before.copy(), before.copy()
    inside[0, 0, 20, 8 + 4 : 8 + 8] += 1  # the patch one halo to the left of pixel 20
    outside[0, 0, 20, :12] += 1
    assert patchwork(inside, 4, 8)[0, 0, 20, 20] != middle
    assert patchwork(outside, 4, 8)[0, 0, 20, 20] == middle


def test_patchwork_knows_the_stride() -> None:
    """Painting a picture shifted by less than the stride is not the shifted painting, or windows could lie anywhere."""
    before = pictures(48, 48)
    for shift, same in ((1, False), (2, False), (4, True)):
        shifted = np.roll(patchwork(np.roll(before, shift, 3), 4, 8), -shift, 3)
        assert np.allclose(shifted, patchwork(before, 4, 8), atol=1e-6) == same
