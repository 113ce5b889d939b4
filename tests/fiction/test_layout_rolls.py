"""Regions by name, and which are drawn anew."""

import numpy as np
import pytest

from pleinair.errors import SettingError
from pleinair.fiction.layout_dress import Reroll
from pleinair.fiction.layout_regions import regions
from pleinair.fiction.layout_rolls import MOST_ROLLS, check_rolls, listed, parse_rolls, told_rolls
from pleinair.fiction.palette import Label
from tests.drawn_layouts import country


def test_regions_are_read_by_name_number_and_seed() -> None:
    found = parse_rolls(["sky", "Tree:2", " water = 5", "flower field", "flowers:1=0"])
    assert found == (
        Reroll(Label.SKY, None, 1), Reroll(Label.TREE, 2, 1), Reroll(Label.WATER, None, 5),
        Reroll(Label.FLOWERS, None, 1), Reroll(Label.FLOWERS, 1, 0),
    )  # fmt: skip


def test_one_named_again_takes_the_next_seed() -> None:
    assert parse_rolls(["sky", "sky"]) == (Reroll(0, None, 2),)
    assert parse_rolls(["sky=7", "water", "sky"]) == (Reroll(2, None, 1), Reroll(0, None, 8))
    assert parse_rolls(["tree:1", "tree:2"])[1].seed == 1


def test_what_is_told_is_read_again() -> None:
    rolls = parse_rolls(["sky", "tree:2=9", "flowers"])
    assert told_rolls(rolls) == "sky=1,tree:2=9,flowers=1"
    assert parse_rolls(told_rolls(rolls).split(",")) == rolls
    assert parse_rolls([]) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("house", "no label 'house'; there are sky, cloud"),
        ("", "is no region"),
        ("tree:", "is no region"),
        ("tree:x", "is no region"),
        ("tree:0", "counted from 1"),
        ("sky=-1", "is no region"),
        ("sky=4294967296", "0 to 4294967295"),
    ],
)
def test_what_is_no_region_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        parse_rolls([text])


def test_too_many_are_refused() -> None:
    with pytest.raises(SettingError, match=f"at most {MOST_ROLLS}"):
        parse_rolls(["sky"] * (MOST_ROLLS + 1))


def test_regions_that_a_layout_lacks_are_refused() -> None:
    parts = regions(country())
    check_rolls(parse_rolls(["sky", "tree:1", "flowers"]), parts)
    with pytest.raises(SettingError, match="has 1 of tree, and so no tree:2"):
        check_rolls(parse_rolls(["tree:2"]), parts)
    with pytest.raises(SettingError, match="no sand; it has sky"):
        check_rolls(parse_rolls(["sand"]), regions(np.zeros((4, 4), np.uint8)))


def test_the_list_names_regions_with_share_and_place() -> None:
    labels = np.zeros((10, 20), np.uint8)
    labels[:, 10:] = Label.WATER
    labels[0, 0] = Label.TREE
    lines = list(listed(regions(labels)))
    assert [line.split()[0] for line in lines] == ["sky:1", "water:1", "tree:1"]
    assert lines[1].split()[1:] == ["50.0", "%", "about", "14,4"]
    assert len(list(listed(regions(labels), 0.01))) == 2
