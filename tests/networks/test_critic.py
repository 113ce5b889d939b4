"""Critics of scenes: a logit a picture, marks by projection, growth, and columns that know their height."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pleinair.networks.critic import HEIGHTS, PixelCritic, PlacedColumns, reduced
from pleinair.networks.frozen import QuarterVGG


def awake(side: int = 16, marks: int = 2) -> PixelCritic:
    """A small critic of which every part says something."""
    torch.manual_seed(0)
    critic = PixelCritic(side, 4, marks)
    for name, parameter in critic.named_parameters():
        if "down" in name or "conv1" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    return critic


def pictures(count: int = 3, side: int = 16) -> Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))


@settings(max_examples=8, deadline=None)
@given(level=st.integers(1, 5), count=st.integers(1, 3), marks=st.integers(1, 4))
def test_one_logit_a_picture_at_every_side(level: int, count: int, marks: int) -> None:
    side = 4 << level
    (maps,) = PixelCritic(side, 4, marks)(pictures(count, side), torch.zeros(count, marks))
    assert maps.shape == (count, 1, 1)


def test_a_picture_is_judged_alone() -> None:
    critic, x, marks = awake(), pictures(), torch.eye(2)[[0, 1, 0]]
    alone = torch.cat([critic(x[i : i + 1], marks[i : i + 1])[0] for i in range(3)])
    torch.testing.assert_close(critic(x, marks)[0], alone)


def test_marks_are_neutral_until_they_have_learned() -> None:
    critic, x = awake(), pictures()
    none, first = (critic(x, marks)[0] for marks in (torch.zeros(3, 2), torch.eye(2)[[0, 0, 0]]))
    assert torch.equal(none, first)
    torch.nn.init.normal_(critic.told)
    assert not torch.equal(critic(x, torch.eye(2)[[0, 0, 0]])[0], none)
    torch.testing.assert_close(critic(x, torch.zeros(3, 2))[0], none)


@pytest.mark.parametrize("side", [16, 32])
def test_twice_the_side_first_says_what_the_smaller_says_of_the_picture_reduced(side: int) -> None:
    small, large = awake(side), PixelCritic(2 * side, 4, 2)
    missing, unknown = large.load_state_dict(small.state_dict(), strict=False)
    assert not unknown
    assert missing
    assert all(name.split(".")[1] in {str(len(small.enter)), str(len(small.down))} for name in missing)
    x, marks = pictures(2, 2 * side), torch.eye(2)
    torch.testing.assert_close(large(x, marks)[0], small(F.avg_pool2d(x, 2), marks)[0])


def test_a_stage_that_joins_learns_from_the_first_step_on() -> None:
    critic = PixelCritic(32, 4, 2)
    critic.load_state_dict(awake(16).state_dict(), strict=False)
    critic(pictures(3, 32), torch.ones(3, 2))[0].sum().backward()
    assert all(down.weight.grad is not None and bool(down.weight.grad.any()) for down in critic.down)  # type: ignore[operator]


def test_a_fresh_critic_wakes_stage_by_stage() -> None:
    torch.manual_seed(0)
    critic = PixelCritic(32, 4, 1)
    adam = torch.optim.Adam(critic.parameters(), 1e-3)
    for _ in range(len(critic.down)):
        adam.zero_grad()
        critic(pictures(3, 32), torch.ones(3, 1))[0].sum().backward()
        adam.step()
    assert all(bool(down.weight.any()) for down in critic.down)  # type: ignore[operator]


def test_the_penalty_can_be_differentiated_twice() -> None:
    critic, x = awake(), pictures().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x, torch.ones(3, 2))[0].sum(), x, create_graph=True)
    slope.square().sum().backward()  # type: ignore[no-untyped-call]
    assert critic.enter[-1].weight.grad is not None
    assert bool(critic.enter[-1].weight.grad.any())  # type: ignore[operator]


def test_columns_know_their_height_and_nothing_else_of_their_place() -> None:
    torch.manual_seed(0)
    frozen, critic = QuarterVGG(), PlacedColumns(QuarterVGG.widths, 2, 8)
    levels = frozen(pictures(2, 32))
    critic.fit(levels)
    there = critic.columns(levels)
    assert there.shape == (2, critic.remembered, 8, 8)
    heights = there[:, -HEIGHTS:]
    assert torch.equal(heights[0], heights[1])
    assert bool((heights == heights[..., :1]).all())
    assert len({tuple(row) for row in heights[0, :, :, 0].T.tolist()}) == 8
    assert critic(there).shape == (2, 2, 8, 8)
    assert critic(there[:, :, :1, :1]).shape == (2, 2, 1, 1)


def test_views_are_halves_of_halves() -> None:
    seen = reduced(pictures(2, 32), 3)
    assert [x.shape[2] for x in seen] == [32, 16, 8]
    assert torch.allclose(seen[2][:, :, 0, 0], seen[0][:, :, :4, :4].mean((2, 3)), atol=1e-6)
    assert len(reduced(seen[0], 1)) == 1


@given(st.integers(1, 3))
@settings(max_examples=3, deadline=None)
def test_columns_of_several_views_stand_on_the_finest_grid(views: int) -> None:
    torch.manual_seed(0)
    frozen, critic = QuarterVGG(), PlacedColumns(QuarterVGG.widths, 2, 8, views=views)
    levels = [level for view in reduced(pictures(2, 64), views) for level in frozen(view)]
    critic.fit(levels)
    there = critic.columns(levels)
    assert there.shape == (2, critic.remembered, 16, 16)
    assert critic.remembered == views * PlacedColumns(QuarterVGG.widths, 2, 8).width + HEIGHTS
    assert critic(there).shape == (2, 2, 16, 16)


def test_a_view_further_off_sees_what_the_near_one_does_not() -> None:
    torch.manual_seed(0)
    frozen, critic = QuarterVGG(), PlacedColumns(QuarterVGG.widths, 1, 8, views=2)
    near = pictures(1, 64)
    far = near.clone()
    far[..., 48:] = -far[..., 48:]  # another right edge: out of sight, from near, of the left one
    a, b = (
        critic.columns([level for view in reduced(x, 2) for level in frozen(view)])[0, :, :, 0] for x in (near, far)
    )
    own = critic.width // 2
    assert torch.allclose(a[:own], b[:own], atol=1e-5)
    assert not torch.allclose(a[own:], b[own:], atol=1e-5)
