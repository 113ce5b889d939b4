"""Feature matching over a population: means meet, spreads meet, and single paintings may differ."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses.matching import FLOOR, Population, described, variance_of

# n pictures, d features

WIDTHS = (1, 2)  # d = 6
D = 6


def drawn(count: int, mean: float = 0.0, spread: float = 1.0, seed: int = 0) -> Tensor:
    return torch.randn(count, D, generator=torch.Generator().manual_seed(seed)) * spread + mean


def filled(painted: Tensor, works: Tensor, style: int = 0, styles: int = 1) -> Population:
    population = Population(WIDTHS, styles, 512, 512)
    population.keep(style, painted, works)
    return population


class TestDescribed:
    def test_mean_and_deviation_of_every_channel(self) -> None:
        levels = [torch.randn(3, 1, 4, 4), torch.randn(3, 2, 2, 2) + 5]
        rows = described(levels)
        assert rows.shape == (3, D)
        torch.testing.assert_close(rows[:, 0], levels[0].mean((1, 2, 3)))
        torch.testing.assert_close(rows[:, 2:4], levels[1].mean((2, 3)))
        torch.testing.assert_close(rows[:, 4:], levels[1].flatten(2).std(2, correction=0), atol=1e-3, rtol=1e-3)

    def test_narrow_numbers_keep_small_deviations(self) -> None:
        narrow = (torch.randn(2, 1, 16, 16) * 0.05 + 4).bfloat16()
        torch.testing.assert_close(described([narrow]), described([narrow.float()]))

    def test_an_even_picture_has_a_slope(self) -> None:
        even = torch.zeros(1, 1, 4, 4, requires_grad=True)
        torch.autograd.backward(described([even]).sum())
        assert even.grad is not None
        assert bool(torch.isfinite(even.grad).all())


def test_variance_down_columns_is_the_sample_variance() -> None:
    rows = drawn(37, mean=3.0, spread=0.2)
    torch.testing.assert_close(variance_of(rows), rows.var(0))


class TestGaps:
    def test_alike_populations_have_hardly_a_gap(self) -> None:
        population = filled(drawn(512), drawn(512, seed=1))
        mean, spread = population.gaps(0, drawn(4))
        assert float(mean) < 0.02
        assert float(spread) < 0.02

    def test_a_shifted_mean_is_measured_in_spreads_of_the_works(self) -> None:
        population = filled(drawn(512, mean=6, spread=2), drawn(512, spread=2, seed=1))
        mean, spread = population.gaps(0, drawn(4))
        assert float(mean) == pytest.approx(9 / (1 + FLOOR**2), rel=0.15)
        assert float(spread) < 0.02

    def test_half_of_the_spread_is_a_gap_of_its_logarithm(self) -> None:
        population = filled(drawn(512, spread=0.5), drawn(512, seed=1))
        mean, spread = population.gaps(0, drawn(4))
        assert float(mean) < 0.02
        assert float(spread) == pytest.approx(0.48, rel=0.2)  # (log 2)²

    def test_the_slope_moves_the_mean_and_leaves_what_sets_paintings_apart(self) -> None:
        painted = drawn(4, mean=1).requires_grad_()
        population = filled(drawn(512, mean=1), drawn(512, seed=1))
        torch.autograd.backward(population.gaps(0, painted)[0])
        assert painted.grad is not None
        assert bool((painted.grad > 0).all())  # all go the same way: back to the works
        torch.testing.assert_close(painted.grad, painted.grad[:1].expand(4, -1))

    def test_too_small_a_spread_drives_paintings_apart(self) -> None:
        painted = drawn(4, spread=0.3).requires_grad_()
        population = filled(drawn(512, spread=0.3), drawn(512, seed=1))
        torch.autograd.backward(population.gaps(0, painted)[1])
        assert painted.grad is not None
        away = painted.detach() - population.painted[0].mean(0)
        assert bool((painted.grad * away <= 0).all())  # a step against the slope goes further out

    def test_one_level_counts_as_much_as_another(self) -> None:
        works, painted = drawn(512, seed=1), drawn(512)
        first, second = painted.clone(), painted.clone()
        first[:, :2] += 3
        second[:, 2:] += 3
        one, other = (float(filled(x, works).gaps(0, drawn(4))[0]) for x in (first, second))
        assert one == pytest.approx(other, rel=0.1)

    def test_features_that_hardly_vary_among_works_do_not_count_for_all(self) -> None:
        works, painted = drawn(512, seed=1), drawn(512)
        works[:, 0] *= 1e-6
        painted[:, 0] = 1e-2
        assert float(filled(painted, works).gaps(0, drawn(4))[0]) < 0.05

    def test_nothing_is_said_before_there_is_a_population(self) -> None:
        population, painted = Population(WIDTHS, 2), drawn(1).requires_grad_()
        population.keep(0, drawn(1), drawn(1))
        mean, spread = population.gaps(0, painted)
        assert mean.item() == spread.item() == 0
        torch.autograd.backward(mean + spread)
        assert painted.grad is not None
        assert not painted.grad.any()

    def test_styles_do_not_mix(self) -> None:
        population = filled(drawn(64), drawn(64, seed=1), style=1, styles=2)
        before = float(population.gaps(1, drawn(4))[0])
        population.keep(0, drawn(64, mean=50), drawn(64, mean=-50))
        assert float(population.gaps(1, drawn(4))[0]) == before


class TestMemory:
    @settings(max_examples=20, deadline=None)
    @given(counts=st.lists(st.integers(1, 4), min_size=1, max_size=6))
    def test_the_last_of_each_side_are_remembered(self, counts: list[int]) -> None:
        population, number = Population(WIDTHS, 1, 4, 6), 0
        for count in counts:
            rows = torch.arange(number, number + count).float()[:, None].expand(-1, D)
            population.keep(0, rows, -rows)
            number += count
        for queue, size, sign in ((population.painted, 4, 1), (population.works, 6, -1)):
            kept = set((sign * queue[0, : min(number, size), 0]).int().tolist())
            assert kept == set(range(max(0, number - size), number))

    def test_a_saving_has_it_and_nothing_is_learned(self) -> None:
        mine, other = filled(drawn(8), drawn(8, seed=1)), Population(WIDTHS, 1, 512, 512)
        other.load_state_dict(mine.state_dict())
        assert torch.equal(other.gaps(0, drawn(2))[0], mine.gaps(0, drawn(2))[0])
        assert not list(mine.parameters())
