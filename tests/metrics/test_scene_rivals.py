"""The benchmark of rivals: one rule for all, the same minutes, and what has ended is left as it is."""

import json
from pathlib import Path

import pytest

from benchmarks import scene_rivals as benchmark
from benchmarks.scenes import averaged_of
from pleinair.networks.sketched import SketchedScene
from pleinair.recipes.scene import scene
from pleinair.recipes.scene_rivals import RECIPES
from pleinair.training import checkpoint
from tests.labels import write_scenes
from tests.training.rehearsal import stage


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage(tmp_path_factory.getbasetemp() / "stage")


def words(packs: Path, judge: Path, runs: Path, *more: str) -> list[str]:
    files = ["--photos", str(packs / "photo.pack"), "--features", str(packs / "frozen.safetensors")]
    times = ["--minutes", "0.02", "--trial", "0.01", "--tiny", "--runs", str(runs)]
    return [*more, *files, "--judge", str(judge), *times]


def test_each_is_tried_at_three_rates_and_trained_at_the_best(
    packs: Path, extractor_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = words(packs, extractor_file, tmp_path, "scene", "scene_dcgan")
    assert benchmark.main(given) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    results = {line["recipe"]: line for line in lines if "recipe" in line}
    assert list(results) == ["scene", "scene_dcgan"]
    for recipe, result in results.items():
        trials = {share: figures(tmp_path / f"{recipe}-x{share:g}") for share in benchmark.SHARES}
        assert result["rates"] == min(trials, key=lambda share: trials[share]["score"])
        assert result["pictures"] > 0
        run = json.loads((tmp_path / recipe / "run.json").read_text())
        peak = RECIPES[recipe](["photo"], [], 64, 100, 0).rates["generator"].peak
        assert run["rates"]["generator"]["peak"] == pytest.approx(peak * result["rates"])
        assert run["pictures"] == pytest.approx(2 * trials[result["rates"]]["pictures"], abs=run["batch"])


def test_sketches_are_tried_by_the_same_rule(
    packs: Path, extractor_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = words(packs, extractor_file, tmp_path / "runs", benchmark.SKETCHES)
    with pytest.raises(SystemExit):
        benchmark.main(given)
    assert "learns from fictional scenes; give them by --scenes" in capsys.readouterr().err
    assert benchmark.main([*given, "--scenes", str(write_scenes(tmp_path / "scenes", 5, 140, 150))]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["recipe"], found["minutes"]) == (benchmark.SKETCHES, 0.02)
    assert found["rates"] in benchmark.SHARES
    generator, facts = averaged_of(tmp_path / "runs" / benchmark.SKETCHES)
    assert isinstance(generator, SketchedScene)
    assert facts["seen_pictures"] == found["pictures"] > 0


def figures(run: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads((run / benchmark.FIGURES).read_text())
    return found


def test_what_has_ended_is_left_as_it_is(
    packs: Path, extractor_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = words(packs, extractor_file, tmp_path, "scene_dcgan")
    assert benchmark.main(given) == 0
    first = capsys.readouterr().out.splitlines()[-1]
    weights = (tmp_path / "scene_dcgan" / checkpoint.AVERAGE).read_bytes()
    assert benchmark.main(given) == 0
    assert capsys.readouterr().out.splitlines() == [first]
    assert (tmp_path / "scene_dcgan" / checkpoint.AVERAGE).read_bytes() == weights


def test_a_rate_that_fails_is_out(packs: Path, extractor_file: Path, tmp_path: Path) -> None:
    outcomes: tuple[dict[str, object], ...] = ({"score": 1.0}, {"failed": "NaN"}, {"score": 2.0})
    for share, outcome in zip(benchmark.SHARES, outcomes, strict=True):
        folder = tmp_path / f"scene_dcgan-x{share:g}"
        folder.mkdir()
        (folder / benchmark.FIGURES).write_text(json.dumps({"pictures": 8, "minutes": 0.01, **outcome}))
    assert benchmark.main(words(packs, extractor_file, tmp_path, "scene_dcgan")) == 0
    run = json.loads((tmp_path / "scene_dcgan" / "run.json").read_text())
    assert run["rates"]["generator"]["peak"] == pytest.approx(1e-4)


def test_where_none_trains_that_is_said(
    packs: Path, extractor_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for share in benchmark.SHARES:
        folder = tmp_path / f"scene-x{share:g}"
        folder.mkdir()
        (folder / benchmark.FIGURES).write_text('{"failed": "NaN", "minutes": 0.01}')
    assert benchmark.main(words(packs, extractor_file, tmp_path, "scene", "scene_dcgan")) == 1
    out, err = capsys.readouterr()
    assert "scene: no learning rate of the three trains" in err
    assert json.loads(out.splitlines()[-1])["recipe"] == "scene_dcgan"  # the others are trained all the same


def test_what_was_cut_off_begins_anew(packs: Path, extractor_file: Path, tmp_path: Path) -> None:
    given = words(packs, extractor_file, tmp_path, "scene_dcgan")
    assert benchmark.main(given) == 0
    (tmp_path / "scene_dcgan" / benchmark.FIGURES).unlink()
    (tmp_path / "scene_dcgan" / "left").write_text("of the training that was cut off")
    assert benchmark.main(given) == 0
    assert not (tmp_path / "scene_dcgan" / "left").exists()
    assert figures(tmp_path / "scene_dcgan")["pictures"] > 0


def test_other_minutes_are_refused(
    packs: Path, extractor_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = words(packs, extractor_file, tmp_path, "scene_dcgan")
    assert benchmark.main(given) == 0
    assert benchmark.main([*given, "--minutes", "0.03"]) == 1
    assert "trained for 0.02 minutes, not 0.03; name other --runs" in capsys.readouterr().err


def test_rates_change_and_nothing_else() -> None:
    run = scene(["photo"], [], 64, 100, 0)
    other = benchmark.at(run, 2.0, 50)
    assert other.rates["generator"].peak == 2 * run.rates["generator"].peak
    assert other.rates["discriminator"].warmup_pictures == run.rates["discriminator"].warmup_pictures
    assert (other.pictures, other.settings, other.weights) == (50, run.settings, run.weights)


def test_a_recipe_that_there_is_not_is_named(
    packs: Path, extractor_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        benchmark.main(words(packs, extractor_file, tmp_path, "stylegan"))
    assert "stylegan: no recipe of scenes" in capsys.readouterr().err
