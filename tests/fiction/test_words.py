"""The lexicon: every word says something that a scene can hold, and templates are written out."""

import pytest

from pleinair.fiction import spec
from pleinair.fiction.language import STYLES
from pleinair.fiction.tokens import chinese_number, tokenize
from pleinair.fiction.words import ROLES, Entry, lexicon, plural, spellings

VALUES = {
    "thing": spec.THINGS, "also": spec.THINGS, "without": spec.THINGS, "kind": spec.KINDS, "season": spec.SEASONS,
    "time": spec.TIMES, "weather": spec.WEATHERS, "mood": spec.MOODS, "style": STYLES, "place": spec.PLACES,
    "depth": spec.DEPTHS, "size": spec.SIZES, "color": spec.COLORS,
}  # fmt: skip
FLAGS = {"loose", "stated", "near", "on", "remove", "with", "object", "count"}


def entries() -> list[Entry]:
    return [*lexicon().english.values(), *lexicon().chinese.values()]


def test_every_word_has_a_role_and_says_what_a_scene_can_hold() -> None:
    for entry in entries():
        assert entry.role in ROLES
        for name, value in entry.says:
            assert name in FLAGS or value in VALUES[name], entry


@pytest.mark.parametrize("name", ["thing", "kind", "season", "time", "weather", "mood", "color", "size", "place"])
def test_every_value_has_words_in_both_languages(name: str) -> None:
    words = lexicon()
    for listed in (words.english.values(), words.chinese.values()):
        said = {value for entry in listed for value in entry.all(name)} | {
            value for entry in listed for value in entry.all("also") if name == "thing"
        }
        assert set(VALUES[name]) - said <= {"fog"}  # fog is a thing only where it cannot be the weather


def test_words_are_kept_in_simplified_characters() -> None:
    words = lexicon()
    assert not [word for word in words.chinese if word.translate(words.simplified) != word]
    assert "遠".translate(words.simplified) == "远"


def test_templates_are_written_out() -> None:
    assert sorted(spellings("[a|b] c, (d|e)f")) == ["a c", "b c", "c", "df", "ef"]
    assert sorted(spellings("x [of the (y|z)]")) == ["x", "x of the y", "x of the z"]


@pytest.mark.parametrize(
    ("one", "many"), [("lake", "lakes"), ("valley", "valleys"), ("lily", "lilies"), ("bush", "bushes")]
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(
    ("text", "value"),
    [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35), ("一百", 100), ("三五", None), ("两", 2)],
)
def test_chinese_numbers(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


def told(sentence: str) -> list[tuple[str, str]]:
    return [(token.text, token.role) for token in tokenize(sentence)]


def test_the_longest_word_wins() -> None:
    assert told("snow-capped peaks") == [("snow capped", "fact"), ("peaks", "thing")]
    assert told("雪山") == [("雪山", "thing")]
    assert told("暴风雪") == [("暴风雪", "fact")]


def test_chinese_measure_words_go_with_their_number() -> None:
    assert told("两棵松树") == [("两棵", "trait"), ("松树", "thing")]
    assert told("一棵松树") == [("一棵", "a"), ("松树", "thing")]


def test_traditional_characters_stay_as_they_stand() -> None:
    assert told("島嶼") == [("島嶼", "thing")]


def test_both_languages_stand_side_by_side() -> None:
    assert told("三棵pine在左边") == [("三棵", "trait"), ("pine", "thing"), ("在", "at"), ("左边", "after")]
