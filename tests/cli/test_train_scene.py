"""`pleinair train scene`: folders in, a run out; what cannot be is said in one line."""

import json
from pathlib import Path

import pytest
import torch

from pleinair.cli.main import main
from pleinair.training import checkpoint
from tests.training.rehearsal import look_little, write_classifier, write_folder, write_frozen, write_pack


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    look_little(monkeypatch.setattr)
    for variable in ("PLEINAIR_FEATURES_VGG", "PLEINAIR_FEATURES_ONNX", "PLEINAIR_FEATURES_SQUEEZENET", "WORLD_SIZE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of two kinds in folders, a pack of paintings, a file of features."""
    home = tmp_path_factory.mktemp("given")
    write_folder(home / "photos/forest", 0, count=6)
    write_folder(home / "photos/lake", 2, count=6)
    write_pack(home / "dots.pack", 1)
    write_frozen(home / "vgg.safetensors")
    write_classifier(home / "squeeze.safetensors")
    return home


def words(given: Path, run: Path, *more: str) -> list[str]:
    photos = ["train", "scene", "--photos", str(given / "photos"), "--run", str(run)]
    return [*photos, "--tiny", "--pictures", "8", *more]


def test_a_run_from_folders_and_packs(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, features = tmp_path / "run", ["--features", str(given / "vgg.safetensors")]
    assert main(words(given, run, "--domain", f"dots={given / 'dots.pack'}", *features)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == ["ended: all pictures seen", f"look at it: {run / 'previews'}"]
    told = json.loads((run / "run.json").read_text())
    assert (told["recipe"], told["styles"], told["data"]["kinds"]) == ("scene", ["photo", "dots"], ["forest", "lake"])
    assert told["network"]["marks"] == 4
    assert checkpoint.read(run / checkpoint.AVERAGE)[1]["seen_pictures"] == 8
    assert [path.suffix for path in (run / "previews").iterdir()] == [".jpg"]


def test_a_classifier_may_look_on(given: Path, tmp_path: Path) -> None:
    seeing = ["--features", str(given / "vgg.safetensors"), "--classifier", str(given / "squeeze.safetensors")]
    assert main(words(given, tmp_path / "run", *seeing)) == 0
    told = json.loads((tmp_path / "run/run.json").read_text())
    assert told["settings"]["classifier"] == "squeezenet1_1"
    assert told["weights"]["generator.meaning"] > 0


def test_a_classifier_for_a_recipe_that_has_none_is_refused(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(given / "squeeze.safetensors")
    assert main(words(given, tmp_path / "run", "--recipe", "scene_dcgan", "--classifier", file)) != 0
    assert "the recipe scene_dcgan sees with none" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    monkeypatch.setenv("PLEINAIR_FEATURES_SQUEEZENET", file)  # what is there for others is no mistake
    assert main(words(given, tmp_path / "run", "--recipe", "scene_dcgan")) == 0
    assert "classifier" not in json.loads((tmp_path / "run/run.json").read_text())["settings"]


def test_without_features_it_trains_on_pixels_and_says_so(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, tmp_path / "run")) == 0
    assert "no frozen features (scene_r3)" in capsys.readouterr().out
    assert json.loads((tmp_path / "run/run.json").read_text())["recipe"] == "scene_r3"


@pytest.mark.parametrize("recipe", ["scene_dcgan", "scene_fastgan"])
def test_what_it_is_compared_with_trains_alike(given: Path, tmp_path: Path, recipe: str) -> None:
    assert main(words(given, tmp_path / "run", "--recipe", recipe)) == 0
    assert json.loads((tmp_path / "run/run.json").read_text())["recipe"] == recipe


def test_the_same_command_goes_on_and_another_is_refused(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(words(given, tmp_path / "run")) == 0
    assert "going on from 8 pictures" in capsys.readouterr().err
    assert main(words(given, tmp_path / "run", "--seed", "5")) == 1
    assert "(seed: 0 → 5)" in capsys.readouterr().err.splitlines()[-1]


def test_kinds_by_a_table(given: Path, tmp_path: Path) -> None:
    table = tmp_path / "kinds.csv"
    table.write_text("name,kind\n00.png,sea\n")
    assert main(words(given, tmp_path / "run", "--kinds", str(table))) == 0
    assert "sea" in json.loads((tmp_path / "run/run.json").read_text())["data"]["kinds"]


def test_a_run_may_begin_with_what_another_has_learned(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, tmp_path / "first")) == 0
    assert main(words(given, tmp_path / "second", "--from", str(tmp_path / "first"))) == 0
    assert f"warm start from {tmp_path / 'first'}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--side", "100"], "--side"),
        (["--recipe", "other"], "--recipe"),
        (["--domain", "dots"], "'dots' is not NAME=DIR; write for example --domain"),
        (["--domain", "photo=a"], "'photo' is taken"),
        (["--pictures", "many"], "no number of pictures"),
        (["--for", "25"], "'25' is no time"),
    ],
)
def test_a_command_line_that_cannot_be_is_not_understood(
    given: Path, tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, tmp_path / "run", *more)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--domain", "ink=nowhere"], "nowhere: no such folder or pack of pictures; check the path"),
        (["--kinds", "nowhere.csv"], "--kinds nowhere.csv: no such file"),
        (["--features", "nowhere"], "--features nowhere: no such file"),
        (["--judge", "nowhere"], "--judge nowhere: no such file"),
        (["--from", "nowhere"], "--from nowhere: no such run or pack"),
        (["--recipe", "scene"], "sees with vgg19_quarter; give its file by --features"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(
    given: Path, tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, tmp_path / "run", *more)) == 1
    err = [line for line in capsys.readouterr().err.splitlines() if line.startswith("pleinair: ")]
    assert len(err) == 1
    assert said in err[0]


def test_a_table_that_names_no_picture_is_refused(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(tmp_path / "photos", 0)
    (tmp_path / "kinds.csv").write_text("elsewhere.jpg,sea\n")
    assert main([*words(tmp_path, tmp_path / "run"), "--kinds", str(tmp_path / "kinds.csv")]) == 1
    assert "names none of the pictures" in capsys.readouterr().err
    assert given.is_dir()
