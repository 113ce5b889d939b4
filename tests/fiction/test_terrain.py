"""The land as a function of place: waters lie where they were put, landforms rise, the near ground stays low."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pleinair.fiction.noise import Array, uniform
from pleinair.fiction.spec import KINDS, SceneSpec
from pleinair.fiction.surface import World
from pleinair.fiction.terrain import Basin, Course, Land, Relief, Rise, Sea, Tiles, middle, relief, shore, tiles

Build = Callable[[SceneSpec], World]


@pytest.fixture(scope="module")
def noise() -> Tiles:
    return tiles(3, ranges=True)


def grid(half: float, side: int = 60) -> tuple[Array, Array]:
    line = np.linspace(-half, half, side, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    return x, y


def over(land: Land, noise: Tiles, half: float = 2000) -> Relief:
    x, y = grid(half)
    return relief(land, noise, x, y, np.full_like(x, 4.0))


def test_dry_land_has_no_shore(noise: Tiles) -> None:
    found = over(Land(plain=12), noise)
    assert found.shore.min() > 1000
    assert found.height.min() > 0


@pytest.mark.parametrize(
    ("water", "inside", "outside"),
    [
        (Basin(50, 400, 200, 300, 8), (50, 400), (50, 1500)),
        (Course(30, 40, ((20, 600, 0.3),)), (30, 0), (400, 0)),
        (Sea(1, 0, 30), (400, 0), (-400, 0)),
    ],
)
def test_water_is_in_its_bed(
    noise: Tiles, water: "Basin | Course | Sea", inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    land = Land(waters=(water,), mountains=900, hills=40)
    points = np.array([inside, outside], np.float32)
    if isinstance(water, Course):
        points[0, 0] = middle(water, points[:1, 1])[0]
    found = relief(land, noise, points[:, 0].copy(), points[:, 1].copy(), np.ones(2, np.float32))
    assert found.height[0] < 0 < found.height[1]
    assert found.shore[0] < 0 < found.shore[1]


def test_shores_wander_with_noise() -> None:
    land = Land(waters=(Basin(0, 0, 100, 100, 5),))
    x, y = np.array([100.0, 100.0], np.float32), np.zeros(2, np.float32)
    edge = shore(land, x, y, np.array([-1, 1], np.float32))
    assert edge[0] < 0 < edge[1]


def test_land_is_continuous_at_the_shore(noise: Tiles) -> None:
    land = Land(waters=(Basin(0, 300, 200, 200, 5),), hills=30, mountains=600)
    y = np.linspace(0, 700, 3000, dtype=np.float32)
    found = relief(land, noise, np.zeros_like(y), y, np.ones_like(y))
    assert np.abs(np.diff(found.height)).max() < 2.5


def test_mountains_stand_far_and_not_near(noise: Tiles) -> None:
    found = over(Land(mountains=1500, begin=600), noise, 5000)
    x, y = grid(5000)
    away = np.sqrt(x * x + y * y)
    assert found.height[away > 4000].max() > 400
    assert found.height[away < 500].max() < 60
    assert found.range[away < 250].max() == 0


def test_mountains_are_lower_in_the_gap(noise: Tiles) -> None:
    land = Land(mountains=1500, begin=600, gap=(0.0, 1.0))
    y = np.full(50, 4000, np.float32)
    x = np.linspace(-300, 300, 50, dtype=np.float32)
    full, cut = (relief(each, noise, x, y, np.full_like(x, 4.0)).range for each in (land, replace(land, gap_depth=0.9)))
    assert cut.mean() < 0.3 * full.mean()


@pytest.mark.parametrize("what", ["peak", "hill", "cliff", "dune"])
def test_landforms_rise_where_they_are(noise: Tiles, what: str) -> None:
    rise = Rise(what, 300, 900, 250, 120)
    bare, risen = over(Land(plain=10), noise, 1500), over(Land(plain=10, rises=(rise,)), noise, 1500)
    gain = risen.height - bare.height
    x, y = grid(1500)
    away = np.sqrt((x - 300) ** 2 + (y - 900) ** 2)
    assert gain[away < 40].mean() > 60
    assert np.abs(gain[away > 260]).max() < 1e-3


def test_islands_stand_in_the_sea(noise: Tiles) -> None:
    isle = Rise("island", 0, 900, 300, 120)
    found = over(Land(isles=(isle,), plain=8), noise, 2000)
    x, y = grid(2000)
    away = np.sqrt(x * x + (y - 900) ** 2)
    assert found.height[away < 80].min() > 0
    assert found.height[away > 700].max() < 0


def test_canyons_have_walls_along_their_river(noise: Tiles) -> None:
    land = Land(canyon=150, waters=(Course(0, 20, ()),), plain=3)
    x = np.array([0, 40, 450, -450], np.float32)
    found = relief(land, noise, x, np.full(4, 600, np.float32), np.ones(4, np.float32))
    assert found.height[0] < 0
    assert found.height[2:].min() > 80
    assert found.height[1] < 60


def test_dunes_have_a_steep_and_a_gentle_side(noise: Tiles) -> None:
    land = Land(dunes=True, hills=20, wavelength=150, plain=20)
    y = np.linspace(300, 1500, 4000, dtype=np.float32)
    slope = np.diff(relief(land, noise, np.zeros_like(y), y, np.full_like(y, 2.0)).height)
    assert -slope.min() > 1.3 * np.quantile(slope, 0.9)


def test_forests_grow_to_their_line_and_not_in_water(noise: Tiles) -> None:
    land = Land(
        forest=0.9, forest_near=50, mountains=1800, begin=400, tree_line=500, waters=(Basin(0, 500, 300, 300, 5),)
    )
    found = over(land, noise, 4000)
    assert found.forest.max() > 0.9
    assert found.forest[found.shore < 0].max() == 0
    assert found.forest[found.height > 900].max() == 0
    assert over(replace(land, forest=0.0), noise, 4000).forest.max() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_stood_in(built: Build, kind: str) -> None:
    """The eye is over ground or water, and the land right before it does not tower over it."""
    for seed in (1, 2):
        world = built(SceneSpec(kind=kind, seed=seed))
        floor = world.floor(0, 0)
        assert 0 <= floor < 80
        y = uniform(4, 40) * 40
        near = world.land(np.zeros_like(y), y, np.ones_like(y)).height
        assert near.max() < floor + world.plan.camera.height + 6


def test_relief_at_some_places(noise: Tiles) -> None:
    found = over(Land(), noise)
    some = found.at(found.height > found.height.mean())
    assert some.height.shape == some.shore.shape == some.forest.shape
    assert 0 < some.height.size < found.height.size
