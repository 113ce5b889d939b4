"""Scenes on sketches: sizes, what is told to the second generator, noise laid out finer, windows of one panorama."""

import numpy as np
import pytest
import torch
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.engine.layout import COLORS
from pleinair.networks.layout import CLASSES
from pleinair.networks.scene import SceneGenerator
from pleinair.networks.sketched import PLANES, SKETCHED, SketchedScene, finer, halo_at, places, shares
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE, ROWS
from tests.export.generators import small_sketched

SIDES = [64, 128, 256]


def given(generator: SketchedScene, columns: int, count: int = 1, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Latents, noise and marks of pictures of so many columns."""
    draw = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, NOISE, ROWS, columns + 2 * generator.halo, generator=draw)
    return torch.randn(count, LATENT, generator=draw), noise, torch.ones(count, generator.marks)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("columns", [1, 4, 7])
def test_pictures_are_as_high_as_asked_and_as_wide_as_there_are_columns(side: int, columns: int) -> None:
    generator = small_sketched(side)
    with torch.no_grad():
        pictures, sketches = generator.drawn(*given(generator, columns, 2))
    assert pictures.shape == (2, 3, side, columns * side // ROWS)
    assert sketches.shape == (2, PLANES, SKETCHED, columns * SKETCHED // ROWS)
    assert float(pictures.std()) > 0.01


@settings(max_examples=8, deadline=None)
@drawn_from(side=st.sampled_from(SIDES), left=st.integers(0, 3), columns=st.integers(1, 4))
def test_a_picture_is_a_window_of_an_endless_panorama(side: int, left: int, columns: int) -> None:
    generator = small_sketched(side)
    latents, noise, marks = given(generator, 7)
    some = noise[..., left : left + columns + 2 * generator.halo]
    with torch.no_grad():
        whole, window = generator(latents, noise, marks), generator(latents, some, marks)
    cell = side // ROWS
    torch.testing.assert_close(window, whole[..., left * cell : (left + columns) * cell], atol=2e-5, rtol=0)


@pytest.mark.parametrize("side", SIDES)
def test_the_halo_is_all_that_is_needed_and_needed(side: int) -> None:
    """What stands beyond it changes nothing; one column less would not do."""
    generator = small_sketched(side)
    latents, noise, marks = given(generator, 4)
    changed = noise.clone()
    changed[..., 0] += 9
    with torch.no_grad():
        plain, other = generator(latents, noise, marks), generator(latents, changed, marks)
    near = (plain != other).any(2).any(1)[0]
    assert bool(near[0]) or side == 256  # at 256 pixels half of the outermost column is not looked at
    assert not bool(near[side // 4 :].any())


def test_halos() -> None:
    assert [halo_at(side) for side in SIDES] == [HALO, HALO + 3, HALO + 2]
    assert [small_sketched(side).halo for side in SIDES] == [5, 8, 7]


@pytest.mark.parametrize("side", [32, 96, 100, 0])
def test_sides_that_no_scene_on_a_sketch_has(side: int) -> None:
    with pytest.raises(ValueError, match=r"64 pixels high, or twice as many"):
        SketchedScene(side, 1)


def test_a_sketch_alone_is_its_colors() -> None:
    generator = small_sketched(SKETCHED)
    pictures, sketches = generator.drawn(*given(generator, 4))
    assert generator.layout is None
    assert torch.equal(pictures, sketches[:, :COLORS])
    assert isinstance(generator.sketch, SceneGenerator)
    assert generator.sketch.leave[0].out_channels == PLANES == 3 + CLASSES


def test_a_larger_scene_takes_over_what_was_sketched() -> None:
    one, other = small_sketched(SKETCHED, seed=1), small_sketched(128, seed=2)
    missing, unexpected = other.load_state_dict(one.state_dict(), strict=False)
    assert not unexpected
    assert all(name.startswith("layout.") for name in missing)
    latents, noise, marks = given(other, 4)
    beyond = other.halo - one.halo
    with torch.no_grad():
        sketches = other.drawn(latents, noise, marks)[1]
        torch.testing.assert_close(sketches, one.drawn(latents, noise[..., beyond:-beyond], marks)[1])


@settings(max_examples=20, deadline=None)
@drawn_from(high=st.integers(1, 6), wide=st.integers(1, 6), seed=st.integers(0, 99))
def test_shares_are_of_a_whole_and_colors_stay(high: int, wide: int, seed: int) -> None:
    sketches = torch.randn(2, PLANES, high, wide, generator=torch.Generator().manual_seed(seed)) * 5
    told = shares(sketches)
    assert told.shape == (2, CLASSES + COLORS, high, wide)
    assert torch.equal(told[:, CLASSES:], sketches[:, :COLORS])
    torch.testing.assert_close(told[:, :CLASSES].sum(1), torch.ones(2, high, wide))
    assert torch.equal(told[:, :CLASSES].argmax(1), sketches[:, COLORS:].argmax(1))


@pytest.mark.parametrize("times", [1, 2, 4])
def test_finer_noise_is_the_same_numbers_in_other_orders(times: int) -> None:
    noise = torch.arange(NOISE * 2 * 3, dtype=torch.float32).reshape(1, NOISE, 2, 3)
    fine = finer(noise, times)
    assert fine.shape == (1, NOISE, 2 * times, 3 * times)
    for row in range(2 * times):
        for column in range(3 * times):
            own, cell = fine[0, :, row, column], noise[0, :, row // times, column // times]
            assert torch.equal(own.sort().values, cell)
            assert (own != cell).float().mean() > 0.9
    assert len({tuple(fine[0, :, i, j].tolist()) for i in range(times) for j in range(times)}) == times**2


def test_orders_are_the_same_on_every_machine() -> None:
    """The first numbers of `RandomState(0)` and `RandomState(3)`, whose streams are frozen."""
    assert places(2)[0] == int(np.random.RandomState(0).permutation(NOISE)[0])
    assert places(2)[4 * 7 + 3] == int(np.random.RandomState(3).permutation(NOISE)[7])
    assert len(places(4)) == 16 * NOISE


def test_both_parts_learn_from_the_picture() -> None:
    generator = small_sketched(128)
    generator.requires_grad_(True)
    generator(*given(generator, 4)).square().mean().backward()
    for name, part in (("sketch", generator.sketch), ("layout", generator.layout)):
        assert part is not None
        told = [p.grad is not None and float(p.grad.abs().sum()) > 0 for p in part.parameters()]
        assert sum(told) > 0.8 * len(told), name


def test_who_reads_is_the_sketchs() -> None:
    assert small_sketched(128).reader is None
    generator = SketchedScene(128, 1, 1, [2, 3])
    assert generator.reader is generator.sketch.reader is not None


@pytest.mark.parametrize("side", [128, 256])
def test_rims_of_what_is_drawn_are_cut_off(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of cells is drawn beyond both edges, told what stands at the edge; a scene is what lies between."""
    generator = small_sketched(side)
    assert generator.layout is not None
    seen: list[Tensor] = []
    draw = generator.layout.forward

    def drawn(latents: Tensor, noise: Tensor, told: Tensor) -> Tensor:
        seen[:] = [noise, told, draw(latents, noise, told)]
        return seen[2]

    monkeypatch.setattr(generator.layout, "forward", drawn)
    with torch.no_grad():
        pictures = generator(*given(generator, 4))
    noise, told, whole = seen
    assert noise.shape[2] == side // CELL_SIDE + 2
    assert told.shape[2] == whole.shape[2] == side + 2 * CELL_SIDE
    assert torch.equal(whole[:, :, CELL_SIDE:-CELL_SIDE], pictures)
    for rim, edge in ((told[:, :, :CELL_SIDE], told[:, :, CELL_SIDE]), (told[:, :, -CELL_SIDE:], told[:, :, -17])):
        assert torch.equal(rim, edge[:, :, None].expand_as(rim))
