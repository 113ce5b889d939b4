"""The commands of the pages on panoramas and on masks do what they say, on small inputs."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.cli.main import main
from pleinair.images import Picture, read, write
from pleinair.render.cube import FACES, laid_out
from tests.cli.test_wrap_options import said
from tests.house.checkout import ROOT
from tests.images.pictures import noise, smooth

PAGES = ("panoramas", "masks")
pytestmark = pytest.mark.usefixtures("shelf")


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    lines = [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    return [line.partition("  #")[0].partition(" # ")[0].strip() for line in lines if line.startswith("pleinair ")]


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the pages speak of, small, in the folder that the commands run in."""
    for folder in ("sky", "textures", "shots", "masks"):
        (tmp_path / folder).mkdir()
    write(Picture(noise(64, 128), xmp=said()), tmp_path / "pano.jpg", {})
    write(Picture(noise(66, 132)), tmp_path / "full_turn.png", {})
    faces = np.stack([noise(24, 24, seed=number) for number in range(6)])
    for name, face in zip(FACES, faces, strict=True):
        write(Picture(face), tmp_path / f"sky/sky_{name}.png", {})
    write(Picture(laid_out(faces, "4x3")), tmp_path / "cross.png", {})
    write(Picture(noise(128, 128)), tmp_path / "eyes.jpg", {})
    for path in ("moss.png", "textures/sand.png", "textures/sea_rough.png", "shots/a.png"):
        write(Picture(noise(37, 50)), tmp_path / path, {})
    write(Picture(smooth(40, 60)), tmp_path / "lake.png", {})
    half = np.zeros((40, 60), np.uint8)
    half[:20] = 255
    right = np.full((40, 60), 255, np.uint8)
    right[:, :30] = 0
    for name, mask in (("sky.png", half), ("face.png", right), ("ids.png", half // 255 + 1), ("masks/a.png", half)):
        Image.fromarray(mask).resize((50, 37) if "/" in name else (60, 40), 0).save(tmp_path / name)
    colors = np.zeros((40, 60, 3), np.uint8)
    colors[:20], colors[20:] = (255, 136, 0), (0, 0, 255)
    Image.fromarray(colors).save(tmp_path / "colors.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_commands() -> None:
    found = commands()
    assert len(found) >= 13
    for word in ("--wrap x", "--cube faces", "--to faces", "--stereo", "--sheet", "--mask", "--keep", "--region "):
        assert any(word in command for command in found), word


@pytest.mark.parametrize("command", commands())
def test_a_command_paints(inputs: Path, command: str) -> None:
    words = shlex.split(command)[1:]
    assert main(words) == 0
    out = inputs / words[words.index("--out") + 1]
    written = list(out.iterdir())
    assert written
    for path in written:
        assert read(path).pixels.size
    if "--sheet" in words:
        assert (out / "moss-2x2.png").exists()


def test_the_python_of_the_page_runs(inputs: Path) -> None:
    for block in blocks("masks", "python"):
        exec(block, {})
    for name in ("lake-hokusai.png", "lake-regions.png"):
        painted = read(inputs / name).pixels
        assert painted.shape == (40, 60, 3)
        assert not np.array_equal(painted, smooth(40, 60))
