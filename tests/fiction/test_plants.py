"""Forms grow from seeds; plants stand on land, where and as many as they were asked for; near ones hide far ones."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pleinair.fiction.covering import Stand
from pleinair.fiction.palette import Label
from pleinair.fiction.plants import CHANNELS, GROWTH, Scattered, painted, scatter
from pleinair.fiction.render import Rendering
from pleinair.fiction.shapes import FORMS, SIDE
from pleinair.fiction.spec import Element, SceneSpec
from pleinair.fiction.splat import _touched, level_for, look
from pleinair.fiction.surface import World

Build = Callable[[SceneSpec], World]


def asked(
    what: str, count: int, place: str | None = None, depth: str | None = None, size: str | None = None
) -> SceneSpec:
    element = Element(what, count, place, depth, size)
    return SceneSpec(kind="meadow", seed=3, elements=(element,), season="summer", time="noon", weather="clear")


@pytest.mark.parametrize("what", FORMS)
def test_forms_grow_from_seeds(what: str) -> None:
    one, same, other = (FORMS[what](seed, True) for seed in (1, 1, 2))
    assert np.array_equal(one.alpha, same.alpha)
    assert not np.array_equal(one.alpha, other.alpha)
    assert one.alpha.shape == (SIDE, SIDE)
    assert 0.01 < one.alpha.mean() < 0.7
    shown = one.alpha > 0
    assert np.allclose((one.normal[shown] ** 2).sum(-1), 1, atol=1e-2)


@pytest.mark.parametrize("what", FORMS)
def test_forms_stand_on_their_foot(what: str) -> None:
    form = FORMS[what](5, True)
    assert form.alpha[-8:].any()
    assert form.alpha[:, 0].sum() + form.alpha[:, -1].sum() < 12


def test_trees_lose_their_leaves() -> None:
    full, bare = FORMS["tree"](3, True), FORMS["tree"](3, False)
    assert full.leaf.max() == 1
    assert bare.leaf.max() == 0
    assert bare.alpha.mean() < full.alpha.mean()


def test_flowers_have_blossoms() -> None:
    assert FORMS["flower"](3, True).accent.max() == 1
    assert FORMS["grass"](3, True).accent.max() == 0


@pytest.mark.parametrize("what", GROWTH)
def test_as_many_as_were_asked_for(built: Build, what: str) -> None:
    world = built(asked(what, 4))
    if what == "reeds":
        world = built(replace(asked(what, 4), kind="lake"))
    plants = scatter(world)
    pictures = [plants.pictures[int(picture)][0] for picture in plants.picture.tolist()]
    assert pictures.count(what) >= (0 if what in ("reeds",) else 4)
    if what in ("tree", "pine", "palm", "bamboo"):
        assert pictures.count(what) == 4


def test_plants_stand_on_the_ground_and_not_in_water(built: Build) -> None:
    for kind in ("lake", "river", "coast", "valley"):
        world = built(SceneSpec(kind=kind, seed=2))
        plants = scatter(world)
        if not plants.x.size:
            continue
        found = world.land(plants.x, plants.y, np.ones_like(plants.x))
        assert np.allclose(np.maximum(found.height, -0.5), plants.z, atol=0.01)
        names = np.array([plants.pictures[int(picture)][0] for picture in plants.picture.tolist()])
        assert found.shore[~np.isin(names, ("rock", "reeds"))].min(initial=1) > 0


def test_heights_are_those_of_their_kind(built: Build) -> None:
    plants = scatter(built(asked("tree", 6)))
    trees = [n for n, picture in enumerate(plants.picture.tolist()) if plants.pictures[int(picture)][0] == "tree"]
    assert plants.height[trees].min() >= GROWTH["tree"][0]
    assert plants.height[trees].max() <= GROWTH["tree"][1]


def test_large_ones_are_larger(built: Build) -> None:
    small, large = (scatter(built(asked("rock", 5, size=size))).height[:5].mean() for size in ("small", "large"))
    assert large > 2 * small


def test_nothing_grows_where_nothing_was_planted(built: Build) -> None:
    world = built(SceneSpec(kind="island", seed=1))
    bare = replace(world, plan=replace(world.plan, stands=()))
    plants = scatter(bare)
    assert isinstance(plants, Scattered)
    assert plants.x.size == 0


def test_pictures_of_plants_shrink_truly(built: Build) -> None:
    plan = built(asked("tree", 1)).plan
    levels = painted(plan, plan.stands[0], 0, 0)
    assert [level.shape for level in levels[:2]] == [(SIDE, SIDE, CHANNELS), (SIDE // 2, SIDE // 2, CHANNELS)]
    assert np.allclose(levels[0].mean((0, 1)), levels[-1].mean((0, 1)), atol=1e-5)
    assert levels[0][:, :, 1:4][levels[0][:, :, 0] == 0].max(initial=0) == 0


@pytest.mark.parametrize("color", ["red", "golden", "white"])
def test_leaves_of_a_color(built: Build, color: str) -> None:
    plan = built(asked("tree", 1)).plan
    stand = Stand("tree", 1, (0, 0), (20, 30), 1.0, color, True)
    plain, tinted = (painted(plan, each, 0, 0)[0][:, :, 4:7].sum((0, 1)) for each in (plan.stands[0], stand))
    assert tinted[0] / tinted[1] > plain[0] / plain[1]


def test_snow_lies_on_trees(built: Build) -> None:
    plan = built(asked("pine", 1)).plan
    snowy = replace(plan, cover=replace(plan.cover, snow=1.0))
    bare, white = (painted(each, plan.stands[0], 0, 0)[0][:, :, 4:7].sum() for each in (plan, snowy))
    assert white > 1.5 * bare


def test_looking_at_a_picture_of_a_plant() -> None:
    texels = np.zeros((4, 4, CHANNELS), np.float32)
    texels[1, 2, 0] = 1
    found = look(texels, np.array([2.0, 1.5], np.float32), np.array([1.0, 1.0], np.float32))
    assert found[:, 0].tolist() == [1, 0.5]
    touched = _touched(texels)
    assert touched[0, 1] == touched[1, 2] == touched[1, 1] == 1
    assert touched[2, 2] == touched[3, 3] == 0


def test_small_plants_are_drawn_from_small_copies(built: Build) -> None:
    plan = built(asked("tree", 1)).plan
    levels = painted(plan, plan.stands[0], 0, 0)
    assert level_for(levels, 500).shape[0] == SIDE
    assert level_for(levels, 30).shape[0] <= 42
    assert level_for(levels, 1).shape[0] >= 2


def test_a_tree_has_a_label_a_depth_and_a_shadow(shown: Callable[..., Rendering]) -> None:
    spec = asked("tree", 1, place="center", depth="foreground")
    found = shown(spec)
    tree = found.labels == Label.TREE
    assert tree.sum() > 30
    assert np.ptp(found.reach[tree]) < 1e-3
    assert 10 < found.reach[tree].mean() < 80
    bare = shown(replace(spec, elements=(), without=("tree", "bush")))
    ground = (found.labels == bare.labels) & np.isfinite(found.depth)
    darker = bare.picture[ground].astype(int).sum(-1) - found.picture[ground].astype(int).sum(-1)
    assert (darker > 40).sum() >= 4
