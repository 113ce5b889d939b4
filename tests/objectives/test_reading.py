"""Reading: what a batch starts from, and how far what is drawn again is from the picture."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks.reader import SceneReader
from pleinair.objectives.reading import CELLS, COARSE, read_numbers, started, unlike
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


@given(share=st.floats(0, 1), first=st.integers(0, 10**7), count=st.integers(0, 60))
def test_a_share_is_read_and_however_it_is_dealt_the_same_ones(share: float, first: int, count: int) -> None:
    numbers = torch.arange(first, first + count)
    rows = read_numbers(numbers, share)
    assert abs(len(rows) - share * count) < 1 + 1e-6
    dealt = [numbers[rank::2][read_numbers(numbers[rank::2], share)] for rank in (0, 1)]
    assert torch.equal(torch.cat(dealt).sort()[0], numbers[rows])


def test_none_and_all() -> None:
    assert read_numbers(torch.arange(40), 0.0).tolist() == []
    assert read_numbers(torch.arange(6), 0.5).tolist() == [1, 3, 5]
    assert read_numbers(torch.arange(6), 1.0).tolist() == list(range(6))


@pytest.mark.parametrize("read", [[], [1, 3], [0, 1, 2, 3, 4]])
def test_these_are_read_and_the_others_start_from_noise(read: list[int]) -> None:
    real, latents, noise = batch()
    start = started(reader(), torch.tensor(read, dtype=torch.long), real, levels(real), latents, noise)
    others = [row for row in range(5) if row not in read]
    assert (start.read is None) == (not read)
    assert torch.equal(start.latents[others], latents[others])
    assert torch.equal(start.noise[others], noise[others])
    assert (start.latents[read] != latents[read]).all()
    assert start.noise.shape == noise.shape


def test_the_halo_is_noise_and_the_cells_under_the_picture_are_read() -> None:
    real, latents, noise = batch()
    start = started(reader(), torch.arange(3), real, levels(real), latents, noise)
    for edge in (slice(None, HALO), slice(-HALO, None)):
        assert torch.equal(start.noise[:, :, :, edge], noise[:, :, :, edge])
    inner = start.noise[:3, :, :, HALO:-HALO], noise[:3, :, :, HALO:-HALO]
    assert (inner[0][:, :CELL] != inner[1][:, :CELL]).all()
    assert torch.equal(inner[0][:, CELL:], inner[1][:, CELL:])  # grains are of no picture


def test_without_a_reader_all_is_noise() -> None:
    real, latents, noise = batch()
    start = started(None, torch.arange(3), real, levels(real), latents, noise)
    assert start.read is None
    assert start.latents is latents
    assert start.noise is noise


def test_the_reader_learns_through_what_it_read() -> None:
    made = reader()
    real, latents, noise = batch()
    start = started(made, torch.arange(2), real, levels(real), latents, noise)
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
