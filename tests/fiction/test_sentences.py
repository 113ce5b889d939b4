"""The sentences themselves: every expected scene can be built, nothing is there twice, and every phenomenon is there
often enough in either language to be judged."""

from collections import Counter
from typing import Any

import pytest

from pleinair.fiction.spec import Element, SceneSpec
from tests.fiction.scoring import SAID, STATED, as_scene, items, phenomenon, sentences

ROWS = sentences()
STYLES = ("photo", "hiroshige", "hokusai", "vangogh", "monet", "shanshui", "impressionism")
SCRIPTS = {"en": (False, True), "zh": (True, False), "mixed": (True, True)}  # Chinese characters, Latin letters
JUDGED = (
    "negation", "place", "count", "color", "season", "time", "weather", "size", "depth", "mood", "style", "refused",
)  # fmt: skip


def words(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["base"], row["edit"]) if "edit" in row else (row["sentence"],)


def test_an_expected_scene_is_one() -> None:
    for row in ROWS:
        expected = row["expected"]
        assert set(expected) <= {*STATED, "elements", "without", "refused"}
        spec = SceneSpec(
            elements=tuple(Element(**each) for each in expected["elements"]),
            without=tuple(expected["without"]),
            **{name: expected[name] for name in STATED if name in expected and name != "style"},
        )
        assert expected.get("style") in (None, *STYLES)
        assert as_scene(spec, expected.get("style"), expected["refused"]) == expected, row["id"]
        assert len(set(expected["without"])) == len(expected["without"])
        assert items(expected), row["id"]


def test_the_phenomena_are_those_of_the_expected_scene() -> None:
    for row in ROWS:
        shown = {phenomenon(item) for item in items(row["expected"])} | ({"edit"} if "edit" in row else set())
        assert sorted(row["phenomena"]) == sorted(shown), row["id"]


def test_a_refused_word_stands_in_the_sentence() -> None:
    for row in ROWS:
        for word in row["expected"]["refused"]:
            assert word == word.lower()
            assert any(word in said.lower() for said in words(row)), row["id"]


def test_a_sentence_is_in_its_language() -> None:
    for row in ROWS:
        said = "".join(words(row))
        han = any("\u4e00" <= each <= "\u9fff" for each in said)
        latin = any(each.isascii() and each.isalpha() for each in said)
        assert (han, latin) == SCRIPTS[row["language"]], row["id"]


def test_the_kind_is_an_element_only_where_something_is_said_of_it() -> None:
    """A lake is no second lake; a blue lake is one that is blue."""
    like = {"mountains": "mountain", "hills": "hill"}
    for row in ROWS:
        for each in row["expected"]["elements"]:
            if each["what"] == like.get(row["expected"].get("kind"), row["expected"].get("kind")):
                assert set(each) & set(SAID), row["id"]


def test_no_sentence_stands_twice() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({words(row) for row in ROWS}) == len(ROWS)


def test_there_are_enough() -> None:
    plain = Counter(row["language"] for row in ROWS if "edit" not in row)
    assert plain["en"] >= 160
    assert plain["zh"] >= 160
    assert plain["mixed"] >= 15
    assert sum("edit" in row for row in ROWS) >= 24


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", JUDGED)
def test_a_phenomenon_is_there_often_enough(name: str, language: str) -> None:
    assert sum(name in row["phenomena"] for row in ROWS if row["language"] == language) >= 25
