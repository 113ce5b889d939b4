"""Averaged weights."""

import pytest
import torch
from torch import nn

from pleinair.training import average


def module(value: float) -> nn.Module:
    made = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.fill_(value)
    return made


def test_a_copy_is_frozen_apart_and_in_evaluation() -> None:
    original = module(1.0)
    copy = average.copy_of(original)
    assert not copy.training
    assert original.training
    assert not any(p.requires_grad for p in copy.parameters())
    with torch.no_grad():
        next(original.parameters()).fill_(5.0)
    assert next(copy.parameters()).eq(1.0).all()


@pytest.mark.parametrize("decay", [0.0, 0.25, 0.9])
def test_an_update_goes_the_rest_of_the_way(decay: float) -> None:
    mine, other = average.copy_of(module(1.0)), module(3.0)
    average.update(mine, other, decay)
    assert all(torch.allclose(p, torch.full_like(p, decay * 1.0 + (1 - decay) * 3.0)) for p in mine.parameters())
    assert all(p.eq(3.0).all() for p in other.parameters())


def test_buffers_are_averaged_and_counts_copied() -> None:
    mine, other = average.copy_of(module(1.0)), module(1.0)
    for buffer in other.buffers():
        buffer.add_(2)
    average.update(mine, other, 0.75)
    found, given = dict(mine.named_buffers()), dict(other.named_buffers())
    assert found["1.running_mean"].eq(0.5).all()
    assert found["1.running_var"].eq(1.5).all()
    assert torch.equal(found["1.num_batches_tracked"], given["1.num_batches_tracked"])


def test_equal_buffers_stay_what_they_are_bit_for_bit() -> None:
    mine, other = average.copy_of(module(1.0)), module(1.0)
    for one in (mine, other):
        for buffer in one.buffers():
            buffer.fill_(0.1)
    average.update(mine, other, 0.3)
    assert all(torch.equal(a, b) for a, b in zip(mine.buffers(), other.buffers(), strict=True))
