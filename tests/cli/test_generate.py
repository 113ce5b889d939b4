"""`pleinair generate`: files by seed, what they say of themselves, sheet, walk, likeness, and one line for what cannot
be."""

import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pleinair.cli.main import main
from pleinair.images import film
from pleinair.painter import load as load_painter
from pleinair.scenes import load
from pleinair.store import sha256_of
from pleinair.version import __version__

needs_av = pytest.mark.skipif(find_spec("av") is None, reason="the extra [film] is not installed")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def generate(scene: Path, out: Path) -> Callable[..., int]:
    """`pleinair generate` with the small scene generator, into `out`."""
    return lambda *words: main(["generate", "--model", str(scene), "--out", str(out), *map(str, words)])


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def told(path: Path) -> dict[str, str]:
    """What a file says of its making."""
    return dict(re.findall(r'pleinair:(\w+)="([^"]*)"', path.read_bytes().decode("utf-8", "replace")))


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("pleinair: ")
    assert shown.err.count("\n") == 1
    return shown.err


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_per_seed_the_same_as_in_python(
    generate: Callable[..., int], scene: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate("--seeds", "0-2,12") == 0
    assert names(out) == ["seed0000.png", "seed0001.png", "seed0002.png", "seed0012.png"]
    assert capsys.readouterr().out == f"4 drawn → {out}\n"
    for seed, image in zip((0, 1, 2, 12), load(scene).generate([0, 1, 2, 12]), strict=True):
        found = pixels(out / f"seed{seed:04}.png")
        assert np.abs(found.astype(int) - np.asarray(image)).max() <= 1


def test_the_same_seed_is_the_same_file_in_another_batch_and_order(
    generate: Callable[..., int], scene: Path, out: Path, tmp_path: Path
) -> None:
    assert generate("--seeds", "0-9") == 0
    other = tmp_path / "other"
    assert main(["generate", "--model", str(scene), "--out", str(other), "--seeds", "9,4,0"]) == 0
    for name in names(other):
        assert np.abs(pixels(out / name).astype(int) - pixels(other / name)).max() <= 1


def test_by_default_seed_0_where_one_stands(scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "--model", str(scene)]) == 0
    assert names(tmp_path / "pleinair-scenes") == ["seed0000.png"]


@pytest.mark.usefixtures("shelf")
def test_a_model_of_the_usual_name_needs_none_named(
    own_folder: Path, make_scene: Callable[..., Path], out: Path
) -> None:
    make_scene(own_folder / "scene.onnx")
    assert main(["generate", "--out", str(out)]) == 0
    assert told(out / "seed0000.png")["model"] == "scene"


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_formats_and_what_files_say(generate: Callable[..., int], scene: Path, out: Path, suffix: str) -> None:
    words = ("--seeds", 7, "--kind", "lake", "--domain", "hiroshige", "--truncation", "0.7", "--size", "24x16")
    assert generate(*words, "--format", suffix, "--wrap", "x") == 0
    (path,) = out.iterdir()
    assert path.name == f"seed0007.{suffix}"
    assert pixels(path).shape == (16, 24, 3)
    assert told(path) == {
        "seed": "7",
        "model": "scene",
        "sha256": sha256_of(scene),
        "version": __version__,
        "domain": "hiroshige",
        "kind": "lake",
        "truncation": "0.7",
        "size": "24x16",
        "wrap": "x",
    }


@pytest.mark.parametrize(
    "words",
    [("--kind", "lake"), ("--domain", "hiroshige"), ("--truncation", "0.4"), ("--wrap", "x")],
)
def test_options_change_the_picture(generate: Callable[..., int], out: Path, words: tuple[str, ...]) -> None:
    assert generate() == 0
    before = pixels(out / "seed0000.png")
    assert generate("--overwrite", *words) == 0
    assert np.abs(pixels(out / "seed0000.png").astype(int) - before).mean() > 1


@pytest.mark.parametrize(
    ("size", "shape"), [("32", (32, 32)), ("56x32", (32, 56)), ("17x13", (13, 17)), ("200x8", (8, 200))]
)
@pytest.mark.parametrize("wrap", ["none", "x"])
def test_sizes(generate: Callable[..., int], out: Path, size: str, shape: tuple[int, int], wrap: str) -> None:
    assert generate("--size", size, "--wrap", wrap) == 0
    assert pixels(out / "seed0000.png").shape == (*shape, 3)


def test_what_is_there_is_skipped_unless_it_is_to_be_overwritten(
    generate: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate("--seeds", "1") == 0
    (out / "seed0001.png").write_bytes(b"mine")
    capsys.readouterr()
    assert generate("--seeds", "0-2") == 0
    assert capsys.readouterr().out == f"2 drawn, 1 there already (--overwrite draws anew) → {out}\n"
    assert (out / "seed0001.png").read_bytes() == b"mine"
    assert generate("--seeds", "0-2", "--overwrite") == 0
    assert pixels(out / "seed0001.png").shape == (32, 32, 3)


def test_a_file_that_cannot_be_written_is_named_and_the_others_are_written(
    generate: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out / "seed0001.png").mkdir(parents=True)
    assert generate("--seeds", "0-2", "--overwrite", "--grid") == 1
    assert names(out) == ["grid.jpg", "seed0000.png", "seed0001.png", "seed0002.png"]
    shown = capsys.readouterr()
    assert shown.out.startswith("2 drawn")
    assert "seed0001.png cannot be written" in shown.err
    assert shown.err.endswith("1 not written: seeds 1\n")


# ── painting, sheet, walk, likeness ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf")
def test_a_style_paints_the_scene(generate: Callable[..., int], scene: Path, out: Path) -> None:
    assert generate("--seeds", "3", "--style", "shanshui", "--strength", "0.8") == 0
    plain = np.asarray(load(scene).generate([3])[0])
    wanted = load_painter("shanshui").stylize(plain, strength=0.8)
    found = pixels(out / "seed0003.png")
    assert np.abs(found.astype(int) - wanted).max() <= 1
    assert np.abs(found.astype(int) - plain).mean() > 1
    facts = told(out / "seed0003.png")
    assert (facts["style"], facts["strength"], facts["painter"]) == ("shanshui", "0.8", "landscape")


@pytest.mark.usefixtures("shelf")
def test_a_grid_shows_all_that_was_asked_for(
    generate: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate("--seeds", "0-1") == 0
    assert generate("--seeds", "0-4", "--grid") == 0
    assert names(out) == ["grid.jpg", *(f"seed000{seed}.png" for seed in range(5))]
    assert f"sheet: {out / 'grid.jpg'}\n" in capsys.readouterr().out
    sheet = pixels(out / "grid.jpg")
    centers = [(24 + 128, 24 + 128), (24 + 128, 24 + 280 + 128), (24 + 310 + 128, 24 + 280 + 128)]
    for seed, (y, x) in zip((0, 1, 4), centers, strict=True):
        shown = sheet[y - 120 : y + 120, x - 120 : x + 120].mean((0, 1))
        assert np.abs(shown - pixels(out / f"seed{seed:04}.png").mean((0, 1))).max() < 6


@needs_av
def test_a_walk_is_a_film_of_its_length(
    generate: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import av

    assert generate("--seeds", "0-2", "--walk", "2s", "--fps", "12", "--size", "48x32") == 0
    assert f"walk: {out / 'walk.mp4'} (24 frames, 2 s)" in capsys.readouterr().out
    with av.open(str(out / "walk.mp4")) as found:
        assert "seeds 0-2" in found.metadata["comment"]
        shown = [frame.to_ndarray(format="rgb24").astype(int) for frame in found.decode(video=0)]
    assert len(shown) == 24
    for frame, seed in ((0, 0), (8, 1), (16, 2)):
        assert np.abs(shown[frame] - pixels(out / f"seed{seed:04}.png")).mean() < 12
    before = (out / "walk.mp4").read_bytes()
    assert generate("--seeds", "3-4", "--walk", "1s", "--size", "48x32") == 0
    assert "is there already (--overwrite makes it anew)" in capsys.readouterr().out
    assert (out / "walk.mp4").read_bytes() == before


def test_the_seed_most_like_a_picture_is_drawn(
    generate: Callable[..., int], scene: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(scene).generate([17])[0].resize((70, 70)).save(tmp_path / "like.jpg", quality=95)
    assert generate("--like", tmp_path / "like.jpg", "--seeds", "0-40") == 0
    assert names(out) == ["seed0017.png"]
    assert capsys.readouterr().out.startswith(f"seed 17 is most like {tmp_path / 'like.jpg'} (distance ")


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "forrest"), "has no kind 'forrest'; did you mean 'forest'?; it has forest, lake"),
        (("--domain", "monet"), "has no domain 'monet'; it has photo, hiroshige"),
        (("--seeds", "9-3"), "the seeds 9-3 run backwards; write 3-9"),
        (("--seeds", "-4"), "'-4' in the seeds '-4' is no seed"),
        (("--seeds", "4294967296"), "a seed is a number from 0 to 4294967295"),
        (("--seeds", "0-4294967295"), "more than 1,000,000 seeds"),
        (("--truncation", "0"), "truncation is a number above 0 and up to 1, not 0"),
        (("--truncation", "1.2"), "truncation is a number above 0 and up to 1, not 1.2"),
        (("--truncation", "nan"), "truncation is a number above 0"),
        (("--size", "64"), "8 to 32 pixels high, not 64; the largest square is --size 32"),
        (("--size", "7x32"), "8 to 65500 pixels wide, not 7"),
        (("--size", "wide"), "'wide' is no size"),
        (("--style", "shansui"), "no model or style named 'shansui'; did you mean 'shanshui'"),
        (("--style", "landscape"), "name a style of 'landscape'"),
        (("--strength", "0.5"), "--strength is that of a style; name one"),
        (("--like", "none.jpg"), "none.jpg"),
        (("--walk", "2s"), "between two seeds or more, not 1"),
        (("--seeds", "0-99", "--walk", "1s"), "would skip some"),
        (("--walk", "2s", "--like", "a.jpg"), "give one of them"),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_one_line_before_anything_is_written(
    generate: Callable[..., int],
    out: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    assert generate(*words) == 1
    assert said in complaint(capsys)
    assert not out.exists()


@needs_av
def test_a_walk_of_odd_pictures(generate: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert generate("--seeds", "0-1", "--walk", "2s", "--size", "33x32") == 1
    assert "even numbers, not 33x32" in complaint(capsys)


def test_a_walk_without_pyav_says_what_to_type(
    generate: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(film, "find_spec", lambda _: None)
    assert generate("--seeds", "0-1", "--walk", "2s") == 1
    assert complaint(capsys) == 'pleinair: a film needs the extra [film]; type: pip install "pleinair[film]"\n'


@pytest.mark.usefixtures("shelf")
def test_no_model_installed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--out", str(out)]) == 1
    assert "no scene generator is installed; train one: pleinair train scene" in complaint(capsys)


def test_a_painter_is_no_scene_generator(trunk: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--model", str(trunk), "--out", str(out)]) == 1
    assert "is a painter of pictures, not a generator of scenes; type: pleinair stylize" in complaint(capsys)


def test_a_scene_generator_is_no_painter(scene: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", "a.jpg", "--painter", str(scene), "--style", "photo", "--out", str(out)]) == 1
    assert "is a generator of scenes, not a painter of pictures; type: pleinair generate" in complaint(capsys)


def test_a_folder_that_is_a_file(generate: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.write_text("mine")
    assert generate() == 1
    assert f"the folder {out} cannot be written to" in complaint(capsys)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(
    generate: Callable[..., int], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    out.chmod(0o500)
    assert generate() == 1
    assert "cannot be written to" in complaint(capsys)


@pytest.mark.parametrize("words", [("--wrap", "xy"), ("--format", "gif"), ("--walk", "long"), ("--strength", "9")])
def test_options_that_are_not_understood(
    generate: Callable[..., int], capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert generate(*words) == 2
    assert words[0] in capsys.readouterr().err
