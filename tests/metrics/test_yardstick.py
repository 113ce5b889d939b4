"""Every figure equals that of an independent measure of the same definitions, where one is at hand.

PLEINAIR_SHARED names a folder with `tools/yardstick.py`, `weights/mobilenet_v2_features.onnx` and `data`; without it
these are skipped. A few pictures of two sets suffice: the definitions are compared, not the pictures.
"""

import importlib.util
import os
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from pleinair.metrics.features import Features, FeatureSet, feature_set
from pleinair.metrics.measure import measure_content, measure_diversity, measure_fd, measure_kd, measure_sharpness
from pleinair.metrics.protocols import Result
from pleinair.metrics.squares import picture_files

SHARED = Path(os.environ.get("PLEINAIR_SHARED", ""))
PICTURES = 24

pytestmark = pytest.mark.skipif("PLEINAIR_SHARED" not in os.environ, reason="PLEINAIR_SHARED is not set")


@pytest.fixture(scope="module")
def yardstick() -> ModuleType:
    spec = importlib.util.spec_from_file_location("yardstick", SHARED / "tools" / "yardstick.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Some photos, and as many pictures of a style under the photos' names."""
    one, other = tmp_path_factory.mktemp("photos"), tmp_path_factory.mktemp("style")
    photos = picture_files([SHARED / "data" / "photos_test", SHARED / "data" / "views_test"])[:PICTURES]
    style = picture_files([SHARED / "data" / "styles" / "hokusai"])[:PICTURES]
    for photo, painting in zip(photos, style, strict=True):
        shutil.copy(photo, one / photo.name)
        shutil.copy(painting, other / f"{photo.stem}{painting.suffix}")
    return one, other


@pytest.fixture(scope="module")
def sets(folders: tuple[Path, Path]) -> tuple[FeatureSet, FeatureSet]:
    extractor = Features(SHARED / "weights" / "mobilenet_v2_features.onnx")
    one, other = (feature_set(folder.name, picture_files([folder]), extractor) for folder in folders)
    return one, other


def figures(text: str) -> list[float]:
    """The numbers of a line of the yardstick, "5%" aside."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def agree(result: Result, expected: float) -> bool:
    return result.value == pytest.approx(expected, rel=0.01, abs=0.001)


def test_distances(
    yardstick: ModuleType,
    folders: tuple[Path, Path],
    sets: tuple[FeatureSet, FeatureSet],
    capsys: pytest.CaptureFixture[str],
) -> None:
    yardstick.distance(*(yardstick.features(str(folder)) for folder in folders))
    kd, error, fd = figures(capsys.readouterr().out)
    found = measure_kd(*sets)
    assert agree(found, kd)
    assert found.details["standard_error"] == pytest.approx(error, rel=0.01)
    assert agree(measure_fd(*sets), fd)


def test_diversity(
    yardstick: ModuleType,
    folders: tuple[Path, Path],
    sets: tuple[FeatureSet, FeatureSet],
    capsys: pytest.CaptureFixture[str],
) -> None:
    yardstick.diversity(yardstick.features(str(folders[0])))
    mean, near = figures(capsys.readouterr().out)
    found = measure_diversity(sets[0])
    assert agree(found, mean)
    assert found.details["near_duplicates"] == pytest.approx(near, abs=0.001)


def test_content(yardstick: ModuleType, folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    yardstick.content(*map(str, folders))
    mean, five, worst = figures(capsys.readouterr().out)
    after = {path.stem: path for path in picture_files([folders[1]])}
    before = picture_files([folders[0]])
    found = measure_content("style", before, [after[path.stem] for path in before])
    assert agree(found, mean)
    assert found.details["percentile5"] == pytest.approx(five, rel=0.01, abs=0.001)
    assert found.details["worst"] == pytest.approx(worst, rel=0.01, abs=0.001)


def test_sharpness(yardstick: ModuleType, folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    yardstick.sharpness(str(folders[0]))
    (mean,) = figures(capsys.readouterr().out)
    assert agree(measure_sharpness("photos", picture_files([folders[0]])), mean)
