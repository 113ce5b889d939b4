"""`pleinair stylize` from end to end, with a painter small enough for tests; what it prints, and how it ends."""

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from pleinair.batch.plan import Job
from pleinair.cli.main import main
from pleinair.cli.stylize import stylize
from pleinair.errors import OutputError, SettingError, UnknownModelError, UnknownStyleError
from pleinair.images import Picture, read, write
from pleinair.painter import load
from tests.images.pictures import noise, png, smooth

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of three pictures in three formats."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate(("lake.png", "peak.jpg", "shore.webp")):
        write(Picture(smooth(40 + seed, 60)), folder / name, {})
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in words])


def painted(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


def test_a_picture_is_painted_under_its_name(photos: Path, out: Path) -> None:
    result = run(photos / "lake.png", "--style", "shanshui", "--out", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 painted\n", "")
    expected = load("shanshui").stylize(np.asarray(smooth(40, 60)))
    assert np.array_equal(read(out / "lake.png").pixels, expected)


def test_folders_and_files_together(photos: Path, out: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra.png"
    write(Picture(noise(8, 8)), extra, {})
    result = run(photos, extra, "--style", "hokusai", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "4 painted\n")
    assert painted(out) == ["extra.png", "lake.png", "peak.jpg", "shore.webp"]


def test_what_is_there_is_skipped_unless_overwritten(photos: Path, out: Path) -> None:
    run(photos / "lake.png", "--style", "shanshui", "--out", out)
    before = (out / "lake.png").read_bytes()
    result = run(photos, "--style", "hokusai", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "2 painted, 1 there already (--overwrite paints anew)\n")
    assert (out / "lake.png").read_bytes() == before
    result = run(photos, "--style", "hokusai", "--out", out, "--overwrite")
    assert (result.exit_code, result.stdout) == (0, "3 painted\n")
    assert (out / "lake.png").read_bytes() != before


def test_bad_files_are_named_and_the_rest_painted(photos: Path, out: Path) -> None:
    (photos / "empty.jpg").write_bytes(b"")
    (photos / "text.png").write_text("no picture", encoding="utf-8")
    whole = (photos / "peak.jpg").read_bytes()
    (photos / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (photos / "bomb.png").write_bytes(png(noise(1, 1), declared=(60_000, 60_000)))
    result = run(photos, photos / "gone.jpg", "--style", "shanshui", "--out", out)
    assert result.exit_code == 1
    assert result.stdout == "3 painted\n"
    *lines, last = result.stderr.splitlines()
    assert len(lines) == 5
    for name, complaint in (
        ("empty.jpg", "is empty"),
        ("text.png", "is not a picture"),
        ("gone.jpg", "is not there"),
        ("cut.jpg", "damaged or cut short"),
        ("bomb.png", "at most 201 megapixels"),
    ):
        (line,) = [line for line in lines if f"{photos / name} " in line]
        assert line.startswith("pleinair: ")
        assert complaint in line
    assert last.startswith("5 not painted: ")
    assert all(name in last for name in ("empty.jpg", "text.png", "gone.jpg", "cut.jpg", "bomb.png"))
    assert painted(out) == ["lake.png", "peak.jpg", "shore.webp"]


def test_only_bad_files_paint_nothing_and_load_no_engine(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pleinair.painter.Painter.engine", None)
    result = run(tmp_path / "none.jpg", "--style", "shanshui", "--out", out)
    assert result.exit_code == 1
    assert result.stdout == "0 painted\n"
    assert not out.exists()


@pytest.mark.skipif(find_spec("OpenImageIO") is not None, reason="[deep] is installed")
def test_16_bits_are_not_cut_in_silence(photos: Path, out: Path) -> None:
    (photos / "deep.png").write_bytes(png(noise(4, 4).astype(np.uint16)))
    result = run(photos, "--style", "shanshui", "--out", out)
    assert result.exit_code == 1
    assert 'pip install "pleinair[deep]"' in result.stderr
    assert painted(out) == ["lake.png", "peak.jpg", "shore.webp"]


def test_a_full_disk_is_one_line_per_picture_and_leaves_nothing(
    photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_image: Image.Image, file: Any, *_: object, **__: object) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    result = run(photos, "--style", "shanshui", "--out", out)
    assert result.exit_code == 1
    assert result.stderr.count("the disk is full") == 3
    assert painted(out) == []


def test_an_unwritable_folder_is_found_out_before_painting(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    result = run(photos, "--style", "shanshui", "--out", tmp_path / "file")
    assert isinstance(result.exception, OutputError)
    assert "cannot be written to" in str(result.exception)


def test_the_folder_of_the_pictures_is_no_place_to_paint_to(photos: Path) -> None:
    before = {path: path.read_bytes() for path in photos.iterdir()}
    result = run(photos, "--style", "shanshui", "--out", photos, "--overwrite")
    assert isinstance(result.exception, SettingError)
    assert {path: path.read_bytes() for path in photos.iterdir()} == before


def test_through_main_a_refusal_is_one_line(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", str(photos), "--style", "shanshui", "--out", str(photos)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pleinair: ")
    assert "would be overwritten" in line


def test_through_main_failed_pictures_end_with_1(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "empty.jpg").write_bytes(b"")
    assert main(["stylize", str(photos), "--style", "shanshui", "--out", str(out)]) == 1
    assert capsys.readouterr().out == "3 painted\n"


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["--style", "shanshu"], UnknownModelError, "did you mean 'shanshui'"),
        (["--style", "shanshu", "--painter", "landscape"], UnknownStyleError, "did you mean 'shanshui'"),
        (["--mix", "shanshui=1,monet=1"], UnknownStyleError, "no style 'monet'"),
        (["--mix", "shanshui=-1,hokusai=2"], SettingError, "the weight of 'shanshui'"),
        (["--painter", "landscape"], SettingError, "name a style of"),
        (["--style", "shanshui", "--painter", "none.onnx"], UnknownModelError, "no model file none.onnx"),
    ],
)
def test_what_cannot_be_painted_with_is_said_at_once(
    photos: Path, out: Path, words: list[str], error: type[Exception], message: str
) -> None:
    result = run(photos, "--out", out, *words)
    assert isinstance(result.exception, error)
    assert message in str(result.exception)
    assert not out.exists()


def test_a_corrupt_model_is_one_line(
    photos: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "bad.onnx"
    model.write_bytes(b"\x08\x07not a model at all")
    words = ["stylize", str(photos), "--style", "x", "--painter", str(model), "--out", str(out)]
    assert main(words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pleinair: ")
    assert "bad.onnx" in line


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--style", "shanshui", "--mix", "shanshui=1"],
        ["--style", "shanshui", "--strength", "1.6"],
        ["--style", "shanshui", "--strength", "-0.1"],
        ["--style", "shanshui", "--wrap", "y"],
        ["--style", "shanshui", "--working-size", "huge"],
        ["--style", "shanshui", "--working-size", "0"],
        ["--style", "shanshui", "--working-size", "63"],
        ["--style", "shanshui", "--quality", "101"],
        ["--style", "shanshui", "--window", "10"],
        ["--style", "shanshui", "--threads", "0"],
        ["--mix", "shanshui"],
        ["--mix", "shanshui=much"],
        ["--mix", "=1"],
        ["--mix", ""],
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_2(photos: Path, out: Path, words: list[str]) -> None:
    result = run(photos, "--out", out, *words)
    assert result.exit_code == 2
    assert not out.exists()


def test_inputs_and_out_are_required(photos: Path) -> None:
    assert run("--style", "shanshui", "--out", "x").exit_code == 2
    assert run(photos, "--style", "shanshui").exit_code == 2


@pytest.fixture
def lake(photos: Path, out: Path) -> Callable[..., np.ndarray[Any, Any]]:
    """lake(words…) paints lake.png by the command line and gives the pixels."""

    def paint(*words: object) -> np.ndarray[Any, Any]:
        result = run(photos / "lake.png", "--out", out, "--overwrite", *words)
        assert result.exit_code == 0, result.stderr
        return read(out / "lake.png").pixels

    return paint


def test_options_reach_the_renderer(lake: Callable[..., np.ndarray[Any, Any]]) -> None:
    picture = smooth(40, 60)
    plain = lake("--style", "shanshui")
    assert np.array_equal(lake("--style", "shanshui", "--strength", 0), picture)
    for words, settings in (
        (["--strength", 0.5], {"strength": 0.5}),
        (["--keep-colors"], {"keep_colors": True}),
        (["--wrap", "xy"], {"wrap": "xy"}),
    ):
        result = lake("--style", "shanshui", *words)
        assert np.array_equal(result, load("shanshui").stylize(picture, **settings))
        assert not np.array_equal(result, plain)
    for words in (["--window", 64], ["--threads", 1], ["--working-size", "full"], ["--painter", "landscape"]):
        assert np.abs(lake("--style", "shanshui", *words).astype(int) - plain).max() <= 1


def test_a_mix_is_a_mix(lake: Callable[..., np.ndarray[Any, Any]]) -> None:
    mixed = lake("--mix", "shanshui=0.6, hokusai=0.4")
    assert np.array_equal(mixed, load("landscape").stylize(smooth(40, 60), mix={"shanshui": 0.6, "hokusai": 0.4}))
    assert np.array_equal(lake("--mix", "shanshui=3,hokusai=2"), mixed)
    assert np.array_equal(lake("--mix", "shanshui=1"), lake("--style", "shanshui"))


def test_the_working_size_is_the_models_own_unless_said(photos: Path, out: Path) -> None:
    large = smooth(300, 500)
    write(Picture(large), photos / "large.png", {})
    painter = load("shanshui")
    for words, size in (([], 256), (["--working-size", "128"], 128), (["--working-size", "full"], "full")):
        run(photos / "large.png", "--style", "shanshui", "--out", out, "--overwrite", *words)
        expected = painter.stylize(large, working_size=size)  # type: ignore[arg-type]
        assert np.array_equal(read(out / "large.png").pixels, expected)


@pytest.mark.parametrize("words", [["--style", "shanshui"], ["--mix", "shanshui=0.75,hokusai=0.25"]])
def test_provenance_is_in_the_metadata(photos: Path, out: Path, words: list[str], shelf: Path) -> None:
    import hashlib

    run(photos / "lake.png", *words, "--strength", "0.8", "--out", out)
    with Image.open(out / "lake.png") as image:
        xmp = image.info["XML:com.adobe.xmp"]
    look = "shanshui" if words[0] == "--style" else "hokusai=0.25,shanshui=0.75"
    sha256 = hashlib.sha256((shelf / "landscape.onnx").read_bytes()).hexdigest()
    for told in (f'style="{look}"', 'model="landscape"', f'sha256="{sha256}"', 'strength="0.8"', 'workingSize="256"'):
        assert f"pleinair:{told}" in xmp


def test_the_help_waits_for_nothing_heavy() -> None:
    program = (
        "import sys; from pleinair.cli.main import main; assert main(['stylize', '--help']) == 0;"
        "print({'numpy', 'PIL', 'onnxruntime', 'rich'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
    assert "--working-size" in done.stdout
    assert done.stderr == "set()\n"


def test_notes_are_said(photos: Path, out: Path) -> None:
    Image.new("CMYK", (20, 20)).save(photos / "print.jpg")
    result = run(photos / "print.jpg", "--style", "shanshui", "--out", out)
    assert result.exit_code == 0
    assert result.stderr == f"{photos / 'print.jpg'}: converted from CMYK without a profile, so colors may be off\n"


def test_on_a_terminal_there_is_a_bar_and_lines_stay_whole(
    photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from pleinair.cli import stylize as module

    (photos / "empty.jpg").write_bytes(b"")
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stderr", terminal)
    job = Job(photos / "lake.png", out / "lake.png")
    with module._display(2) as display:
        for share in (0.5, 1.0):
            display.begin(job)(share)
        display.say("pleinair: [red]one line that is longer than the terminal is wide, with brackets[/red]")
    text = terminal.getvalue()
    assert "lake.png" in text
    assert "100%" in text
    assert "pleinair: [red]one line that is longer than the terminal is wide, with brackets[/red]" in text
