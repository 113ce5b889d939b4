"""Quiet: what is livelier than it was, beside the rest."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pleinair.losses.quiet import CELL, PLAIN, liveliness, restless

ALIKE = torch.zeros(1, dtype=torch.long)


def striped(size: int, *strengths: float) -> torch.Tensor:
    """Upright stripes of one pixel, as strong as told in squares of CELL from left to right; (1, 3, CELL, size)."""
    line = torch.arange(size) % 2 * 1.0
    strong = torch.tensor(strengths).repeat_interleave(CELL)[:size]
    return (line * strong).expand(1, 3, CELL, size)


@given(st.integers(2, 70), st.integers(2, 70))
def test_squares_cover_the_picture(height: int, width: int) -> None:
    found = liveliness(torch.rand(2, 3, height, width))
    assert found.shape == (2, math.ceil((height - 1) / CELL), math.ceil((width - 1) / CELL))
    assert bool((found > 0).all())


def test_flat_is_not_lively_and_stripes_are_as_lively_as_strong() -> None:
    assert not liveliness(torch.full((1, 3, 40, 40), 0.3)).any()
    found = liveliness(striped(2 * CELL + 1, 0.5, 0.25, 0.25))[0, 0]
    assert found.tolist() == pytest.approx([0.5, 0.25], rel=0.05)


def test_it_makes_no_difference_which_way_edges_go() -> None:
    picture = torch.rand(1, 3, 33, 33)
    assert torch.allclose(liveliness(picture).transpose(1, 2), liveliness(picture.transpose(2, 3)))
    assert torch.allclose(liveliness(picture), liveliness(-picture))


@given(st.floats(0.2, 4.0))
def test_strokes_in_proportion_cost_nothing(strength: float) -> None:
    scene = torch.rand(2, 3, 49, 49, generator=torch.Generator().manual_seed(1))
    kinds = torch.zeros(2, dtype=torch.long)
    assert restless(strength * scene + 0.1, scene, kinds).tolist() == pytest.approx([0.0, 0.0], abs=1e-5)


def test_strokes_where_it_is_quiet_cost_their_share_in_logarithms() -> None:
    scene, painted = striped(2 * CELL + 1, 0.1, 0.9, 0.9), striped(2 * CELL + 1, 0.4, 0.6, 0.6)
    before, after = (liveliness(x)[0, 0] / liveliness(x).mean() + PLAIN for x in (scene, painted))
    assert restless(painted, scene, ALIKE).item() == pytest.approx(math.log(after[0] / before[0]) / 2, rel=1e-5)


def test_livelier_where_it_is_lively_already_costs_nothing_there() -> None:
    scene, quieter = striped(2 * CELL + 1, 0.4, 0.6, 0.6), striped(2 * CELL + 1, 0.1, 0.9, 0.9)
    worse, better = restless(scene, quieter, ALIKE), restless(quieter, scene, ALIKE)
    assert better.item() < worse.item() / 2


def test_what_happens_in_flat_scenes_can_be_learned_from() -> None:
    scene = torch.zeros(1, 3, 33, 33)
    scene[..., 17:] = torch.rand(16, generator=torch.Generator().manual_seed(2))
    painted = torch.rand(1, 3, 33, 33, generator=torch.Generator().manual_seed(3)).requires_grad_()
    value = restless(painted, scene, ALIKE)
    (slope,) = torch.autograd.grad(value.sum(), painted)
    assert 0 < value.item() < math.log(3 / PLAIN)
    assert bool(torch.isfinite(slope).all())
    with torch.no_grad():
        assert restless(painted - 0.05 * slope.sign(), scene, ALIKE) < value


@pytest.mark.parametrize("flat", ["painted", "scene", "both"])
def test_flat_pictures_have_a_value_and_a_slope(flat: str) -> None:
    lively = torch.rand(1, 3, 33, 33)
    painted, scene = (torch.zeros_like(lively) if flat in (name, "both") else lively for name in ("painted", "scene"))
    painted = painted.clone().requires_grad_()
    value = restless(painted, scene, ALIKE)
    (slope,) = torch.autograd.grad(value.sum(), painted)
    assert bool(torch.isfinite(value).all())
    assert bool(torch.isfinite(slope).all())
    assert bool(value > 0) == (flat == "scene")


def test_pictures_of_other_kinds_do_not_count() -> None:
    draw = torch.Generator().manual_seed(4)
    painted, scene = (
        torch.rand(3, 3, 33, 33, generator=draw) * torch.tensor([1, 0.2, 0.6]).reshape(3, 1, 1, 1) for _ in "ab"
    )
    kinds = torch.tensor([5, 2, 5])
    found = restless(painted, scene.flip(3), kinds)
    pair = restless(painted[::2], scene.flip(3)[::2], kinds[::2])
    assert torch.allclose(found[::2], pair)
    assert torch.allclose(found[1:2], restless(painted[1:2], scene.flip(3)[1:2], kinds[1:2]))


def test_ranks_that_have_a_part_each_find_what_one_with_all_does() -> None:
    draw = torch.Generator().manual_seed(5)
    painted, scene = (torch.rand(4, 3, 33, 33, generator=draw) ** 3 for _ in "ab")
    kinds = torch.tensor([0, 1, 1, 0])
    whole = restless(painted, scene, kinds)
    means = iter([kinds, liveliness(painted).mean((1, 2)), liveliness(scene).mean((1, 2))])
    part = restless(painted[:2], scene[:2], kinds[:2], lambda _: next(means))
    assert torch.allclose(part, whole[:2])
