"""The first step that rises into a ray, against looking at every step in turn."""

import numpy as np
import pytest

from pleinair.fiction.march import distances, first_at_least, ladder
from pleinair.fiction.noise import uniform


def slow(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", column: int, wanted: float, start: int) -> int:
    return next((n for n in range(start, values.shape[0]) if values[n, column] >= wanted), -1)


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 16, 33])
def test_the_first_step_is_found(steps: int) -> None:
    width = 5
    values = uniform(steps, steps * width).reshape(steps, width).astype(np.float32)
    columns = np.tile(np.arange(width, dtype=np.int32), 40)
    wanted = uniform(77, columns.size) * np.float32(1.2)
    start = (uniform(78, columns.size) * steps).astype(np.int32)
    found = first_at_least(ladder(values), columns, wanted, start)
    assert found.tolist() == [
        slow(values, c, w, s) for c, w, s in zip(columns.tolist(), wanted.tolist(), start.tolist(), strict=True)
    ]


def test_nothing_high_enough_is_minus_one() -> None:
    climb = ladder(np.zeros((9, 2), np.float32))
    assert first_at_least(climb, np.array([0, 1], np.int32), np.array([0.5, -0.5], np.float32)).tolist() == [-1, 0]


def test_equal_is_at_least() -> None:
    climb = ladder(np.array([[0], [1], [2]], np.float32))
    assert first_at_least(climb, np.zeros(1, np.int32), np.ones(1, np.float32)).tolist() == [1]


def test_steps_grow_by_the_same_share() -> None:
    t = distances(2, 20_000, 50)
    assert t[0] == 2
    assert t[-1] == pytest.approx(20_000, rel=1e-4)
    assert np.allclose(t[1:] / t[:-1], t[1] / t[0], rtol=1e-4)
