"""Reading: what a batch starts from, and how far what is drawn again is from the picture."""

import pytest
import torch
from torch import Tensor

from pleinair.networks.reader import SceneReader
from pleinair.objectives.reading import CELLS, COARSE, started, unlike
from pleinair.seeds import CELL, HALO, LATENT, NOISE, ROWS

WIDTHS = (4, 6, 8, 10)


def levels(pictures: Tensor) -> list[Tensor]:
    """Features that follow the picture: its channels again and again, smaller and smaller."""
    found = []
    for k, width in enumerate(WIDTHS):
        small = torch.nn.functional.avg_pool2d(pictures, 1 << k)
        found.append(small.repeat(1, -(-width // 3), 1, 1)[:, :width].abs())
    return found


def batch(count: int = 5, side: int = 32) -> tuple[Tensor, Tensor, Tensor]:
    chance = torch.Generator().manual_seed(0)
    return (
        torch.rand(count, 3, side, side, generator=chance) * 2 - 1,
        torch.randn(count, LATENT, generator=chance),
        torch.randn(count, NOISE, ROWS, ROWS + 2 * HALO, generator=chance),
    )


def reader() -> SceneReader:
    torch.manual_seed(0)
    return SceneReader(WIDTHS)


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.4, 2), (0.5, 2), (1.0, 5)])
def test_so_many_are_read_and_the_others_start_from_noise(share: float, count: int) -> None:
    real, latents, noise = batch()
    start = started(reader(), share, real, levels(real), latents, noise)
    assert start.count == count
    assert torch.equal(start.latents[count:], latents[count:])
    assert torch.equal(start.noise[count:], noise[count:])
    assert (start.latents[:count] != latents[:count]).all()
    assert start.noise.shape == noise.shape


def test_the_halo_is_noise_and_the_cells_under_the_picture_are_read() -> None:
    real, latents, noise = batch()
    start = started(reader(), 0.6, real, levels(real), latents, noise)
    for edge in (slice(None, HALO), slice(-HALO, None)):
        assert torch.equal(start.noise[:, :, :, edge], noise[:, :, :, edge])
    inner = start.noise[:3, :, :, HALO:-HALO], noise[:3, :, :, HALO:-HALO]
    assert (inner[0][:, :CELL] != inner[1][:, :CELL]).all()
    assert torch.equal(inner[0][:, CELL:], inner[1][:, CELL:])  # grains are of no picture


def test_without_a_reader_all_is_noise() -> None:
    real, latents, noise = batch()
    start = started(None, 0.5, real, levels(real), latents, noise)
    assert start.read is None
    assert start.count == 0
    assert start.latents is latents
    assert start.noise is noise


def test_the_reader_learns_through_what_it_read() -> None:
    made = reader()
    real, latents, noise = batch()
    start = started(made, 0.5, real, levels(real), latents, noise)
    (start.latents.sum() + start.noise.square().sum()).backward()  # type: ignore[no-untyped-call]
    assert made.latent.grad is not None
    assert made.cells.grad is not None
    assert made.latent.grad.abs().max() > 0
    assert made.cells.grad.abs().max() > 0


def test_a_picture_is_like_itself_and_less_like_others() -> None:
    real, _, _ = batch()
    same = unlike(real, real, levels(real), levels(real))
    other = unlike(real.flip(0), real, levels(real.flip(0)), levels(real))
    assert same.shape == (5,)
    assert not same.any()
    assert (other[[0, 1, 3, 4]] > 0.01).all()


def test_what_changes_within_a_cell_alone_is_no_mistake_and_between_cells_is() -> None:
    side = 4 * max(CELLS, COARSE)
    rows = torch.arange(side)
    stripes = ((rows[:, None] + rows) % 2 * 2.0 - 1).expand(1, 3, side, side)
    shifted = -stripes  # the same texture one pixel on
    halves = torch.where(rows[None, None, :, None] < side // 2, stripes, torch.zeros(()))
    assert unlike(shifted, stripes, [shifted.abs()], [stripes.abs()]).item() == pytest.approx(0, abs=1e-6)
    assert unlike(halves, stripes, [halves.abs()], [stripes.abs()]).item() > 0.3


def test_light_and_color_count_where_features_are_alike() -> None:
    real, _, _ = batch()
    brighter = (real + 0.5).clamp(-1, 1)
    assert (unlike(brighter, real, levels(real), levels(real)) > 0.1).all()
