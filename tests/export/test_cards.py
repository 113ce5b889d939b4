"""Model cards: all that a user has to know stands on them, and their tables are tables."""

from pathlib import Path

import pytest

from pleinair import store
from pleinair.export.cards import card_text, sources, table, told, write_sums
from pleinair.spec import ModelSpec, Source

TRAINING = {
    "pictures": 1_200,
    "minutes": 7,
    "hardware": "one core",
    "seed": 3,
    "date": "2026-11-23",
    "command": "pleinair train scene",
    "note": "the first",
}


def spec(**more: object) -> ModelSpec:
    given: dict[str, object] = {
        "license": "CC0-1.0",
        "titles": {"photo": "photos of nature"},
        "sources": (
            Source("photo", "a collection", 12, "CC0"),
            Source("renders", "computed", 3, "CC0"),
            Source("content", "not shown", 3, ""),
        ),
        "known_failures": ("skies repeat", "no animals"),
    }
    return ModelSpec("scene", ("photo",), 1, 0, kind="scene", **{**given, **more})  # type: ignore[arg-type]


def test_a_card_tells_what_a_user_has_to_know() -> None:
    text = card_text(spec(), "Draws scenes.", [TRAINING], ["Protocol: eyes."])
    assert text.startswith("# scene\n\nDraws scenes. License of the weights: CC0-1.0.\n")
    for line in ("- skies repeat", "- no animals", "Protocol: eyes."):
        assert line in text.splitlines()
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## What it learned from", "## Training", "## Scores", "## Known failures"]


def test_sources_are_those_of_its_styles_and_of_what_it_paints() -> None:
    assert sources(spec())[2:] == [
        "| photo | photos of nature | 12 | a collection | CC0 |",
        "| renders | what it paints | 3 | computed | CC0 |",
    ]


def test_a_training_stands_with_its_command() -> None:
    assert told([TRAINING])[-1] == "| 1200 | 7 | one core | 3 | 2026-11-23 | `pleinair train scene` | the first |"


@pytest.mark.parametrize("left_out", sorted(TRAINING))
def test_a_training_that_hides_something_makes_no_card(left_out: str) -> None:
    with pytest.raises(KeyError, match=left_out):
        told([{key: value for key, value in TRAINING.items() if key != left_out}])


def test_a_table_has_as_many_cells_as_columns() -> None:
    assert table(("a", "b"), [("1", "2")]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]
    with pytest.raises(ValueError, match="1 cells where the table has 2"):
        table(("a", "b"), [("1",)])


def test_checksums_are_those_that_the_store_reads(tmp_path: Path) -> None:
    (tmp_path / "b.onnx").write_bytes(b"second")
    (tmp_path / "a.onnx").write_bytes(b"first")
    (tmp_path / "a.md").write_text("a card")
    write_sums(tmp_path)
    found = store.read_sums(tmp_path / store.SUMS)
    assert found == {name: store.sha256_of(tmp_path / name) for name in ("a.onnx", "b.onnx")}
