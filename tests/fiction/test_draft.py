"""What a draft comes to: which weather wins, whose style counts, what the scene is of."""

import pytest

from pleinair.fiction.draft import Draft, Mention
from pleinair.fiction.spec import Element, SceneSpec


def with_facts(name: str, *values: str) -> Draft:
    return Draft(facts=[(name, value, value, False) for value in values])


@pytest.mark.parametrize(
    ("said", "weather", "fog"),
    [
        (("clear", "cloudy"), "cloudy", False),
        (("fog", "clear"), "clear", False),
        (("overcast", "fog"), "fog", False),
        (("rain", "fog"), "rain", True),
        (("fog", "rain"), "rain", True),
        (("fog", "storm"), "storm", True),
        (("snow", "fog", "rain"), "rain", True),
    ],
)
def test_the_last_weather_wins_and_fog_never_over_what_falls(said: tuple[str, ...], weather: str, fog: bool) -> None:
    spec = with_facts("weather", *said).spec()
    assert spec.weather == weather
    assert (Element("fog") in spec.elements) == fog


@pytest.mark.parametrize(
    ("said", "style"),
    [
        (("hiroshige", "hokusai"), "hokusai"),
        (("hokusai", "hiroshige"), "hokusai"),
        (("monet", "impressionism"), "monet"),
        (("impressionism", "photo"), "photo"),
        (("vangogh", "photo"), "vangogh"),
    ],
)
def test_who_is_named_outranks_how_it_is_painted(said: tuple[str, ...], style: str) -> None:
    fact = with_facts("style", *said).fact("style")
    assert fact is not None
    assert fact[0] == style


def test_an_hour_of_its_own_outranks_one_that_a_noun_bears() -> None:
    draft = Draft(facts=[("time", "dusk", "dusk", False), ("time", "night", "starry", True)])
    assert draft.spec().time == "dusk"


def test_the_head_is_an_element_only_if_something_is_said_of_it() -> None:
    lake = Mention("lake", "lake")
    draft = Draft(mentions=[lake])
    assert draft.spec() == SceneSpec(kind="lake")
    lake.say("count", "1")
    assert draft.spec() == SceneSpec(kind="lake")
    lake.say("color", "blue")
    assert draft.spec().elements == (Element("lake", count=1, color="blue"),)


def test_what_is_not_counted_takes_no_count() -> None:
    grass = Mention("grass")
    grass.say("count", "3")
    assert grass.element() == Element("grass")


def test_what_is_said_first_stays() -> None:
    pine = Mention("pine")
    pine.say("place", "left")
    pine.say("place", "right")
    assert pine.element() == Element("pine", place="left")


def test_a_ground_is_not_what_the_scene_is_of() -> None:
    draft = Draft(mentions=[Mention("peak", "mountains", ground=True), Mention("lake", "lake")])
    assert draft.spec().kind == "lake"


def test_a_ground_that_opens_the_sentence_is_if_nothing_else_can_be() -> None:
    draft = Draft(mentions=[Mention("lake", "lake", ground=True, topic=True), Mention("pine")])
    assert draft.spec().kind == "lake"


def test_a_head_that_is_no_kind_leaves_the_kind_open() -> None:
    draft = Draft(mentions=[Mention("pine"), Mention("lake", "lake", ground=True)])
    assert draft.spec().kind is None


def test_a_kind_that_is_no_thing_is_kept_all_the_same() -> None:
    draft = Draft(mentions=[Mention("stars"), Mention(None, "valley", ground=True)])
    assert draft.spec().kind == "valley"


def test_a_thing_of_its_own_replaces_one_that_was_only_borne() -> None:
    draft = Draft()
    draft.bear("snow", "snowy")
    draft.take(Mention("snow", said={"color": "white"}))
    draft.bear("snow", "snow-capped")
    assert draft.spec().elements == (Element("snow", color="white"),)


def test_a_ban_unsays_what_was_said_before_and_is_unsaid_by_what_comes_after() -> None:
    draft = Draft()
    draft.bear("snow", "snowy")
    draft.ban("snow", "no snow")
    assert draft.spec() == SceneSpec(without=("snow",))
    draft.take(Mention("snow"))
    assert draft.spec() == SceneSpec(elements=(Element("snow"),))
