"""`pleinair stylize` with masks and regions, end to end, and one line for what cannot be."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.cli.main import main
from pleinair.images import Picture, read, write
from pleinair.images.told import told
from pleinair.painter import load
from pleinair.render.guides import Guide
from tests.images.pictures import smooth

pytestmark = pytest.mark.usefixtures("shelf")
IDS = np.arange(60, dtype=np.uint8)[None, :].repeat(40, 0) // 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(Picture(smooth(40, 60)), tmp_path / "lake.png", {})
    Image.fromarray((IDS == 1) * np.uint8(255)).save(tmp_path / "mask.png")
    Image.fromarray(IDS).save(tmp_path / "ids.png")
    return tmp_path


def stylize(folder: Path, *words: str) -> int:
    named = [str(folder / word) if word.endswith((".png", "masks")) else word for word in words]
    return main(["stylize", str(folder / "lake.png"), "--out", str(folder / "out"), *named])


def test_paint_only_here(folder: Path) -> None:
    assert stylize(folder, "--style", "hokusai", "--mask", "mask.png") == 0
    painted, plain = read(folder / "out/lake.png").pixels, load("hokusai").stylize(np.asarray(smooth(40, 60)))
    assert np.array_equal(painted[IDS == 1], plain[IDS == 1])
    assert np.array_equal(painted[IDS != 1], smooth(40, 60)[IDS != 1])


def test_leave_this_as_it_is_with_a_feather(folder: Path) -> None:
    assert stylize(folder, "--style", "hokusai", "--keep", "mask.png", "--feather", "6") == 0
    painted = read(folder / "out/lake.png").pixels
    assert np.array_equal(painted[IDS == 1], smooth(40, 60)[IDS == 1])
    assert not np.array_equal(painted, smooth(40, 60))


def test_regions_and_the_same_in_python(folder: Path) -> None:
    words = ("--regions", "ids.png", "--region", "1=shanshui", "--region", "#020202=photo", "--feather", "4")
    assert stylize(folder, *words) == 0
    guide = Guide(regions=folder / "ids.png", styles={1: "shanshui", 2: "photo"}, feather=4)
    expected = load("landscape").stylize(np.asarray(smooth(40, 60)), guide=guide)
    assert np.array_equal(read(folder / "out/lake.png").pixels, expected)
    assert np.array_equal(expected[IDS == 0], smooth(40, 60)[IDS == 0])


def test_regions_take_a_painter_that_has_all_their_styles(
    folder: Path, own_folder: Path, make_trunk: Callable[..., Path]
) -> None:
    make_trunk(own_folder / "photo.onnx", ("photo",))
    words = ("--regions", "ids.png", "--region", "1=photo", "--region", "2=shanshui")
    assert stylize(folder, *words) == 0
    guide = Guide(regions=folder / "ids.png", styles={1: "photo", 2: "shanshui"})
    expected = load("landscape").stylize(np.asarray(smooth(40, 60)), guide=guide)
    assert np.array_equal(read(folder / "out/lake.png").pixels, expected)


def test_a_style_paints_what_no_region_names(folder: Path) -> None:
    assert stylize(folder, "--style", "hokusai", "--regions", "ids.png", "--region", "1=keep") == 0
    painted, plain = read(folder / "out/lake.png").pixels, load("hokusai").stylize(np.asarray(smooth(40, 60)))
    assert np.array_equal(painted[IDS != 1], plain[IDS != 1])
    assert np.array_equal(painted[IDS == 1], smooth(40, 60)[IDS == 1])


def test_a_folder_of_masks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    masks = folder / "masks"
    masks.mkdir()
    assert stylize(folder, "--style", "hokusai", "--mask", "masks") == 1
    assert "has no file for lake.png" in capsys.readouterr().err
    Image.fromarray(np.ones((20, 30), np.uint8) * 255).save(masks / "lake.png")
    assert stylize(folder, "--style", "hokusai", "--mask", "masks") == 0
    assert "brought from 30×20 to 60×40 pixels" in capsys.readouterr().err


def test_an_empty_mask_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("L", (60, 40)).save(folder / "mask.png")
    assert stylize(folder, "--style", "hokusai", "--mask", "mask.png") == 0
    assert "nothing of it is to be painted" in capsys.readouterr().err
    assert np.array_equal(read(folder / "out/lake.png").pixels, smooth(40, 60))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--regions", "ids.png", "--region", "9=shanshui"), "has no region 9; it has 0, 1, 2"),
        (("--regions", "ids.png", "--region", "1=shanshu"), "did you mean 'shanshui'"),
        (("--regions", "ids.png", "--region", "sky=shanshui"), "'sky' is no region"),
        (("--regions", "ids.png", "--style", "photo"), "go together"),
        (("--region", "1=shanshui"), "go together"),
        (("--style", "photo", "--mask", "none.png"), "is not there"),
        (("--style", "photo", "--mask", "wide.png"), "another shape"),
        (("--style", "photo", "--mask", "text.png"), "is not a picture"),
        (("--style", "photo", "--regions", "text.png", "--region", "1=photo"), "is not a picture"),
    ],
)
def test_what_cannot_be_is_one_line(
    folder: Path, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "text.png").write_text("no picture")
    Image.new("L", (90, 10), 255).save(folder / "wide.png")
    assert stylize(folder, *words) == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not list((folder / "out").glob("*")) if (folder / "out").exists() else True


@pytest.mark.parametrize("words", [("--region", "1"), ("--region", "=x"), ("--feather", "-1"), ("--feather", "9")])
def test_what_was_not_understood(folder: Path, words: tuple[str, ...]) -> None:
    assert stylize(folder, "--style", "photo", *words) == 2
    assert stylize(folder, "--regions", "ids.png", "--region", "1=photo", "--region", "1=shanshui") == 2


def test_what_was_guided_is_not_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stylize(folder, "--style", "hokusai", "--mask", "mask.png", "--feather", "2") == 0
    assert told(folder / "out/lake.png")["guide"] == "mask=mask.png; feather=2"
    assert main(["again", str(folder / "out/lake.png"), "--out", str(folder / "same")]) == 1
    assert "was painted by masks or regions, which is not done again from it" in capsys.readouterr().err
