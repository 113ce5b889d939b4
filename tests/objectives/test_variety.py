"""Variety: a sign that all pictures become one."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pleinair.objectives.variety import VIEW, variety


def alone(rows: torch.Tensor) -> torch.Tensor:
    return rows


def drawn(count: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, 3, 16, 16, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@given(st.integers(2, 6), st.floats(0.1, 3.0))
def test_it_is_in_proportion_to_how_much_pictures_differ(count: int, strength: float) -> None:
    real = drawn(count)
    found = variety(strength * real + 0.2, real, alone)
    assert found.tolist() == pytest.approx([strength] * count, rel=1e-4)


def test_pictures_that_are_all_alike_have_none() -> None:
    assert variety(drawn(1).expand(4, -1, -1, -1), drawn(4, 1), alone).tolist() == pytest.approx([0.0] * 4, abs=1e-6)


def test_one_picture_has_none_to_lose() -> None:
    assert variety(drawn(1), drawn(1, 1), alone).tolist() == [1.0]


def test_details_smaller_than_what_is_seen_do_not_count() -> None:
    fine = torch.tensor([1.0, -1.0]).repeat(VIEW).expand(3, 3, 2 * VIEW, 2 * VIEW)
    pictures = torch.tensor([-1.0, 0.5, 1.0]).reshape(3, 1, 1, 1) * fine
    assert variety(pictures, drawn(3), alone).tolist() == pytest.approx([0.0] * 3, abs=1e-6)


def test_real_pictures_that_are_all_alike_do_not_divide_by_zero() -> None:
    assert bool(torch.isfinite(variety(drawn(3), torch.zeros(3, 3, 16, 16), alone)).all())


def test_pictures_of_all_ranks_count_and_nothing_is_learned_from_it() -> None:
    made, real, other = drawn(2).requires_grad_(), drawn(2, 1), drawn(2, 2)
    found = variety(made, real, lambda rows: torch.cat((rows, torch.nn.functional.adaptive_avg_pool2d(other, VIEW))))
    assert not found.requires_grad
    assert found.shape == (2,)
    whole = variety(torch.cat((made, other)), torch.cat((real, other)), alone)
    assert torch.allclose(found, whole[:2])
