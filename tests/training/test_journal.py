"""The journal tells one story, whatever was killed in between."""

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.errors import OutputError
from pleinair.training.journal import STATS, Journal, clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / STATS).read_text("utf-8").splitlines()]


def written(folder: Path, *entries: Mapping[str, object]) -> Path:
    (folder / STATS).write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")
    return folder


def test_a_line_per_look(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 0, 100, screen=io.StringIO())
    journal.write(4, {"a": 1.5})
    journal.write(8, {"warning": "mind the 山"})
    assert lines(tmp_path) == [{"seen_pictures": 4, "a": 1.5}, {"seen_pictures": 8, "warning": "mind the 山"}]


def test_going_on_drops_what_the_saving_does_not_know(tmp_path: Path) -> None:
    written(tmp_path, *({"seen_pictures": seen, "a": 1.0} for seen in (4, 8, 12, 16)))
    journal = Journal(tmp_path, 8, 100, screen=io.StringIO())
    journal.write(12, {"a": 2.0})
    assert [(line["seen_pictures"], line["a"]) for line in lines(tmp_path)] == [(4, 1.0), (8, 1.0), (12, 2.0)]


def test_a_look_that_is_made_anew_is_dropped(tmp_path: Path) -> None:
    written(
        tmp_path, {"seen_pictures": 4, "watch.score": 1.0}, {"seen_pictures": 8}, {"seen_pictures": 8, "watch.score": 2}
    )
    Journal(tmp_path, 8, 100, looked=4, screen=io.StringIO())
    assert lines(tmp_path) == [{"seen_pictures": 4, "watch.score": 1.0}, {"seen_pictures": 8}]


@given(cut=st.integers(1, 24))
def test_a_torn_last_line_is_dropped(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = written(tmp_path_factory.mktemp("torn"), {"seen_pictures": 4}, {"seen_pictures": 8, "a": 1.0})
    whole = (folder / STATS).read_bytes()
    (folder / STATS).write_bytes(whole[:-cut])
    Journal(folder, 100, 100, screen=io.StringIO())
    assert lines(folder)[0] == {"seen_pictures": 4}
    assert all("seen_pictures" in line for line in lines(folder))


def test_a_whole_file_is_left_alone(tmp_path: Path) -> None:
    written(tmp_path, {"seen_pictures": 4}, {"seen_pictures": 8})
    before = (tmp_path / STATS).stat().st_mtime_ns
    Journal(tmp_path, 8, 100, screen=io.StringIO())
    assert (tmp_path / STATS).stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [STATS]


def test_the_live_line_says_how_far_how_fast_and_how_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, now = io.StringIO(), [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    journal = Journal(tmp_path, 1_000, 5_000, screen=screen)
    now[0] += 100
    journal.tell(2_000, {"generator.loss": 0.123456789})
    assert screen.getvalue() == "2,000/5,000 pictures  10.0/s  5 min left  generator.loss 0.123\n"
    (line,) = lines(tmp_path)
    assert line == {"seen_pictures": 2_000, "generator.loss": 0.12346, "pictures_per_second": 10.0}
    now[0] += 1
    journal.tell(2_010, {})
    assert screen.getvalue().count("\n") == 1  # not every second
    assert len(lines(tmp_path)) == 2
    now[0] += 30
    journal.tell(2_020, {}, left_seconds=45)
    assert "45 s left" in screen.getvalue()


def test_on_a_terminal_the_line_is_rewritten_and_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Terminal()
    journal = Journal(tmp_path, 0, 100, screen=screen)
    journal.tell(4, {f"generator.term{i}": 0.5 for i in range(9)})
    journal.say("a word")
    journal.close()
    live, said, _ = screen.getvalue().split("\n")
    assert live.startswith("\r\x1b[K4/100 pictures")
    first, second = live.split("\r\x1b[K")[1:]
    assert len(first) == 39
    assert second == "a word"
    assert said == ""


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 0, 100, screen=io.StringIO())
    (tmp_path / STATS).mkdir()
    with pytest.raises(OutputError, match=r"stats.jsonl: cannot be written"):
        journal.write(4, {})


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (-3.0, "0 s"), (89, "89 s"), (90, "2 min"), (3_599, "1 h 00 min"), (3_900, "1 h 05 min")],
)
def test_clock(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def test_nobody_knows_how_long_nothing_takes() -> None:
    assert clock(float("inf")) == "?"


def test_tensorboard_hears_the_figures_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []

    class SummaryWriter:
        def __init__(self, folder: str, purge_step: int | None) -> None:
            heard.append((Path(folder).name, purge_step))

        def add_scalar(self, name: str, value: float, step: int) -> None:
            heard.append((name, value, step))

        def close(self) -> None:
            heard.append("closed")

    board = ModuleType("torch.utils.tensorboard")
    board.SummaryWriter = SummaryWriter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", board)
    journal = Journal(tmp_path, 8, 100, screen=io.StringIO())
    journal.write(12, {"generator.near": 0.5, "warning": "words"})
    journal.close()
    assert heard == [("tensorboard", 9), ("generator/near", 0.5, 12), "closed"]


def test_nothing_is_missed_where_tensorboard_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    journal = Journal(tmp_path, 0, 100, screen=io.StringIO())
    journal.write(4, {"a": 1.0})
    journal.close()
    assert len(lines(tmp_path)) == 1
