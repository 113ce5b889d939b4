"""Rooms stay rooms, the tree stays small, and tests keep up with the code."""

from pathlib import Path

import pytest

from tests.house.checkout import ROOT, tracked

LONGEST_FILE = 320  # lines
TREE_BYTES = 24 * 2**20
SAMPLE_BYTES = 250_000
SHEET_BYTES = 300_000


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_of_the_source_is_longer_than_a_room() -> None:
    long = {
        str(path.relative_to(ROOT)): lines(path) for path in (ROOT / "src").rglob("*.py") if lines(path) > LONGEST_FILE
    }
    assert not long


def test_tests_are_at_least_as_long_as_the_code() -> None:
    code = sum(map(lines, (ROOT / "src").rglob("*.py")))
    tests = sum(map(lines, (ROOT / "tests").rglob("*.py")))
    assert tests >= code


def test_the_tracked_tree_is_small() -> None:
    assert sum(path.stat().st_size for path in tracked()) < TREE_BYTES


def test_sample_pictures_are_small() -> None:
    samples = list((ROOT / "src/pleinair/samples").glob("*.jpg"))
    assert len(samples) >= 4
    assert all(path.stat().st_size <= SAMPLE_BYTES for path in samples)


def test_sheets_are_small() -> None:
    assert all(path.stat().st_size <= SHEET_BYTES for path in (ROOT / "docs").rglob("*.jpg"))


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_no_room_is_a_drawer(word: str) -> None:
    assert not [
        path for path in tracked() if path.suffix == ".py" and word in (*path.relative_to(ROOT).parts, path.stem)
    ]
