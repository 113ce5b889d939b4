"""Pictures made again: the same pixels of every verb, models and sources found by what they are, and metadata that
cannot be trusted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import pleinair
from pleinair import layouts, remaking, store
from pleinair.cli.main import main
from pleinair.engine.protocol import Engine
from pleinair.errors import ModelError, PictureError, SettingError
from pleinair.fiction.palette import COLORS
from pleinair.images import Picture, read, write
from pleinair.images.maps import write_classes
from pleinair.images.picture import Pixels
from pleinair.images.told import told
from pleinair.layouts import packed
from pleinair.remaking import again
from pleinair.render.looks import Look
from pleinair.render.windows import FORMER_WINDOW, WINDOW, Progress
from pleinair.version import __version__
from tests.drawn_layouts import country, ground
from tests.quick_layouts import quick_layouts
from tests.quick_world import quick_world

__all__ = ["quick_layouts", "quick_world"]

MakeTrunk = Callable[..., Path]
MakeScene = Callable[..., Path]


def noise(height: int, width: int, seed: int = 3) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def imagined(out: Path, *words: str, sentence: str = "a misty lake at dusk") -> Path:
    assert main(["imagine", sentence, "--size", "48x32", "--seeds", "3", "--out", str(out), *words]) == 0
    return out / "seed0003.png"


def same(path: Path, **words: object) -> bool:
    return bool(np.array_equal(again(path, **words), read(path).pixels))  # type: ignore[arg-type]


@pytest.fixture
def painted(tmp_path: Path, shelf: Path) -> Callable[..., Path]:
    """painted(*words) stylizes photos/lake.png into `painted/` and returns the painting."""
    assert shelf.is_dir()
    (tmp_path / "photos").mkdir()
    write(Picture(noise(40, 60)), tmp_path / "photos/lake.png", {})

    def paint(*words: str) -> Path:
        source, out = tmp_path / "photos/lake.png", tmp_path / "painted"
        assert main(["stylize", str(source), "--out", str(out), "--overwrite", *words]) == 0
        return out / "lake.png"

    return paint


# ── the same pixels ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf", "quick_world")
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--style", "render"),
        ("--style", "shanshui"),
        ("--strength", "0.3333333333333"),
        ("--style", "hokusai", "--strength", "0.123456789"),
        ("--wrap", "x", "--size", "64x32", "--style", "hokusai"),
        ("--edit", "now in winter", "--edit", "at night"),
    ],
)
def test_imagined_pictures(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert same(imagined(tmp_path, *words))


@pytest.mark.usefixtures("shelf", "quick_world")
def test_stages_are_pictures_too(tmp_path: Path) -> None:
    imagined(tmp_path, "--style", "shanshui", "--strength", "0.5", "--stages")
    assert same(tmp_path / "seed0003-render.png")
    assert same(tmp_path / "seed0003-photo.png")


@pytest.mark.usefixtures("shelf", "quick_world")
def test_a_painter_of_ones_own(tmp_path: Path, own_folder: Path, make_trunk: MakeTrunk) -> None:
    make_trunk(own_folder / "klimt.onnx", ("klimt",), 9)
    assert same(imagined(tmp_path, "--style", "klimt"))


def test_a_scene_of_the_procedural_world(tmp_path: Path) -> None:
    words = ["--kind", "desert", "--seed", "4", "--time", "noon", "--size", "32x24", "--out", str(tmp_path)]
    assert main(["fiction", *words]) == 0
    assert same(tmp_path / "seed0004.png")


def test_ground_that_tiles(tmp_path: Path) -> None:
    assert main(["fiction", "--seed", "4", "--size", "24x16", "--wrap", "xy", "--out", str(tmp_path)]) == 0
    assert same(tmp_path / "seed0004.png")


def test_a_frame_of_a_path(tmp_path: Path) -> None:
    words = ["--kind", "desert", "--size", "24x16", "--frames", "2", "--step", "0.3333333333", "--path", "turn"]
    assert main(["fiction", *words, "--out", str(tmp_path)]) == 0
    assert same(tmp_path / "seed0000-frame001.png")


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--kind", "lake", "--domain", "hiroshige", "--truncation", "0.7777777777"),
        ("--size", "50x17"),
        ("--size", "200x32", "--wrap", "x", "--style", "shanshui", "--strength", "0.33333333"),
    ],
)
def test_generated_scenes(tmp_path: Path, scene: Path, words: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    assert main(["generate", "--model", str(scene), "--seeds", "0-8", "--out", str(out), *words]) == 0
    assert same(out / "seed0005.png", models=[scene])


def test_a_painting_that_tells_no_window_is_made_by_the_former_one(
    painted: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of the first pleinairs are, which told other windows than theirs only."""
    windows = []

    class Told(Look):
        def painted(self, pixels: Pixels, engine: Engine, progress: Progress | None = None) -> Pixels:
            windows.append(self.window)
            return super().painted(pixels, engine, progress)

    monkeypatch.setattr(remaking, "Look", Told)
    for window, words in ((None, ("--window", str(FORMER_WINDOW))), (str(WINDOW), ())):
        path = painted("--style", "shanshui", *words)
        assert told(path).get("window") == window
        assert same(path, source=tmp_path / "photos")
    assert windows == [FORMER_WINDOW, WINDOW]


@pytest.mark.parametrize(
    "words",
    [
        ("--style", "shanshui"),
        ("--style", "hokusai", "--strength", "0.7654321", "--keep-colors", "--working-size", "full"),
        ("--mix", "shanshui=1,hokusai=2", "--wrap", "xy", "--window", "64"),
        ("--style", "photo", "--wrap", "x", "--working-size", "64"),
    ],
)
def test_stylized_pictures(painted: Callable[..., Path], tmp_path: Path, words: tuple[str, ...]) -> None:
    path = painted(*words)
    assert same(path, source=tmp_path / "photos/lake.png")
    assert same(path, source=tmp_path / "photos")


def test_the_public_name_is_the_thing_itself() -> None:
    assert pleinair.again is again


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("quick_world")
def test_another_painter_of_the_name_is_said(
    tmp_path: Path, shelf: Path, make_trunk: MakeTrunk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = imagined(tmp_path, "--style", "shanshui")
    kept = (shelf / "landscape.onnx").read_bytes()
    monkeypatch.setattr(store, "_verified", lambda model: model)
    make_trunk(shelf / "landscape.onnx", ("photo", "hokusai", "shanshui"), 8)
    lines: list[str] = []
    assert not np.array_equal(again(path, say=lines.append), read(path).pixels)
    (line,) = lines  # once, though it is needed for the photo and for the painting
    assert line.startswith("seed0003.png was made with another 'landscape' (SHA-256 ")
    with pytest.warns(UserWarning, match="it will differ"):
        again(path)
    (tmp_path / "old.onnx").write_bytes(kept)
    assert same(path, models=[tmp_path / "old.onnx"])  # found by its SHA-256, whatever its name


@pytest.mark.usefixtures("quick_world")
def test_a_missing_model_is_named(tmp_path: Path, shelf: Path) -> None:
    path = imagined(tmp_path)
    (shelf / "landscape.onnx").unlink()
    with pytest.raises(ModelError, match=r"made with the model 'landscape' \(SHA-256 .*not here.*--model FILE"):
        again(path)


@pytest.mark.usefixtures("shelf")
def test_a_scene_generator_is_not_taken_for_a_painter(tmp_path: Path, scene: Path, trunk: Path) -> None:
    assert main(["generate", "--model", str(scene), "--out", str(tmp_path)]) == 0
    facts = told(tmp_path / "seed0000.png")
    write(read(tmp_path / "seed0000.png"), tmp_path / "other.png", {**facts, "model": "tiny"})
    with pytest.raises(ModelError, match="the model 'tiny'"):
        again(tmp_path / "other.png", models=[trunk])
    with pytest.raises(ModelError, match="the model 'scene'"):
        again(tmp_path / "seed0000.png")


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_source_is_found_near(
    painted: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = painted("--style", "shanshui")
    with pytest.raises(PictureError, match=r"painted from a picture, lake\.png \(SHA-256 .*--source PICTURE"):
        again(path)
    monkeypatch.chdir(tmp_path / "photos")
    assert same(path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lake.png").write_bytes((tmp_path / "photos/lake.png").read_bytes())
    assert same(path)


def test_another_source_is_said(painted: Callable[..., Path], tmp_path: Path) -> None:
    path = painted("--style", "shanshui")
    write(Picture(noise(40, 60, 9)), tmp_path / "photos/lake.png", {})
    lines: list[str] = []
    assert not np.array_equal(again(path, source=tmp_path / "photos", say=lines.append), read(path).pixels)
    (line,) = lines
    assert "is not the picture that lake.png was painted from" in line


def test_metadata_names_no_files(painted: Callable[..., Path], tmp_path: Path) -> None:
    """Only the last part of a source's name counts, so that a picture cannot have other folders read."""
    path = painted("--style", "shanshui")
    facts = told(path) | {"source": "../photos/lake.png"}
    write(read(path), tmp_path / "painted/other.png", facts)
    with pytest.raises(PictureError, match=r"from a picture, lake\.png"):
        again(tmp_path / "painted/other.png")


def test_a_painting_of_before_sources_were_named(painted: Callable[..., Path], tmp_path: Path) -> None:
    path = painted("--style", "shanshui")
    facts = {key: value for key, value in told(path).items() if not key.startswith("source")}
    write(read(path), path, facts)
    with pytest.raises(PictureError, match="from a picture, which it does not name, that is not found"):
        again(path)
    lines: list[str] = []
    pixels = again(path, source=tmp_path / "photos/lake.png", say=lines.append)
    assert np.array_equal(pixels, read(path).pixels)
    assert len(lines) == 1


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_that_tells_nothing_or_too_little(tmp_path: Path) -> None:
    write(Picture(noise(4, 4)), tmp_path / "plain.png", {})
    with pytest.raises(PictureError, match="does not say how it was made"):
        again(tmp_path / "plain.png")
    write(Picture(noise(4, 4)), tmp_path / "little.png", {"seed": "7", "style": "shanshui"})
    with pytest.raises(PictureError, match="too little of its making; it tells only of seed, style"):
        again(tmp_path / "little.png")


@pytest.mark.usefixtures("quick_world")
def test_another_version_is_said(tmp_path: Path) -> None:
    path = imagined(tmp_path, "--style", "render")
    write(read(path), path, {**told(path), "version": "0.0.9"})
    with pytest.warns(UserWarning, match=rf"made by pleinair 0\.0\.9, and this is {__version__}"):
        assert same(path)


@pytest.mark.usefixtures("shelf", "quick_world")
@pytest.mark.parametrize(
    "change",
    [
        {"seed": "many"},
        {"seed": "-1"},
        {"size": "large"},
        {"size": "99999x99999"},
        {"size": "1x1"},
        {"scene": "{"},
        {"scene": '{"kind": "castle"}'},
        {"strength": "7"},
        {"strength": "nan"},
        {"strength": "much"},
        {"style": "gauguin"},
    ],
)
def test_numbers_and_names_that_cannot_be(tmp_path: Path, change: dict[str, str]) -> None:
    path = imagined(tmp_path, "--style", "shanshui")
    write(read(path), path, {**told(path), **change})
    with pytest.raises((PictureError, SettingError, ModelError)) as caught:
        again(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [{"frames": "x"}, {"frames": "4", "frame": "4"}, {"frames": "4", "frame": "-1"}, {"frames": "4", "frame": "0"}],
)
def test_frames_that_cannot_be(change: dict[str, str], tmp_path: Path) -> None:
    facts = {"scene": "{}", "seed": "1", "size": "16x16", **change}
    write(Picture(noise(16, 16)), tmp_path / "x.png", facts)
    with pytest.raises((PictureError, SettingError), match="tells of its making what cannot be"):
        again(tmp_path / "x.png")


@pytest.mark.parametrize(
    "change", [{"workingSize": "1"}, {"style": "shanshui=x"}, {"style": "shanshui=-1"}, {"window": "0"}]
)
def test_paintings_that_cannot_be(painted: Callable[..., Path], tmp_path: Path, change: dict[str, str]) -> None:
    path = painted("--style", "shanshui")
    write(read(path), path, {**told(path), **change})
    with pytest.raises((PictureError, SettingError)):
        again(path, source=tmp_path / "photos")


@pytest.mark.usefixtures("quick_world")
def test_a_map_is_for_the_command_line(tmp_path: Path) -> None:
    imagined(tmp_path, "--style", "render", "--stages")
    with pytest.raises(PictureError, match=r"is a map; it is drawn again by: pleinair again seed0003-label\.png"):
        again(tmp_path / "seed0003-label.png")


def painted_layout(out: Path, *words: str) -> Path:
    write_classes(country(), COLORS, out / "layout.png", {})
    assert main(["paint", str(out / "layout.png"), "--seeds", "4", "--out", str(out / "p"), *words]) == 0
    return out / "p/seed0004.png"


@pytest.mark.usefixtures("shelf", "quick_layouts")
@pytest.mark.parametrize(
    "words",
    [
        ("--style", "render"),
        (),
        ("--style", "shanshui", "--strength", "0.45"),
        ("--reroll", "sky", "--reroll", "tree:1=9"),
    ],
)
def test_painted_layouts(tmp_path: Path, words: tuple[str, ...]) -> None:
    path = painted_layout(tmp_path, *words)
    (tmp_path / "layout.png").unlink()  # it is in the picture
    assert same(path)


@pytest.mark.usefixtures("shelf", "quick_layouts")
def test_a_large_layout_is_wanted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "LARGEST_TOLD", 10)
    path = painted_layout(tmp_path, "--style", "render")
    assert same(path)  # it lies in the folder above
    (tmp_path / "layout.png").rename(tmp_path / "moved.png")
    with pytest.raises(PictureError, match=r"layout\.png .*name it: --source"):
        again(path)
    assert same(path, source=tmp_path / "moved.png")


@pytest.mark.usefixtures("shelf", "quick_layouts")
@pytest.mark.parametrize(
    "change",
    [
        {"layout": "%%"}, {"layout": packed(country(40, 40))}, {"layoutSha256": "0"}, {"seed": "x"}, {"seed": "-1"},
        {"rerolls": "house=1"}, {"rerolls": "tree:0=1"}, {"style": "gauguin"}, {"strength": "9"}, {"wrap": "x"},
    ],
)  # fmt: skip
def test_layouts_that_cannot_be(tmp_path: Path, change: dict[str, str]) -> None:
    path = painted_layout(tmp_path)
    write(read(path), path, {**told(path), **change})
    with pytest.raises((PictureError, SettingError, ModelError)) as caught:
        again(path)
    assert "\n" not in str(caught.value)


def test_verbs_are_told_apart() -> None:
    assert remaking.verb({"layoutSha256": "", "seed": "", "size": "", "style": ""}) == remaking.PAINTED
    assert remaking.verb({}) is None
    assert remaking.verb({"scene": "", "seed": "", "size": ""}) == remaking.FICTION
    assert remaking.verb({"scene": "", "seed": "", "size": "", "style": ""}) == remaking.IMAGINED


# ── with a generator of what is laid out ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("drawing_shelf", "quick_world", "quick_layouts")
@pytest.mark.parametrize("words", [(), ("--style", "shanshui", "--strength", "0.45"), ("--realist", "landscape")])
def test_what_was_made_real(tmp_path: Path, words: tuple[str, ...]) -> None:
    scene, laid_out = imagined(tmp_path / "i", *words), painted_layout(tmp_path, *words)
    assert told(scene)["model"] == told(laid_out)["model"] == ("landscape" if "--realist" in words else "layout")
    assert same(scene)
    assert same(laid_out)


@pytest.mark.usefixtures("drawing_shelf", "quick_layouts", "quick_world")
def test_a_picture_of_before_there_was_a_generator(tmp_path: Path) -> None:
    """It tells of the painter alone, who painted layouts straight away and made imagined scenes real before."""
    scene = imagined(tmp_path / "i", "--style", "shanshui", "--realist", "landscape")
    assert "painter" not in told(scene)
    assert same(scene)
    laid_out = painted_layout(tmp_path, "--style", "shanshui", "--realist", "landscape")
    assert "painter" not in told(laid_out)
    assert same(laid_out)


@pytest.mark.usefixtures("drawing_shelf", "quick_layouts")
def test_a_painter_that_makes_nothing_real_painted_it_all_the_same(
    tmp_path: Path, own_folder: Path, make_trunk: MakeTrunk
) -> None:
    make_trunk(own_folder / "ink.onnx", ("inky",), 9)
    assert same(painted_layout(tmp_path, "--style", "inky"))
    write_classes(ground(), COLORS, tmp_path / "ground.png", {})
    words = ["paint", str(tmp_path / "ground.png"), "--wrap", "xy", "--style", "inky", "--out", str(tmp_path / "g")]
    assert main(words) == 0
    tile = tmp_path / "g/seed0000.png"
    assert told(tile)["model"] == "ink"
    assert same(tile)
    (tmp_path / "other").mkdir()
    layout = painted_layout(tmp_path / "other")
    forged = {**told(tile), **{name: told(layout)[name] for name in ("model", "sha256")}, "style": "photo"}
    write(read(tile), tile, forged)
    with pytest.raises((PictureError, SettingError), match="closes no texture"):
        again(tile)


@pytest.mark.usefixtures("drawing_shelf", "quick_layouts")
def test_a_full_turn_that_was_made_real(tmp_path: Path) -> None:
    write_classes(country(96, 48), COLORS, tmp_path / "turn.png", {})
    words = ["paint", str(tmp_path / "turn.png"), "--wrap", "x", "--style", "shanshui", "--out", str(tmp_path / "t")]
    assert main(words) == 0
    assert same(tmp_path / "t/seed0000.png")


@pytest.mark.usefixtures("drawing_shelf", "quick_layouts")
def test_a_generator_that_is_gone_or_another(tmp_path: Path, drawing_shelf: Path, make_layout: MakeScene) -> None:
    path = painted_layout(tmp_path)
    elsewhere = tmp_path / "kept.onnx"
    elsewhere.write_bytes((drawing_shelf / "layout.onnx").read_bytes())
    (drawing_shelf / "layout.onnx").unlink()
    with pytest.raises(ModelError, match=r"made with the model 'layout' .*--model FILE\.onnx"):
        again(path)
    assert same(path, models=[elsewhere])
    lines: list[str] = []
    again(path, models=[make_layout(tmp_path / "layout.onnx", 9)], say=lines.append)
    assert len(lines) == 1
    assert "another 'layout'" in lines[0]
    write(read(path), path, {**told(path), "style": "shanshui"})
    with pytest.raises((PictureError, SettingError), match="does not paint in 'shanshui'"):
        again(path, models=[elsewhere])
