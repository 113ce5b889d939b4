"""The players of the classic GAN: shapes, range, and nothing that looks beyond one picture."""

import pytest
import torch
from torch import Tensor, nn

from pleinair.networks.classic import NOISE, SIDE, Discriminator, Generator


def players(width: int = 4) -> tuple[Generator, Discriminator]:
    torch.manual_seed(0)
    return Generator(width), Discriminator(width)


def noise(count: int) -> Tensor:
    return torch.randn(count, NOISE, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("width", [4, 32])
def test_noise_becomes_pictures_and_pictures_become_logits(width: int, count: int) -> None:
    generator, discriminator = players(width)
    pictures = generator(noise(count))
    assert (NOISE, SIDE) == (100, 28)
    assert pictures.shape == (count, 1, 28, 28)
    assert discriminator(pictures).shape == (count,)


def test_pictures_are_in_range_however_loud_the_noise() -> None:
    generator, _ = players()
    pictures = generator(1e4 * noise(4))
    assert pictures.abs().max() <= 1
    assert pictures.abs().max() > 0.99


def test_logits_are_of_either_sign() -> None:
    """One logit, not a probability."""
    _, discriminator = players()
    logits = discriminator(50 * torch.randn(64, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(2)))
    assert logits.min() < 0 < logits.max()


def test_there_is_no_normalization() -> None:
    kinds = {type(module) for player in players() for module in player.modules()}
    assert kinds <= {Generator, Discriminator, nn.Linear, nn.Conv2d, nn.ConvTranspose2d}


def test_a_picture_depends_on_its_own_noise_only() -> None:
    """So ranks can share a batch."""
    generator, discriminator = players()
    z = noise(5)
    whole, part = generator(z), generator(z[2:3])
    assert torch.allclose(whole[2:3], part, atol=1e-6)
    assert torch.allclose(discriminator(whole)[2:3], discriminator(part), atol=1e-6)


def test_every_weight_matters() -> None:
    generator, discriminator = players()
    own = [*generator.parameters(), *discriminator.parameters()]
    slopes = torch.autograd.grad(discriminator(generator(noise(8))).square().sum(), own)
    assert all(float(slope.abs().max()) > 0 for slope in slopes)


@pytest.mark.parametrize("side", [27, 32])
def test_a_picture_of_another_size_is_refused(side: int) -> None:
    with pytest.raises(RuntimeError):
        players()[1](torch.zeros(1, 1, side, side))
