"""The benchmarks of realism and of layouts, run whole on small sets: what is as good as it gets, and what is not."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import frozen, layouts, realism
from pleinair.data.labeled import Labels, read_labels
from pleinair.errors import DataError
from pleinair.export.handover import hand_over
from pleinair.fiction.layout_dress import Dressed
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.fiction.spec import SceneSpec
from pleinair.metrics.features import Features
from pleinair.metrics.squares import Pixels, pixels_of
from pleinair.networks.layout import LayoutGenerator
from pleinair.networks.segmenter import AVERAGE, Segmenter
from pleinair.painter import load
from pleinair.recipes.watching_layouts import LearnedEngine, load_layout
from pleinair.render.real import made_real
from pleinair.training import checkpoint
from tests.export.test_layout_graph import SPEC
from tests.labels import striped, write_scenes
from tests.metrics.tiny import pictures, save
from tests.networks.test_segmenter import saved


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    folder = write_scenes(tmp_path_factory.mktemp("cache") / "frozen", 5, 40, 64)
    labels = sorted(folder.glob("*-label.png"))
    return [(path.with_name(path.name.replace("-label", "")), path) for path in labels]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("data")
    for seed, folder in enumerate(("photos", "photos_test")):
        save(home / folder, pictures(9, seed), folder)
    return home


@pytest.fixture
def files(photos: Path) -> list[Path]:
    return sorted(photos.rglob("*.png"))


def by_brightness(picture: Pixels) -> Labels:
    """Who reads striped scenes rightly: a class is as bright as its number says."""
    classes: Labels = np.minimum(np.rint(picture.mean(2) / 20), len(NAMES) - 1).astype(np.uint8)
    return classes


def test_scenes_left_as_they_are_lose_nothing(
    scenes: list[tuple[Path, Path]], files: list[Path], extractor: Features, tmp_path: Path
) -> None:
    same = [pixels_of(picture) for picture, _ in scenes]
    found = realism.measure(same, by_brightness, scenes, files, extractor, cache=tmp_path, sheets=tmp_path / "sheets")
    assert (found.scenes, found.fall) == (5, 0)
    assert found.content == pytest.approx(1)
    assert found.ratio == pytest.approx(1)
    assert found.agreement_rendered > 0.9
    assert found.sharpness == found.sharpness_rendered
    assert [good for bar, good in found.bars().items() if "ratio" in bar] == [False]
    assert (tmp_path / "sheets/realism.jpg").stat().st_size > 500
    assert "MISSED  ratio ≤ 0.5" in realism.told(found)


def test_scenes_turned_upside_down_are_read_wrongly_and_blurred_ones_are_seen(
    scenes: list[tuple[Path, Path]], files: list[Path], extractor: Features
) -> None:
    mirrored = [np.ascontiguousarray(pixels_of(picture)[:, ::-1]) for picture, _ in scenes]
    found = realism.measure(mirrored, by_brightness, scenes, files, extractor)
    assert found.fall > 0.5
    flat = [np.full_like(pixels_of(picture), 99) for picture, _ in scenes]
    assert realism.measure(flat, by_brightness, scenes, files, extractor).sharpness == 0


def test_what_was_painted_is_not_painted_again(scenes: list[tuple[Path, Path]], tmp_path: Path) -> None:
    asked: list[tuple[Labels, int]] = []

    def paint(picture: Pixels, labels: Labels, seed: int) -> Pixels:
        asked.append((labels, seed))
        return 255 - picture

    first = realism.made_real(paint, scenes[:2], tmp_path / "kept")
    again = realism.made_real(paint, scenes[:3], tmp_path / "kept")
    assert [seed for _, seed in asked] == [0, 1, 2]
    for (labels, _), (_, file) in zip(asked, scenes[:3], strict=True):
        assert np.array_equal(labels, read_labels(file))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=False))
    assert np.array_equal(again[2], 255 - pixels_of(scenes[2][0]))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The run of a generator of layouts, briefly trained."""
    torch.manual_seed(0)
    folder = tmp_path / "gan"
    folder.mkdir()
    facts = {"network": {"width": 1, "classes": len(NAMES)}, "spec": SPEC.to_json()}
    checkpoint.write(folder / AVERAGE, LayoutGenerator(1).state_dict(), facts)
    return folder


def test_the_commands_run_whole(
    photos: Path,
    extractor_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trunk: Path,
    run: Path,
) -> None:
    judge = saved(tmp_path / "judge", Segmenter(8))
    write_scenes(tmp_path / "frozen", 4, 40, 64)
    specs = [SceneSpec(seed=seed) for seed in range(4)]
    for module in (realism, layouts):
        monkeypatch.setattr(module, "read_specs", lambda: specs)
    monkeypatch.setattr(layouts, "SEEDS", 2)
    monkeypatch.setattr(layouts, "VARIED", 2)
    words = ["--data", str(photos), "--features", str(extractor_file), "--judge", str(judge), "--cache", str(tmp_path)]
    out = tmp_path / "figures.jsonl"
    assert realism.main([*words, "--painter", str(trunk), "--out", str(out), "--threads", "1"]) == 0
    assert realism.main([*words, "--realist", str(run), "--out", str(out)]) == 0
    more = ["--sheets", str(tmp_path / "sheets"), "--out", str(out), "--side", "32", "--limit", "3"]
    assert layouts.main([*words, *more, f"gan={run}"]) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(line["benchmark"], line.get("scenes", line.get("layouts"))) for line in lines] == [
        ("realism", 4),
        ("realism", 4),
        ("layouts", 3),
    ]
    assert (lines[0]["painter"], lines[0]["style"]) == (str(trunk), "photo")
    assert lines[1]["realist"] == str(run)
    assert "painter" not in lines[1]
    assert lines[0]["kd_rendered"] == lines[1]["kd_rendered"]
    assert lines[0]["kd_real"] != lines[1]["kd_real"]
    assert (tmp_path / "sheets/layouts-gan.jpg").exists()
    assert "accuracy ≥ 0.75" in capsys.readouterr().out
    for bad, said in ((["gan"], "a way is NAME=WHAT"), (["x=nothing"], "no model or style named 'nothing'")):
        assert layouts.main([*words, *bad]) == 1
        assert said in capsys.readouterr().err
    for bad, said in (
        (["--limit", "2"], "needs 3 scenes"),
        (["--realist", "nothing"], "no model or style named 'nothing'"),
        (["--realist", str(trunk)], "is a painter of pictures, not a generator"),
        (["--realist", str(judge)], "no generator of layouts"),
    ):
        assert realism.main([*words, *bad]) == 1
        assert said in capsys.readouterr().err


def test_what_was_made_real_is_kept_by_who_made_it(
    photos: Path, extractor_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Path
) -> None:
    """Another training of the same name does not get the pictures of the one before."""
    judge = saved(tmp_path / "judge", Segmenter(8))
    write_scenes(tmp_path / "frozen", 4, 20, 32)
    monkeypatch.setattr(realism, "read_specs", lambda: [SceneSpec(seed=seed) for seed in range(4)])
    words = ["--data", str(photos), "--features", str(extractor_file), "--judge", str(judge), "--cache", str(tmp_path)]
    words += ["--realist", str(run), "--limit", "3"]
    assert [realism.main(words) for _ in range(2)] == [0, 0]
    assert len(list(tmp_path.glob("real-*"))) == 1
    facts = checkpoint.read(run / AVERAGE)[1]
    checkpoint.write(run / AVERAGE, LayoutGenerator(1).state_dict(), facts)
    assert realism.main(words) == 0
    kept = sorted(tmp_path.glob("real-*"))
    assert len(kept) == 2
    assert [len(list(folder.iterdir())) for folder in kept] == [3, 3]
    one, other = (pixels_of(folder / "seed0001.png") for folder in kept)
    assert not np.array_equal(one, other)


def test_a_run_and_its_file_make_the_same_of_renders(run: Path) -> None:
    file = hand_over(run, half=False).path
    (learned, weights), (opened, path) = (realism.realist_of(str(who), 1) for who in (run, file))
    assert (weights, path) == (run / AVERAGE, file)
    scene, generator = striped(40, 70), load_layout(run)
    found = learned(scene.picture, scene.labels, 7)
    assert np.array_equal(found, made_real(scene.labels, scene.picture, 7, LearnedEngine(generator)))
    assert found.shape == scene.picture.shape
    assert not np.array_equal(found, learned(scene.picture, scene.labels, 8))
    assert np.abs(found.astype(int) - opened(scene.picture, scene.labels, 7)).max() <= 1


def test_a_painter_is_asked_for_its_style_whatever_is_told(trunk: Path) -> None:
    scene = striped(20, 32)
    wanted = load(trunk, threads=1).stylize(scene.picture, style="hokusai")
    paint, path = realism.painter_of(argparse.Namespace(painter=str(trunk), style="hokusai"), 1)
    assert path == trunk
    assert np.array_equal(paint(scene.picture, scene.labels, 0), wanted)
    assert np.array_equal(paint(scene.picture, scene.labels[:, ::-1], 5), wanted)
    assert not np.array_equal(wanted, scene.picture)


@pytest.mark.parametrize("exported", [False, True])
def test_a_way_that_is_a_run_dresses_by_rules_and_makes_that_real(
    run: Path, monkeypatch: pytest.MonkeyPatch, exported: bool
) -> None:
    asked: list[tuple[Labels, int]] = []

    def dressed(labels: Labels, seed: int) -> Dressed:
        asked.append((labels, seed))
        return Dressed(np.full((*labels.shape, 3), 90 + seed, np.uint8), np.ascontiguousarray(labels[:, ::-1]))

    monkeypatch.setattr(layouts, "dressed", dressed)
    who = hand_over(run, half=False).path if exported else run
    labels = striped(30, 48).labels
    found = layouts.way_of(str(who))(labels, 3)
    assert [seed for _, seed in asked] == [3]
    assert np.array_equal(asked[0][0], labels)
    scene = dressed(labels, 3)
    wanted = made_real(scene.labels, scene.picture, 3, LearnedEngine(load_layout(run)))
    assert np.abs(found.astype(int) - wanted).max() <= int(exported)


def test_who_paints_the_palette_is_read_rightly_and_varies_nothing(files: list[Path], extractor: Features) -> None:
    some = [striped(40, 64, first).labels for first in range(4)]
    made = layouts.bench(some, files, by_brightness, extractor, 32, scenes=[pixels_of(file) for file in files])
    found, rows = made.measure("plain", lambda labels, _: np.repeat(20 * labels[..., None], 3, 2))
    assert found.accuracy > 0.85
    assert found.diversity == pytest.approx(0, abs=1e-6)
    assert found.kd > found.kd_scene
    assert list(found.bars().values()) == [True, False, False]
    assert rows[0][0].tolist() == np.array(COLORS, np.uint8)[some[0]].tolist()

    def photo(labels: Labels, seed: int) -> Pixels:
        return pixels_of(files[(seed + int(labels[0, 0])) % len(files)])

    other, _ = made.measure("photos", photo)
    assert other.accuracy < found.accuracy
    assert other.diversity > 0.5
    assert other.kd < found.kd


def test_a_way_may_be_any_command(tmp_path: Path) -> None:
    script = tmp_path / "paint.py"
    script.write_text(
        "import sys, pathlib; from PIL import Image\n"
        "out = pathlib.Path(sys.argv[3]); out.mkdir(); seed = int(sys.argv[2])\n"
        "Image.open(sys.argv[1]).convert('RGB').point(lambda v: (v + seed) % 256).save(out / 'a.png')\n"
    )
    paint = layouts.way_of(f"python {script} {{layout}} {{seed}} {{out}}")
    labels = striped().labels
    assert np.array_equal(paint(labels, 3), np.array(COLORS, np.uint8)[labels] + np.uint8(3))
    with pytest.raises(DataError, match="painted nothing"):
        layouts.way_of(f"python {tmp_path / 'none.py'} {{layout}} {{out}}")(labels, 0)


def test_labels_are_fitted_to_any_size() -> None:
    labels = striped(30, 48).labels
    assert layouts.fitted(labels, np.zeros((60, 96, 3), np.uint8))[::2, ::2].tolist() == labels.tolist()
    assert layouts.fitted(labels, np.zeros((1, 1, 3), np.uint8)).shape == (1, 1)
    assert layouts.brought(np.zeros((30, 48, 3), np.uint8), 60).shape == (60, 96, 3)
    assert frozen.COUNT == 200
