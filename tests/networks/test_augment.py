"""Augmentation: nothing at probability 0, each picture by its own numbers, and a gradient that passes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks.augment import DRAWS, augmented, cut_out, recolored, shifted

# n pictures, s side


def pictures(count: int = 3, side: int = 16, seed: int = 0) -> Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def draws(count: int = 3, seed: int = 1) -> Tensor:
    return torch.rand(count, DRAWS, generator=torch.Generator().manual_seed(seed))


def test_at_probability_zero_nothing_is_done() -> None:
    x = pictures()
    assert augmented(x, draws(), 0.0) is x


@settings(max_examples=15, deadline=None)
@given(side=st.integers(4, 33), count=st.integers(1, 4), seed=st.integers(0, 99), share=st.floats(0.01, 1.0))
def test_sizes_stay_and_a_picture_depends_on_its_own_numbers_alone(
    side: int, count: int, seed: int, share: float
) -> None:
    x, numbers = pictures(count, side, seed), draws(count, seed)
    whole = augmented(x, numbers, share)
    assert whole.shape == x.shape
    alone = torch.cat([augmented(x[i : i + 1], numbers[i : i + 1], share) for i in range(count)])
    torch.testing.assert_close(whole, alone)


def test_the_probability_is_that_of_each_change() -> None:
    x, numbers = pictures(400, 8), draws(400)
    numbers[:, 1:3] = 1.0  # neither moved nor cut
    changed = (augmented(x, numbers, 0.3) != x).flatten(1).any(1)
    assert torch.equal(changed, numbers[:, 0] < 0.3)
    assert 0.2 < changed.float().mean() < 0.4


def test_half_way_colors_stay() -> None:
    x = pictures()
    torch.testing.assert_close(recolored(x, torch.full((3, 3), 0.5)), x)


def test_colors_one_by_one() -> None:
    x = pictures()
    lighter = recolored(x, torch.tensor([[1.0, 0.5, 0.5]]).expand(3, -1))
    torch.testing.assert_close(lighter, x + 0.5)
    gray = recolored(x, torch.tensor([[0.5, 0.0, 0.5]]).expand(3, -1))
    torch.testing.assert_close(gray, x.mean(1, keepdim=True).expand_as(x))
    flatter = recolored(x, torch.tensor([[0.5, 0.5, 0.0]]).expand(3, -1))
    torch.testing.assert_close(flatter.flatten(1).std(1), x.flatten(1).std(1) / 2)
    torch.testing.assert_close(flatter.mean((1, 2, 3)), x.mean((1, 2, 3)))


@pytest.mark.parametrize(("draw", "move"), [(0.0, -2), (0.5, 0), (0.99, 2)])
def test_a_shift_moves_and_leaves_zeros(draw: float, move: int) -> None:
    x = pictures()
    moved = shifted(x, torch.tensor([[0.5, draw]]).expand(3, -1))
    wanted = torch.zeros_like(x)
    if move > 0:
        wanted[..., :-move] = x[..., move:]
    elif move < 0:
        wanted[..., -move:] = x[..., :move]
    else:
        wanted = x
    torch.testing.assert_close(moved, wanted)


def test_a_cut_in_the_middle_covers_a_quarter() -> None:
    x = torch.ones(1, 3, 16, 16)
    cut = cut_out(x, torch.tensor([[0.5, 0.5]]))
    assert int((cut == 0).sum()) == 3 * 64
    assert not cut[..., 4:12, 4:12].any()


def test_the_gradient_passes_to_what_is_still_seen() -> None:
    x, numbers = pictures().requires_grad_(), draws()
    numbers[:, 0], numbers[:, 1:3] = 1.0, 0.0  # moved and cut, but not recolored, which asks for the mean of all pixels
    augmented(x, numbers, 0.5).square().sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert bool(x.grad.any())
    assert bool((x.grad == 0).any())  # what was cut out or moved away teaches nothing
