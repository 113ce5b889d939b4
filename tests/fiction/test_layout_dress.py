"""Layouts dressed: the same bytes for a seed, other pictures for others, labels that stay, regions rolled alone, full
turns that close."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from pleinair.errors import SettingError
from pleinair.fiction.layout_dress import Dressed, dress, rolled_mask, soft_borders
from pleinair.fiction.layout_regions import KEPT, Mask, blurred, ragged, regions
from pleinair.fiction.layout_rolls import parse_rolls
from pleinair.fiction.layout_space import Space
from pleinair.fiction.noise import cloudy
from pleinair.fiction.palette import Label
from tests.drawn_layouts import country

SEEDS = (1, 2, 5)


@cache
def dressed(seed: int, *rolls: str) -> Dressed:
    return dress(country(), seed, parse_rolls(rolls))


def grown(mask: Mask, reach: int) -> Mask:
    return np.asarray(blurred(mask.astype(np.float32), reach) > 0)


def test_the_same_seed_is_the_same_picture() -> None:
    again = dress(country(), 1)
    assert np.array_equal(again.picture, dressed(1).picture)
    assert np.array_equal(again.labels, dressed(1).labels)
    assert again.picture.shape == (60, 96, 3)
    assert again.picture.dtype == np.uint8


def test_other_seeds_are_other_pictures() -> None:
    for one, other in ((1, 2), (1, 5), (2, 5)):
        apart = np.abs(dressed(one).picture.astype(int) - dressed(other).picture.astype(int))
        assert apart.mean() > 8


@pytest.mark.parametrize("seed", SEEDS)
def test_nearly_all_labels_stay_where_they_were(seed: int) -> None:
    assert (dressed(seed).labels == country()).mean() >= KEPT


@pytest.mark.parametrize("seed", SEEDS)
def test_every_label_looks_like_itself(seed: int) -> None:
    """No region is black or burned out, and what differs differs."""
    shown = dressed(seed)
    means = {label: shown.picture[shown.labels == label].mean(0) for label in Label}
    assert all(4 < mean.mean() < 253 for mean in means.values())
    assert np.abs(means[Label.SKY] - means[Label.GRASS]).max() > 10
    assert np.abs(means[Label.SNOW] - means[Label.FOREST]).max() > 10


@pytest.mark.parametrize("roll", ["sky", "water", "mountain", "tree", "grass=9"])
def test_a_region_is_rolled_alone(roll: str) -> None:
    first, other = dressed(2), dressed(2, roll)
    assert np.array_equal(first.labels, other.labels)
    rolled = first.labels == parse_rolls([roll])[0].label
    changed = (first.picture != other.picture).any(-1)
    assert changed[rolled].mean() > 0.3
    assert not changed[~grown(rolled, 1)].any()


def test_another_number_is_another_roll() -> None:
    assert not np.array_equal(dressed(2, "grass=9").picture, dressed(2, "grass").picture)


def test_a_numbered_region_is_rolled_without_its_like() -> None:
    labels = country()
    labels[5:9, 4:20] = Label.CLOUD
    parts = regions(labels)
    assert parts.of(Label.CLOUD).size == 2
    tile = cloudy(5, 16, 0.62, side=64)
    shown = ragged(labels, tile, (False, False))
    masks = [rolled_mask(parts, shown, parse_rolls([f"cloud:{n}"])[0]) for n in (1, 2)]
    whole = rolled_mask(parts, shown, parse_rolls(["cloud"])[0])
    assert not (masks[0] & masks[1]).any()
    assert (masks[0] | masks[1])[whole].mean() > 0.95
    assert masks[1][:, :30].sum() == masks[1].sum() > 20


def test_water_that_is_rolled_mirrors_what_is_new() -> None:
    """Rolled alone with the mountain it stays; rolled with it, it may change."""
    both, mountain = dressed(2, "mountain", "water"), dressed(2, "mountain")
    wet = dressed(2).labels == Label.WATER
    inner = wet & ~grown(~wet, 1)
    assert np.array_equal(mountain.picture[inner], dressed(2).picture[inner])
    assert not np.array_equal(both.picture[inner], mountain.picture[inner])


def test_a_full_turn_has_no_seam() -> None:
    """Columns beside the seam are no farther from each other than neighbors elsewhere."""
    labels = country(160, 60)
    labels[labels == Label.TREE] = Label.GRASS
    labels = np.concatenate([labels[:, :80], labels[:, :80][:, ::-1]], 1)
    for seed in (1, 4):
        picture = dress(labels, seed, (), "x").picture.astype(int)
        steps = np.abs(np.diff(picture, axis=1, append=picture[:, :1])).mean((0, 2))
        assert steps[-1] <= np.sort(steps)[-8]


def test_a_turn_that_is_too_high_is_refused() -> None:
    with pytest.raises(SettingError, match="twice as wide as high"):
        dress(country(96, 60), 0, (), "x")


@pytest.mark.parametrize("label", list(Label))
def test_a_layout_of_one_label_can_be_dressed(label: Label) -> None:
    shown = dress(np.full((20, 24), label, np.uint8), 3)
    assert shown.picture.shape == (20, 24, 3)
    assert (shown.labels == label).all()
    assert shown.picture.mean() > 2


def test_any_jumble_of_labels_can_be_dressed() -> None:
    jumble = np.random.default_rng(8).integers(0, 12, (24, 40)).astype(np.uint8)
    shown = dress(jumble, 4)
    assert (shown.labels == jumble).mean() >= KEPT


def test_soft_borders_touch_borders_alone() -> None:
    labels = np.zeros((8, 10), np.uint8)
    labels[:, 5:] = 7
    colors = np.zeros((8, 10, 3), np.float32)
    colors[:, 5:] = 1
    found = soft_borders(labels, colors, (False, False))
    assert np.allclose(found[:, 4], 0.25)
    assert np.allclose(found[:, 5], 0.75)
    assert (found[:, :4] == 0).all()
    assert (found[:, 6:] == 1).all()
    even = np.zeros((8, 10), np.uint8)
    assert soft_borders(even, colors, (True, True)) is colors


def test_space_is_a_value() -> None:
    names: tuple[str, ...] = tuple(Space.__dataclass_fields__)
    assert names[-1] == "period"
    values: npt.NDArray[np.uint8] = dressed(1).labels
    assert values.max() <= 11
