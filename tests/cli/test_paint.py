"""`pleinair paint`: files by seed, what is snapped, skipped, rolled and refused, the palette, the list of regions."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.cli.main import main
from pleinair.fiction.layout_rolls import parse_rolls
from pleinair.fiction.palette import COLORS, colored
from pleinair.images import read
from pleinair.images.maps import write_classes
from pleinair.images.told import told
from tests.drawn_layouts import country, ground
from tests.quick_layouts import flat_dresser, quick_layouts

__all__ = ["quick_layouts"]

pytestmark = pytest.mark.usefixtures("quick_layouts", "shelf")
Paint = Callable[..., int]


@pytest.fixture
def paint(tmp_path: Path) -> Paint:
    """paint(words…) runs the verb on the layout `country`, into the folder `out`."""
    write_classes(country(), COLORS, tmp_path / "layout.png", {})

    def run(*words: str, layout: str = "layout.png") -> int:
        return main(["paint", str(tmp_path / layout), "--out", str(tmp_path / "out"), *words])

    return run


def test_seeds_become_files(paint: Paint, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("--seeds", "3,0-1", "--style", "render") == 0
    assert capsys.readouterr().out.endswith(f"3 painted → {tmp_path / 'out'}\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "seed0000.png",
        "seed0001.png",
        "seed0003.png",
    ]
    assert np.array_equal(read(tmp_path / "out/seed0003.png").pixels, flat_dresser(country(), 3, (), "none"))


def test_the_usual_style_is_photo_and_stages_are_written(paint: Paint, tmp_path: Path) -> None:
    assert paint("--stages") == 0
    assert told(tmp_path / "out/seed0000.png")["style"] == "photo"
    assert told(tmp_path / "out/seed0000-render.png")["style"] == "render"


def test_what_is_there_is_skipped_and_what_is_other_kept(
    paint: Paint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert paint("--style", "render") == 0
    before = (tmp_path / "out/seed0000.png").read_bytes()
    assert paint("--style", "render", "--seeds", "0,1") == 0
    assert "1 painted, 1 there already (--overwrite paints anew)" in capsys.readouterr().out
    assert paint("--style", "render", "--reroll", "sky") == 1
    shown = capsys.readouterr()
    assert "another rerolls" in shown.err
    assert "1 not painted: seeds 0" in shown.err
    assert (tmp_path / "out/seed0000.png").read_bytes() == before
    assert paint("--style", "render", "--reroll", "sky", "--overwrite") == 0
    expected = flat_dresser(country(), 0, parse_rolls(["sky"]), "none")
    assert np.array_equal(read(tmp_path / "out/seed0000.png").pixels, expected)


def test_what_is_snapped_is_told(paint: Paint, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = colored(country())
    pixels[0, :12] = (140, 200, 230)
    Image.fromarray(pixels).save(tmp_path / "near.png")
    assert paint("--style", "render", layout="near.png") == 0
    assert "12 pixels (0.21 %) snapped to the palette, by up to" in capsys.readouterr().err


def test_the_palette_is_listed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paint", "--palette"]) == 0
    assert "water      #1e5ac8   30  90 200\n" in capsys.readouterr().out
    assert main(["paint", "--palette", "--out", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.endswith(f"written → {tmp_path / 'new' / 'palette.png'}\n")
    assert (tmp_path / "new/palette.png").exists()


def test_regions_are_listed_and_nothing_is_painted(
    paint: Paint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert paint("--regions") == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"sky:1", "water:1", "tree:1", "flowers:1"} <= set(names)
    assert not (tmp_path / "out").exists()


def test_a_texture_wraps(paint: Paint, tmp_path: Path) -> None:
    write_classes(ground(), COLORS, tmp_path / "ground.png", {})
    assert paint("--wrap", "xy", "--style", "render", layout="ground.png") == 0
    assert told(tmp_path / "out/seed0000.png")["wrap"] == "xy"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--reroll", "house"], "no label 'house'"),
        (["--reroll", "tree:7"], "has 1 of tree, and so no tree:7"),
        (["--wrap", "x"], "twice as wide as high"),
        (["--wrap", "xy"], "ground seen from above"),
        (["--seeds", "x"], "is no seed"),
        (["--style", "nobody"], "nobody"),
        (["--style", "render", "--strength", "0.5"], "no strength"),
    ],
)
def test_what_cannot_be_is_one_line(
    paint: Paint, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert paint(*words) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_bad_layouts_are_one_line(paint: Paint, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = np.random.default_rng(2)
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "cut.png").write_bytes((tmp_path / "layout.png").read_bytes()[:200])
    Image.fromarray(draw.integers(0, 255, (40, 60, 3)).astype(np.uint8)).save(tmp_path / "photo.png")
    Image.fromarray(country()).save(tmp_path / "numbers.png")
    Image.new("1", (20_001, 4)).save(tmp_path / "long.png")
    said = {"photo.png": "is no layout", "numbers.png": "labels' numbers", "long.png": "20,000 pixels on a side"}
    for name in ("empty.png", "text.png", "cut.png", "missing.png", *said):
        assert paint(layout=name) == 1
        err = capsys.readouterr().err
        assert err.startswith("pleinair: ")
        assert err.count("\n") == 1
        assert said.get(name, name) in err


def test_one_pixel_is_painted(paint: Paint, tmp_path: Path) -> None:
    write_classes(np.array([[2]], np.uint8), COLORS, tmp_path / "one.png", {})
    assert paint(layout="one.png") == 0
    assert read(tmp_path / "out/seed0000.png").pixels.shape == (1, 1, 3)


def test_without_a_layout_the_palette_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paint", "--seeds", "1"]) == 2
    assert "pleinair paint --palette" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_is_told(paint: Paint, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    assert paint("--style", "render") == 1


@pytest.mark.usefixtures("drawing_shelf", "quick_layouts")
def test_who_makes_it_real_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_classes(country(), COLORS, tmp_path / "layout.png", {})
    words = ["paint", str(tmp_path / "layout.png"), "--out"]
    assert main([*words, str(tmp_path / "a")]) == 0
    assert main([*words, str(tmp_path / "b"), "--realist", "landscape"]) == 0
    one, other = (read(tmp_path / name / "seed0000.png").pixels for name in "ab")
    assert not np.array_equal(one, other)
    capsys.readouterr()
    assert main([*words, str(tmp_path / "c"), "--realist", "nobody"]) == 1
    line = capsys.readouterr().err.strip()
    assert "no model or style named 'nobody'" in line
    assert "\n" not in line
    assert not (tmp_path / "c").exists()
