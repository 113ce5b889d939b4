"""`pleinair imagine`: files by seed, stages, what is said of words, what is skipped and refused, and one line for what
cannot be."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pleinair
from pleinair import imagining
from pleinair.batch.imagine import write_imagined
from pleinair.cli.main import main
from pleinair.errors import OutputError
from pleinair.fiction.palette import COLORS
from pleinair.images import Picture, read, write
from pleinair.images.told import told
from pleinair.store import sha256_of
from pleinair.version import __version__
from tests.quick_world import drawn, quick_world

__all__ = ["quick_world"]

pytestmark = pytest.mark.usefixtures("quick_world")
Imagine = Callable[..., int]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def imagine(shelf: Path, out: Path) -> Imagine:
    """`pleinair imagine`, small, with the small painter, into `out`."""
    assert shelf.is_dir()
    return lambda sentence, *words: main(["imagine", sentence, "--size", "48x32", "--out", str(out), *words])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("pleinair: ")
    assert shown.err.count("\n") == 1
    return shown.err


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_for_each_seed(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imagine("雪山下的湖，黄昏有雾，水墨画", "--seeds", "0-1,12345") == 0
    assert names(out) == ["seed0000.png", "seed0001.png", "seed12345.png"]
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (f"3 painted → {out}\n", "")
    expected = pleinair.imagine("雪山下的湖，黄昏有雾，水墨画", seed=1, size=(48, 32))
    assert np.array_equal(read(out / "seed0001.png").pixels, expected)
    assert not np.array_equal(read(out / "seed0000.png").pixels, expected)


def test_the_style_is_the_sentences_unless_said(imagine: Imagine, out: Path) -> None:
    assert imagine("a lake by hokusai") == 0
    assert told(out / "seed0000.png")["style"] == "hokusai"
    assert imagine("a lake by hokusai", "--style", "shanshui", "--overwrite") == 0
    assert told(out / "seed0000.png")["style"] == "shanshui"
    assert imagine("a lake", "--overwrite") == 0
    assert told(out / "seed0000.png")["style"] == "photo"


def test_the_file_tells_all_that_made_it(imagine: Imagine, out: Path, shelf: Path) -> None:
    words = ("--style", "shanshui", "--strength", "0.7", "--edit", "now in winter", "--seeds", "7")
    assert imagine("a lake at dusk", *words) == 0
    spec = imagining.hear("a lake at dusk", ["now in winter"]).spec.seeded(7)
    assert told(out / "seed0007.png") == {
        "seed": "7",
        "scene": spec.to_json(),
        "size": "48x32",
        "sentence": "a lake at dusk",
        "edits": "now in winter",
        "style": "shanshui",
        "strength": "0.7",
        "model": "landscape",
        "sha256": sha256_of(shelf / "landscape.onnx"),
        "version": __version__,
    }


@pytest.mark.parametrize(("style", "kind"), [("render", "algorithmicMedia"), ("photo", "trainedAlgorithmicMedia")])
def test_what_kind_of_source_a_picture_has(imagine: Imagine, out: Path, style: str, kind: str) -> None:
    assert imagine("a lake", "--style", style) == 0
    with Image.open(out / "seed0000.png") as image:
        assert f'digitalsourcetype/{kind}"' in image.info["XML:com.adobe.xmp"]


@pytest.mark.parametrize(
    ("style", "files"),
    [
        ("shanshui", ["seed0000-label.png", "seed0000-photo.png", "seed0000-render.png", "seed0000.png"]),
        ("photo", ["seed0000-label.png", "seed0000-render.png", "seed0000.png"]),
        ("render", ["seed0000-label.png", "seed0000.png"]),
    ],
)
def test_stages_stand_beside(imagine: Imagine, out: Path, style: str, files: list[str]) -> None:
    assert imagine("a lake", "--style", style, "--stages") == 0
    assert names(out) == files
    shown = drawn(imagining.hear("a lake").spec, (48, 32))
    with Image.open(out / "seed0000-label.png") as labels:
        assert np.array_equal(np.asarray(labels), shown.labels)
        assert labels.getpalette()[:36] == [value for color in COLORS for value in color]  # type: ignore[index]
    assert told(out / "seed0000-label.png")["map"] == "label"
    if style != "render":
        assert np.array_equal(read(out / "seed0000-render.png").pixels, shown.picture)
        assert told(out / "seed0000-render.png")["style"] == "render"
    if style == "shanshui":
        assert told(out / "seed0000-photo.png")["style"] == "photo"


@pytest.mark.parametrize(
    ("words", "shape"), [((), (320, 512)), (("--wrap", "x"), (320, 1024)), (("--size", "16"), (16, 16))]
)
def test_sizes(shelf: Path, out: Path, words: tuple[str, ...], shape: tuple[int, int]) -> None:
    assert shelf.is_dir()
    assert main(["imagine", "a lake", "--style", "render", "--out", str(out), *words]) == 0
    assert read(out / "seed0000.png").pixels.shape == (*shape, 3)


# ── what is there already ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_command_completes_a_folder(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imagine("a lake", "--seeds", "1") == 0
    before = (out / "seed0001.png").stat().st_mtime_ns
    capsys.readouterr()
    assert imagine("a lake", "--seeds", "0-2") == 0
    assert capsys.readouterr().out == f"2 painted, 1 there already (--overwrite paints anew) → {out}\n"
    assert (out / "seed0001.png").stat().st_mtime_ns == before
    assert imagine("a lake", "--seeds", "1", "--overwrite") == 0
    assert (out / "seed0001.png").stat().st_mtime_ns > before


def test_missing_stages_are_added(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imagine("a lake", "--style", "render") == 0
    assert imagine("a lake", "--style", "render", "--stages") == 0
    assert names(out) == ["seed0000-label.png", "seed0000.png"]
    assert capsys.readouterr().out.count("1 painted") == 2


@pytest.mark.parametrize(
    ("sentence", "words", "difference"),
    [
        ("a forest", (), "another scene, sentence"),
        ("a lake", ("--style", "hokusai"), "another style"),
        ("a lake", ("--strength", "0.5"), "another strength"),
        ("a lake", ("--edit", "at night"), "another edits, scene"),
    ],
)
def test_pictures_of_another_making_are_not_overwritten(
    imagine: Imagine,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    sentence: str,
    words: tuple[str, ...],
    difference: str,
) -> None:
    assert imagine("a lake", "--seeds", "1") == 0
    before = (out / "seed0001.png").read_bytes()
    capsys.readouterr()
    assert imagine(sentence, "--seeds", "0-1", *words) == 1
    shown = capsys.readouterr()
    assert f"{out / 'seed0001.png'} is of {difference}; choose another --out, or --overwrite\n" in shown.err
    assert shown.err.endswith("1 not painted: seeds 1\n")
    assert shown.out == f"1 painted → {out}\n"
    assert (out / "seed0001.png").read_bytes() == before


def test_a_file_of_others_is_not_overwritten(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.mkdir()
    (out / "seed0000.png").write_bytes(b"mine")
    write(Picture(np.zeros((4, 4, 3), np.uint8)), out / "seed0001.png", {})
    assert imagine("a lake", "--seeds", "0-1") == 1
    assert capsys.readouterr().err.count("is of something else; choose another --out") == 2
    assert (out / "seed0000.png").read_bytes() == b"mine"


def test_a_picture_that_cannot_be_written_is_named_and_the_others_painted(
    imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(sheet: object, order: object) -> None:
        if sheet.seed == 1:  # type: ignore[attr-defined]
            raise OutputError("seed0001.png cannot be written: the disk is full")
        write_imagined(sheet, order)  # type: ignore[arg-type]

    monkeypatch.setattr("pleinair.batch.imagine.write_imagined", stumble)
    assert imagine("a lake", "--seeds", "0-2") == 1
    assert names(out) == ["seed0000.png", "seed0002.png"]
    shown = capsys.readouterr()
    assert shown.err == "pleinair: seed0001.png cannot be written: the disk is full\n1 not painted: seeds 1\n"


# ── what is said of words ────────────────────────────────────────────────────────────────────────────────────────────


def test_explain_says_what_was_understood_and_goes_on(
    imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imagine("a lake at dusk with a dragon, zorgle", "--explain") == 0
    shown = capsys.readouterr()
    assert "kind lake" in shown.out
    assert "from: dusk" in shown.out
    assert "refused (only nature is drawn): dragon\n" in shown.out
    assert "zorgle" in shown.out
    assert "left open, and chosen by the seed: season" in shown.out
    assert shown.out.endswith(f"1 painted → {out}\n")
    assert shown.err == ""


def test_words_left_out_are_named_and_the_rest_is_painted(
    imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imagine("a lake with a dragon and a castle, zorgle") == 0
    assert names(out) == ["seed0000.png"]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("pleinair: left out: dragon, castle (nature is painted")
    assert lines[1] == "pleinair: not understood, and left out: zorgle"


def test_an_explanation_comes_before_a_refusal(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imagine("a castle", "--explain") == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("refused (only nature is drawn): castle\n")
    assert shown.err.startswith("pleinair: nothing is left to paint without castle")
    assert not out.exists()


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("", (), "the sentence is empty"),
        ("  ", (), "the sentence is empty"),
        ("😀😀🏔️", (), "the sentence has no words"),
        ("lake " * 10_000, (), "the sentence is too long"),
        ("雪山" * 5_000, (), "the sentence is too long"),
        ("a castle and a dragon", (), "nothing is left to paint without castle, dragon"),
        ("zorgle", (), "not understood: zorgle"),
        ("a lake", ("--edit", ""), "the sentence is empty"),
        ("a lake", ("--edit", "zorgle"), "not understood: zorgle"),
        ("a lake", ("--style", "gauguin"), "no model or style named 'gauguin'"),
        ("a lake", ("--style", "none.onnx"), "there is no model file none.onnx"),
        ("a lake", ("--size", "large"), "'large' is no size"),
        ("a lake", ("--size", "0x0"), "8 pixels or more"),
        ("a lake", ("--size", "4x400"), "8 pixels or more"),
        ("a lake", ("--size", "20000x20000"), "at most 16,000,000"),
        ("a lake", ("--wrap", "x"), "twice as wide as high"),
        ("a lake", ("--seeds", "many"), "is no seed"),
        ("a lake", ("--seeds", "9-1"), "run backwards"),
        ("a lake", ("--style", "render", "--strength", "0.5"), "a bare render has no strength"),
    ],
)
def test_what_cannot_be_is_one_line(
    imagine: Imagine,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    sentence: str,
    words: tuple[str, ...],
    expected: str,
) -> None:
    assert imagine(sentence, *words) == 1
    assert expected in complaint(capsys)
    assert not out.exists()


@pytest.mark.parametrize("strength", ["2", "-1", "nan", "much"])
def test_a_strength_out_of_its_range(imagine: Imagine, out: Path, strength: str) -> None:
    assert imagine("a lake", "--strength", strength) in (1, 2)
    assert not out.exists()


def test_a_folder_that_cannot_be_written_to(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.write_text("a file")
    assert imagine("a lake") == 1
    assert "cannot be written to: a file stands where its folder should be" in complaint(capsys)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_is_read_only(imagine: Imagine, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.mkdir(mode=0o500)
    assert imagine("a lake") == 1
    assert "cannot be written to" in complaint(capsys)


def test_no_sentence_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["imagine"]) == 2
    assert "SENTENCE is English, Chinese or both" in "".join(capsys.readouterr())


def test_control_characters_do_not_reach_the_metadata(imagine: Imagine, out: Path) -> None:
    assert imagine("a lake\x1b[31m at\udcff dusk\x07", "--style", "render") == 0
    assert told(out / "seed0000.png")["sentence"] == "a lake [31m at dusk"
