"""Sentences become rows: files, what is skipped, what cannot be painted, nothing half-written."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import pleinair
from pleinair.demo.gallery import Wish, make_gallery
from pleinair.demo.sheet import MARGIN
from pleinair.errors import OutputError, PictureError, SettingError
from pleinair.images import read
from pleinair.images.told import told
from tests.quick_world import quick_world

__all__ = ["quick_world"]

pytestmark = pytest.mark.usefixtures("quick_world", "shelf")
SMALL = Wish(size=(48, 32))
THREE = ("a lake as an ink painting", "雪山下的湖，北斋", "dunes at dawn, photo")
ROW = ["seed0000-label.png", "seed0000-photo.png", "seed0000-render.png", "seed0000.png"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file())


def test_a_folder_for_each_sentence(out: Path) -> None:
    counted: list[int] = []
    done = make_gallery(THREE, out, SMALL, counted.append)
    assert (done.painted, done.there, done.failures) == (3, 0, ())
    assert counted == [1, 1, 1]
    rows = [f"{number}/{name}" for number in ("01", "02") for name in ROW]
    photo = [f"03/{name}" for name in ROW if "photo" not in name]
    assert files(out) == [*rows, *photo, "index.html", "sheet.jpg"]
    expected = pleinair.imagine(THREE[1], size=(48, 32))
    assert np.array_equal(read(out / "02/seed0000.png").pixels, expected)
    text = done.page.read_text(encoding="utf-8")
    assert text.count("<img") == 11
    assert all(sentence in text for sentence in THREE)


def test_every_picture_can_be_made_again(out: Path) -> None:
    make_gallery(THREE[:1], out, Wish(5, (48, 32)))
    for path in (out / "01").glob("*.png"):
        if "label" not in path.name:
            assert np.array_equal(np.asarray(pleinair.again(path)), read(path).pixels)
        assert told(path)["sentence"] == THREE[0]
        assert told(path)["seed"] == "5"
    assert told(out / "01/seed0005-label.png")["map"] == "label"


def test_the_sheet_has_a_line_for_each_row(out: Path) -> None:
    heights = []
    for count in (1, 2):
        with Image.open(make_gallery(THREE[:count], out, SMALL).sheet) as sheet:
            assert sheet.format == "JPEG"
            assert sheet.width == 4 * (320 + MARGIN) + MARGIN
            heights.append(sheet.height)
    assert heights[1] - MARGIN == 2 * (heights[0] - MARGIN)


def test_what_is_there_is_skipped_unless_told_otherwise(out: Path) -> None:
    make_gallery(THREE[:1], out, SMALL)
    before = (out / "01/seed0000.png").stat().st_mtime_ns
    done = make_gallery(THREE, out, SMALL)
    assert (done.painted, done.there) == (2, 1)
    assert (out / "01/seed0000.png").stat().st_mtime_ns == before
    done = make_gallery(THREE, out, Wish(size=(48, 32), overwrite=True))
    assert (done.painted, done.there) == (3, 0)
    assert (out / "01/seed0000.png").stat().st_mtime_ns > before


def test_a_missing_stage_is_painted_again(out: Path) -> None:
    make_gallery(THREE[:1], out, SMALL)
    (out / "01/seed0000-render.png").unlink()
    assert make_gallery(THREE[:1], out, SMALL).painted == 1
    assert files(out / "01") == ROW


def test_another_sentences_picture_is_not_overwritten(out: Path) -> None:
    make_gallery(THREE[:2], out, SMALL)
    before = (out / "01/seed0000.png").read_bytes()
    done = make_gallery(("a forest", THREE[1]), out, SMALL)
    (failure,) = done.failures
    assert failure.startswith("sentence 1, 'a forest': ")
    assert failure.endswith("choose another --out, or --overwrite")
    assert (done.painted, done.there) == (0, 1)
    assert (out / "01/seed0000.png").read_bytes() == before


@pytest.mark.parametrize("bad", [b"", b"mine", b"\x89PNG\r\n\x1a\n broken"])
def test_a_stage_that_is_no_picture_is_named(out: Path, bad: bytes) -> None:
    make_gallery(THREE[:2], out, SMALL)
    (out / "01/seed0000-render.png").write_bytes(bad)
    done = make_gallery(THREE[:2], out, SMALL)
    assert len(done.failures) == 1
    assert "seed0000-render.png cannot be read as a picture; --overwrite paints it anew" in done.failures[0]
    assert make_gallery(THREE[:2], out, Wish(size=(48, 32), overwrite=True)).failures == ()


def test_a_sentence_that_cannot_be_painted_is_named_and_the_others_painted(out: Path) -> None:
    done = make_gallery(("a castle", THREE[0], "", "zorgle"), out, SMALL)
    assert [line.partition(":")[0] for line in done.failures] == [
        "sentence 1, 'a castle'",
        "sentence 3, ''",
        "sentence 4, 'zorgle'",
    ]
    assert done.painted == 1
    assert sorted(path.name for path in out.iterdir()) == ["02", "index.html", "sheet.jpg"]
    assert "castle" not in done.page.read_text(encoding="utf-8")


def test_a_style_that_is_not_installed_is_named(out: Path) -> None:
    done = make_gallery(("a lake by monet", THREE[0]), out, SMALL)
    assert len(done.failures) == 1
    assert "'monet'" in done.failures[0]


@pytest.mark.parametrize("sentences", [(), ("a castle",), ("", "zorgle"), ("lake " * 10_000,), ("😀",)])
def test_nothing_is_written_if_nothing_can_be(out: Path, sentences: tuple[str, ...]) -> None:
    with pytest.raises(SettingError) as raised:
        make_gallery(sentences, out, SMALL)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 500
    assert not out.exists()


def test_a_row_that_fails_on_the_way_leaves_no_half(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PictureError("the disk is full")

    monkeypatch.setattr("pleinair.batch.imagine.write", fail)
    with pytest.raises(SettingError, match="the disk is full"):
        make_gallery(THREE[:1], out, SMALL)
    assert not [path for path in out.rglob("*") if path.name.startswith(".")]
    assert not (out / "index.html").exists()


def test_a_page_that_cannot_be_written_leaves_no_half(out: Path) -> None:
    (out / "index.html").mkdir(parents=True)
    with pytest.raises(OutputError, match="index"):
        make_gallery(THREE[:1], out, SMALL)
    assert not list(out.glob(".*"))


@pytest.mark.parametrize("name", ["index.html", "sheet.jpg"])
@pytest.mark.parametrize("content", [b"", b"<html>mine</html>", b"\xff\xfe\x00"])
def test_a_page_or_sheet_of_others_is_not_overwritten(out: Path, name: str, content: bytes) -> None:
    out.mkdir()
    (out / name).write_bytes(content)
    with pytest.raises(OutputError, match=f"{name} is of something else; choose another --out, or --overwrite"):
        make_gallery(THREE[:1], out, SMALL)
    assert files(out) == [name]
    assert (out / name).read_bytes() == content
    make_gallery(THREE[:1], out, Wish(size=(48, 32), overwrite=True))
    assert (out / name).read_bytes() != content
    make_gallery(THREE[:1], out, SMALL)  # now it is a gallery's own


def test_a_file_in_the_way_of_a_row(out: Path) -> None:
    out.mkdir()
    (out / "01").write_text("mine")
    done = make_gallery(THREE[:2], out, SMALL)
    assert len(done.failures) == 1
    assert (out / "01").read_text() == "mine"


@pytest.mark.parametrize(("seed", "size"), [(-1, (48, 32)), (2**40, (48, 32)), (0, (0, 0)), (0, (20_000, 20_000))])
def test_a_wish_that_cannot_be(seed: int, size: tuple[int, int]) -> None:
    with pytest.raises(SettingError):
        Wish(seed, size)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(8, 70), st.integers(8, 70))
def test_every_stage_has_the_size(tmp_path: Path, width: int, height: int) -> None:
    out = tmp_path / f"{width}x{height}"
    make_gallery(THREE[:1], out, Wish(size=(width, height)))
    for path in (out / "01").glob("*.png"):
        with Image.open(path) as image:
            assert image.size == (width, height)


def test_pictures_are_those_of_imagine(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that the page shows finds the row done."""
    from pleinair.cli.main import main

    make_gallery(THREE[:1], out, SMALL)
    words = ["--seeds", "0", "--stages", "--size", "48x32", "--out", str(out / "01"), "--", THREE[0]]
    assert main(["imagine", *words]) == 0
    assert "0 painted, 1 there already" in capsys.readouterr().out
    assert tmp_path.is_dir()
