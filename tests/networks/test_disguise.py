"""Disguises: functions of their own numbers, within bounds, everything staying where it is."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks import disguise
from pleinair.networks.disguise import DRAWS, disguised


def chance(n: int, seed: int, h: int = 16, w: int = 20) -> tuple[Tensor, Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return (
        torch.rand(n, DRAWS, generator=draw),
        torch.randn(n, 3, 3, 3, 3, generator=draw),
        torch.randn(n, 3, h, w, generator=draw),
    )


def pictures(n: int, seed: int, h: int = 16, w: int = 20) -> Tensor:
    return torch.rand(n, 3, h, w, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 5), h=st.integers(9, 30), w=st.integers(9, 30), seed=st.integers(0, 999))
def test_any_size_stays_and_stays_finite(n: int, h: int, w: int, seed: int) -> None:
    found = disguised(pictures(n, seed, h, w), *chance(n, seed, h, w))
    assert found.shape == (n, 3, h, w)
    assert torch.isfinite(found).all()
    assert found.abs().max() <= 1.5


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_a_picture_is_disguised_by_its_own_numbers_alone(seed: int) -> None:
    x, numbers = pictures(4, seed), chance(4, seed)
    whole = disguised(x, *numbers)
    for row in range(4):
        draws, kernels, grain = (one[row : row + 1] for one in numbers)
        alone = disguised(x[row : row + 1], draws, kernels, grain)
        assert torch.allclose(alone[0], whole[row], atol=1e-5)


def test_nothing_is_disguised_where_no_draw_says_so() -> None:
    x = pictures(2, 0)
    draws, kernels, grain = chance(2, 0)
    draws[:, :8] = 0.999
    assert torch.equal(disguised(x, draws, kernels, grain), x)


@settings(max_examples=20, deadline=None)
@given(share=st.floats(0, 1), seed=st.integers(0, 99))
def test_only_a_share_of_the_pictures_is_disguised(share: float, seed: int) -> None:
    x, (draws, kernels, grain) = pictures(6, seed), chance(6, seed)
    draws[:, 5] = 0.0  # every one that is disguised is grainy
    found = disguised(x, draws, kernels, grain, share)
    assert [not torch.equal(a, b) for a, b in zip(found, x, strict=True)] == (draws[:, -1] < share).tolist()
    assert torch.equal(disguised(x, draws, kernels, grain, 1.0), disguised(x, draws, kernels, grain))


def test_each_disguise_alone_changes_the_picture_and_no_two_alike() -> None:
    x, (draws, kernels, grain) = pictures(1, 3), chance(1, 4)
    draws[:, 8:] = 0.9
    found = []
    for place in range(8):
        draws[:, :8] = 0.999
        draws[:, place] = 0
        found.append(disguised(x, draws, kernels, grain))
        assert float((found[-1] - x).abs().mean()) > 0.005, place
    assert all(not torch.equal(a, b) for i, a in enumerate(found) for b in found[:i])


def test_an_edge_stays_where_it_is() -> None:
    """A step from dark to bright is still the steepest place of nearly every disguised picture."""
    x = torch.full((64, 3, 16, 20), -0.6)
    x[..., 10:] = 0.6
    draws, kernels, grain = chance(64, 7)
    draws[:, 7] = 0.999  # nothing cut out
    change = disguised(x, draws, kernels, grain).mean((1, 2)).diff(dim=1).abs()
    assert float(((change.argmax(1) - 9).abs() <= 2).float().mean()) > 0.85


def test_gray_is_gray_and_flat_colors_are_few() -> None:
    x = pictures(1, 0, 30, 30)
    assert len(set(disguise.in_levels(x, torch.zeros(1)).flatten().tolist())) <= 6
    one = torch.ones(1)
    assert torch.allclose(disguise.retextured(x, torch.randn(1, 3, 3, 3, 3), 0 * one), x)
    bright, dark = disguise.blobs(x, 0 * one), disguise.blobs(x, one)
    assert (bright >= x).all()
    assert (dark <= x).all()
    assert disguise.focused(x, one).std() < x.std() < disguise.focused(x, 0 * one).std()
