"""A scene as a value: checked, there and back through JSON, refused in one line."""

import json

import pytest

import pleinair
from pleinair.errors import SettingError
from pleinair.fiction.spec import KINDS, SEASONS, THINGS, TIMES, WEATHERS, Camera, Element, SceneSpec

FULL = SceneSpec(
    kind="lake",
    elements=(Element("pine", 3, "left", "foreground", "large", "green"), Element("fog")),
    without=("path", "snow"),
    season="autumn",
    time="dusk",
    weather="fog",
    mood="calm",
    camera=Camera(height=4, pitch=-3, turn=10, view=70, forward=5, right=-2),
    seed=7,
)


@pytest.mark.parametrize("spec", [SceneSpec(), FULL, SceneSpec(seed=4294967295), SceneSpec(elements=(Element("sun"),))])
def test_there_and_back(spec: SceneSpec) -> None:
    assert SceneSpec.from_json(spec.to_json()) == spec


def test_json_is_one_line_without_what_is_open() -> None:
    text = SceneSpec(kind="river").to_json()
    assert "\n" not in text
    assert json.loads(text).keys() == {"camera", "kind", "seed"}


def test_a_spec_is_public_and_can_be_a_key() -> None:
    assert pleinair.SceneSpec is SceneSpec
    assert len({SceneSpec(), SceneSpec(), SceneSpec(seed=1)}) == 2


def test_seeded_changes_the_seed_alone() -> None:
    other = FULL.seeded(9)
    assert other.seed == 9
    assert other.seeded(7) == FULL


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no scene"),
        ("[]", "a scene is a table"),
        ("7", "a scene is a table"),
        ('{"kind": "volcano"}', "kind 'volcano' is not known"),
        ('{"season": "monsoon"}', "season 'monsoon'"),
        ('{"time": "teatime"}', "time 'teatime'"),
        ('{"weather": "hail"}', "weather 'hail'"),
        ('{"mood": "sad"}', "mood 'sad'"),
        ('{"sound": "loud"}', "has no sound"),
        ('{"elements": [{"what": "dragon"}]}', "element 'dragon'"),
        ('{"elements": [{"what": "tree", "count": 0}]}', "0 of tree"),
        ('{"elements": [{"what": "tree", "place": "above"}]}', "place 'above'"),
        ('{"elements": {"what": "tree"}}', "lists"),
        ('{"elements": ["tree"]}', "an element"),
        ('{"without": "tree"}', "lists"),
        ('{"without": ["unicorn"]}', "without 'unicorn'"),
        ('{"elements": [{"what": "tree"}], "without": ["tree"]}', "cannot both be there"),
        ('{"camera": {"height": 0}}', "height must be 1 to 2000"),
        ('{"camera": {"zoom": 3}}', "has no zoom"),
        ('{"camera": {"pitch": "up"}}', "must be a number"),
        ('{"seed": -1}', "a seed is a number"),
        ("[" * 100_000, "no scene"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(SettingError) as caught:
        SceneSpec.from_json(text)
    assert told.replace("an element", "element") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_words_are_told_apart() -> None:
    for words in (KINDS, SEASONS, TIMES, WEATHERS, THINGS):
        assert len(set(words)) == len(words)
