"""What scenes are compared with: shapes, the doors of the scene networks, gradients everywhere."""

import pytest
import torch
from torch import Tensor, nn

from pleinair.networks.baselines import (
    DCGANDiscriminator,
    DCGANGenerator,
    Excitation,
    FastGANDiscriminator,
    FastGANGenerator,
    fast_channels,
)
from pleinair.seeds import LATENT

GENERATORS = [DCGANGenerator, FastGANGenerator]
DISCRIMINATORS = [DCGANDiscriminator, FastGANDiscriminator]


def latents(count: int = 2) -> Tensor:
    return torch.randn(count, LATENT, generator=torch.Generator().manual_seed(0))


def drawn(generator: nn.Module, count: int = 2) -> Tensor:
    pictures: Tensor = generator(latents(count), torch.zeros(count, 8, 4, 12), torch.zeros(count, 1))
    return pictures


@pytest.mark.parametrize("make", GENERATORS)
@pytest.mark.parametrize("side", [16, 64, 128])
def test_generators_draw_squares_within_the_range(make: type[nn.Module], side: int) -> None:
    torch.manual_seed(0)
    pictures = drawn(make(side, 4))
    assert pictures.shape == (2, 3, side, side)
    assert float(pictures.detach().abs().max()) < 1


@pytest.mark.parametrize("make", DISCRIMINATORS)
@pytest.mark.parametrize("side", [16, 64, 128])
def test_discriminators_give_one_map(make: type[nn.Module], side: int) -> None:
    (maps,) = make(side, 4)(torch.randn(2, 3, side, side), torch.zeros(2, 1))
    assert maps.dim() == 3
    assert len(maps) == 2


@pytest.mark.parametrize("make", GENERATORS)
def test_every_weight_of_a_generator_learns(make: type[nn.Module]) -> None:
    torch.manual_seed(0)
    generator = make(64, 4)
    drawn(generator, 4).square().sum().backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and bool(p.grad.any()) for p in generator.parameters())


@pytest.mark.parametrize("make", GENERATORS)
def test_at_rest_a_picture_is_the_same_whatever_is_drawn_beside_it(make: type[nn.Module]) -> None:
    torch.manual_seed(0)
    generator = make(16, 4).eval()
    whole = drawn(generator, 3)
    alone = generator(latents(3)[:1], torch.zeros(1, 8, 4, 12), torch.zeros(1, 1))
    torch.testing.assert_close(whole[:1], alone)


def test_the_published_dcgan_has_its_channels() -> None:
    shapes = [m.weight.shape[:2] for m in DCGANGenerator(64).layers if isinstance(m, nn.ConvTranspose2d)]
    assert [tuple(s) for s in shapes] == [(LATENT, 512), (512, 256), (256, 128), (128, 64), (64, 3)]


def test_channels_of_the_light_generator() -> None:
    found = [fast_channels(height, 32) for height in (4, 8, 16, 32, 64, 128, 256)]
    assert found == [512, 256, 128, 64, 64, 32, 16]


def test_a_coarse_map_says_how_much_of_a_fine_one_there_is() -> None:
    torch.manual_seed(0)
    gate, fine = Excitation(4, 3), torch.ones(2, 3, 16, 16)
    shares = gate(torch.randn(2, 4, 4, 4), fine)
    assert bool(((shares > 0) & (shares < 1)).all())
    assert torch.equal(shares, shares[:, :, :1, :1].expand_as(shares))


def test_what_is_rebuilt_is_measured_picture_by_picture_and_teaches() -> None:
    torch.manual_seed(0)
    critic = FastGANDiscriminator(64, 4)
    mistakes = critic.mistakes(torch.rand(3, 3, 64, 64) * 2 - 1)
    assert mistakes.shape == (3,)
    mistakes.sum().backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None for p in critic.rebuild.parameters())
    assert all(p.grad is not None for p in critic.downs.parameters())
