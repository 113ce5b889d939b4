"""One step of one player: weighed, differentiated, clipped, applied."""

import math

import pytest
import torch
from torch import nn

from pleinair.errors import TrainingError
from pleinair.networks.layers import StyledConv
from pleinair.training import step
from pleinair.training.run import Rate


def adam(module: nn.Module, rate: Rate | None = None) -> torch.optim.Optimizer:
    return torch.optim.Adam(step.groups(module, rate or Rate(0.1)), 0.1, foreach=True)


def test_terms_are_weighed_by_player_and_name() -> None:
    terms = {"a": torch.tensor([1.0, 3.0]), "b": torch.tensor([5.0, 5.0]), "sign": torch.tensor([100.0, 100.0])}
    weights = {"one.a": 2.0, "one.b": 0.5, "two.sign": 9.0}
    assert float(step.weighed("one", terms, weights)) == 2 * 2.0 + 0.5 * 5.0


@pytest.mark.parametrize("weights", [{}, {"one.a": 0.0}, {"two.a": 1.0}])
def test_a_player_without_a_weight_is_an_error(weights: dict[str, float]) -> None:
    with pytest.raises(TrainingError, match="one has no term with a weight"):
        step.weighed("one", {"a": torch.ones(2)}, weights)


def test_gradients_are_the_players_own() -> None:
    mine, other = nn.Linear(2, 2), nn.Linear(2, 2)
    loss = other(mine(torch.ones(1, 2))).sum()
    grads = step.gradients(loss, mine)
    assert [g.shape for g in grads] == [p.shape for p in mine.parameters()]
    assert all(p.grad is None for module in (mine, other) for p in module.parameters())


def test_what_the_loss_does_not_reach_has_no_slope() -> None:
    module = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
    grads = step.gradients(module[0](torch.ones(1, 1)).sum(), module)
    assert [bool(g.any()) for g in grads] == [True, True, False, False]


def test_frozen_parameters_are_left_out() -> None:
    module = nn.Linear(2, 2)
    module.bias.requires_grad_(False)
    assert len(step.gradients(module(torch.ones(1, 2)).sum(), module)) == 1


def test_apply_clips_by_the_norm_of_all() -> None:
    module = nn.Linear(2, 1)
    grads = [torch.full((1, 2), 3.0), torch.full((1,), math.sqrt(7.0))]  # norm √(9 + 9 + 7) = 5
    norm = step.apply(adam(module), module, grads, 0.1, clip_norm=1.0)
    assert norm == pytest.approx(5.0)
    assert grads[0][0, 0].item() == pytest.approx(0.6)


def test_apply_leaves_small_gradients_alone_and_forgets_them() -> None:
    module = nn.Linear(2, 1)
    grads = [torch.full((1, 2), 0.3), torch.full((1,), 0.4)]
    step.apply(adam(module), module, grads, 0.1, clip_norm=1.0)
    assert grads[0][0, 0].item() == pytest.approx(0.3)
    assert all(p.grad is None for p in module.parameters())


def test_the_first_step_of_adam_is_the_rate() -> None:
    module = nn.Linear(1, 1)
    before = [p.detach().clone() for p in module.parameters()]
    step.apply(adam(module), module, [torch.ones(1, 1), -torch.ones(1)], 0.01, clip_norm=10)
    moves = [(p - b).item() for p, b in zip(module.parameters(), before, strict=True)]
    assert moves == pytest.approx([-0.01, 0.01], rel=1e-4)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_gradients_that_are_no_numbers_stop_before_the_weights_change(bad: float) -> None:
    module = nn.Linear(1, 1)
    before = [p.detach().clone() for p in module.parameters()]
    with pytest.raises(TrainingError, match="no longer numbers"):
        step.apply(adam(module), module, [torch.full((1, 1), bad), torch.ones(1)], 0.1, 10)
    assert all(torch.equal(p, b) for p, b in zip(module.parameters(), before, strict=True))


def test_rows_of_styles_learn_faster() -> None:
    conv = StyledConv(2, 2, 3, styles=3)
    groups = step.groups(conv, Rate(0.1, per_style=4.0))
    assert [group["factor"] for group in groups] == [1.0, 4.0]
    assert [len(group["params"]) for group in groups] == [1, 3]
    optimizer = adam(conv, Rate(0.1, per_style=4.0))
    before = {name: p.detach().clone() for name, p in conv.named_parameters()}
    step.apply(optimizer, conv, [torch.ones_like(p) for p in conv.parameters()], 0.01, 1e9)
    moves = {name: (before[name] - p).abs().mean().item() for name, p in conv.named_parameters()}
    assert moves["weight"] == pytest.approx(0.01, rel=1e-3)
    assert moves["scale"] == moves["gain"] == moves["bias"] == pytest.approx(0.04, rel=1e-3)


def test_a_module_without_styles_is_one_group() -> None:
    assert len(step.groups(nn.Linear(2, 2), Rate(0.1, per_style=4.0))) == 1
