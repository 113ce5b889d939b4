"""Moves and steadiness: what moves where, and what is compared."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pleinair.losses import steady

# n pictures, h×w pixels


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shifted_right(size: int, pixels: float) -> torch.Tensor:
    """A move that looks so many pixels to the right, (1, size, size, 2)."""
    moves = steady.smooth_moves(1, size, drawn(), shift=0.0, bend=0.0)
    moves[..., 0] += pixels * 2 / size
    return moves


def test_no_move_shows_the_picture_itself() -> None:
    picture = torch.rand(1, 3, 16, 16)
    still = steady.smooth_moves(1, 16, drawn(), shift=0.0, bend=0.0)
    assert torch.allclose(steady.moved(picture, still), picture, atol=1e-5)
    assert steady.inside(still).all()


def test_a_shift_by_whole_pixels_is_exact_inside() -> None:
    picture = torch.rand(1, 2, 16, 16)
    moves = shifted_right(16, 3.0)
    seen = steady.moved(picture, moves)
    assert torch.allclose(seen[..., :-3], picture[..., 3:], atol=1e-5)
    mask = steady.inside(moves)
    assert mask[..., :-3].all()
    assert not mask[..., -3:].any()


@given(seed=st.integers(0, 10_000), size=st.sampled_from([16, 32, 96]), count=st.integers(1, 3))
def test_moves_are_smooth_small_and_reproducible(seed: int, size: int, count: int) -> None:
    moves = steady.smooth_moves(count, size, drawn(seed))
    assert moves.shape == (count, size, size, 2)
    assert torch.equal(moves, steady.smooth_moves(count, size, drawn(seed)))
    still = steady.smooth_moves(count, size, drawn(seed), shift=0.0, bend=0.0)
    pixels = (moves - still) * size / 2
    assert float(pixels.abs().max()) < 10 + 4 * 8  # the shift, and a bend of eight deviations
    steps = torch.cat([(pixels[:, 1:] - pixels[:, :-1]).flatten(), (pixels[:, :, 1:] - pixels[:, :, :-1]).flatten()])
    assert float(steps.abs().max()) < 80 * 4 / size * 2


def test_unsteady_looks_inside_only() -> None:
    mask = torch.zeros(1, 1, 4, 4)
    mask[..., :2] = 1
    a, b = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4)
    b[..., 2:] = 9.0
    assert steady.unsteady(a, b, mask).tolist() == [0.0]
    b[..., 0] = 0.5  # half of what is inside
    assert steady.unsteady(a, b, mask).tolist() == pytest.approx([0.25])


def test_a_move_that_looks_nowhere_inside_is_no_division_by_zero() -> None:
    a, b = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
    assert steady.unsteady(a, b, torch.zeros(1, 1, 4, 4)).tolist() == [0.0]


def test_a_local_painter_is_steady_under_whole_shifts_and_a_placed_one_is_not() -> None:
    picture, moves = torch.rand(1, 3, 16, 16), shifted_right(16, 4.0)
    ramp = torch.linspace(0, 1, 16)

    def gap(paint: torch.Tensor, paint_moved: torch.Tensor) -> float:
        return float(steady.unsteady(paint_moved, steady.moved(paint, moves), steady.inside(moves)))

    seen = steady.moved(picture, moves)
    assert gap(picture.square(), seen.square()) == pytest.approx(0.0, abs=1e-5)
    assert gap(picture + ramp, seen + ramp) > 0.1


def test_gradients_reach_both_paintings() -> None:
    painted, again = (torch.rand(1, 3, 16, 16, requires_grad=True) for _ in range(2))
    moves = steady.smooth_moves(1, 16, drawn(3), shift=2.0, bend=1.0)
    value = steady.unsteady(again, steady.moved(painted, moves), steady.inside(moves))
    assert all(g.any() for g in torch.autograd.grad(value.sum(), [painted, again]))
