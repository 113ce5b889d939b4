"""The reader of scenes: what it says of a picture, and what is drawn from that."""

import pytest
import torch
from torch import Tensor

from pleinair.networks.reader import LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE, Read, SceneReader
from pleinair.networks.scene import SceneGenerator
from pleinair.seeds import CELL, HALO, LATENT, NOISE, ROWS

WIDTHS = (4, 6, 8, 10)


def levels(count: int, side: int = 32, seed: int = 0) -> list[Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return [torch.rand(count, width, side >> k, side >> k, generator=chance) for k, width in enumerate(WIDTHS)]


def pictures(count: int, side: int = 32, seed: int = 1) -> Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def reader() -> SceneReader:
    torch.manual_seed(0)
    return SceneReader(WIDTHS)


@pytest.mark.parametrize("side", [16, 32, 64])
def test_it_says_as_much_of_a_picture_of_any_size(side: int) -> None:
    read = reader()(pictures(3, side), levels(3, side))
    assert read.latent.shape == read.latent_spread.shape == (3, LATENT)
    assert read.cells.shape == read.cells_spread.shape == (3, CELL, ROWS, ROWS)
    for spread in (read.latent_spread, read.cells_spread):
        assert spread.min() >= LEAST_LOG_VARIANCE
        assert spread.max() <= MOST_LOG_VARIANCE


def test_each_picture_is_read_by_itself() -> None:
    together = reader()(pictures(4), levels(4))
    alone = reader()(pictures(4)[2:3], [level[2:3] for level in levels(4)])
    torch.testing.assert_close(together.latent[2:3], alone.latent)
    torch.testing.assert_close(together.cells[2:3], alone.cells)


def test_it_sees_colors_and_features_and_where_they_stand() -> None:
    plain = reader()(pictures(1), levels(1))
    other_colors = reader()(pictures(1, seed=9), levels(1))
    other_features = reader()(pictures(1), levels(1, seed=9))
    mirrored = reader()(pictures(1).flip(3), [level.flip(3) for level in levels(1)])
    for changed in (other_colors, other_features):
        assert (changed.latent - plain.latent).abs().mean() > 0.01
        assert (changed.cells - plain.cells).abs().mean() > 0.01
    assert (mirrored.cells - plain.cells).abs().mean() > 0.01


def test_nats_are_the_divergence_written_out() -> None:
    chance = torch.Generator().manual_seed(3)
    shapes = ((2, LATENT), (2, LATENT), (2, CELL, ROWS, ROWS), (2, CELL, ROWS, ROWS))
    read = Read(*(torch.randn(shape, generator=chance) / 2 for shape in shapes))
    normal = torch.distributions.Normal
    total = torch.zeros(2)
    for mean, spread in ((read.latent, read.latent_spread), (read.cells, read.cells_spread)):
        apart = torch.distributions.kl_divergence(normal(mean, (spread / 2).exp()), normal(0.0, 1.0))
        total += apart.flatten(1).sum(1)
    torch.testing.assert_close(read.nats(), total)


def test_nothing_read_is_no_nats_and_leaves_the_noise() -> None:
    zeros = [torch.zeros(shape) for shape in ((2, LATENT), (2, LATENT), (2, CELL, ROWS, ROWS), (2, CELL, ROWS, ROWS))]
    read = Read(*zeros)
    assert not read.nats().any()
    latents, cells = torch.randn(2, LATENT), torch.randn(2, CELL, ROWS, ROWS)
    drawn = read.drawn(latents, cells)
    assert torch.equal(drawn[0], latents)
    assert torch.equal(drawn[1], cells)


def test_what_is_sure_hardly_depends_on_the_numbers() -> None:
    sure = torch.full((1, LATENT), LEAST_LOG_VARIANCE), torch.full((1, CELL, ROWS, ROWS), LEAST_LOG_VARIANCE)
    read = Read(torch.ones(1, LATENT), sure[0], torch.ones(1, CELL, ROWS, ROWS), sure[1])
    one = read.drawn(torch.randn(1, LATENT), torch.randn(1, CELL, ROWS, ROWS))[0]
    assert (one - 1).abs().max() < 0.1


def test_every_parameter_learns() -> None:
    made = reader()
    read = made(pictures(2), levels(2))
    total = sum(x.square().sum() for x in (read.latent, read.latent_spread, read.cells, read.cells_spread))
    assert isinstance(total, Tensor)
    total.backward()  # type: ignore[no-untyped-call]
    for name, parameter in made.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_a_generator_has_one_only_if_asked_and_draws_the_same() -> None:
    torch.manual_seed(1)
    plain, reading = SceneGenerator(16, 2, 1), SceneGenerator(16, 2, 1, WIDTHS)
    assert plain.reader is None
    own = reading.state_dict()
    reading.load_state_dict({**own, **plain.state_dict()})
    assert any(name.startswith("reader.") for name in own)
    latents, noise = torch.randn(2, LATENT), torch.randn(2, NOISE, ROWS, ROWS + 2 * HALO)
    marks = torch.ones(2, 1)
    assert torch.equal(plain(latents, noise, marks), reading(latents, noise, marks))
