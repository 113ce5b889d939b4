"""The gallery's own sentences: every shipped style, both languages, many sorts of scenes, and nothing left out."""

import re

import pytest

from pleinair import store
from pleinair.demo.sentences import SENTENCES
from pleinair.imagining import PHOTO, Heard, hear

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3}")


def heard() -> list[Heard]:
    return [hear(sentence) for sentence in SENTENCES]


def test_every_shipped_style_is_shown() -> None:
    shipped = {style for model in store.catalog().models if model.origin == "shipped" for style in model.spec.styles}
    assert {each.style or PHOTO for each in heard()} == shipped | {PHOTO}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_word_is_understood(sentence: str) -> None:
    said = hear(sentence)
    said.check()
    assert (said.unknown, said.refused) == ((), ())
    assert said.style
    assert said.spec.kind


@pytest.mark.parametrize(("field", "least"), [("kind", 6), ("season", 3), ("time", 3), ("weather", 4), ("mood", 2)])
def test_the_scenes_are_of_many_sorts(field: str, least: int) -> None:
    assert len({getattr(each.spec, field) for each in heard()} - {None}) >= least


def test_both_languages_and_both_at_once() -> None:
    tongues = {(bool(HAN.search(sentence)), bool(LATIN.search(sentence))) for sentence in SENTENCES}
    assert tongues == {(True, False), (False, True), (True, True)}
    assert len(set(SENTENCES)) == len(SENTENCES)
