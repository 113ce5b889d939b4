"""The benchmark of generators: what it judges is what each model draws, seed by seed."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import scenes as benchmark
from pleinair.metrics.features import Features
from pleinair.metrics.protocols import Result
from pleinair.recipes.scene_building import generator_named
from pleinair.training import checkpoint
from tests.metrics.tiny import pictures, save

NETWORK = {"side": 16, "width": 4, "marks": 1}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    save(root / "photos", pictures(8, 0), "photos")
    save(root / "photos_test", pictures(6, 1), "photos_test")
    return root


def trained(folder: Path, kind: str) -> Path:
    """The folder of a training of a generator of this kind, as the loop leaves it."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"settings": {"generator": kind}}))
    generator = generator_named(kind, NETWORK)
    checkpoint.write(folder / checkpoint.AVERAGE, generator.state_dict(), {"network": NETWORK})
    return folder


def words(data: Path, features: Path, out: Path, *models: str) -> list[str]:
    return [*models, "--data", str(data), "--features", str(features), "--count", "12", "--out", str(out)]


def test_figures_and_sheets_of_every_model(
    data: Path, extractor_file: Path, scene: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, rival = tmp_path / "out", trained(tmp_path / "dcgan", "dcgan")
    assert benchmark.main(words(data, extractor_file, out, f"ours={scene}", str(rival))) == 0
    rows = [json.loads(line) for line in (out / "figures.jsonl").read_text().splitlines()]
    assert [(row["model"], row["count"]) for row in rows] == [("ours", 12), ("dcgan", 12)]
    for row in rows:
        assert all(math.isfinite(row[name]) for name in benchmark.PROTOCOLS)
        with Image.open(out / f"{row['model']}-seeds.jpg") as sheet:
            assert sheet.width > 8 * benchmark.TILE
        assert list((out / f"{row['model']}-nearest").glob("*.jpg"))
    assert rows[0]["kd"] != rows[1]["kd"]
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["kd", "ours", "dcgan"]


@pytest.mark.parametrize("kind", ["scene", "dcgan", "fastgan"])
def test_a_training_is_drawn_by_its_averaged_weights(tmp_path: Path, kind: str) -> None:
    run = trained(tmp_path / kind, kind)
    drawn = list(benchmark.pictures_of(str(run), 70))
    assert len(drawn) == 70
    assert {picture.shape for picture in drawn} == {(16, 16, 3)}
    assert (np.asarray(drawn[:3]) == np.asarray(list(benchmark.pictures_of(str(run), 3)))).all()


def test_sharpness_is_a_share_of_the_photos() -> None:
    def result(protocol: str, value: float, **details: float) -> Result:
        return Result(protocol, "ours", value, 12, details=details)

    found = benchmark.figures_of([result("kd", 7.0), result("sharpness", 1.5, of_reference=2.0)])
    assert found == {"kd": 7.0, "sharpness": 0.75}


def test_what_is_no_generator_is_said(
    data: Path, extractor_file: Path, trunk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for model, said in ((trunk, "is a painter"), (empty, "is no training of scenes")):
        assert benchmark.main(words(data, extractor_file, tmp_path / "out", str(model))) == 1
        assert said in capsys.readouterr().err


def test_without_photos_nothing_is_judged(
    extractor: Features,
    scene: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("PLEINAIR_SHARED", raising=False)
    assert benchmark.main([str(scene), "--out", str(tmp_path)]) == 1
    assert "no photos to compare with" in capsys.readouterr().err
    assert extractor.size
