"""The critic of columns: what it sees of a place, and that loose columns are judged as those of a picture."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks.discriminator import Columns

WIDTHS = (2, 3, 4, 5)  # channels of levels whose sizes halve


def levels(cells: int = 2, n: int = 1, seed: int = 0) -> list[Tensor]:
    """Features of a crop of 8 · cells pixels."""
    draw = torch.Generator().manual_seed(seed)
    return [
        torch.rand(n, width, 8 * cells >> level, 8 * cells >> level, generator=draw)
        for level, width in enumerate(WIDTHS)
    ]


def critic(styles: int = 3) -> Columns:
    torch.manual_seed(0)
    return Columns(WIDTHS, styles, channels=6)


@settings(max_examples=15, deadline=None)
@given(cells=st.integers(1, 4), n=st.integers(1, 3), styles=st.integers(1, 4))
def test_sizes(cells: int, n: int, styles: int) -> None:
    made = critic(styles)
    columns = made.columns(levels(cells, n))
    assert columns.shape == (n, made.width, 2 * cells, 2 * cells)
    assert made.width == 2 * 2 + 2 * 3 + 4 + 5
    assert made(columns).shape == (n, styles, 2 * cells, 2 * cells)


def test_finer_levels_are_seen_by_mean_and_deviation_over_the_cell() -> None:
    seen = levels()
    column = critic().columns(seen)[0, :, 1, 2]
    finest, finer = seen[0][0, :, 4:8, 8:12].flatten(1), seen[1][0, :, 2:4, 4:6].flatten(1)
    torch.testing.assert_close(column[:2], finest.mean(1))
    torch.testing.assert_close(column[2:4], finest.std(1, correction=0).clamp_min(1e-5**0.5), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(column[4:7], finer.mean(1))
    torch.testing.assert_close(column[7:10], finer.std(1, correction=0), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(column[10:14], seen[2][0, :, 1, 2])


def test_narrow_numbers_keep_small_deviations() -> None:
    narrow = [(0.02 * x + 3).bfloat16() for x in levels()]
    wide = [x.float() for x in narrow]
    made = critic()
    torch.testing.assert_close(made.columns(narrow)[:, :10], made.columns(wide)[:, :10])


def test_an_even_cell_has_no_deviation_and_a_finite_slope() -> None:
    even = [torch.full_like(x, 0.5).requires_grad_() for x in levels()]
    columns = critic().columns(even)
    assert columns[0, 2:4].detach().max() < 0.01
    slopes = torch.autograd.grad(columns.sum(), even)
    assert all(bool(torch.isfinite(slope).all()) for slope in slopes)


def test_fitting_brings_every_channel_to_zero_mean_and_unit_deviation() -> None:
    made = critic()
    pictures = [3 * x + 1 for x in levels(4, 8)]
    made.fit(pictures)
    columns = made.columns(pictures)
    torch.testing.assert_close(columns.mean((0, 2, 3)), torch.zeros(made.width), atol=1e-4, rtol=0)
    # A thousandth is added to the deviation, so that a dead channel stays at zero.
    torch.testing.assert_close(columns.std((0, 2, 3)), torch.ones(made.width), atol=0.05, rtol=0)


def test_a_dead_channel_stays_finite() -> None:
    made = critic()
    pictures = [torch.zeros_like(x) for x in levels(2, 4)]
    made.fit(pictures)
    assert bool(torch.isfinite(made.columns(pictures)).all())


def test_loose_columns_are_judged_as_in_their_picture() -> None:
    made = critic()
    columns = made.columns(levels(2, 2))
    loose = columns.permute(0, 2, 3, 1).flatten(0, 2)[:, :, None, None]
    there = made(columns).permute(0, 2, 3, 1).flatten(0, 2)
    torch.testing.assert_close(made(loose)[:, :, 0, 0], there)


def test_only_the_last_layer_has_rows_of_styles() -> None:
    made = critic(styles=7)
    rows = {name for name, parameter in made.named_parameters() if len(parameter) == 7}
    assert rows == set(made.per_style)


def test_levels_whose_sizes_do_not_halve_are_no_columns() -> None:
    with pytest.raises(RuntimeError):
        critic().columns([*levels(2)[:3], torch.zeros(1, 5, 3, 3)])
