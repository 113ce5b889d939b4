"""`pleinair export`."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.cli import export as verb
from pleinair.cli.main import main
from pleinair.engine import ort
from tests.export.painters import STYLES, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "meadow")


@pytest.fixture
def pictures(tmp_path: Path) -> str:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (18, 26, 3), np.uint8)).save(folder / "a.png")
    return str(folder)


def export(*words: str | Path) -> int:
    return main(["export", *map(str, words)])


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("pleinair: ")
    assert err.count("\n") == 1
    return err


def test_a_run(run: Path, pictures: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(run, "--pictures", pictures) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{run / 'meadow.onnx'}: photo, monet, shanshui; 0.04 MiB"
    assert lines[1].startswith("paints as its network does, at worst 0.")
    assert ort.read_spec(run / "meadow.onnx").styles == STYLES


def test_one_style_in_full_precision_elsewhere(run: Path, pictures: str, tmp_path: Path) -> None:
    out = tmp_path / "out" / "m.onnx"
    words = ("--style", "monet", "--full-precision", "--name", "water", "--out", out, "--pictures", pictures)
    assert export(run / "average.safetensors", *words) == 0
    spec = ort.read_spec(out)
    assert (spec.name, spec.styles) == ("water", ("monet",))


def test_a_card(run: Path, pictures: str, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"license": "CC-BY-4.0", "titles": {"shanshui": "山水"}}), encoding="utf-8")
    assert export(run, "--card", card, "--pictures", pictures) == 0
    spec = ort.read_spec(run / "meadow.onnx")
    assert (spec.license, spec.titles) == ("CC-BY-4.0", {"shanshui": "山水"})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1]", "must hold a JSON object"),
        ("{", "is no JSON"),
        ('{"halo": 3}', "cannot give 'halo'"),
        (None, "cannot be read"),
    ],
)
def test_a_card_that_is_none(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    card = tmp_path / "card.json"
    if content is not None:
        card.write_text(content)
    assert export(run, "--card", card) == 1
    assert said in complaint(capsys)
    assert not list(run.glob("*.onnx"))


def test_a_card_that_is_no_text(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "card.json").write_bytes(b"\xff\xfe\x00")
    assert export(run, "--card", tmp_path / "card.json") == 1
    assert "is no JSON" in complaint(capsys)


def test_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(tmp_path / "nowhere") == 1
    assert f"there is no run {tmp_path / 'nowhere'}" in complaint(capsys)


def test_no_saving_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(tmp_path) == 1
    assert "has no average.safetensors yet" in complaint(capsys)


def test_an_unknown_style(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(run, "--style", "turner") == 1
    assert "no style 'turner'; it has photo, monet, shanshui" in complaint(capsys)


def test_no_pictures_to_compare_by(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(run, "--pictures", tmp_path / "none") == 1
    assert "no pictures to compare" in complaint(capsys)


def test_no_words() -> None:
    assert export() == 2


@pytest.mark.parametrize("absent", verb.NEEDED)
def test_what_is_not_installed(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    monkeypatch.setattr(verb, "find_spec", lambda name: None if name == absent else object())
    assert export(run) == 1
    assert 'export needs the extra [train]; type: pip install "pleinair[train]"' in complaint(capsys)


def test_help_needs_no_pytorch() -> None:
    code = "import sys; from pleinair.cli.main import main; main(['export', '--help']); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "RUN" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"
