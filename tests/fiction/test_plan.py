"""What is said is kept, what is open is drawn from the seed, what is unwanted is not there."""

from dataclasses import replace

import pytest

from pleinair.fiction.kinds import NATURES
from pleinair.fiction.light import DAY, WEATHER, direction
from pleinair.fiction.placing import ASIDE
from pleinair.fiction.plan import Plan, compose
from pleinair.fiction.spec import KINDS, SEASONS, TIMES, WEATHERS, Camera, Element, SceneSpec
from pleinair.fiction.terrain import Basin, Course, Sea

SEEDS = range(24)


def plans(spec: SceneSpec) -> list[Plan]:
    return [compose(spec.seeded(seed)) for seed in SEEDS]


def test_every_word_has_its_table() -> None:
    assert set(NATURES) == set(KINDS)
    assert set(DAY) == set(TIMES)
    assert set(WEATHER) == set(WEATHERS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_is_kept(kind: str) -> None:
    spec = SceneSpec(kind=kind, season="autumn", time="dawn", weather="cloudy", mood="dramatic", seed=3)
    plan = compose(spec)
    assert (plan.kind, plan.season, plan.time) == (kind, "autumn", "dawn")
    assert (plan.weather, plan.mood) == ("cloudy", "dramatic")
    assert compose(spec) == plan


def test_what_is_open_differs_by_seed() -> None:
    found = plans(SceneSpec())
    assert len({plan.kind for plan in found}) >= 6
    assert {plan.season for plan in found} == set(SEASONS)
    assert len({plan.time for plan in found}) >= 4
    assert len({plan.weather for plan in found}) >= 4
    assert len({round(plan.light.azimuth) for plan in found}) > 20
    assert len({round(plan.camera.height, 2) for plan in found}) > 20


def test_a_camera_that_was_set_stays() -> None:
    camera = Camera(height=77, pitch=-9)
    assert compose(SceneSpec(camera=camera)).camera == camera
    usual = compose(SceneSpec(camera=Camera(forward=5, turn=20))).camera
    assert (usual.forward, usual.turn) == (5, 20)


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        ("lake", "lake"),
        ("dune", "desert"),
        ("sea", "coast"),
        ("island", "island"),
        ("bamboo", "forest"),
        ("peak", "mountains"),
    ],
)
def test_a_kind_is_found_that_has_what_was_asked_for(thing: str, kind: str) -> None:
    assert {plan.kind for plan in plans(SceneSpec(elements=(Element(thing),)))} == {kind}


@pytest.mark.parametrize(
    ("kind", "water", "form"),
    [("lake", "lake", Basin), ("river", "river", Course), ("coast", "sea", Sea), ("canyon", "river", Course)],
)
def test_waters_come_with_their_kind_and_go_when_unwanted(kind: str, water: str, form: type) -> None:
    for plan in plans(SceneSpec(kind=kind)):
        assert any(isinstance(each, form) for each in plan.land.waters)
    for plan in plans(SceneSpec(kind=kind, without=(water,))):
        assert not any(isinstance(each, form) for each in plan.land.waters)


def test_waters_asked_for_come_to_any_kind() -> None:
    for plan in plans(SceneSpec(kind="meadow", elements=(Element("pond"), Element("river")))):
        assert [type(water) for water in plan.land.waters] == [Course, Basin]


@pytest.mark.parametrize("kind", ["forest", "valley", "meadow"])
def test_without_trees_there_are_none(kind: str) -> None:
    for plan in plans(SceneSpec(kind=kind, without=("tree",))):
        assert plan.land.forest == 0
        assert not {stand.what for stand in plan.stands} & {"tree", "pine", "palm", "bamboo"}


@pytest.mark.parametrize(
    ("thing", "kept"),
    [
        ("mountain", lambda plan: plan.land.mountains > 0),
        ("hill", lambda plan: plan.land.hills > 0),
        ("snow", lambda plan: plan.cover.snow > 0 or plan.cover.snow_line < 9e4),
        ("flower", lambda plan: plan.cover.flowers > 0),
        ("path", lambda plan: plan.cover.path is not None),
        ("cloud", lambda plan: plan.light.cover > 0),
        ("rock", lambda plan: "rock" in {stand.what for stand in plan.stands}),
        ("sun", lambda plan: "sun" in plan.sky),
        ("stars", lambda plan: "stars" in plan.sky),
        ("lightning", lambda plan: "lightning" in plan.sky),
    ],
)
def test_what_is_unwanted_is_nowhere(thing: str, kept: object) -> None:
    assert callable(kept)
    specs = [SceneSpec(kind=kind, without=(thing,)) for kind in KINDS]
    assert not [plan.kind for spec in specs for plan in plans(spec)[:6] if kept(plan)]
    assert any(kept(plan) for plan in [compose(SceneSpec(seed=seed)) for seed in range(60)])


@pytest.mark.parametrize("what", ["tree", "pine", "palm", "bamboo", "bush", "rock", "flower", "reeds"])
def test_things_asked_for_stand_as_they_were_asked_for(what: str) -> None:
    element = Element(what, 5, "right", "middle", "large", "red")
    stand = compose(SceneSpec(kind="meadow", elements=(element,))).stands[0]
    assert (stand.what, stand.count, stand.aside, stand.color) == (what, 5, ASIDE["right"], "red")
    assert stand.exact
    assert stand.scale > 1


def test_a_number_of_trees_is_all_the_trees_there_are() -> None:
    for plan in plans(SceneSpec(kind="valley", elements=(Element("pine", 3),))):
        trees = [stand for stand in plan.stands if stand.what in ("tree", "pine", "palm", "bamboo")]
        assert [(stand.what, stand.count) for stand in trees] == [("pine", 3)]


def test_mountains_by_number() -> None:
    plan = compose(SceneSpec(kind="meadow", elements=(Element("mountain", 2, "left"), Element("hill", 3))))
    assert [rise.what for rise in plan.land.rises] == ["peak", "peak", "hill", "hill", "hill"]
    assert all(rise.x < 0 for rise in plan.land.rises[:2])


@pytest.mark.parametrize(("place", "sign"), [("left", -1), ("right", 1)])
def test_the_sun_stands_where_it_was_asked_for(place: str, sign: int) -> None:
    for plan in plans(SceneSpec(elements=(Element("sun", place=place),), time="dusk")):
        assert sign * plan.light.azimuth > 3
        assert abs(plan.light.azimuth) < 30
        assert 0 < plan.light.elevation < 30


def test_a_rainbow_stands_opposite_the_sun() -> None:
    for plan in plans(SceneSpec(elements=(Element("rainbow"),), time="afternoon")):
        assert plan.light.toward[1] < 0
        assert plan.light.elevation < 42


@pytest.mark.parametrize("thing", ["moon", "stars", "aurora"])
def test_what_is_seen_at_night_makes_it_night(thing: str) -> None:
    assert {plan.time for plan in plans(SceneSpec(elements=(Element(thing),)))} == {"night"}


def test_lightning_makes_a_storm_and_fog_makes_fog() -> None:
    assert {plan.weather for plan in plans(SceneSpec(elements=(Element("lightning"),)))} == {"storm"}
    assert {plan.weather for plan in plans(SceneSpec(elements=(Element("fog"),)))} == {"fog"}


def test_winter_snows_and_summer_does_not() -> None:
    winter, summer = (
        plans(SceneSpec(kind="meadow", season=season, weather="clear")) for season in ("winter", "summer")
    )
    assert min(plan.cover.snow for plan in winter) > 0.7
    assert max(plan.cover.snow for plan in summer) == 0


def test_directions_are_unit_vectors() -> None:
    for azimuth, elevation in ((0, 0), (90, 0), (33, 70), (-120, 5)):
        x, y, z = direction(azimuth, elevation)
        assert x * x + y * y + z * z == pytest.approx(1)
    assert direction(90, 0) == pytest.approx((1, 0, 0), abs=1e-9)


def test_light_from_higher_up() -> None:
    light = compose(SceneSpec()).light.raised(30)
    assert light.toward[2] == pytest.approx(0.5)
    assert replace(light, elevation=1).azimuth == light.azimuth


def test_a_waterfall_has_its_cliff() -> None:
    for plan in plans(SceneSpec(elements=(Element("waterfall"),))):
        assert plan.cover.fall is not None
        assert plan.land.rises[-1].what == "cliff"
        assert plan.land.rises[-1].height == pytest.approx(plan.cover.fall.height)
