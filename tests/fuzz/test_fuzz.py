"""The first 300 malformed files; benchmarks/fuzz.py does 10,000."""

from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz.malformed import MUTATIONS, malformed, whole
from tests.fuzz.watching import CRASHED, FINE, HUNG, PAINTED, REFUSED, SECONDS, TORN, Worker, _torn, fates

FILES = 300


def test_no_malformed_file_crashes_hangs_or_leaves_a_torn_painting(tmp_path: Path) -> None:
    found = list(fates(range(FILES), tmp_path))
    assert [fate for fate in found if fate.fate not in FINE] == []
    assert max(fate.seconds for fate in found) < SECONDS
    counts = Counter(fate.fate for fate in found)
    assert counts[REFUSED] > FILES / 3  # they are malformed indeed
    assert counts[PAINTED] > FILES / 20  # but not beyond recognition
    assert all("\n" not in fate.line and len(fate.line) < 1000 for fate in found)


def test_whole_files_are_painted(tmp_path: Path) -> None:
    """Guards the test above against refusing everything."""
    (tmp_path / "out").mkdir()
    with Worker() as worker:
        for name, data in whole().items():
            (tmp_path / name).write_bytes(data)
            fate, line, _ = worker.paint(tmp_path / name, tmp_path / "out" / name)
            assert (fate, name) == (REFUSED if name == "float.tif" else PAINTED, name), line


def test_a_number_is_a_file() -> None:
    assert [malformed(number) for number in range(40)] == [malformed(number) for number in range(40)]
    names = {malformed(number)[0].partition("-")[2] for number in range(len(whole()))}
    assert names == set(whole())


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mutation_takes_any_file(mutation: object) -> None:
    import random

    assert callable(mutation)
    changed = 0
    for data in (*whole().values(), b"", b"x", b"#?RADIANCE"):
        for seed in range(3):
            changed += mutation(random.Random(seed), data) != data
    assert changed > len(whole())


def test_the_watch_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hanging worker is replaced, a dead one too, and what lies in the outputs is looked at."""
    monkeypatch.setattr("tests.fuzz.watching.SECONDS", 0.0)
    source, out = tmp_path / "a.png", tmp_path / "out"
    out.mkdir()
    source.write_bytes(whole()["plain.png"])
    with Worker() as worker:
        assert worker.paint(source, out / "b.png")[0] == HUNG
        monkeypatch.setattr("tests.fuzz.watching.SECONDS", 30.0)
        worker._process.kill()
        assert worker.paint(source, out / "c.png")[0] == CRASHED
        assert worker.paint(source, out / "d.png")[0] == PAINTED
    assert _torn(PAINTED, out / "d.png", ["d.png"]) == ""
    assert _torn(REFUSED, out / "d.png", ["d.png"])
    assert _torn(PAINTED, out / "d.png", [".d.png.part", "d.png"])
    (out / "d.png").write_bytes(whole()["plain.png"][:200])
    assert "cut short" in _torn(PAINTED, out / "d.png", ["d.png"])
    assert TORN not in FINE
