"""The critic of columns at school: what is remembered, what is refused, and in which order ranks come."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses.memory import FeatureMemory
from pleinair.networks.discriminator import Columns
from pleinair.objectives.columns import BESIDE, Seen, in_order, some_columns, taught

WIDTHS = (1, 1, 1, 1)
WIDTH = 2 + 2 + 1 + 1
DRAWS = torch.arange(4)


class Fixed(Columns):
    """Says the first number of a column to style 0 and its negative to style 1."""

    def __init__(self, styles: int = 2) -> None:
        super().__init__(WIDTHS, styles)
        self.styles = styles

    def forward(self, columns: Tensor) -> Tensor:
        return torch.cat((columns[:, :1], -columns[:, :1])[: self.styles], 1)


def columns(value: float, count: int = 4) -> Tensor:
    return torch.full((count, WIDTH), value)


def seen(painted: float, examples: float, unpainted: float, style: int = 0, kept: bool = False) -> Seen:
    sides = (columns(painted), columns(examples), columns(unpainted))
    return Seen(*sides, torch.full((4,), style), torch.full((4,), kept))


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 3), ranks=st.integers(1, 3))
def test_ranks_come_in_the_order_of_the_batch(n: int, ranks: int) -> None:
    whole = torch.arange(n * ranks * 2).reshape(n * ranks, 2)
    shares = [whole[rank::ranks] for rank in range(ranks)]
    assert torch.equal(in_order(lambda _: torch.cat(shares), shares[0]), whole)


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 3), height=st.integers(1, 3), width=st.integers(1, 3), place=st.integers(0, 99))
def test_a_place_is_one_of_picture_row_and_column(n: int, height: int, width: int, place: int) -> None:
    maps = torch.randn(n, 2, height, width)
    styles, kept = torch.arange(n), torch.arange(n) % 2 == 0
    found = some_columns(torch.tensor([place]), maps, maps + 1, maps + 2, styles, kept)
    row = place % (n * height * width)
    picture, y, x = row // (height * width), row // width % height, row % width
    assert torch.equal(found.painted[0], maps[picture, :, y, x])
    assert torch.equal(found.examples[0], maps[picture, :, y, x] + 1)
    assert torch.equal(found.unpainted[0], maps[picture, :, y, x] + 2)
    assert (int(found.styles[0]), bool(found.kept[0])) == (picture, picture % 2 == 0)


def test_the_loss_by_hand() -> None:
    # Works say 0.5, paintings 0.25, photos -0.75. Hinge: (1 - 0.5) + (1 + 0.25). The other style says -0.5 to the
    # works: 1 - 0.5. Photos: 1 - 0.75.
    terms = taught(Fixed(), FeatureMemory(WIDTH, 2, 8), seen(0.25, 0.5, -0.75), DRAWS, 0)
    assert float(terms["columns"]) == pytest.approx(0.5 + 1.25 + BESIDE * 0.5 + BESIDE * 0.25)
    assert float(terms["columns_certainty"]) == 0.5  # works are right, paintings wrong
    assert terms.keys() == {"columns", "columns_certainty"}


def test_photos_of_the_style_asked_for_are_not_refused() -> None:
    terms = taught(Fixed(), FeatureMemory(WIDTH, 2, 8), seen(0.25, 0.5, -0.75, kept=True), DRAWS, 0)
    assert float(terms["columns"]) == pytest.approx(0.5 + 1.25 + BESIDE * 0.5)


def test_one_style_alone_has_no_others() -> None:
    terms = taught(Fixed(1), FeatureMemory(WIDTH, 1, 8), seen(0.25, 0.5, -0.75), DRAWS, 0)
    assert float(terms["columns"]) == pytest.approx(0.5 + 1.25 + BESIDE * 0.25)


def test_earlier_batches_still_teach() -> None:
    memory = FeatureMemory(WIDTH, 2, 8)
    taught(Fixed(), memory, seen(-2.0, 2.0, -2.0, style=0), DRAWS, 0)
    terms = taught(Fixed(), memory, seen(2.0, -2.0, 2.0, style=1), DRAWS, 0)
    # Both styles are as sure as can be; the others' outputs refuse all works.
    assert float(terms["columns"]) == 0
    assert float(terms["columns_certainty"]) == 1
    assert memory.filled.tolist() == [4, 4]


@pytest.mark.parametrize("interval", [1, 4])
def test_the_penalty_is_the_squared_slope_times_its_interval(interval: int) -> None:
    terms = taught(Fixed(), FeatureMemory(WIDTH, 2, 8), seen(0.25, 0.5, -0.75), DRAWS, interval)
    assert float(terms["columns_penalty"]) == pytest.approx(interval)  # the slope is 1 along the first number
