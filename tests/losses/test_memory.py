"""The memory of features: a queue per style, drawn from evenly."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses.memory import FeatureMemory


def rows(start: int, count: int, width: int = 2) -> Tensor:
    """Vectors that say their own number; small whole numbers are exact in half precision."""
    return torch.arange(start, start + count, dtype=torch.float32)[:, None].expand(-1, width)


def test_nothing_kept_nothing_drawn() -> None:
    memory = FeatureMemory(2, 3, 4)
    with pytest.raises((RuntimeError, ValueError), match="non-empty"):
        memory.drawn(torch.arange(2))


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 9), counts=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_the_last_rows_are_remembered(size: int, counts: list[int]) -> None:
    memory, start = FeatureMemory(2, 1, size), 0
    for count in (min(count, size) for count in counts):
        memory.keep(0, rows(start, count), -rows(start, count))
        start += count
    kept = min(start, size)
    wanted = set(range(start - kept, start))
    draws = torch.arange(kept * 7)
    painted, examples, styles = memory.drawn(draws)
    assert set(painted[:, 0].int().tolist()) == wanted
    assert {-x for x in examples[:, 0].int().tolist()} <= wanted
    assert not styles.any()


def test_every_style_has_its_own_and_untouched_ones_are_left_out() -> None:
    memory = FeatureMemory(2, 4, 8)
    memory.keep(1, rows(10, 3), rows(20, 3))
    memory.keep(3, rows(30, 2), rows(40, 2))
    painted, examples, styles = memory.drawn(torch.tensor([0, 1, 5]))
    assert styles.tolist() == [1, 1, 1, 3, 3, 3]
    assert painted[:, 0].tolist() == [10, 11, 12, 30, 31, 31]
    assert [int(x) // 10 for x in examples[:, 0].tolist()] == [2, 2, 2, 4, 4, 4]
    assert painted.dtype == examples.dtype == torch.float32


def test_painted_and_examples_are_not_drawn_in_pairs() -> None:
    memory = FeatureMemory(1, 1, 64)
    memory.keep(0, rows(0, 64, 1), rows(0, 64, 1))
    painted, examples, _ = memory.drawn(torch.arange(64))
    assert (painted != examples).float().mean() > 0.9


def test_a_saving_has_it() -> None:
    memory, other = FeatureMemory(2, 2, 4), FeatureMemory(2, 2, 4)
    memory.keep(1, rows(1, 3), rows(5, 3))
    other.load_state_dict(memory.state_dict())
    for mine, theirs in zip(memory.drawn(torch.arange(6)), other.drawn(torch.arange(6)), strict=True):
        assert torch.equal(mine, theirs)
    other.keep(1, rows(7, 1), rows(7, 1))  # the queue goes on where it was
    assert other.painted[1, :, 0].tolist() == [1, 2, 3, 7]


def test_nothing_of_it_is_learned() -> None:
    memory = FeatureMemory(2, 2, 4)
    assert not list(memory.parameters())
    memory.keep(0, rows(0, 2).clone().requires_grad_(), rows(0, 2))
    assert not memory.painted.requires_grad
