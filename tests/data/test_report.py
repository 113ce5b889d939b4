"""The report: a file that reads back as it was, and a table that names what matters."""

from dataclasses import replace
from pathlib import Path

import pytest

from pleinair.data.report import Kept, Report, Skipped, load, report_path, save, sizes
from pleinair.errors import OutputError

REPORT = Report(
    name="ink",
    pack="ink.pack",
    kept=(
        Kept("fuji", "fuji.jpg", (1000, 800), (640, 512), "train"),
        Kept("ōmi", "sub/ōmi.jpg", (300, 400), (300, 400), "validation", "transparency on white"),
        Kept("edo", "edo.jpg", (400, 300), (400, 300), "train"),
    ),
    skipped=(
        Skipped("a.jpg", "near-duplicate", "fuji.jpg"),
        *(Skipped(f"b{i}.jpg", "nearly one color") for i in range(5)),
    ),
    other_files=2,
    difference=0.4812,
    pack_bytes=3 * 2**19,
    short_side=512,
    format="JPEG",
    quality=95,
    warnings=("3 pictures are few.",),
)


def test_it_reads_back_as_it_was(tmp_path: Path) -> None:
    save(REPORT, tmp_path / "ink.report.json")
    assert load(tmp_path / "ink.report.json") == REPORT


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kept": 3}', '{"kept": [], "skipped": [], "warnings": []}'])
def test_what_is_no_report_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert load(tmp_path / "a.json") is None


def test_a_missing_report_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "gone.json") is None


def test_it_lies_beside_the_pack() -> None:
    assert report_path(Path("packs/ink.pack")) == Path("packs/ink.report.json")
    assert report_path(Path("packs/v1.2.pack")) == Path("packs/v1.2.report.json")


def test_an_unwritable_report_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        save(REPORT, tmp_path / "missing/ink.report.json")


def test_the_table_counts_and_names() -> None:
    table = REPORT.table(most=3)
    lines = table.splitlines()
    assert lines[0].split() == ["pictures", "found", "9", "(and", "2", "other", "files)"]
    assert "3: 2 to train on, 1 for validation" in lines[1]
    assert any(line.startswith("skipped, nearly one color") and line.endswith("5") for line in lines)
    assert "300 … 300 … 512 px (smallest, median, largest)" in table
    assert "short side up to 512 px, JPEG of quality 95" in table
    assert "ink.pack, 1.5 MiB" in table
    assert "  - a.jpg: near-duplicate of fuji.jpg" in lines
    assert table.count("- b") == 3
    assert "  - … and 2 more: nearly one color" in lines
    assert lines[-1] == "Note: 3 pictures are few."


def test_nothing_is_said_of_what_is_not_there() -> None:
    table = replace(REPORT, skipped=(), other_files=0, warnings=()).table()
    assert "skipped" not in table
    assert "other files" not in table
    assert "Note" not in table
    assert "…" in table


def test_sizes_of_nothing() -> None:
    assert sizes(()) == "none"
