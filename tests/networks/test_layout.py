"""The layout generator: of any size, closed around, told every class and color in place, and each region drawn anew
alone."""

from typing import Literal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.engine.layout import COLORS
from pleinair.fiction.palette import NAMES
from pleinair.images import to_float
from pleinair.networks.layout import CLASSES, LayoutGenerator, Told, known_of, told_of
from pleinair.render import told as rendering
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE

BEYOND = HALO * CELL_SIDE
ZERO = torch.zeros(1, LATENT)


def generator(classes: int = CLASSES) -> LayoutGenerator:
    """A generator that has learned something: what stands there scales as well as shifts."""
    torch.manual_seed(0)
    made = LayoutGenerator(1, classes).eval()
    with torch.no_grad():
        for name, weights in made.named_parameters():
            if name.startswith("told") and name.endswith("scale"):
                weights.normal_(0, 0.3)
    return made


def noise(rows: int, across: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(1, NOISE, rows, across + 2 * HALO, generator=draw)


def labels(rows: int, across: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    cells = torch.randint(CLASSES, (1, rows, across), generator=draw)
    return cells.repeat_interleave(CELL_SIDE, 1).repeat_interleave(CELL_SIDE, 2)


def render(rows: int, across: int, seed: int = 0) -> Tensor:
    """Colors of chance, no two places alike."""
    draw = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, rows * CELL_SIDE, across * CELL_SIDE, generator=draw) * 2 - 1


def told(rows: int, across: int, seed: int = 0, wrap: Literal["none", "x"] = "none") -> Tensor:
    return told_of(labels(rows, across, seed), render(rows, across, seed), wrap=wrap)


@settings(max_examples=8, deadline=None)
@given(rows=st.integers(1, 5), across=st.integers(1, 6), classes=st.sampled_from((CLASSES, 3)))
@torch.no_grad()
def test_any_number_of_cells_and_classes(rows: int, across: int, classes: int) -> None:
    here = told_of(labels(rows, across) % classes, render(rows, across), classes)
    found = generator(classes)(ZERO, noise(rows, across), here)
    assert found.shape == (1, 3, rows * CELL_SIDE, across * CELL_SIDE)
    assert torch.isfinite(found).all()


@settings(max_examples=5, deadline=None)
@given(turn=st.integers(1, 5), across=st.sampled_from((3, 6)))
@torch.no_grad()
def test_what_goes_around_closes(turn: int, across: int) -> None:
    """A layout turned by whole cells, with its render and its noise, is the picture turned as far."""
    made = generator()
    ring = noise(2, across)[..., :across]
    places = torch.arange(-HALO, across + HALO)
    pictures = []
    for by in (0, turn):
        aside = -by * CELL_SIDE
        here = told_of(labels(2, across).roll(aside, 2), render(2, across).roll(aside, 3), wrap="x")
        pictures.append(made(ZERO, ring[..., (places + by) % across], here))
    torch.testing.assert_close(pictures[0].roll(-turn * CELL_SIDE, 3), pictures[1], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_labels_and_colors_and_latents_and_noise_all_matter() -> None:
    made = generator()
    first = made(ZERO, noise(2, 2), told(2, 2))
    for other in (
        made(ZERO, noise(2, 2), told_of(labels(2, 2, 1), render(2, 2))),
        made(ZERO, noise(2, 2), told_of(labels(2, 2), render(2, 2, 1))),
        made(ZERO + 1, noise(2, 2), told(2, 2)),
        made(ZERO, noise(2, 2, 1), told(2, 2)),
    ):
        assert float((other - first).abs().mean()) > 1e-4


@torch.no_grad()
def test_every_class_draws_a_picture_of_its_own() -> None:
    made, gray = generator(), torch.zeros(CLASSES, 3, CELL_SIDE, 2 * CELL_SIDE)
    plain = torch.arange(CLASSES)[:, None, None].expand(-1, CELL_SIDE, 2 * CELL_SIDE)
    pictures = made(ZERO.expand(CLASSES, -1), noise(1, 2).expand(CLASSES, -1, -1, -1), told_of(plain, gray))
    gaps = (pictures[:, None] - pictures[None]).abs().mean((2, 3, 4))
    assert float(gaps[~torch.eye(CLASSES, dtype=torch.bool)].min()) > 1e-3


@pytest.mark.parametrize("color", range(COLORS))
@torch.no_grad()
def test_every_color_of_the_render_matters_in_its_place(color: int) -> None:
    made, across = generator(), 12
    other = render(1, across)
    other[:, color, :, :CELL_SIDE] += 0.5  # the leftmost cell
    known = labels(1, across)
    one, two = (made(ZERO, noise(1, across), told_of(known, colors)) for colors in (render(1, across), other))
    change = (one - two).abs()
    assert float(change[..., :CELL_SIDE].mean()) > 1e-4
    assert float(change[..., 8 * CELL_SIDE :].max()) == 0


@pytest.mark.parametrize("level", range(5))
@torch.no_grad()
def test_places_are_told_at_every_size(level: int) -> None:
    """A layer that is deaf to what stands there draws another picture."""
    made = generator()
    first = made(ZERO, noise(1, 2), told(1, 2))
    deaf = made.told[level]
    assert isinstance(deaf, Told)
    for weights in (deaf.scale, deaf.shift):
        kept = weights.clone()
        weights.zero_()
        assert float((made(ZERO, noise(1, 2), told(1, 2)) - first).abs().mean()) > 1e-4
        weights.copy_(kept)
    assert len(made.told) == 5


@torch.no_grad()
def test_noise_of_one_cell_changes_nothing_far_away() -> None:
    made, across = generator(), 16
    one, two = noise(1, across), noise(1, across)
    two[..., HALO] += 3  # the leftmost cell
    here = told(1, across)
    change = (made(ZERO, one, here) - made(ZERO, two, here)).abs()
    assert float(change[..., : 2 * CELL_SIDE].max()) > 1e-3
    assert float(change[..., 8 * CELL_SIDE :].max()) == 0


@settings(max_examples=10, deadline=None)
@given(rows=st.integers(1, 3), across=st.integers(1, 7), wrap=st.sampled_from(("none", "x")))
def test_training_tells_what_rendering_tells(rows: int, across: int, wrap: Literal["none", "x"]) -> None:
    draw = np.random.default_rng(rows * 10 + across)
    shape = rows * CELL_SIDE, across * CELL_SIDE
    known = draw.integers(0, CLASSES, shape).astype(np.uint8)
    picture = draw.integers(0, 256, (*shape, 3)).astype(np.uint8)
    colors = torch.from_numpy(to_float(picture)).movedim(2, 0)[None]
    trained = told_of(torch.from_numpy(known)[None], colors, wrap=wrap)
    skirt = rendering.SKIRT * CELL_SIDE
    told = rendering.LaidOut(known, picture, 0, wrap).whole().told[:, :, skirt:-skirt]
    np.testing.assert_array_equal(trained.numpy(), told)


def test_what_is_known_of_a_place_is_its_class_and_its_color() -> None:
    where, shown = labels(2, 3), render(2, 3)
    found = known_of(where, shown)
    assert torch.equal(found[:, :CLASSES].argmax(1), where)
    assert (found[:, :CLASSES].sum(1) == 1).all()
    assert torch.equal(found[:, CLASSES:], shown)


def test_columns_beyond_the_edges() -> None:
    known, colors = labels(1, 6), render(1, 6)
    edges, around = told_of(known, colors), told_of(known, colors, wrap="x")
    for here in (edges, around):
        assert here.shape == (1, CLASSES + COLORS, CELL_SIDE, (6 + 2 * HALO) * CELL_SIDE)
        assert torch.equal(here[:, :CLASSES].sum(1), torch.ones_like(here[:, 0]))
        assert torch.equal(here[:, :CLASSES, :, BEYOND:-BEYOND].argmax(1), known)
        assert torch.equal(here[:, CLASSES:, :, BEYOND:-BEYOND], colors)
    assert (edges[:, :CLASSES].argmax(1)[..., :BEYOND] == known[..., :1]).all()
    assert (edges[:, CLASSES:, :, -BEYOND:] == colors[..., -1:]).all()
    assert torch.equal(around[:, :CLASSES].argmax(1)[..., :BEYOND], known[..., CELL_SIDE:])
    assert torch.equal(around[:, CLASSES:, :, -BEYOND:], colors[..., :BEYOND])


def test_narrow_numbers_of_a_render_stay_narrow() -> None:
    assert told_of(labels(1, 1), render(1, 1).bfloat16()).dtype == torch.bfloat16


def test_a_fresh_one_begins_without_scales() -> None:
    x, here = torch.randn(1, 4, 8, 8), torch.rand(1, 5, 8, 8)
    layer = Told(5, 4)
    shift = torch.einsum("ok,nkhw->nohw", layer.shift[..., 0, 0], here)
    torch.testing.assert_close(layer(x, here), x + shift, atol=1e-5, rtol=1e-5)
    with torch.no_grad():
        layer.scale[1, 2] = 3.0
    wanted = (x + shift)[:, 1] + 3 * here[:, 2] * x[:, 1]
    torch.testing.assert_close(layer(x, here)[:, 1], wanted, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(layer(x, here)[:, 0], (x + shift)[:, 0], atol=1e-5, rtol=1e-5)


def test_every_weight_learns() -> None:
    made = LayoutGenerator(1)
    everything = told(1, 2)
    everything[:, :CLASSES] = torch.rand_like(everything[:, :CLASSES])  # every class stands somewhere
    made(torch.randn(1, LATENT), noise(1, 2), everything).square().mean().backward()
    still = [name for name, p in made.named_parameters() if p.grad is None or not p.grad.any()]
    assert still == []
    for layer in made.told:
        for weights in layer.parameters():
            assert weights.grad is not None
            assert (weights.grad != 0).all()  # for each class, and each color


def test_it_knows_the_palette_and_is_small_enough() -> None:
    made = LayoutGenerator(24)
    assert (made.classes, made.width) == (len(NAMES), 24)
    assert sum(p.numel() for p in made.parameters()) == pytest.approx(6e5, rel=0.3)
