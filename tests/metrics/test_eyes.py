"""The consistency of pairs for two eyes."""

import numpy as np
import pytest

from pleinair.errors import DataError
from pleinair.fiction.motion import eyes
from pleinair.fiction.spec import SceneSpec
from pleinair.metrics.eyes import eye_error
from tests.images.pictures import noise


def test_a_turned_picture_is_the_same() -> None:
    left, none = noise(20, 40), np.zeros((20, 40), bool)
    shift = np.zeros((20, 40, 2), np.float32)
    assert eye_error(left, left, shift, none) == pytest.approx(0, abs=1e-6)
    shift[:, :, 0] = 7
    assert eye_error(left, np.roll(left, 7, 1), shift, none) == pytest.approx(0, abs=1e-6)
    assert eye_error(left, left, shift, none) > 0.3


def test_what_is_hidden_does_not_count() -> None:
    left, hidden = noise(20, 40), np.zeros((20, 40), bool)
    right, shift = left.copy(), np.zeros((20, 40, 2), np.float32)
    right[5, 5] = 255 - right[5, 5]
    assert eye_error(left, right, shift, hidden) > 0
    hidden[5, 5] = True
    assert eye_error(left, right, shift, hidden) == 0
    with pytest.raises(DataError, match="closer together"):
        eye_error(left, right, shift, np.ones((20, 40), bool))


def test_contrast_alone_changes_nothing() -> None:
    left, none = noise(20, 40) // 4, np.zeros((20, 40), bool)
    shift = np.full((20, 40, 2), 0.5, np.float32)
    assert eye_error(left * 4, left * 4, shift, none) == pytest.approx(eye_error(left, left, shift, none), rel=1e-4)


def test_the_world_is_consistent_with_its_own_motion() -> None:
    spec = SceneSpec.from_json('{"kind": "valley", "seed": 3}')
    first, second = eyes(spec, 0.5, (128, 64), "x")
    assert first.motion is not None
    left, right = first.rendering.picture, second.rendering.picture
    error = eye_error(left, right, first.motion.flow, first.motion.hidden)
    assert error < 0.5 * eye_error(left, np.roll(right, 20, 1), first.motion.flow, first.motion.hidden)
