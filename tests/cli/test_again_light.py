"""`pleinair again` with EXR, HDR, 16 bits, gutters."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pleinair.cli.main import main
from pleinair.images import Picture, write
from tests.images.lights import deep, read_exr, render, rgbe, same_bits, scene, write_exr
from tests.images.pictures import smooth

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Stylizes a picture into `painted`, makes it again into `again`, and gives the line that was said of it."""

    def run(source: Path, *options: str) -> str:
        words = ["--style", "shanshui", "--out", str(tmp_path / "painted"), *options]
        assert main(["stylize", str(source), *words]) == 0
        capsys.readouterr()
        painted = str(tmp_path / "painted" / source.name)
        assert main(["again", painted, "--source", str(source), "--out", str(tmp_path / "again")]) == 0
        return capsys.readouterr().out.strip()

    return run


@deep
@pytest.mark.parametrize("options", [(), ("--exposure", "2.5", "--strength", "0.7")])
def test_a_render(tmp_path: Path, twice: Callable[..., str], options: tuple[str, ...]) -> None:
    path = write_exr(tmp_path / "a.exr", render(40, 60))
    assert twice(path, *options) == "a.exr: the same light, bit for bit"
    one, other = (read_exr(tmp_path / folder / "a.exr") for folder in ("painted", "again"))
    assert all(same_bits(one[name], other[name]) for name in one)
    assert not same_bits(one["R"], render(40, 60)["R"])


@deep
def test_a_panorama_of_light(tmp_path: Path, twice: Callable[..., str]) -> None:
    (tmp_path / "a.hdr").write_bytes(rgbe(scene(40, 60)))
    assert twice(tmp_path / "a.hdr", "--wrap", "x") == "a.hdr: the same light, bit for bit"


@deep
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_sprites(tmp_path: Path, twice: Callable[..., str], dtype: type[np.uint8 | np.uint16]) -> None:
    alpha = np.zeros((40, 60), dtype)
    alpha[10:30, 10:40] = np.iinfo(dtype).max
    write(Picture(smooth(40, 60).astype(dtype), alpha), tmp_path / "a.png", {})
    assert twice(tmp_path / "a.png", "--gutter", "3") == "a.png: the same pixels, bit for bit"
