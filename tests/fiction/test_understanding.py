"""Sentences are understood as they were annotated, in both languages and for every phenomenon; and the benchmark that
says so can say no."""

import json

import pytest

from benchmarks import sentences as benchmark
from tests.fiction.scoring import ALL, Score, sentences


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Score]]:
    return benchmark.scores()


@pytest.mark.parametrize("language", ["en", "zh", "mixed", ALL])
def test_each_language_is_understood(found: dict[str, dict[str, Score]], language: str) -> None:
    assert found[language][ALL].f1 >= 0.95


def test_every_phenomenon_is_understood(found: dict[str, dict[str, Score]]) -> None:
    assert benchmark.below(found) == []
    assert {"count", "place", "depth", "size", "color", "season", "time", "weather", "mood", "negation"} <= set(
        found[ALL]
    )


def test_there_are_enough_sentences_and_half_are_chinese() -> None:
    rows = sentences()
    assert len(rows) >= 300
    assert 0.4 <= sum(row["language"] == "zh" for row in rows) / len(rows) <= 0.6


def test_the_benchmark_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main([]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (result["count"], result["below"]) == (len(sentences()), [])
    assert result["f1"]["zh"][ALL] >= 0.95


def test_a_parser_that_understands_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "parsed", lambda _: {})
    assert benchmark.main(["--wrong"]) == 1
    out = capsys.readouterr().out
    assert f"{sentences()[0]['id']}: " in out
    assert "all all 0.000" in json.loads(out.splitlines()[-1])["below"]
