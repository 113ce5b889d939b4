"""`pleinair prepare`: the command line in, the pack and the table out, complaints in one line."""

from pathlib import Path

import pytest

from pleinair.cli.main import main
from pleinair.data.pack import Pack
from tests.data.pictures import folder_of, save, scene


@pytest.fixture
def ink(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "ink", 10, width=150, height=130)


def run(*arguments: object) -> int:
    return main(["prepare", *map(str, arguments)])


def test_a_folder_becomes_a_pack_and_a_table(ink: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(scene(90, 20, 20), ink / "tiny.png")
    assert run(ink, "--out", tmp_path / "packs/ink.pack", "--size", 64, "--name", "Ink") == 0
    pack = Pack.open(tmp_path / "packs/ink.pack")
    assert pack.name == "Ink"
    assert len(pack.entries) == 10
    assert {entry.short_side for entry in pack.entries} == {64}
    assert (tmp_path / "packs/ink.report.json").is_file()
    shown = capsys.readouterr()
    assert "pictures found" in shown.out
    assert "tiny.png: too small (short side below 64 px)" in shown.out
    assert "Note: 10 pictures are few" in shown.out
    assert shown.err == ""


def test_the_same_command_again_says_so(ink: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = (ink, "--out", tmp_path / "ink.pack")
    assert run(*command) == 0
    assert "up to date" not in capsys.readouterr().out
    made = (tmp_path / "ink.pack").stat().st_mtime_ns
    assert run(*command) == 0
    again = capsys.readouterr().out
    assert again.startswith("ink.pack is up to date; --overwrite prepares it again\n")
    assert "pictures found" in again
    assert (tmp_path / "ink.pack").stat().st_mtime_ns == made
    assert run(*command, "--overwrite") == 0
    assert "up to date" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("size", "limit"),
    [("40KiB", 40 * 1024), ("40kb", 40_000), ("0.04 MB", 40_000), ("40000", 40_000), ("40000B", 40_000)],
)
def test_a_budget_in_any_unit_is_kept(ink: Path, tmp_path: Path, size: str, limit: int) -> None:
    assert run(ink, "--out", tmp_path / "ink.pack", "--budget", size, "--size", 128) == 0
    assert limit / 3 < (tmp_path / "ink.pack").stat().st_size <= limit


@pytest.mark.parametrize("size", ["lots", "3x", "-5MiB", "MiB", "1e6", ""])
def test_a_budget_that_is_no_size_is_a_usage_error(
    ink: Path, tmp_path: Path, size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(ink, "--out", tmp_path / "ink.pack", "--budget", size) == 2
    assert "is not a size; write 32MiB" in capsys.readouterr().err
    assert not (tmp_path / "ink.pack").exists()


def test_the_share_for_validation_is_given(ink: Path, tmp_path: Path) -> None:
    assert run(ink, "--out", tmp_path / "a.pack", "--validation", 0) == 0
    assert len(Pack.open(tmp_path / "a.pack").validation) == 0
    assert run(ink, "--out", tmp_path / "a.pack", "--validation", 0.4) == 0
    assert 1 <= len(Pack.open(tmp_path / "a.pack").validation) <= 5


def test_several_folders_go_into_one_pack(ink: Path, tmp_path: Path) -> None:
    other = folder_of(tmp_path / "other", 4, first=40)
    assert run(ink, other, "--out", tmp_path / "both.pack") == 0
    assert {entry.source.split("/")[0] for entry in Pack.open(tmp_path / "both.pack").entries} == {"ink", "other"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing", "--out", "a.pack"], "there is no folder missing; give a folder of pictures"),
        (["empty", "--out", "a.pack"], "there are no pictures in empty"),
        (["ink", "--out", "empty"], "empty is a folder; give the pack a name"),
        (["ink", "--out", "ink/work000.png/a.pack"], "cannot be written"),
        (["ink", "--out", "a.pack", "--size", "4"], "at least 16 px"),
        (["ink", "--out", "a.pack", "--validation", "2"], "must lie between 0 and 0.5"),
        (["ink", "--out", "a.pack", "--budget", "100"], "do not fit into 100 bytes"),
    ],
)
def test_complaints_are_one_line(
    ink: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("pleinair: ")
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not (tmp_path / "a.pack").exists()
    assert ink.is_dir()


@pytest.mark.parametrize("arguments", [[], ["ink"], ["--out", "a.pack"]])
def test_folder_and_out_are_needed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert "Missing" in capsys.readouterr().err


def test_the_help_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for option in ("--out", "--name", "--size", "--budget", "--validation", "--overwrite"):
        assert option in shown
