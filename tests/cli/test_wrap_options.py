"""`pleinair stylize` of what goes around: by metadata, cubes, pairs, tiles and their sheets."""

from pathlib import Path

import numpy as np
import pytest

from pleinair.cli.main import main
from pleinair.images import Picture, read, write
from pleinair.images.gpano import sphere_of
from pleinair.images.told import told
from pleinair.painter import load
from tests.images.pictures import noise, smooth
from tests.images.test_xmp import gpano

pytestmark = pytest.mark.usefixtures("shelf")
STYLE = ("--style", "hokusai")


def said(**more: object) -> bytes:
    packet = gpano(ProjectionType="equirectangular", **more)
    head = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description '
    return head + packet.removeprefix(b"<a ").removesuffix(b"/>") + b"/></r:RDF>"


def stylize(source: Path, *words: str) -> int:
    return main(["stylize", str(source), "--out", str(source.parent / "out"), *STYLE, *words])


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_panorama_that_says_so_closes_and_goes_on_saying_so(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"pano.{suffix}"
    write(Picture(noise(64, 128), xmp=said()), path, {})
    assert stylize(path) == 0
    assert "painted as a full turn" in capsys.readouterr().err
    painted = read(tmp_path / "out" / path.name)
    assert sphere_of(painted.xmp, 128, 64) is not None
    assert told(tmp_path / "out" / path.name)["wrap"] == "x"
    if suffix == "png":
        assert np.array_equal(painted.pixels, load("hokusai").stylize(read(path).pixels, wrap="x"))
        assert np.array_equal(painted.pixels, np.asarray(load("hokusai").stylize(path)))  # Python goes by it, too


def test_a_part_of_a_turn_does_not_close(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pano.png"
    write(Picture(noise(64, 128), xmp=said(CroppedAreaImageWidthPixels=128, FullPanoWidthPixels=256)), path, {})
    assert stylize(path) == 0
    assert "shows 180° of a turn, so its edges were not joined" in capsys.readouterr().err
    painted = read(tmp_path / "out/pano.png").pixels
    assert np.array_equal(painted, load("hokusai").stylize(noise(64, 128), wrap="none"))


def test_wrap_none_paints_it_as_it_lies(tmp_path: Path) -> None:
    write(Picture(noise(64, 128), xmp=said()), tmp_path / "pano.png", {})
    assert stylize(tmp_path / "pano.png", "--wrap", "none") == 0
    assert np.array_equal(read(tmp_path / "out/pano.png").pixels, load("hokusai").stylize(noise(64, 128), wrap="none"))


def test_a_tile_and_its_sheet(tmp_path: Path) -> None:
    write(Picture(noise(37, 50)), tmp_path / "moss.png", {})
    assert stylize(tmp_path / "moss.png", "--wrap", "xy", "--sheet") == 0
    tile, sheet = (read(tmp_path / "out" / name).pixels for name in ("moss.png", "moss-2x2.png"))
    assert np.array_equal(sheet, np.tile(tile, (2, 2, 1)))


def test_a_sheet_is_written_over_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("moss.png", "moss-2x2.png"):
        write(Picture(noise(8, 8)), tmp_path / name, {})
    words = [str(tmp_path / "moss.png"), str(tmp_path / "moss-2x2.png"), "--out", str(tmp_path / "out"), *STYLE]
    assert main(["stylize", *words, "--wrap", "xy", "--sheet"]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_data_maps_are_refused_and_the_rest_painted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("rock_diff.png", "rock_normal.png", "rock_rough.png"):
        write(Picture(noise(16, 16)), tmp_path / name, {})
    assert stylize(tmp_path / "rock_diff.png", str(tmp_path / "rock_normal.png"), str(tmp_path / "rock_rough.png")) == 1
    error = capsys.readouterr().err
    assert "rock_normal.png looks like a normal map" in error
    assert "2 not painted" in error
    assert stylize(tmp_path / "rock_rough.png", "--as-picture", "*_rough.png") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["rock_diff.png", "rock_rough.png"]


def test_a_pair_for_two_eyes_and_the_same_again(tmp_path: Path) -> None:
    write(Picture(noise(128, 128)), tmp_path / "pair.png", {})
    assert stylize(tmp_path / "pair.png", "--stereo", "top-bottom") == 0
    painted = read(tmp_path / "out/pair.png").pixels
    assert np.array_equal(painted[:64], load("hokusai").stylize(noise(128, 128)[:64], wrap="x"))
    assert main(["again", str(tmp_path / "out/pair.png"), "--out", str(tmp_path / "same")]) == 0
    assert np.array_equal(read(tmp_path / "same/pair.png").pixels, painted)


def test_a_cube_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Picture(smooth(64, 128)), tmp_path / "pano.png", {})
    assert stylize(tmp_path / "pano.png", "--to", "4x3") == 0
    assert read(tmp_path / "out/pano.png").pixels.shape == (96, 128, 3)
    assert main(["again", str(tmp_path / "out/pano.png"), "--out", str(tmp_path / "same")]) == 1
    assert "as faces of a cube" in capsys.readouterr().err
    assert stylize(tmp_path / "out/pano.png", "--cube", "4x3", "--to", "faces") == 0
    assert len(list((tmp_path / "out/out").glob("pano_??.png"))) == 6


@pytest.mark.parametrize(
    "words",
    [
        ("--sheet",),
        ("--stereo", "top-bottom", "--wrap", "xy"),
        ("--cube", "3x2", "--wrap", "xy"),
        ("--to", "sphere"),
        ("--cube", "2x3"),
        ("--to", "faces", "--mask", "m.png"),
        ("--wrap", "y"),
    ],
)
def test_what_excludes_each_other(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(Picture(smooth(64, 128)), tmp_path / "pano.png", {})
    write(Picture(smooth(64, 128)), tmp_path / "m.png", {})
    words = tuple(str(tmp_path / word) if word.endswith(".png") else word for word in words)
    assert stylize(tmp_path / "pano.png", *words) == 2
    assert not (tmp_path / "out").exists()
