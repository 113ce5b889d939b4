"""Style distances against values worked out by hand."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses import style

# n pictures, c channels, h×w places, d directions

Distance = Callable[[list[Tensor], list[Tensor]], Tensor]


def sliced(painted: list[Tensor], examples: list[Tensor]) -> Tensor:
    return style.sliced_wasserstein(painted, examples, [torch.eye(x.shape[1]) for x in painted])


DISTANCES: list[Distance] = [style.gram_distance, style.moment_distance, sliced]


def test_moments_of_narrow_numbers_keep_small_deviations() -> None:
    narrow = (torch.randn(2, 3, 16, 16) * 0.05 + 4).bfloat16()
    for ours, wanted in zip(style.moments(narrow), style.moments(narrow.float()), strict=True):
        torch.testing.assert_close(ours, wanted)


def test_moments_pool_pictures_and_places() -> None:
    x = torch.tensor([[[[1.0, 3.0]]], [[[5.0, 7.0]]]])  # two pictures, one channel
    mean, square = style.moments(x)
    assert mean.tolist() == [4.0]
    assert square.tolist() == [(1 + 9 + 25 + 49) / 4]


def test_gram_by_hand() -> None:
    x = torch.tensor([[[[1.0, 2.0]], [[3.0, -1.0]]]])  # one picture, two channels, two places
    assert style.gram(x).tolist() == [[2.5, 0.5], [0.5, 5.0]]


def test_gram_distance_by_hand() -> None:
    ones = torch.ones(1, 1, 2, 2)
    assert float(style.gram_distance([2 * ones], [ones])) == pytest.approx(3.0, rel=1e-5)
    assert float(style.gram_distance([2 * ones, ones], [ones, ones])) == pytest.approx(1.5, rel=1e-5)


def test_moment_distance_by_hand() -> None:
    # painted: mean 2, deviation 1; style: mean 1, deviation 2 → |2 - 1| / 1 + |1 - 2| / 2
    painted = torch.tensor([1.0, 3.0]).reshape(1, 1, 1, 2)
    examples = torch.tensor([-1.0, 3.0]).reshape(1, 1, 1, 2)
    assert float(style.moment_distance([painted], [examples])) == pytest.approx(1.5, rel=1e-4)


def test_sliced_wasserstein_by_hand() -> None:
    # Sorted along the only direction: 0 1 2 against 1 2 6; relative to the deviation of 1 2 6, which is √7.
    painted = torch.tensor([2.0, 0.0, 1.0]).reshape(1, 1, 1, 3)
    examples = torch.tensor([6.0, 2.0, 1.0]).reshape(1, 1, 1, 3)
    value = style.sliced_wasserstein([painted], [examples], [torch.ones(1, 1)])
    assert float(value) == pytest.approx(2.0 / math.sqrt(7.0), rel=1e-4)


def test_sliced_wasserstein_follows_its_directions() -> None:
    examples = torch.randn(2, 2, 4, 4)
    painted = examples.clone()
    painted[:, 1] += 1.0
    along, across = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    assert float(style.sliced_wasserstein([painted], [examples], [along])) == 0.0
    assert float(style.sliced_wasserstein([painted], [examples], [across])) > 0.1


@pytest.mark.parametrize("distance", DISTANCES)
@given(seed=st.integers(0, 1000), n=st.integers(1, 3), c=st.integers(1, 4))
def test_distances_ignore_where_and_in_which_picture_things_are(distance: Distance, seed: int, n: int, c: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(n, c, 4, 4, generator=draw) + 1
    places = torch.randperm(n * 16, generator=draw)
    shuffled = x.transpose(0, 1).flatten(1)[:, places].reshape(c, n, 4, 4).transpose(0, 1)
    value = distance([shuffled], [x])
    assert value.shape == ()
    assert float(value) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("distance", DISTANCES)
def test_distances_grow_with_the_difference_and_teach_the_painted_side_only(distance: Distance) -> None:
    examples = (torch.rand(2, 3, 4, 4) + 0.5).requires_grad_()
    near, far = (examples.detach() * f for f in (1.1, 2.0))
    assert 0 < float(distance([near], [examples])) < float(distance([far], [examples]))
    painted = near.clone().requires_grad_()
    here, there = torch.autograd.grad(distance([painted], [examples]), [painted, examples], allow_unused=True)
    assert here is not None
    assert here.any()
    assert there is None or not there.any()


@pytest.mark.parametrize("distance", DISTANCES)
def test_even_features_give_finite_slopes(distance: Distance) -> None:
    painted = torch.zeros(1, 2, 4, 4, requires_grad=True)
    (slope,) = torch.autograd.grad(distance([painted], [torch.zeros(1, 2, 4, 4)]), painted)
    assert bool(torch.isfinite(slope).all())


def test_levels_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="zip"):
        style.gram_distance([torch.ones(1, 1, 2, 2)], [])
