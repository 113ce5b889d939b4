"""`pleinair again`: how near the new pictures come, maps and frames, formats that lose, models and sources, and one
line for what cannot be."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair import store
from pleinair.cli.main import main
from pleinair.images import Picture, read, write
from pleinair.images.told import told
from pleinair.version import __version__
from tests.quick_world import quick_world

__all__ = ["quick_world"]

pytestmark = pytest.mark.usefixtures("shelf")
MakeTrunk = Callable[..., Path]
SAME = "the same pixels, bit for bit"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "again"


@pytest.fixture
def again(out: Path) -> Callable[..., int]:
    """`pleinair again` into `out`."""
    return lambda *words: main(["again", "--out", str(out), *map(str, words)])


@pytest.fixture
def lake(tmp_path: Path, quick_world: None) -> Path:  # noqa: ARG001
    """An imagined picture, with its stages beside it."""
    words = ["--style", "shanshui", "--size", "48x32", "--seeds", "7", "--stages", "--out", str(tmp_path / "made")]
    assert main(["imagine", "a misty lake at dusk", *words]) == 0
    return tmp_path / "made/seed0007.png"


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    shown = capsys.readouterr()
    assert shown.err.startswith("pleinair: ")
    assert shown.err.count("\n") == 1
    return shown.err


# ── how near ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_imagined_pictures_and_their_stages_are_the_same(
    lake: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    made = sorted(lake.parent.iterdir())
    assert again(*made) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [f"{path.name}: {SAME}" for path in made]
    assert shown.err == ""
    for path in made:
        assert np.array_equal(read(out / path.name).pixels, read(path).pixels)
        assert told(out / path.name) == told(path)
    with Image.open(out / "seed0007-label.png") as labels:
        assert labels.mode == "P"


def test_what_was_made_again_can_be_made_again(
    lake: Path, again: Callable[..., int], out: Path, tmp_path: Path
) -> None:
    assert again(lake) == 0
    assert main(["again", str(out / lake.name), "--out", str(tmp_path / "third")]) == 0
    assert (tmp_path / "third" / lake.name).read_bytes() == (out / lake.name).read_bytes()


def test_a_frame_and_all_maps_of_fiction(
    tmp_path: Path, again: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--kind", "desert", "--size", "24x16", "--frames", "2", "--maps", "label,depth,normals,albedo"]
    assert main(["fiction", *words, "--out", str(tmp_path / "made")]) == 0
    capsys.readouterr()
    names = [f"seed0000-frame000{end}.png" for end in ("", "-label", "-albedo", "-hidden")]
    assert again(*(tmp_path / "made" / name for name in names)) == 0
    assert capsys.readouterr().out.splitlines() == [f"{name}: {SAME}" for name in names]


def test_a_picture_that_was_changed_is_told_from_its_original(
    lake: Path, again: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    facts, pixels = told(lake), read(lake).pixels.copy()
    pixels[0, 0, 1] ^= 64
    write(Picture(pixels), lake, facts)
    capsys.readouterr()
    assert again(lake) == 0
    assert capsys.readouterr().out == "seed0007.png: 0.0651 % of the pixels differ, by 64 of 255 at most\n"
    write(Picture(pixels[:8]), lake, facts)
    assert again(lake, "--overwrite") == 0
    assert "made again in another size; seed0007.png was changed" in capsys.readouterr().out


def test_what_is_there_is_skipped(
    lake: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / lake.name).write_bytes(b"mine")
    capsys.readouterr()
    assert again(lake) == 0
    assert capsys.readouterr().out == "seed0007.png: there already (--overwrite makes it anew)\n"
    assert (out / lake.name).read_bytes() == b"mine"
    assert again(lake, "--overwrite") == 0
    assert capsys.readouterr().out == f"seed0007.png: {SAME}\n"


def test_a_picture_is_not_written_over_itself(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = lake.read_bytes()
    capsys.readouterr()
    assert main(["again", str(lake), "--out", str(lake.parent), "--overwrite"]) == 1
    assert "would be written over itself; choose another --out" in complaint(capsys)
    assert lake.read_bytes() == before


# ── formats that lose ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("suffix", "name"), [("jpg", "JPEG"), ("webp", "WEBP")])
def test_from_a_lossy_file_comes_a_png_of_what_was_painted(
    tmp_path: Path, scene: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str], suffix: str,
    name: str,
) -> None:  # fmt: skip
    for ending in (suffix, "png"):
        words = ["--model", str(scene), "--format", ending, "--out", str(tmp_path / ending)]
        assert main(["generate", *words]) == 0
    capsys.readouterr()
    assert again(tmp_path / suffix / f"seed0000.{suffix}", "--model", scene) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"seed0000.png: as it was before seed0000.{suffix} was written, which is a {name}")
    assert np.array_equal(read(out / "seed0000.png").pixels, read(tmp_path / "png/seed0000.png").pixels)


def test_a_stylized_photo_in_both_formats(
    tmp_path: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    alpha = np.arange(1200).reshape(30, 40).astype(np.uint8)
    (tmp_path / "photos").mkdir()
    write(Picture(pixels), tmp_path / "photos/peak.jpg", {})
    write(Picture(pixels, alpha), tmp_path / "photos/lake.png", {})
    write(Picture(pixels), tmp_path / "photos/moor.tif", {})
    assert main(["stylize", str(tmp_path / "photos"), "--style", "hokusai", "--out", str(tmp_path / "painted")]) == 0
    capsys.readouterr()
    made = [tmp_path / "painted" / name for name in ("lake.png", "moor.tif", "peak.jpg")]
    assert again(*made, "--source", tmp_path / "photos") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"lake.png: {SAME}", f"moor.tif: {SAME}"]
    assert "which is a JPEG" in lines[2]
    transparency = read(out / "lake.png").alpha
    assert transparency is not None
    assert np.array_equal(transparency, alpha)


# ── what is not as it was ────────────────────────────────────────────────────────────────────────────────────────────


def test_another_painter_is_said_in_one_line(
    lake: Path, again: Callable[..., int], out: Path, shelf: Path, make_trunk: MakeTrunk,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    old = (shelf / "landscape.onnx").read_bytes()
    monkeypatch.setattr(store, "_verified", lambda model: model)
    make_trunk(shelf / "landscape.onnx", ("photo", "hokusai", "shanshui"), 8)
    capsys.readouterr()
    assert again(lake) == 0
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert "seed0007.png was made with another 'landscape'" in shown.err
    assert "% of the pixels differ" in shown.out
    assert told(out / lake.name)["sha256"] == store.sha256_of(shelf / "landscape.onnx") != told(lake)["sha256"]
    (out.parent / "old.onnx").write_bytes(old)
    assert again(lake, "--overwrite", "--model", out.parent / "old.onnx") == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (f"seed0007.png: {SAME}\n", "")


def test_another_version_is_said_in_one_line(
    lake: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(read(lake), lake, {**told(lake), "version": "0.0.1"})
    assert again(lake) == 0
    assert f"made by pleinair 0.0.1, and this is {__version__}" in complaint(capsys)
    assert told(out / lake.name)["version"] == __version__


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_be_made_again_is_named_and_the_others_made(
    lake: Path, again: Callable[..., int], out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Picture(np.zeros((4, 4, 3), np.uint8)), tmp_path / "plain.png", {})
    (tmp_path / "text.png").write_text("no picture")
    capsys.readouterr()
    assert again(tmp_path / "plain.png", tmp_path / "gone.png", lake, tmp_path / "text.png") == 1
    shown = capsys.readouterr()
    assert shown.out == f"seed0007.png: {SAME}\n"
    lines = shown.err.splitlines()
    assert "plain.png does not say how it was made" in lines[0]
    assert "gone.png is not there" in lines[1]
    assert "text.png is not a picture" in lines[2]
    assert lines[3].startswith("3 not made again: ")
    assert [path.name for path in out.iterdir()] == ["seed0007.png"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"map": "sound"}, "there is no map 'sound'"),
        ({"map": "hidden"}, "there is no map 'hidden'"),
        ({"map": "label", "size": "1x1"}, "8 pixels or more"),
        ({"map": "label", "seed": "x"}, "tells of its making what cannot be"),
        ({"size": "99999x99999"}, "at most 16,000,000"),
        ({"style": "gauguin"}, "has no style 'gauguin'"),
    ],
)
def test_metadata_that_cannot_be_is_one_line(
    lake: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str], change: dict[str, str],
    expected: str,
) -> None:  # fmt: skip
    write(read(lake), lake, {**told(lake), **change})
    assert again(lake) == 1
    assert expected in complaint(capsys)
    assert not list(out.iterdir())


def test_a_missing_source_is_one_line(
    tmp_path: Path, again: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    write(Picture(np.full((20, 30, 3), 99, np.uint8)), tmp_path / "lake.png", {})
    assert main(["stylize", str(tmp_path / "lake.png"), "--style", "photo", "--out", str(tmp_path / "a/b")]) == 0
    (tmp_path / "lake.png").unlink()
    assert again(tmp_path / "a/b/lake.png") == 1
    assert "painted from a picture, lake.png (SHA-256" in complaint(capsys)


def test_a_folder_that_cannot_be_written_to(
    lake: Path, again: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.write_text("a file")
    assert again(lake) == 1
    assert "a file stands where its folder should be" in complaint(capsys)


def test_a_model_file_that_is_not_there(
    lake: Path, again: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert again(lake, "--model", tmp_path / "none.onnx") == 1
    assert "there is no model file" in complaint(capsys)
