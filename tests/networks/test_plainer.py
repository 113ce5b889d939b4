"""Scenes as plain cameras see them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.data.unpaired import uniform_draws
from pleinair.networks.plainer import CONTRAST, DRAWS, SATURATION, plainer
from pleinair.recipes.plain import plain_draws

NEITHER = 0.9


def pictures(count: int = 2, height: int = 20, width: int = 24) -> Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(0)) * 2 - 1


def draws(count: int = 2, soften: float = NEITHER, tone: float = NEITHER, **said: float) -> Tensor:
    names = ("soften", "softness", "tone", "saturation", "contrast", "light", "warmth")
    values = {"softness": 0.5, "saturation": 0.5, "contrast": 0.5, "light": 0.5, "warmth": 0.5, **said}
    values |= {"soften": soften, "tone": tone}
    return torch.tensor([[values[name] for name in names]] * count)


def grain(x: Tensor) -> float:
    return float((x[..., 1:] - x[..., :-1]).abs().mean())


def test_none_of_it_is_the_picture_itself() -> None:
    assert torch.equal(plainer(pictures(), draws(), 0.5), pictures())


def test_a_share_of_none_leaves_all() -> None:
    assert torch.equal(plainer(pictures(), draws(soften=0.0, tone=0.0), 0.0), pictures())


@pytest.mark.parametrize("softness", [0.0, 0.5, 0.99])
def test_softer_means_less_grain_and_the_same_light(softness: float) -> None:
    soft = plainer(pictures(), draws(soften=0.1, softness=softness), 0.5)
    assert grain(soft) < grain(pictures())
    torch.testing.assert_close(soft.mean((2, 3)), pictures().mean((2, 3)), atol=0.06, rtol=0)
    if softness:
        assert grain(soft) < grain(plainer(pictures(), draws(soften=0.1, softness=softness - 0.4), 0.5))


def test_an_even_picture_stays_even() -> None:
    even = torch.full((1, 3, 16, 16), 0.4)
    torch.testing.assert_close(plainer(even, draws(1, soften=0.0, softness=0.9), 0.5), even)


def test_each_picture_is_softened_by_its_own_draw() -> None:
    both = torch.cat((draws(1, soften=0.0, softness=0.9), draws(1)))
    found = plainer(pictures(), both, 0.5)
    assert torch.equal(found[1], pictures()[1])
    alone = plainer(pictures()[:1], both[:1], 0.5)
    torch.testing.assert_close(found[:1], alone)


def test_saturation_and_contrast() -> None:
    given = pictures() * 0.5
    dull = plainer(given, draws(tone=0.1, saturation=0.0, contrast=1.0), 0.5)
    colors = [float((x - x.mean(1, keepdim=True)).abs().mean()) for x in (dull, given)]
    assert colors[0] / colors[1] == pytest.approx(SATURATION[0] * CONTRAST[1], rel=1e-3)
    flat = plainer(given, draws(tone=0.1, saturation=1.0, contrast=0.0), 0.5)
    grays = [float(x.mean(1).std()) for x in (flat, given)]
    assert grays[0] / grays[1] == pytest.approx(CONTRAST[0], rel=1e-3)


def test_light_and_warmth() -> None:
    given = pictures() * 0.5
    plain = plainer(given, draws(tone=0.1), 0.5)
    assert float((plainer(given, draws(tone=0.1, light=1.0), 0.5) - plain).mean()) == pytest.approx(0.2, abs=1e-3)
    warm = (plainer(given, draws(tone=0.1, warmth=1.0), 0.5) - plain).mean((0, 2, 3))
    torch.testing.assert_close(warm, torch.tensor([0.08, 0.0, -0.08]), atol=1e-4, rtol=0)


@settings(max_examples=20, deadline=None)
@given(
    height=st.integers(6, 40),
    width=st.integers(6, 40),
    count=st.integers(1, 4),
    seed=st.integers(0, 99),
    share=st.floats(0, 1),
)
def test_any_size_stays_in_range(height: int, width: int, count: int, seed: int, share: float) -> None:
    made = plainer(pictures(count, height, width), torch.from_numpy(plain_draws(seed, range(count))), share)
    assert made.shape == (count, 3, height, width)
    assert made.abs().max() <= 1


class TestDraws:
    def test_they_belong_to_the_pictures_number(self) -> None:
        many = plain_draws(3, range(10, 20))
        assert many.shape == (10, DRAWS)
        np.testing.assert_array_equal(plain_draws(3, range(14, 20, 2)), many[4::2])
        assert not np.array_equal(plain_draws(4, range(10, 20)), many)

    def test_they_are_even_and_not_those_of_the_crops(self) -> None:
        many = plain_draws(0, range(2000))
        assert np.abs(many.mean(0) - 0.5).max() < 0.03
        assert many.min() >= 0
        assert many.max() < 1
        crops = np.array([uniform_draws(0, number)[:DRAWS] for number in range(2000)])
        assert np.abs(np.corrcoef(crops.T, many.T)[:DRAWS, DRAWS:]).max() < 0.1

    def test_of_no_pictures(self) -> None:
        assert plain_draws(0, range(0)).shape == (0, DRAWS)
