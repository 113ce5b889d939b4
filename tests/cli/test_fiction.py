"""`pleinair fiction`: files by seed, maps, frames, what they say of themselves, and one line for what cannot be."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pleinair.cli.main import main
from pleinair.fiction import SceneSpec, render
from pleinair.version import __version__

SIZE = ("--size", "48x30")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def fiction(out: Path) -> Callable[..., int]:
    """`pleinair fiction`, small, into `out`."""
    return lambda *words: main(["fiction", "--out", str(out), *SIZE, *map(str, words)])


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def told(path: Path) -> dict[str, str]:
    """What a file says of its making."""
    found = re.findall(r"""pleinair:(\w+)=("[^"]*"|'[^']*')""", path.read_bytes().decode("utf-8", "replace"))
    return {key: html.unescape(value[1:-1]) for key, value in found}


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("pleinair: ")
    assert shown.err.count("\n") == 1
    return shown.err


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_per_seed_the_same_as_in_python(
    fiction: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fiction("--kind", "lake", "--seeds", "0-1,12") == 0
    assert names(out) == ["seed0000.png", "seed0001.png", "seed0012.png"]
    assert capsys.readouterr().out == f"3 drawn → {out}\n"
    assert np.array_equal(pixels(out / "seed0012.png"), render(SceneSpec(kind="lake", seed=12), (48, 30)).picture)


def test_by_default_seed_0(fiction: Callable[..., int], out: Path) -> None:
    assert fiction() == 0
    assert names(out) == ["seed0000.png"]


def test_the_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["fiction", *SIZE]) == 0
    assert names(tmp_path / "pleinair-fiction") == ["seed0000.png"]


def test_files_say_how_they_were_made(fiction: Callable[..., int], out: Path) -> None:
    assert fiction("--kind", "Meadow", "--seed", 7, "--season", "winter", "--time", "dusk", "--weather", "fog") == 0
    said = told(out / "seed0007.png")
    assert said["seed"] == "7"
    assert said["version"] == __version__
    assert said["size"] == "48x30"
    spec = SceneSpec.from_json(said["scene"])
    assert spec == SceneSpec(kind="meadow", season="winter", time="dusk", weather="fog", seed=7)
    assert np.array_equal(pixels(out / "seed0007.png"), render(spec, (48, 30)).picture)
    assert b"digitalsourcetype/algorithmicMedia" in (out / "seed0007.png").read_bytes()


def test_the_same_command_is_the_same_bytes(fiction: Callable[..., int], out: Path) -> None:
    assert fiction("--seed", 3, "--maps", "label,depth") == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert fiction("--seed", 3, "--maps", "label,depth", "--overwrite") == 0
    assert before == {path.name: path.read_bytes() for path in out.iterdir()}


def test_maps(fiction: Callable[..., int], out: Path) -> None:
    assert fiction("--seed", 2, "--kind", "lake", "--maps", "label, depth,normals,albedo") == 0
    stems = ["seed0002-albedo", "seed0002-depth", "seed0002-label", "seed0002-normals", "seed0002"]
    assert names(out) == [f"{stem}.png" for stem in stems]
    shown = render(SceneSpec(kind="lake", seed=2), (48, 30))
    with Image.open(out / "seed0002-label.png") as image:
        assert np.array_equal(np.asarray(image), shown.labels)
    assert np.array_equal(pixels(out / "seed0002-albedo.png"), shown.albedo)
    assert np.abs(pixels(out / "seed0002-normals.png") / 127.5 - 1 - shown.normals).max() < 0.01
    assert told(out / "seed0002-label.png")["map"] == "label"


def test_what_is_there_is_skipped_and_completed(
    fiction: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fiction("--seeds", "0-1", "--maps", "label") == 0
    (out / "seed0001-label.png").unlink()
    kept = (out / "seed0000.png").stat().st_mtime_ns
    capsys.readouterr()
    assert fiction("--seeds", "0-1", "--maps", "label") == 0
    assert capsys.readouterr().out == f"1 drawn, 1 there already (--overwrite draws anew) → {out}\n"
    assert (out / "seed0001-label.png").exists()
    assert (out / "seed0000.png").stat().st_mtime_ns == kept


def test_frames_with_flow(fiction: Callable[..., int], out: Path) -> None:
    assert fiction("--seed", 1, "--kind", "desert", "--frames", 3, "--path", "right", "--step", 0.5) == 0
    assert names(out) == [
        "seed0001-frame000-flow.flo",
        "seed0001-frame000-hidden.png",
        "seed0001-frame000.png",
        "seed0001-frame001-flow.flo",
        "seed0001-frame001-hidden.png",
        "seed0001-frame001.png",
        "seed0001-frame002.png",
    ]
    said = told(out / "seed0001-frame002.png")
    assert (said["frame"], said["path"], said["step"], said["frames"]) == ("2", "right", "0.5", "3")


def test_full_turns_and_textures(out: Path) -> None:
    for wrap, size in (("x", "64x32"), ("xy", "32x32")):
        where = out / wrap
        assert main(["fiction", "--out", str(where), "--wrap", wrap, "--size", size, "--kind", "meadow"]) == 0
        assert told(where / "seed0000.png")["wrap"] == wrap


def test_a_spec_from_a_file(fiction: Callable[..., int], out: Path, tmp_path: Path) -> None:
    spec = SceneSpec(kind="lake", time="night", seed=4)
    (tmp_path / "scene.json").write_text(spec.to_json(), encoding="utf-8")
    assert fiction("--spec", tmp_path / "scene.json", "--time", "noon") == 0
    assert names(out) == ["seed0004.png"]
    assert SceneSpec.from_json(told(out / "seed0004.png")["scene"]) == SceneSpec(kind="lake", time="noon", seed=4)


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--kind", "volcano"), "kind 'volcano' is not known; it is one of lake, river"),
        (("--season", "monsoon"), "season 'monsoon' is not known"),
        (("--time", "noonish"), "time 'noonish' is not known"),
        (("--weather", "hail"), "weather 'hail' is not known"),
        (("--mood", "sad"), "mood 'sad' is not known"),
        (("--seeds", "x"), "'x' in the seeds"),
        (("--seed", "99999999999"), "a seed is a number from 0 to"),
        (("--seed", "1", "--seeds", "2"), "give one of them"),
        (("--size", "big"), "'big' is no size"),
        (("--size", "4x4"), "8 pixels or more"),
        (("--size", "99999x99999"), "8 pixels or more"),
        (("--maps", "label,heat"), "there is no map 'heat'"),
        (("--wrap", "x"), "at least twice as wide as high"),
        (("--wrap", "xy", "--frames", "2"), "no path to move along"),
        (("--frames", "3", "--path", "up", "--step", "-900"), "height must be"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    fiction: Callable[..., int], capsys: pytest.CaptureFixture[str], words: tuple[str, ...], line: str
) -> None:
    assert fiction(*words) == 1
    assert line in complaint(capsys)


@pytest.mark.parametrize("text", ["", "{", '{"kind": "volcano"}', "[1]"])
def test_a_file_that_holds_no_scene(
    fiction: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "scene.json").write_text(text, encoding="utf-8")
    assert fiction("--spec", tmp_path / "scene.json") == 1
    assert "scene.json: " in complaint(capsys)


def test_a_file_that_is_no_text_or_not_there(
    fiction: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scene.json").write_bytes(b"\xff\xfe\x00")
    assert fiction("--spec", tmp_path / "scene.json") == 1
    assert "is no text" in complaint(capsys)
    assert fiction("--spec", tmp_path / "nowhere.json") == 1
    assert "cannot be read" in complaint(capsys)


@pytest.mark.parametrize("words", [("--frames", "1"), ("--path", "sideways"), ("--seed", "-1"), ("--wrap", "y")])
def test_what_the_command_line_does_not_understand(fiction: Callable[..., int], words: tuple[str, ...]) -> None:
    assert fiction(*words) == 2


def test_a_folder_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["fiction", "--out", str(tmp_path / "file"), *SIZE]) == 1
    assert "cannot be written to" in complaint(capsys)
