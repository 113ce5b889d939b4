"""The benchmark of seams measures what it says."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import seams as benchmark
from pleinair.images import Picture, read, write

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    y, x = np.mgrid[:64, :128]
    waves = np.sin(x * (2 * np.pi * 5 / 128))[:, :, None] * np.cos(y / 9)[:, :, None] * (70, 50, 30) + 128
    write(Picture(waves.astype(np.uint8)), tmp_path / "pano.png", {})
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(benchmark, "TEXTURE", (64, 48))
    monkeypatch.setattr(benchmark, "PAIR", (128, 64))
    monkeypatch.setattr(benchmark, "VIEW", 24)
    monkeypatch.setattr(sys, "argv", ["seams.py", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        benchmark.main()
    return int(end.value.code or 0)


def test_it_runs_and_ends_with_a_line_of_json(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--styles", "hokusai,photo", "--textures", 1, "--threads", 1, "--moved", "--sheets", folder / "sheets")
    code = run(monkeypatch, folder, *words)
    lines = capsys.readouterr().out.splitlines()
    result = json.loads(lines[-1])
    assert (result["panoramas"]["seams"], result["textures"]["seams"]) == (2, 4)
    assert result["panoramas"]["roll"] <= 1
    assert result["textures"]["roll"] <= 1
    assert 0 < result["panoramas"]["beside"]["median"] <= result["panoramas"]["beside"]["worst"]
    assert result["panoramas"]["moved"] == result["textures"]["moved"] == 0
    assert result["pairs"]["worst"] > 0
    missed = result["panoramas"]["missed"] + result["textures"]["missed"]
    assert code == (1 if missed else 0)
    assert ("MISSED" in "".join(lines)) == bool(missed)
    assert read(folder / "sheets/pano-hokusai.png").pixels.shape == (48, 72, 3)


def test_a_painter_that_forgets_the_wrap_misses(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards the benchmark: painted as it lies, mirrored at its edges, a turned panorama is painted otherwise."""
    from pleinair.painter import Painter

    whole = Painter.stylize

    def flat(self: Painter, pixels: np.ndarray, *, style: str, wrap: str) -> np.ndarray:
        assert wrap == "x"
        return whole(self, pixels, style=style)

    monkeypatch.setattr(Painter, "stylize", flat)
    assert run(monkeypatch, folder, "--styles", "hokusai", "--textures", 0, "--pairs", 0, "--moved") == 1
    result = json.loads(capsys.readouterr().out.splitlines()[-1])["panoramas"]
    assert result["roll"] > 1
    assert result["moved"] > 0
