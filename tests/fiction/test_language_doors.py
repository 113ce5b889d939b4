"""What is refused at the door, what is told of words not understood, and that reading always ends well."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from pleinair.errors import SettingError
from pleinair.fiction.language import STYLES, edit, understand
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.words import lexicon
from tests.fiction.test_language_chinese import SENTENCES as CHINESE
from tests.fiction.test_language_english import SENTENCES as ENGLISH

SRC = Path(__file__).parents[2] / "src"


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("", "is empty"),
        (" \n\t ", "is empty"),
        ("🏔️🌊🌲", "has no words"),
        ("?!…", "has no words"),
        ("tree " * 10_000, "too long"),
        ("树" * 10_000, "too long"),
        ("a" * 200_000, "too long"),
        ("fnord blorb", "nothing in the sentence"),
        ("哎呀", "nothing in the sentence"),
        ("the of and with", "nothing in the sentence"),
    ],
)
def test_what_says_nothing_is_refused_in_one_line(sentence: str, told: str) -> None:
    for door in (understand, lambda text: edit(SceneSpec(kind="lake"), text)):
        with pytest.raises(SettingError, match=told) as error:
            door(sentence)
        assert "\n" not in str(error.value)
        assert len(str(error.value)) < 300


def test_the_error_names_what_it_did_not_understand() -> None:
    with pytest.raises(SettingError, match="fnord"):
        understand("fnord")


def test_words_that_are_only_refused_are_no_error() -> None:
    understood = understand("a knight and a dragon")
    assert understood.refused == ("knight", "dragon")
    assert understood.spec == SceneSpec()


def test_a_scene_of_anything_is_a_scene() -> None:
    assert understand("a beautiful landscape").spec == SceneSpec()
    assert understand("一幅美丽的风景").spec == SceneSpec()


def test_unknown_words_are_told_and_not_refused() -> None:
    understood = understand("a lake with three flurbs and a glimmerous pine")
    assert understood.unknown == ("flurbs", "glimmerous")
    assert understood.refused == ()
    assert [element.what for element in understood.spec.elements] == ["pine"]


def test_what_is_said_of_an_unknown_thing_stays_with_it() -> None:
    understood = understand("a lake with two red flurbs on the left")
    assert understood.spec == SceneSpec(kind="lake")


def test_the_explanation_says_what_came_from_which_words() -> None:
    lines = understand("a misty lake with two gnarled pines and a dog at dusk, no clouds, by Monet").explain()
    assert lines == (
        "kind lake      from: lake",
        "pine: count 2  from: pines, two",
        "time dusk      from: dusk",
        "style monet    from: monet",
        "weather fog    from: misty",
        "without cloud  from: no clouds",
        "refused (only nature is drawn): dog",
        "not understood: gnarled",
    )


def test_the_explanation_of_chinese_keeps_its_characters() -> None:
    lines = understand("遠處有雪山").explain()
    assert any("雪山" in line and "遠處" in line for line in lines)


@pytest.mark.parametrize("sentence", [*ENGLISH, *CHINESE])
def test_case_width_and_a_full_stop_change_nothing(sentence: str) -> None:
    plain = understand(sentence)
    assert understand(sentence.upper()) == plain
    assert understand(f"  {sentence}.  ").spec == plain.spec


def test_a_spec_that_was_understood_survives_json() -> None:
    for sentence in [*ENGLISH, *CHINESE]:
        spec = understand(sentence).spec
        assert SceneSpec.from_json(spec.to_json()) == spec


def test_any_heap_of_words_is_read_or_refused() -> None:
    """No order of words breaks the reading: it gives a spec or a SettingError, nothing else."""
    chance = random.Random(7)
    english = [" ".join(words) for words in lexicon().english]
    chinese = list(lexicon().chinese)
    told = []
    for _ in range(400):
        words = [chance.choice(chance.choice((english, chinese))) for _ in range(chance.randint(1, 12))]
        sentence = " ".join(word + chance.choice(("", ",", ".", "，")) for word in words)
        try:
            understood = understand(sentence)
            edit(understood, chance.choice(words) + " and a lake")
        except SettingError as error:
            told.append(str(error))
    assert not [line for line in told if "\n" in line]


def test_counts_beyond_what_can_be_are_left_open() -> None:
    assert understand("100000 trees").spec.elements[0].count is None
    assert understand("0 trees").spec.without == ("tree",)


def test_every_style_has_its_words() -> None:
    said = {entry.get("style") for entry in lexicon().english.values()} - {None}
    assert said == set(STYLES)
    assert {entry.get("style") for entry in lexicon().chinese.values()} - {None} == set(STYLES)


def test_the_lexicon_is_read_when_it_is_first_asked() -> None:
    code = "import pleinair.fiction.language as l, pleinair.fiction.words as w; print(w.lexicon.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], cwd=SRC, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout.strip() == "0", done.stderr
