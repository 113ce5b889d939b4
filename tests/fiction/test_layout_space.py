"""Where things are: ground by its row, relief that ends where the layout says, rocks, units, shade."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.fiction.camera import View
from pleinair.fiction.layout_mood import furnished, looking
from pleinair.fiction.layout_regions import Labels, horizon
from pleinair.fiction.layout_space import Space, _settled, _together, distance, space
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import compose
from pleinair.fiction.spec import Camera, SceneSpec
from pleinair.fiction.surface import World
from tests.drawn_layouts import country


@pytest.fixture(scope="module")
def world() -> World:
    return furnished(compose(SceneSpec("lake", time="noon", weather="clear", seed=3)), 3)


def seen(labels: Labels, world: World) -> Space:
    view = looking(Camera(height=2.0), (labels.shape[1], labels.shape[0]), horizon(labels), "none")
    return space(view, labels, world.noise, world.plan.draws, world.plan.light, False)


@pytest.fixture
def view() -> View:
    return looking(Camera(height=2.0), (96, 60), 30.0, "none")


def test_farther_up_is_farther_off(view: View) -> None:
    found = distance(view, np.arange(60, dtype=np.float32))
    assert (np.diff(found) <= 0).all()
    assert found[0] > 3 * found[30]
    assert distance(view, np.array([60.0], np.float32))[0] == pytest.approx(2.0 / (30 * view.pixel), rel=1e-4)


def test_level_ground_lies_on_the_ground(world: World) -> None:
    at = seen(country(), world)
    meadow = country() == Label.GRASS
    assert at.level[meadow].all()
    assert (at.z[meadow] == 0).all()
    assert (at.normal[meadow] == (0, 0, 1)).all()
    assert np.isinf(at.t[country() <= Label.CLOUD]).all()
    assert np.isfinite(at.t[country() > Label.CLOUD]).all()


def test_mountains_rise_recede_and_turn(world: World) -> None:
    labels = country(160, 100)
    at = seen(labels, world)
    stone = labels == Label.MOUNTAIN
    assert not at.level[stone].any()
    assert at.z[stone].max() > 3 * at.z[stone].min() > 0
    assert at.t[stone].mean() > at.t[labels == Label.SAND].mean()
    assert np.allclose((at.normal[stone] ** 2).sum(-1), 1, atol=1e-3)
    assert at.normal[stone].std(0).max() > 0.15
    assert 0 <= at.reaches.min() <= at.reaches.max() <= 1
    rows, columns = np.nonzero(stone)
    upper, lower = rows < np.median(rows), rows > np.median(rows)
    assert at.t[rows[upper], columns[upper]].mean() > at.t[rows[lower], columns[lower]].mean()


def test_low_sun_leaves_less_light(world: World) -> None:
    labels = country(160, 100)
    high = seen(labels, world).reaches[labels == Label.MOUNTAIN].mean()
    low_sun = replace(world.plan.light.raised(2.0))
    dusk = World(replace(world.plan, light=low_sun), world.noise, world.clouds)
    assert seen(labels, dusk).reaches[labels == Label.MOUNTAIN].mean() <= high


def test_a_rock_stands_at_its_foot_and_is_round(world: World) -> None:
    labels = np.full((60, 96), Label.SKY, np.uint8)
    labels[25:] = Label.GRASS
    labels[40:52, 40:60] = Label.ROCK
    at = seen(labels, world)
    rock = labels == Label.ROCK
    assert np.ptp(at.t[rock]) == pytest.approx(0, abs=1e-4)
    assert at.t[rock][0] == pytest.approx(at.t[52, 20], rel=0.05)
    assert at.normal[46, 41, 0] < -0.1 < 0.1 < at.normal[46, 58, 0]
    assert at.normal[40, 50, 2] > at.normal[51, 50, 2]


def test_a_cliff_rises_as_one_and_a_boulder_does_not(world: World) -> None:
    labels = np.full((60, 96), Label.SKY, np.uint8)
    labels[25:] = Label.GRASS
    labels[12:40, 10:40] = Label.ROCK
    labels[45:52, 60:70] = Label.ROCK
    at = seen(labels, world)
    assert not at.level[12:40, 10:40].any()
    assert at.level[45:52, 60:70].all()
    assert at.t[13, 25] < 4 * at.t[38, 25]


def test_small_patches_take_part_in_what_surrounds_them() -> None:
    kinds = np.zeros((40, 60), np.uint8)
    kinds[10:] = 1
    kinds[20:22, 20:23] = 2
    assert (_settled(kinds, False)[10:] == 1).all()
    kinds[25:, :] = 2
    assert (_settled(kinds, False)[25:] == 2).all()
    alone = np.zeros((40, 60), np.uint8)
    alone[5:7, 5:7] = 2
    assert np.array_equal(_settled(alone, False), alone)


@given(st.lists(st.integers(0, 19), min_size=1, max_size=20, unique=True))
def test_columns_are_joined_across_the_seam(columns: list[int]) -> None:
    places = np.array(sorted(columns), np.int32)
    found = _together(places, 20, True)
    assert sorted(found.tolist()) == sorted(columns)
    steps = np.diff(found) % 20
    if 1 < places.size < 20:
        gaps = np.append(steps, (found[0] - found[-1]) % 20)
        assert gaps[-1] == gaps.max()
    assert np.array_equal(_together(places, 20, False), places)


@settings(max_examples=8, deadline=None)
@given(st.integers(16, 50), st.integers(16, 70), st.integers(0, 2**31))
def test_any_layout_has_a_place_in_space(height: int, width: int, seed: int) -> None:
    world = _WORLD
    draw = np.random.default_rng(seed)
    labels = np.repeat(np.repeat(draw.integers(0, 12, (-(-height // 5), -(-width // 7))), 5, 0), 7, 1)
    at = seen(labels[:height, :width].astype(np.uint8), world)
    for values in (at.x, at.y, at.z, at.normal, at.foot, at.reaches):
        assert np.isfinite(values).all()
    assert (at.foot > 0).all()


_WORLD = furnished(compose(SceneSpec("lake", time="noon", weather="clear", seed=3)), 3)
