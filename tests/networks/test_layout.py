"""The layout generator: of any size, closed around, and each region drawn anew alone."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks.layout import CELL_SIDE, CLASSES, LayoutGenerator, classes_of
from pleinair.seeds import HALO, LATENT, NOISE


def generator() -> LayoutGenerator:
    torch.manual_seed(0)
    return LayoutGenerator(1).eval()


def noise(rows: int, across: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(1, NOISE, rows, across + 2 * HALO, generator=draw)


def labels(rows: int, across: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    cells = torch.randint(CLASSES, (1, rows, across), generator=draw)
    return cells.repeat_interleave(CELL_SIDE, 1).repeat_interleave(CELL_SIDE, 2)


@settings(max_examples=8, deadline=None)
@given(rows=st.integers(1, 5), across=st.integers(1, 6))
@torch.no_grad()
def test_any_number_of_cells(rows: int, across: int) -> None:
    found = generator()(torch.zeros(1, LATENT), noise(rows, across), classes_of(labels(rows, across)))
    assert found.shape == (1, 3, rows * CELL_SIDE, across * CELL_SIDE)
    assert torch.isfinite(found).all()


@torch.no_grad()
def test_what_goes_around_closes() -> None:
    """A layout turned by two cells, with its noise, is the picture turned by two cells."""
    made, across = generator(), 6
    ring = noise(2, across)[..., :across]
    places = torch.arange(-HALO, across + HALO)
    pictures = []
    for turn in (0, 2):
        around = ring[..., (places + turn) % across]
        classes = classes_of(labels(2, across).roll(-turn * CELL_SIDE, 2), wrap="x")
        pictures.append(made(torch.zeros(1, LATENT), around, classes))
    torch.testing.assert_close(pictures[0].roll(-2 * CELL_SIDE, 3), pictures[1], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_labels_and_latents_and_noise_all_matter() -> None:
    made, zero = generator(), torch.zeros(1, LATENT)
    first = made(zero, noise(2, 2), classes_of(labels(2, 2)))
    for other in (
        made(zero, noise(2, 2), classes_of(labels(2, 2, 1))),
        made(zero + 1, noise(2, 2), classes_of(labels(2, 2))),
        made(zero, noise(2, 2, 1), classes_of(labels(2, 2))),
    ):
        assert float((other - first).abs().mean()) > 1e-4


@torch.no_grad()
def test_noise_of_one_cell_changes_nothing_far_away() -> None:
    made, across = generator(), 16
    one, two = noise(1, across), noise(1, across)
    two[..., HALO] += 3  # the leftmost cell
    classes = classes_of(labels(1, across))
    change = (made(torch.zeros(1, LATENT), one, classes) - made(torch.zeros(1, LATENT), two, classes)).abs()
    assert float(change[..., : 2 * CELL_SIDE].max()) > 1e-3
    assert float(change[..., 8 * CELL_SIDE :].max()) == 0


def test_columns_beyond_the_edges() -> None:
    known = labels(1, 6)
    classes, around = classes_of(known), classes_of(known, wrap="x")
    assert classes.shape == (1, CLASSES, CELL_SIDE, (6 + 2 * HALO) * CELL_SIDE)
    assert torch.equal(classes.sum(1), torch.ones_like(classes.sum(1)))
    middle = slice(HALO * CELL_SIDE, (HALO + 6) * CELL_SIDE)
    assert torch.equal(classes[..., middle].argmax(1), known)
    assert (classes.argmax(1)[..., : HALO * CELL_SIDE] == known[..., :1]).all()
    assert torch.equal(around.argmax(1)[..., : HALO * CELL_SIDE], known[..., CELL_SIDE:])


def test_every_weight_learns() -> None:
    made = LayoutGenerator(1)
    picture = made(torch.randn(1, LATENT), noise(1, 2), classes_of(labels(1, 2)))
    picture.square().mean().backward()
    still = [name for name, p in made.named_parameters() if p.grad is None]
    assert still == []
    assert sum(p.numel() for p in LayoutGenerator(24).parameters()) == pytest.approx(1.5e6, rel=0.5)
