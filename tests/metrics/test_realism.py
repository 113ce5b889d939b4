"""The benchmarks of realism and of layouts, run whole on small sets: what is as good as it gets, and what is not."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import frozen, layouts, realism
from pleinair.data.labeled import Labels
from pleinair.errors import DataError
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.fiction.spec import SceneSpec
from pleinair.metrics.features import Features
from pleinair.metrics.squares import Pixels, pixels_of
from pleinair.networks.layout import LayoutGenerator
from pleinair.networks.segmenter import AVERAGE, Segmenter
from pleinair.training import checkpoint
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
    asked: list[Pixels] = []

    def paint(picture: Pixels) -> Pixels:
        asked.append(picture)
        return 255 - picture

    first = realism.made_real(paint, scenes[:2], tmp_path / "kept")
    again = realism.made_real(paint, scenes[:3], tmp_path / "kept")
    assert len(asked) == 3
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=False))
    assert np.array_equal(again[2], 255 - pixels_of(scenes[2][0]))


def test_the_commands_run_whole(
    photos: Path,
    extractor_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trunk: Path,
) -> None:
    judge = saved(tmp_path / "judge", Segmenter(8))
    torch.manual_seed(0)
    generator = LayoutGenerator(1)
    (tmp_path / "gan").mkdir()
    network = {"width": 1, "classes": len(NAMES)}
    checkpoint.write(tmp_path / "gan" / AVERAGE, generator.state_dict(), {"network": network})
    write_scenes(tmp_path / "frozen", 4, 40, 64)
    specs = [SceneSpec(seed=seed) for seed in range(4)]
    for module in (realism, layouts):
        monkeypatch.setattr(module, "read_specs", lambda: specs)
    monkeypatch.setattr(layouts, "SEEDS", 2)
    monkeypatch.setattr(layouts, "VARIED", 2)
    words = ["--data", str(photos), "--features", str(extractor_file), "--judge", str(judge), "--cache", str(tmp_path)]
    out = tmp_path / "figures.jsonl"
    assert realism.main([*words, "--painter", str(trunk), "--out", str(out), "--threads", "1"]) == 0
    more = ["--sheets", str(tmp_path / "sheets"), "--out", str(out), "--side", "32", "--limit", "3"]
    assert layouts.main([*words, *more, f"gan={tmp_path / 'gan'}"]) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(line["benchmark"], line.get("scenes", line.get("layouts"))) for line in lines] == [
        ("realism", 4),
        ("layouts", 3),
    ]
    assert (tmp_path / "sheets/layouts-gan.jpg").exists()
    assert "accuracy ≥ 0.75" in capsys.readouterr().out
    for bad, said in ((["gan"], "a way is NAME=WHAT"), (["x=nothing"], "no model or style named 'nothing'")):
        assert layouts.main([*words, *bad]) == 1
        assert said in capsys.readouterr().err
    assert realism.main([*words, "--limit", "2"]) == 1
    assert "needs 3 scenes" in capsys.readouterr().err


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
