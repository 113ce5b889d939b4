"""Adversarial losses against values worked out by hand."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses import adversarial

# n pictures, h×w positions

REAL = [torch.tensor([[[2.0, 0.5]], [[-1.0, 1.0]]]), torch.tensor([[[0.0]], [[4.0]]])]  # (2, 1, 2) and (2, 1, 1)
FAKE = [torch.tensor([[[-2.0, 0.0]], [[1.0, 1.0]]]), torch.tensor([[[-0.5]], [[-3.0]]])]


def test_hinge_of_the_generator_is_minus_the_mean_logit_each_map_counting_alike() -> None:
    assert adversarial.hinge_generator(FAKE).tolist() == [(1.0 + 0.5) / 2, (-1.0 + 3.0) / 2]


def test_hinge_of_the_discriminator() -> None:
    # real: max(0, 1 - D) = [0, .5], [1] and [2, 0], [0]; fake: max(0, 1 + D) = [0, 1], [.5] and [2, 2], [0]
    real = [(0.25 + 1) / 2, (1 + 0) / 2]
    fake = [(0.5 + 0.5) / 2, (2 + 0) / 2]
    assert adversarial.hinge_discriminator(REAL, FAKE).tolist() == pytest.approx([real[0] + fake[0], real[1] + fake[1]])


def test_hinge_of_the_discriminator_is_zero_and_flat_beyond_the_margin() -> None:
    real = [torch.full((1, 2, 2), 1.5, requires_grad=True)]
    fake = [torch.full((1, 2, 2), -1.5, requires_grad=True)]
    loss = adversarial.hinge_discriminator(real, fake)
    assert loss.tolist() == [0.0]
    assert not any(g.any() for g in torch.autograd.grad(loss.sum(), [*real, *fake]))


def test_relativistic_compares_the_mean_logits_of_a_row() -> None:
    def softplus(x: float) -> float:
        return math.log1p(math.exp(x))

    first = (softplus(-1.0 - 1.25) + softplus(-0.5 - 0.0)) / 2
    second = (softplus(1.0 - 0.0) + softplus(-3.0 - 4.0)) / 2
    assert adversarial.relativistic(REAL, FAKE).tolist() == pytest.approx([first, second])


def test_relativistic_players_pull_against_each_other() -> None:
    better, worse = torch.zeros(1, 1, 1, requires_grad=True), torch.zeros(1, 1, 1, requires_grad=True)
    up, down = torch.autograd.grad(adversarial.relativistic([better], [worse]).sum(), [better, worse])
    assert float(up) == pytest.approx(-0.5)
    assert float(down) == pytest.approx(0.5)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-3, 3))
def test_relativistic_sees_differences_only(real: float, fake: float, shift: float) -> None:
    def loss(r: float, f: float) -> float:
        return float(adversarial.relativistic([torch.full((1, 2, 2), r)], [torch.full((1, 2, 2), f)]))

    assert loss(real, fake) == pytest.approx(loss(real + shift, fake + shift), abs=1e-5)


def test_refused_is_the_half_of_hinge_that_concerns_fakes() -> None:
    assert adversarial.refused(FAKE).tolist() == pytest.approx([(0.5 + 0.5) / 2, (2 + 0) / 2])


def test_refused_by_others_asks_every_style_but_the_pictures_own() -> None:
    maps = [torch.tensor([[[[9.0]], [[0.0]], [[-3.0]]], [[[1.0]], [[9.0]], [[2.0]]]])]  # two pictures, three styles
    values = adversarial.refused_by_others(maps, torch.tensor([0, 1]))
    assert values.tolist() == pytest.approx([(1 + 0) / 2, (2 + 3) / 2])
    maps.append(torch.full((2, 3, 4, 4), -1.0))  # a map that refuses all, of another size
    assert adversarial.refused_by_others(maps, torch.tensor([0, 1])).tolist() == pytest.approx([0.25, 1.25])


def test_right_signs_is_the_share_of_right_verdicts() -> None:
    # real above zero: [1, 1], [0] and [0, 1], [1]; fake below zero: [1, 0], [1] and [0, 0], [1]; by map, then over maps
    assert adversarial.right_signs(REAL, FAKE).tolist() == pytest.approx([(1 + 0 + 0.5 + 1) / 4, (0.5 + 1 + 0 + 1) / 4])


def test_told_apart_is_the_share_of_maps_in_the_right_order() -> None:
    assert adversarial.told_apart(REAL, FAKE).tolist() == [1.0, 0.5]


@pytest.mark.parametrize("sign", [adversarial.right_signs, adversarial.told_apart])
def test_certainties_carry_no_gradient(sign: Callable[[list[Tensor], list[Tensor]], Tensor]) -> None:
    assert not sign([REAL[0].clone().requires_grad_()], [FAKE[0]]).requires_grad


def test_penalty_of_a_linear_map_is_the_squared_weight_times_the_squared_size() -> None:
    pixels = torch.randn(2, 3, 4, 4, requires_grad=True)
    slope = torch.tensor([1.0, -2.0, 3.0])[None, :, None, None]
    maps = [(pixels * slope).sum(1)]
    values = adversarial.gradient_penalty(maps, [pixels], [torch.tensor(2.0)])
    assert values.tolist() == pytest.approx([4 * (1 + 4 + 9)] * 2)


@pytest.mark.parametrize("side", [4, 12])
def test_penalty_does_not_depend_on_the_size_of_the_crop(side: int) -> None:
    pixels = torch.ones(1, 1, side, side, requires_grad=True)
    values = adversarial.gradient_penalty([0.5 * pixels.square().sum(1)], [pixels], [torch.tensor(1.0)])
    assert values.tolist() == pytest.approx([1.0])


def test_penalty_sums_over_inputs_and_keeps_pictures_apart() -> None:
    a, b = (torch.zeros(2, 1, 2, 2, requires_grad=True) for _ in range(2))
    strength = torch.tensor([1.0, 3.0])[:, None, None]
    values = adversarial.gradient_penalty([a[:, 0] * strength, b[:, 0] * 2], [a, b], [torch.tensor(1.0)] * 2)
    assert values.tolist() == pytest.approx([1 + 4, 9 + 4])


def test_penalty_can_be_differentiated_again() -> None:
    weight = torch.tensor(3.0, requires_grad=True)
    pixels = torch.randn(1, 1, 2, 2, requires_grad=True)
    values = adversarial.gradient_penalty([(weight * pixels)[:, 0]], [pixels], [torch.tensor(1.0)])
    (slope,) = torch.autograd.grad(values.sum(), weight)
    assert float(slope) == pytest.approx(2 * 3.0)


def losses() -> list[Callable[[list[Tensor], list[Tensor]], Tensor]]:
    return [
        lambda _real, fake: adversarial.hinge_generator(fake),
        adversarial.hinge_discriminator,
        adversarial.relativistic,
        adversarial.right_signs,
        adversarial.told_apart,
    ]


@pytest.mark.parametrize("loss", losses())
@given(n=st.integers(1, 3), sizes=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=3))
def test_one_finite_value_per_picture(
    loss: Callable[[list[Tensor], list[Tensor]], Tensor], n: int, sizes: list[tuple[int, int]]
) -> None:
    maps = [torch.randn(n, h, w) for h, w in sizes]
    value = loss(maps, [m.flip(0) for m in maps])
    assert value.shape == (n,)
    assert bool(torch.isfinite(value).all())


@pytest.mark.parametrize("loss", losses())
def test_pictures_do_not_influence_each_other(loss: Callable[[list[Tensor], list[Tensor]], Tensor]) -> None:
    together = loss(REAL, FAKE)
    alone = [loss([m[i : i + 1] for m in REAL], [m[i : i + 1] for m in FAKE]) for i in range(2)]
    assert torch.equal(together, torch.cat(alone))
