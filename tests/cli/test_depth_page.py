"""The commands of docs/depth.md, run on small inputs made here."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from pleinair.cli.main import main
from pleinair.images import Picture, read, write
from tests.house.checkout import ROOT
from tests.images.lights import deep, read_exr, render, rgbe, same_bits, scene, write_exr
from tests.images.pictures import smooth

COMMANDS = [
    line
    for block in re.findall(
        r"<!-- run -->\n```sh\n(.*?)```", (ROOT / "docs/depth.md").read_text(encoding="utf-8"), re.DOTALL
    )
    for line in block.splitlines()
]


def inputs(folder: Path) -> None:
    """What the page names: a render, a sky, a sprite sheet, a plate, frames."""
    layers = {f"ViewLayer.Combined.{name}": render(40, 60)[name] for name in "RGBA"}
    write_exr(folder / "render.exr", {**layers, "ViewLayer.Depth.Z": render(40, 60)["Z"]})
    (folder / "sky.hdr").write_bytes(rgbe(scene(32, 64)))
    alpha = np.zeros((32, 64), np.uint8)
    alpha[6:28, 8:24] = alpha[4:30, 40:56] = 255
    write(Picture(smooth(32, 64), alpha), folder / "heroes.png", {})
    write(Picture(smooth(32, 64).astype(np.uint16) * 257), folder / "plate.tif", {})
    (folder / "frames").mkdir()
    for number in range(3):
        write_exr(folder / f"frames/{number:04}.exr", {name: render(24, 32)[name] for name in "RGBA"})


@deep
def test_every_command_of_the_page_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 10
    for command in COMMANDS:
        words = shlex.split(command)
        assert words[0] == "pleinair"
        assert main([*words[1:], "--threads", "1"]) == 0, command
        said = capsys.readouterr().err
        several = "frames/" in words and "--plan" not in words
        assert said.startswith("frames/%04d.exr: 3 frames at one exposure, ") if several else not said, command
    before, after = read_exr(Path("render.exr")), read_exr(Path("painted/render.exr"))
    changed = {name for name in before if not same_bits(before[name], after[name])}
    assert changed == {f"ViewLayer.Combined.{name}" for name in "RGB"}
    named = read_exr(Path("named/render.exr"))
    assert all(same_bits(after[name], named[name]) for name in after)
    sky, painted = read("sky.hdr").light, read("painted/sky.hdr").light
    assert sky is not None
    assert painted is not None
    assert painted.colors.max() / sky.colors.max() == pytest.approx(1, abs=0.1)
    for folder in ("painted", "atlas"):
        sprite, source = read(f"{folder}/heroes.png"), read("heroes.png")
        assert sprite.alpha is not None
        assert source.alpha is not None
        assert np.array_equal(sprite.alpha, source.alpha)
        hidden = (sprite.pixels == source.pixels).all(2)[source.alpha == 0]
        assert hidden.all() == (folder == "painted")
    assert read("painted/plate.tif").pixels.dtype == np.uint16
    assert sorted(path.name for path in Path("painted").glob("0*.exr")) == ["0000.exr", "0001.exr", "0002.exr"]
