"""The judge of sentences: what counts as an item, that order is no matter, and that what is made up costs."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.fiction.spec import Element, SceneSpec
from tests.fiction.scoring import ALL, Score, as_scene, compare, items, score, sentences

LAKE: dict[str, Any] = {
    "kind": "lake",
    "time": "dusk",
    "style": "shanshui",
    "elements": [{"what": "pine", "count": 2, "place": "left"}, {"what": "pine", "color": "black"}],
    "without": ["cloud"],
    "refused": ["boat"],
}


def row(expected: dict[str, Any], language: str = "en", **more: str) -> dict[str, Any]:
    return {"language": language, "expected": expected, **(more or {"sentence": "…"})}


def test_a_scenes_items_are_these() -> None:
    assert items(LAKE) == {
        ("kind", "lake"): 1,
        ("time", "dusk"): 1,
        ("style", "shanshui"): 1,
        ("is", "pine"): 2,
        ("count", "pine", 2): 1,
        ("place", "pine", "left"): 1,
        ("color", "pine", "black"): 1,
        ("without", "cloud"): 1,
        ("refused", "boat"): 1,
    }


def test_what_is_left_out_is_no_item() -> None:
    assert items({"kind": None, "elements": [{"what": "fog", "size": None}], "without": []}) == {("is", "fog"): 1}
    assert not items({})


def test_a_spec_reads_as_the_table_it_is() -> None:
    pines = (Element("pine", 2, place="left"), Element("pine", color="black"))
    spec = SceneSpec(kind="lake", time="dusk", elements=pines, without=("cloud",), seed=7)
    assert as_scene(spec, "shanshui", ["Boat"]) == LAKE
    assert as_scene(SceneSpec()) == {"elements": [], "without": [], "refused": []}


def test_order_is_no_matter() -> None:
    turned = {**LAKE, "elements": LAKE["elements"][::-1]}
    assert compare(items(LAKE), items(turned)) == Score(found=10)


def test_an_attribute_belongs_to_its_thing() -> None:
    expected = {"elements": [{"what": "pine", "color": "red"}, {"what": "rock"}]}
    swapped = {"elements": [{"what": "pine"}, {"what": "rock", "color": "red"}]}
    assert compare(items(expected), items(swapped)) == Score(found=2, missed=1, spurious=1)


def test_one_of_two_like_elements_is_half() -> None:
    two = {"elements": [{"what": "pine"}, {"what": "pine"}]}
    one = {"elements": [{"what": "pine"}]}
    assert compare(items(two), items(one)) == Score(found=1, missed=1)
    assert compare(items(one), items(two)) == Score(found=1, spurious=1)


@pytest.mark.parametrize(
    ("each", "f1"),
    [
        (Score(), 1.0),
        (Score(found=3), 1.0),
        (Score(missed=2), 0.0),
        (Score(spurious=2), 0.0),
        (Score(found=2, missed=1, spurious=1), 2 / 3),
        (Score(found=1, missed=2), 0.5),
    ],
)
def test_f1(each: Score, f1: float) -> None:
    assert each.f1 == pytest.approx(f1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_f1_is_that_of_precision_and_recall(counts: list[int]) -> None:
    found, missed, spurious = counts
    found += 1
    precision, recall = found / (found + spurious), found / (found + missed)
    assert Score(found, missed, spurious).f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_what_is_made_up_counts_where_nothing_was_stated() -> None:
    rows = [row({"kind": "lake", "season": "winter"}), row({"kind": "river"})]
    scores = score(rows, [{"kind": "lake", "season": "winter"}, {"kind": "river", "season": "winter"}])["en"]
    assert scores["season"] == Score(found=1, spurious=1)
    assert scores["kind"] == Score(found=2)
    assert scores[ALL] == Score(found=3, spurious=1)
    assert "color" not in scores


def test_a_phenomenon_hears_its_own_items_only() -> None:
    scores = score([row(LAKE)], [{**LAKE, "without": ["tree"], "time": "night", "elements": []}])["en"]
    assert scores["negation"] == Score(missed=1, spurious=1)
    assert scores["time"] == Score(missed=1, spurious=1)
    assert scores["thing"] == Score(missed=2)
    assert scores["place"] == scores["count"] == scores["color"] == Score(missed=1)
    assert scores["refused"] == scores["kind"] == scores["style"] == Score(found=1)


def test_languages_apart_and_together() -> None:
    rows = [row({"kind": "lake"}), row({"kind": "river"}, "zh")]
    scores = score(rows, [{"kind": "lake"}, {"kind": "lake"}])
    assert scores["en"][ALL] == Score(found=1)
    assert scores["zh"][ALL] == Score(missed=1, spurious=1)
    assert scores[ALL][ALL] == Score(found=1, missed=1, spurious=1)


def test_an_edit_counts_whole() -> None:
    expected = {"kind": "lake", "season": "winter"}
    rows = [row(expected), row(expected, base="a lake", edit="in winter")]
    scores = score(rows, [expected, {"kind": "lake"}])["en"]
    assert scores["edit"] == Score(found=1, missed=1)
    assert scores[ALL] == Score(found=3, missed=1)


def test_a_scene_for_each_row() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score([row(LAKE), row(LAKE)], [LAKE])


def test_sentences_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text(
        "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (row(LAKE), row({}, "zh"))), "utf-8"
    )
    assert sentences(path) == [row(LAKE), row({}, "zh")]


def test_the_right_answers_are_right_and_silence_is_nothing() -> None:
    rows = sentences()
    right = score(rows, [each["expected"] for each in rows])
    silent = score(rows, [{} for _ in rows])
    assert set(right) == {"en", "zh", "mixed", ALL}
    for language, by_name in right.items():
        assert all(part.f1 == 1 for part in by_name.values())
        assert all(part.f1 == 0 for part in silent[language].values())
        assert by_name[ALL].found == silent[language][ALL].missed
