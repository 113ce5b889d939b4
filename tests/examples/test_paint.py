"""The example of a layout, run: five pictures, one made again, and the sky alone is new."""

from pathlib import Path

import pytest

from examples import paint as example
from pleinair import remaking
from pleinair.fiction.palette import Label
from pleinair.images import read
from pleinair.images.picture import Picture, Pixels


def test_five_pictures_and_one_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert example.main(["--size", "48x32", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("all in the palette's colors\n")
    assert shown.endswith("made again: the same pixels\n")
    assert [path.name for path in sorted(tmp_path.glob("seed*.png"))] == [f"seed000{n}.png" for n in range(4)]
    first, other = (read(tmp_path / folder / "seed0000.png").pixels for folder in (".", "other-sky"))
    changed = (first != other).any(-1)
    sky = example.lake(48, 32) == Label.SKY
    assert changed[sky].any()
    assert not changed[24:].any()


def test_other_pixels_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def darker(*words: object) -> tuple[Picture, dict[str, str]]:
        pixels: Pixels = read(tmp_path / "seed0000.png").pixels // 2
        assert words
        return Picture(pixels), {}

    monkeypatch.setattr(remaking, "remade", darker)
    assert example.main(["--size", "20x20", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out.endswith("made again: other pixels\n")
