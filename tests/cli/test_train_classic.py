"""`pleinair train classic`: from any folder of pictures to a run, and one line for what cannot be."""

import json
from pathlib import Path

import pytest
import torch

from pleinair.cli.main import main
from pleinair.training import checkpoint
from tests.training.rehearsal import write_folder

COUNT = 34


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of colored pictures of several sizes, and a file that is none."""
    folder = write_folder(tmp_path_factory.mktemp("given") / "photos", 0, COUNT, size=40)
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def words(content: Path, run: Path, *more: str) -> list[str]:
    return ["train", "classic", "--content", str(content), "--run", str(run), "--tiny", *more]


def test_a_run_from_a_folder(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(words(photos, run)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{photos}: {COUNT} pictures, 1 left out, the first: ")
    assert "broken.jpg" in said[0]
    assert said[1:] == ["ended: all pictures seen", f"look at it: {run / 'previews'}"]
    assert [path.suffix for path in (run / "previews").iterdir()] == [".jpg"]
    facts = checkpoint.read(run / checkpoint.AVERAGE)[1]
    assert facts["seen_pictures"] == COUNT // 4 * 4
    assert json.loads((run / "run.json").read_text())["data"]["pictures"] == COUNT


def test_the_same_command_goes_on_and_another_is_refused(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    for _ in range(2):
        assert main(words(photos, run)) == 0
    assert f"going on from {COUNT // 4 * 4} pictures" in capsys.readouterr().err
    assert main(words(photos, run, "--seed", "5")) == 1
    assert main(words(photos, run, "--epochs", "3")) == 1
    err = [line for line in capsys.readouterr().err.splitlines() if line.startswith("pleinair: ")]
    assert "(seed: 0 → 5)" in err[0]
    assert f"pictures: {COUNT} → {3 * COUNT}" in err[1]


def test_pictures_that_have_changed_are_another_run(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "photos", 0, 33, size=30)
    assert main(words(folder, tmp_path / "run")) == 0
    (folder / "00.png").write_bytes((photos / "05.png").read_bytes())
    assert main(words(folder, tmp_path / "run")) == 1
    assert "data.sha256" in capsys.readouterr().err.splitlines()[-1]


def test_a_run_may_begin_with_what_another_has_learned(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(photos, tmp_path / "first")) == 0
    assert main(words(photos, tmp_path / "second", "--from", str(tmp_path / "first"), "--for", "1s")) == 0
    assert f"warm start from {tmp_path / 'first'}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--epochs", "0"], "--epochs"),
        (["--epochs", "many"], "--epochs"),
        (["--for", "25"], "'25' is no time"),
        (["--seed", "-1"], "--seed"),
        (["--style", "a=b"], "--style"),
    ],
)
def test_a_command_line_that_cannot_be_is_not_understood(
    photos: Path, tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(photos, tmp_path / "run", *more)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("kind", ["nowhere", "empty", "few", "text", "from"])
def test_what_cannot_be_trained_on_is_said_in_one_line(
    photos: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place, more, words_ = tmp_path / kind, list[str](), "at least 32 are needed"
    if kind == "nowhere":
        words_ = "nowhere: no such folder or pack of pictures; check the path"
    elif kind == "empty":
        place.mkdir()
    elif kind == "few":
        write_folder(place, 0, 3, size=30)
    elif kind == "text":
        place.write_text("dear")
        words_ = "is not a pack; make one"
    else:
        place, more, words_ = photos, ["--from", "elsewhere"], "--from elsewhere: no such run or pack; check the path"
    assert main(words(place, tmp_path / "run", *more)) == 1
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 1
    assert err[0].startswith("pleinair: ")
    assert words_ in err[0]
    assert not (tmp_path / "run").exists()


def test_a_run_of_the_classic_recipe_is_no_painter(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It makes pictures out of nothing, and has nothing that `export` could hand over; it says so."""
    assert main(words(photos, tmp_path / "run")) == 0
    capsys.readouterr()
    assert main(["export", str(tmp_path / "run")]) == 1
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 1
    assert "holds no averaged painter or generator" in err[0]


def test_without_pytorch_the_extra_is_named(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pleinair.cli.training.find_spec", lambda name: None if name == "torch" else object())
    assert main(words(photos, tmp_path / "run")) == 1
    assert 'pip install "pleinair[train]"' in capsys.readouterr().err
