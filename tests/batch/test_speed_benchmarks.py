"""The benchmarks of folders and films measure what they say, and end with a line of JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import farm_speed, film_speed

pytestmark = pytest.mark.usefixtures("shelf")


def last(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_folder_against_the_engine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    words = [
        "farm_speed.py",
        "--suffix",
        suffix,
        "--frames",
        "5",
        "--rounds",
        "2",
        "--size",
        "32",
        "--threads",
        "2",
        "--style",
        "hokusai",
    ]
    monkeypatch.setattr(sys, "argv", words)
    code = farm_speed.main()
    told = last(capsys)
    assert (told["frames"], told["size"], told["jobs"], told["threads"]) == (6, 32, 2, 2)
    assert told["cores"] >= 1
    assert told["suffix"] == suffix
    assert len(told["ratios"]) == 2
    assert min(told["ratios"]) <= told["ratio"] <= max(told["ratios"])
    assert code == (0 if told["ratio"] >= farm_speed.BAR else 1)


def test_more_frames_than_rounds_are_shared_out(tmp_path: Path) -> None:
    paths = farm_speed.frames(tmp_path, 3, 40, ".png")
    assert [path.name for path in paths] == ["00000.png", "00001.png", "00002.png"]
    assert len({path.read_bytes() for path in paths}) == 3


def test_a_film_against_the_engine(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--style", "hokusai", "--frames", "3", "--rounds", "1", "--threads", "2", "--size", "64", "48"]
    monkeypatch.setattr(sys, "argv", ["film_speed.py", *words])
    film_speed.main()
    told = last(capsys)
    assert (told["size"], told["frames"]) == ([64, 48], 3)
    for what in film_speed.BARS:
        assert told[f"{what}_clock"] > 0
        assert told[f"{what}_processor"] > 0
