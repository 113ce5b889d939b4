"""--plan and --jobs."""

import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from pleinair.cli.farm_options import FarmOptions
from pleinair.cli.stylize import stylize
from pleinair.images import Picture, read, write
from tests.images.pictures import smooth

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, name in enumerate(("a.png", "b.jpg", "c.webp", "d.tif")):
        write(Picture(smooth(40 + number, 60)), folder / name, {})
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in words])


def test_a_plan_says_what_would_be_painted_and_paints_nothing(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pleinair.painter.Painter.engine", None)
    out = tmp_path / "out"
    result = run(photos, "--style", "hokusai", "--out", out, "--plan")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        *(f"{photos / name} → {out / name}" for name in ("a.png", "b.jpg", "c.webp", "d.tif")),
        "4 to paint",
    ]
    assert not out.exists()


def test_a_plan_counts_what_is_there_and_names_what_cannot_be_painted(photos: Path, tmp_path: Path) -> None:
    run(photos / "a.png", "--style", "hokusai", "--out", tmp_path / "out")
    (photos / "bad.jpg").write_bytes(b"")
    result = run(photos, "--style", "hokusai", "--out", tmp_path / "out", "--plan")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "3 to paint, 1 there already (--overwrite paints anew)"
    assert result.stderr.splitlines() == [
        f"pleinair: {photos / 'bad.jpg'} is empty (0 bytes)",
        f"1 cannot be painted: {photos / 'bad.jpg'}",
    ]


def test_several_at_a_time_paint_the_same(photos: Path, tmp_path: Path) -> None:
    (photos / "cut.png").write_bytes((photos / "a.png").read_bytes()[:300])
    results = [run(photos, "--style", "hokusai", "--out", tmp_path / str(n), "--jobs", n) for n in (1, 3)]
    for result in results:
        assert result.exit_code == 1
        assert result.stdout == "4 painted\n"
        assert f"1 not painted: {photos / 'cut.png'}" in result.stderr
    for name in ("a.png", "b.jpg", "c.webp", "d.tif"):
        one, other = (read(tmp_path / folder / name).pixels for folder in ("1", "3"))
        assert np.array_equal(one, other)
    assert sorted(path.name for path in (tmp_path / "3").iterdir()) == ["a.png", "b.jpg", "c.webp", "d.tif"]


@pytest.mark.parametrize("jobs", ["0", "257", "many"])
def test_jobs_have_limits(photos: Path, tmp_path: Path, jobs: str) -> None:
    assert run(photos, "--style", "hokusai", "--out", tmp_path / "out", "--jobs", jobs).exit_code == 2


def test_cores_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert FarmOptions(False, 1).threads(None) is None
    assert [FarmOptions(False, jobs).threads(None) for jobs in (2, 3, 8, 20)] == [4, 2, 1, 1]
    assert FarmOptions(False, 4).threads(6) == 6
