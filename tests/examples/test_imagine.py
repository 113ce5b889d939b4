"""The example of a sentence, run: four pictures with their stages, and one of them made again."""

from pathlib import Path

import pytest

from examples import imagine as example
from pleinair import remaking
from pleinair.images import read
from pleinair.images.picture import Picture, Pixels
from pleinair.images.told import told
from tests.quick_world import quick_world

__all__ = ["quick_world"]


@pytest.mark.usefixtures("shelf", "quick_world")
def test_four_pictures_and_one_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert example.main(["--size", "48x32", "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "style shanshui" in shown
    assert shown.endswith("made again: the same pixels\n")
    pictures = sorted((tmp_path / "out").glob("seed000?.png"))
    assert [path.stem for path in pictures] == ["seed0000", "seed0001", "seed0002", "seed0003"]
    assert len(list((tmp_path / "out").glob("*-photo.png"))) == 4
    assert read(pictures[0]).pixels.shape == (32, 48, 3)
    assert '"season": "winter"' in told(pictures[0])["scene"]


@pytest.mark.usefixtures("shelf", "quick_world")
def test_other_pixels_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def darker(*words: object) -> tuple[Picture, dict[str, str]]:
        pixels: Pixels = read(tmp_path / "seed0000.png").pixels // 2
        assert words
        return Picture(pixels), {}

    monkeypatch.setattr(remaking, "remade", darker)
    assert example.main(["a desert at noon", "--size", "48x32", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out.endswith("made again: other pixels\n")
