"""The benchmark of a layout's seeds, run with a network of means."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import paint_seeds as benchmark
from pleinair.fiction.palette import COLORS
from pleinair.images import Picture, write
from pleinair.images.maps import write_classes
from tests.drawn_layouts import country
from tests.quick_layouts import quick_layouts

__all__ = ["quick_layouts"]


def means(
    pictures: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(pictures.mean((2, 3)), np.float32)


@pytest.mark.usefixtures("quick_layouts")
def test_rows_are_told_and_held_to_the_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "load_features", lambda *_: means)
    draw = np.random.default_rng(1)
    (tmp_path / "photos").mkdir()
    for n in range(4):
        gray = np.broadcast_to(draw.integers(100, 110, (1, 1, 3)).astype(np.uint8), (40, 50, 3))
        write(Picture(np.ascontiguousarray(gray)), tmp_path / f"photos/{n}.png", {})
    write_classes(country(), COLORS, tmp_path / "land.png", {})
    words = [str(tmp_path / "land.png"), "--photos", str(tmp_path / "photos"), "--seeds", "3", "--style", "render"]
    status = benchmark.main(words)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["rows"][0]["layout"] == "land"
    assert last["rows"][0]["share"] == pytest.approx(last["rows"][0]["distance"] / last["photos"], rel=0.05)
    assert last["met"] is (last["rows"][0]["share"] >= benchmark.BAR)
    assert status == (0 if last["met"] else 1)
    assert last["rows"][0]["painted_s"] >= 0
