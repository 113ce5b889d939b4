"""`pleinair train segment`, `layout`, `sketches` and `translate --render`: folders in, runs out, one line for what
cannot be."""

import json
from pathlib import Path

import pytest
import torch

from pleinair.cli.main import main
from pleinair.networks.segmenter import load_segmenter
from pleinair.recipes import watching_layouts
from pleinair.recipes.watching_layouts import load_layout
from tests.labels import write_scenes
from tests.training.rehearsal import look_little, write_classifier, write_frozen, write_pack


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    look_little(monkeypatch.setattr)
    for name, value in (("WATCHED", 4), ("SHOWN", 1), ("SEEDS", 1)):
        monkeypatch.setattr(watching_layouts, name, value)
    for variable in ("PLEINAIR_FEATURES_VGG", "PLEINAIR_FEATURES_ONNX", "WORLD_SIZE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("given")
    write_scenes(home / "scenes", 5, 96, 120)
    for kind, name in enumerate(("photo", "dots", "fiction")):
        write_pack(home / f"{name}.pack", kind)
    write_frozen(home / "vgg.safetensors")
    write_classifier(home / "squeeze.safetensors")
    return home


def test_a_segmenter_and_then_a_generator_that_it_reads(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = ["train", "segment", "--scenes", str(given / "scenes"), "--run", str(tmp_path / "reader")]
    assert main([*reader, "--tiny", "--pictures", "8", "--seed", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{given / 'scenes'}: 5 scenes"
    assert load_segmenter(tmp_path / "reader").width == 8
    words = ["train", "layout", "--photos", str(given / "photo.pack"), "--scenes", str(given / "scenes")]
    words += ["--segmenter", str(tmp_path / "reader"), "--run", str(tmp_path / "run"), "--tiny", "--pictures", "4"]
    assert main(words) == 1
    assert "give the file by --features" in capsys.readouterr().err
    words += ["--features", str(given / "vgg.safetensors")]
    for _ in range(2):
        assert main(words) == 0
    assert "going on from 4 pictures" in capsys.readouterr().err
    assert load_layout(tmp_path / "run").classes == 12
    assert main([*words, "--seed", "5"]) == 1
    assert "(seed: 0 → 5)" in capsys.readouterr().err
    words[words.index("--run") + 1] = str(tmp_path / "looked-on")
    assert main([*words, "--classifier", str(given / "squeeze.safetensors")]) == 0
    told = json.loads((tmp_path / "looked-on/run.json").read_text())
    assert told["settings"]["classifier"] == "squeezenet1_1"
    assert told["weights"]["generator.meaning"] > 0
    assert main([*words, "--classifier", "nowhere.safetensors"]) == 1
    assert "--classifier nowhere.safetensors" in capsys.readouterr().err


def test_sketches_and_then_scenes_on_them(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--photos", str(given / "photo.pack"), "--scenes", str(given / "scenes"), "--tiny", "--pictures", "4"]
    begin = ["train", "sketches", *words, "--run", str(tmp_path / "sketches")]
    assert main(begin) == 1
    assert "give the file by --features" in capsys.readouterr().err
    sees = ["--features", str(given / "vgg.safetensors")]
    (tmp_path / "kinds.csv").write_text("name,kind\nseed0000,lake\nseed0003,canyon\nother,hills\n")
    begin += ["--kinds", str(tmp_path / "kinds.csv")]
    for _ in range(2):
        assert main([*begin, *sees]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == f"{given / 'scenes'}: 5 scenes"
    assert "going on from 4 pictures" in err
    reader = ["train", "segment", "--scenes", str(given / "scenes"), "--run", str(tmp_path / "reader")]
    assert main([*reader, "--tiny", "--pictures", "8"]) == 0
    layout = ["train", "layout", *words, *sees, "--segmenter", str(tmp_path / "reader")]
    assert main([*layout, "--run", str(tmp_path / "layout")]) == 0
    on = [*layout, "--sketches", str(tmp_path / "sketches"), "--layout", str(tmp_path / "layout")]
    assert main([*on, "--run", str(tmp_path / "scenes"), "--classifier", str(given / "squeeze.safetensors")]) == 0
    told = json.loads((tmp_path / "scenes/run.json").read_text())
    assert (told["recipe"], told["data"]["height"]) == ("scene_sketched", 256)
    assert told["settings"]["classifier"] == "squeezenet1_1"
    capsys.readouterr()
    assert main(["export", str(tmp_path / "scenes"), "--out", str(tmp_path / "s.onnx")]) == 0
    draw = ["generate", "--model", str(tmp_path / "s.onnx"), "--out", str(tmp_path / "out"), "--kind"]
    assert main([*draw, "canyon"]) == 0
    assert (tmp_path / "out/seed0000.png").exists()
    assert main([*draw, "hills"]) == 1
    assert "it has canyon, lake" in capsys.readouterr().err
    capsys.readouterr()
    for more, said in (
        (["--sketches", str(tmp_path / "reader")], "no generator of sketches"),
        (["--layout", str(tmp_path / "layout")], "give both, or --from"),
    ):
        assert main([*layout, *more, "--run", str(tmp_path / "other")]) == 1
        assert said in capsys.readouterr().err.splitlines()[-1]


def test_kinds_of_no_scene(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kinds.csv").write_text("name,kind\nlake7,lake\n")
    words = ["train", "sketches", "--photos", str(given / "photo.pack"), "--scenes", str(given / "scenes")]
    words += ["--features", str(given / "vgg.safetensors"), "--kinds", str(tmp_path / "kinds.csv")]
    assert main([*words, "--run", str(tmp_path / "run")]) == 1
    assert "names none of the scenes; its names are such as seed0000" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_painter_that_makes_renders_real(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "translate", "--content", str(given / "photo.pack"), "--style", f"dots={given / 'dots.pack'}"]
    words += ["--render", f"fiction={given / 'fiction.pack'}", "--run", str(tmp_path / "run"), "--tiny"]
    assert main([*words, "--pictures", "8"]) == 1
    assert "renders are no style; use translate, with --features" in capsys.readouterr().err
    assert main([*words, "--pictures", "8", "--features", str(given / "vgg.safetensors")]) == 0
    told = json.loads((tmp_path / "run/run.json").read_text())
    assert (told["styles"], told["data"]["renders"]) == (["photo", "dots"], ["fiction"])
    words[words.index("--render") + 1] = f"dots={given / 'fiction.pack'}"
    assert main([*words, "--features", str(given / "vgg.safetensors")]) == 1
    assert "dots: the name of a style" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["segment", "--scenes", "nowhere"], "nowhere: no such folder"),
        (["segment", "--scenes", ".", "--width", "12"], "--width 12: give a multiple of 8, such as 8"),
        (["segment", "--scenes", "."], "has 0 scenes with label maps"),
        (["layout", "--photos", ".", "--scenes", ".", "--segmenter", "nowhere"], "--segmenter nowhere: no such run"),
        (
            ["layout", "--photos", ".", "--scenes", ".", "--segmenter", ".", "--sketches", "nowhere"],
            "--sketches nowhere: no such run; train one: pleinair train sketches",
        ),
        (["sketches", "--photos", ".", "--scenes", "nowhere"], "nowhere: no such folder"),
        (
            ["sketches", "--photos", ".", "--scenes", ".", "--kinds", "no.csv"],
            "--kinds no.csv: no such file",
        ),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", *words, "--run", str(tmp_path / "run")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
