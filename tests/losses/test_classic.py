"""The log losses against logarithms taken by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pleinair.losses.classic import cross_entropy, log_generator

REAL = torch.tensor([2.0, -1.0, 0.0], dtype=torch.float64)
FAKE = torch.tensor([-2.0, 3.0, 0.0], dtype=torch.float64)


def chance(logit: float) -> float:
    """D = σ(logit)."""
    return 1 / (1 + math.exp(-logit))


def test_the_generator_pays_minus_log_of_being_taken_for_real() -> None:
    assert log_generator(FAKE).tolist() == pytest.approx([-math.log(chance(f)) for f in FAKE.tolist()])


def test_the_discriminator_pays_for_both_kinds_of_error() -> None:
    by_hand = [
        -math.log(chance(r)) - math.log(1 - chance(f)) for r, f in zip(REAL.tolist(), FAKE.tolist(), strict=True)
    ]
    assert cross_entropy(REAL, FAKE).tolist() == pytest.approx(by_hand)


def test_who_can_only_guess_pays_two_log_two() -> None:
    zero = torch.zeros(1)
    assert float(cross_entropy(zero, zero)) == pytest.approx(2 * math.log(2))
    assert float(log_generator(zero)) == pytest.approx(math.log(2))


@pytest.mark.parametrize("logit", [-200.0, 200.0])
def test_no_certainty_is_too_great_for_the_logarithm(logit: float) -> None:
    """σ(200) is 1 in floats: log(1 - σ) taken as it is written would be infinite."""
    sure = torch.tensor([logit])
    assert log_generator(sure).tolist() == pytest.approx([max(0.0, -logit)])
    assert cross_entropy(sure, sure).tolist() == pytest.approx([200.0])


@given(st.floats(-30, 30))
def test_the_generators_gradient_is_the_chance_of_being_refused(logit: float) -> None:
    """d/dl -log σ(l) = σ(l) - 1: it never fades while the discriminator is sure, which is the point of the loss."""
    x = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(log_generator(x).sum(), [x])
    assert float(slope) == pytest.approx(chance(logit) - 1, abs=1e-8)


def test_a_value_per_picture() -> None:
    assert log_generator(FAKE).shape == cross_entropy(REAL, FAKE).shape == (3,)
