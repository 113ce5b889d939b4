"""The scene generator: sizes, an endless panorama, growth, and one picture whatever is drawn beside it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks.scene import SLOPE, SceneConv, SceneGenerator, again, doubled, grains, trimmed
from pleinair.seeds import CELL, DOUBLINGS, HALO, LATENT, NOISE, ROWS

SIDE = 16


def drawing(side: int = SIDE, marks: int = 2) -> SceneGenerator:
    """A small generator that already draws at every size."""
    torch.manual_seed(0)
    generator = SceneGenerator(side, 4, marks)
    for leave in generator.leave:
        torch.nn.init.normal_(leave.weight)  # type: ignore[arg-type]
    return generator.eval()


def latents(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, LATENT, generator=torch.Generator().manual_seed(seed))


def noise(count: int, columns: int, seed: int = 1) -> Tensor:
    """Noise for pictures of so many columns, with the halo at both sides."""
    return torch.randn(count, NOISE, ROWS, columns + 2 * HALO, generator=torch.Generator().manual_seed(seed))


def drawn(generator: SceneGenerator, z: Tensor, cells: Tensor, marks: Tensor | None = None) -> Tensor:
    with torch.no_grad():
        pictures: Tensor = generator(z, cells, torch.zeros(len(z), generator.marks) if marks is None else marks)
    return pictures


@settings(max_examples=12, deadline=None)
@given(level=st.integers(1, 5), columns=st.integers(1, 9), count=st.integers(1, 3))
def test_pictures_have_the_height_of_the_generator_and_the_width_of_the_noise(
    level: int, columns: int, count: int
) -> None:
    side = ROWS << level
    assert drawn(drawing(side), latents(count), noise(count, columns)).shape == (count, 3, side, columns * side // ROWS)


@pytest.mark.parametrize("side", [8, 16, 64, 128])
@settings(max_examples=6, deadline=None)
@given(start=st.integers(0, 4), columns=st.integers(1, 4))
def test_a_picture_is_a_window_of_a_wider_one(side: int, start: int, columns: int) -> None:
    generator, z, cells = drawing(side), latents(1), noise(1, 8)
    cell = side // ROWS
    whole = drawn(generator, z, cells)[..., start * cell : (start + columns) * cell]
    part = drawn(generator, z, cells[..., start : start + columns + 2 * HALO])
    torch.testing.assert_close(part, whole, atol=2e-5, rtol=1e-5)


def test_columns_that_repeat_close_a_full_turn() -> None:
    generator, z, ring = drawing(), latents(1), noise(1, 8)[..., :8]
    wrapped = torch.cat((ring[..., -HALO:], ring, ring[..., :HALO]), 3)
    turned = ring.roll(3, 3)
    again = torch.cat((turned[..., -HALO:], turned, turned[..., :HALO]), 3)
    there = drawn(generator, z, wrapped).roll(3 * SIDE // ROWS, 3)
    torch.testing.assert_close(drawn(generator, z, again), there, atol=2e-5, rtol=1e-5)


def test_the_halo_is_no_wider_than_it_must_be() -> None:
    generator, z, cells = drawing(64), latents(1), noise(1, 2)
    before = drawn(generator, z, cells)
    cells[..., 0] += 1
    assert (drawn(generator, z, cells) - before).abs().max() > 0


def test_a_picture_is_the_same_whatever_is_drawn_beside_it() -> None:
    generator, z, cells = drawing(), latents(3), noise(3, 4)
    together = drawn(generator, z, cells)
    alone = torch.cat([drawn(generator, z[i : i + 1], cells[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(together, alone, atol=2e-5, rtol=1e-5)


def test_latents_noise_and_marks_all_say_something() -> None:
    generator, z, cells, marks = drawing(), latents(1), noise(1, 4), torch.tensor([[1.0, 0.0]])
    torch.nn.init.normal_(generator.told)
    before = drawn(generator, z, cells, marks)
    for other in (
        drawn(generator, latents(1, 9), cells, marks),
        drawn(generator, z, noise(1, 4, 9), marks),
        drawn(generator, z, cells, marks.flip(1)),
        drawn(generator, z, cells, marks * 0),
    ):
        assert (other - before).abs().mean() > 0.01


def test_twice_the_side_begins_with_the_enlarged_picture() -> None:
    small, large = drawing(32), SceneGenerator(64, 4, 2).eval()
    missing, unknown = large.load_state_dict(small.state_dict(), strict=False)
    assert not unknown
    assert {name.split(".")[1] for name in missing} == {"3"}
    z, cells = latents(2), noise(2, 4)
    enlarged = torch.nn.functional.interpolate(drawn(small, z, cells), scale_factor=2.0, mode="bilinear")
    inside = slice(2, -2)  # beyond the edges the larger one knows what goes on
    torch.testing.assert_close(drawn(large, z, cells)[..., inside], enlarged[..., inside], atol=2e-5, rtol=1e-5)


def test_a_fresh_generator_draws_gray_and_learns_at_every_size() -> None:
    generator = SceneGenerator(16, 4, 1)
    z, cells = latents(2), noise(2, 4)
    assert not drawn(generator, z, cells).any()
    (generator(z, cells, torch.ones(2, 1)) - 1).square().mean().backward()
    assert all(weight.grad is not None and bool(weight.grad.any()) for weight in generator.leave.parameters())


def test_modulation_is_that_of_the_weights() -> None:
    """Equation 1 to 3 of Karras et al. 2020, written plainly for one picture."""
    torch.manual_seed(0)
    conv, x, mapped = SceneConv(3, 5), torch.randn(1, 3, 6, 7), torch.randn(1, 128)
    weight = conv.weight * conv.style(mapped)[0][None, :, None, None]
    weight = weight / weight.square().sum((1, 2, 3), keepdim=True).sqrt()
    plain = torch.nn.functional.conv2d(x, weight, padding=(1, 0)) * (2 / (1 + SLOPE**2)) ** 0.5
    wanted = torch.nn.functional.leaky_relu(plain + conv.bias[None, :, None, None], SLOPE)
    torch.testing.assert_close(conv(x, mapped), wanted, atol=1e-5, rtol=1e-5)


def test_doubling_and_trimming_keep_the_middle() -> None:
    ramp = torch.arange(6.0).expand(1, 1, 2, 6)
    assert doubled(ramp).shape == (1, 1, 4, 10)
    assert doubled(ramp)[0, 0, 0].tolist() == pytest.approx([0.25 + i / 2 for i in range(10)])
    assert trimmed(ramp, 2)[0, 0, 0].tolist() == [2, 3]
    assert trimmed(ramp, 6) is ramp


def test_grains_lie_in_their_cell_row_by_row() -> None:
    cells = noise(1, 3)
    for doubling in range(1, DOUBLINGS + 1):
        side = 2**doubling
        first = CELL + sum(4**k for k in range(1, doubling))
        laid = grains(cells, doubling)
        assert laid.shape == (1, 1, ROWS * side, cells.shape[3] * side)
        cell = laid[0, 0, side : 2 * side, 3 * side : 4 * side]
        assert torch.equal(cell.flatten(), cells[0, first : first + side * side, 1, 3])


@pytest.mark.parametrize("doubling", [DOUBLINGS + 1, DOUBLINGS + 2])
def test_grains_finer_than_noise_are_the_finest_again_in_another_order(doubling: int) -> None:
    cells, side, finest = noise(1, 3), 1 << doubling, 4**DOUBLINGS
    laid = grains(cells, doubling)
    assert laid.shape == (1, 1, ROWS * side, cells.shape[3] * side)
    cell = laid[0, 0, side : 2 * side, 3 * side : 4 * side]
    numbers = cells[0, NOISE - finest :, 1, 3]
    torch.testing.assert_close(cell.flatten().sort().values, numbers.repeat_interleave(side**2 // finest).sort().values)
    beside = torch.stack((cell[:, :-1].flatten(), cell[:, 1:].flatten()))
    assert float(torch.corrcoef(beside)[0, 1].abs()) < 0.1
    assert again(doubling) == again(doubling) != list(range(NOISE - finest, NOISE)) * (side**2 // finest)


def test_the_finest_grain_begins_at_nothing_and_learns() -> None:
    generator = drawing(128)
    assert [bool(grain.any()) for grain in generator.grain] == [True] * DOUBLINGS + [False]
    generator(latents(1), noise(1, 1), torch.ones(1, 2)).square().sum().backward()
    assert generator.grain[-1].grad is not None
    assert generator.grain[-1].grad.any()


@pytest.mark.parametrize(("side", "seen"), [(8, 4), (16, 20), (64, NOISE - CELL), (128, NOISE - CELL)])
def test_a_picture_has_the_grains_that_it_can_show(side: int, seen: int) -> None:
    net = drawing(side)
    cells = noise(1, 1).requires_grad_()
    net(latents(1), cells, torch.ones(1, 2)).square().sum().backward()
    assert cells.grad is not None
    felt = cells.grad.abs().sum((0, 2, 3)) > 0
    assert felt[:CELL].all()
    assert int(felt[CELL:].sum()) == seen
