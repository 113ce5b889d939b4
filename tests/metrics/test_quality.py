"""The quality benchmark, run whole on small sets and a painter that moves colors."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import DataError
from pleinair.metrics.features import Features
from pleinair.metrics.squares import Pixels
from tests.metrics.tiny import FakePainter, pictures, save

TINTS = {
    "photo": (128, 128, 128),
    "monet": (150, 160, 190),
    "vangogh": (190, 160, 60),
    "european_landscape": (90, 80, 60),
}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def quality() -> ModuleType:
    spec = importlib.util.spec_from_file_location("quality", ROOT / "benchmarks" / "quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["quality"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    for seed, folder in enumerate(("photos", "photos_test", "views_test", "renders")):
        save(root / folder, pictures(5, seed), folder)
    for seed, style in enumerate(("monet", "vangogh", "european_landscape"), 10):
        save(root / "styles" / style, pictures(6, seed, TINTS[style]), style)
    return root


@pytest.fixture
def painter() -> FakePainter:
    return FakePainter(TINTS)


def test_every_row_is_measured(
    quality: ModuleType, data: Path, extractor: Features, painter: FakePainter, tmp_path: Path
) -> None:
    told: list[object] = []
    rows = quality.evaluate(
        painter, data, extractor, sheets=tmp_path / "sheets", cache=tmp_path / "cache", tell=told.append
    )
    titles = [row.title for row in rows]
    photos = [f"photo from {source}" for source in ("monet", "vangogh", "european_landscape", "renders")]
    assert titles == ["monet", "vangogh", "european_landscape", *photos]
    assert told == rows
    by_title = {row.title: row for row in rows}
    assert by_title["monet"].pictures == 10
    assert by_title["monet"].bar == 0.28
    assert by_title["monet"].ratio < 0.28
    assert by_title["monet"].passed is True
    assert by_title["european_landscape"].passed is None
    assert by_title["photo from monet"].bar == 0.5
    assert by_title["photo from renders"].flicker == pytest.approx(1, abs=0.2)
    assert np.isnan(by_title["photo from renders"].ratio)
    names = {path.stem for path in (tmp_path / "sheets").iterdir()}
    assert names == {"gray", "monet", "vangogh", "european_landscape", *(title.replace(" ", "_") for title in photos)}
    assert all(path.stat().st_size <= 300_000 for path in (tmp_path / "sheets").iterdir())


def test_a_painter_that_does_nothing_fails(quality: ModuleType, data: Path, extractor: Features) -> None:
    rows = quality.evaluate(FakePainter(TINTS, share=0), data, extractor, styles=["monet"])
    assert [(row.ratio, row.passed) for row in rows] == [(1.0, False)]
    assert rows[0].content == pytest.approx(1)


def test_a_painter_that_loses_the_scene_fails(quality: ModuleType, data: Path, extractor: Features) -> None:
    class Blank(FakePainter):
        def stylize(self, picture: Pixels, *, style: str) -> Pixels:
            return np.roll(super().stylize(picture, style=style)[::-1], picture.shape[0] // 12, axis=(0, 1))

    (row,) = quality.evaluate(Blank(TINTS), data, extractor, styles=["monet"])
    assert row.ratio < 0.28
    assert row.content < 0.7
    assert row.passed is False


def test_a_quick_look_paints_few(quality: ModuleType, data: Path, extractor: Features, painter: FakePainter) -> None:
    (row,) = quality.evaluate(painter, data, extractor, styles=["vangogh"], limit=4)
    assert row.pictures == 4
    assert painter.asked == ["vangogh"] * 4


def test_photos_are_compared_with_the_files_before(
    quality: ModuleType, data: Path, extractor: Features, painter: FakePainter
) -> None:
    """The distance before painting is of all files of the collection, also in a quick look."""
    few, all_of_them = (
        next(
            row
            for row in quality.evaluate(painter, data, extractor, styles=["photo"], limit=limit)
            if "monet" in row.title
        )
        for limit in (4, None)
    )
    assert few.kd_unpainted == all_of_them.kd_unpainted
    assert few.pictures == 4


def test_the_gray_sheet_holds_every_style(
    quality: ModuleType, data: Path, extractor: Features, painter: FakePainter, tmp_path: Path
) -> None:
    quality.evaluate(painter, data, extractor, styles=["monet", "vangogh"], limit=4, sheets=tmp_path)
    with Image.open(tmp_path / "gray.jpg") as sheet:
        pixels = np.asarray(sheet, float)
    middle = pixels.shape[0] // 2
    for column, style in enumerate(("monet", "vangogh")):
        center = pixels[middle, 8 + column * 328 + 160]
        assert center == pytest.approx(0.9 * np.array(TINTS[style]) + 0.1 * 128, abs=6)


def test_missing_pictures_and_styles_are_named(
    quality: ModuleType, extractor: Features, painter: FakePainter, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="no such folder"):
        quality.evaluate(painter, tmp_path, extractor, styles=["photo"])
    with pytest.raises(DataError, match="cannot measure 'klimt'"):
        quality.evaluate(painter, tmp_path, extractor, styles=["photo", "klimt"])
    with pytest.raises(DataError, match="cannot measure 'monet'"):
        quality.evaluate(painter, tmp_path, extractor, styles=["monet"])
    with pytest.raises(DataError, match="cannot measure klimt, klee"):
        quality.evaluate(FakePainter({"klimt": (9, 9, 9), "klee": (5, 5, 5)}), tmp_path, extractor)


def test_indices_are_spread(quality: ModuleType) -> None:
    assert quality._spread(10, 5) == [1, 3, 5, 7, 9]
    assert quality._spread(3, 8) == [0, 1, 2]
    assert quality._spread(7, 1) == [3]


def test_the_script_writes_rows_and_names_errors(
    quality: ModuleType,
    data: Path,
    extractor_file: Path,
    painter: FakePainter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("PLEINAIR_SHARED", raising=False)
    monkeypatch.setattr("pleinair.painter.load", lambda name: painter)  # noqa: ARG005
    out = tmp_path / "rows.jsonl"
    arguments = [
        "--painter",
        "fake",
        "--features",
        str(extractor_file),
        "--styles",
        "photo",
        "--limit",
        "4",
        "--out",
        str(out),
    ]
    assert quality.main([*arguments, "--data", str(data)]) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 1 + 4
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["title"] for row in rows][-1] == "photo from renders"
    assert rows[-1]["ratio"] is None
    assert rows[0]["painter"] == "fake"
    assert rows[0]["limit"] == 4
    assert quality.main(arguments) == 1
    assert capsys.readouterr().err.startswith("quality: no test pictures")
