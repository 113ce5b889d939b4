"""16 bits per channel: through the extra [deep] whole, without it refused, never cut."""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pleinair.errors import MissingExtraError, OutputError, PictureError
from pleinair.images import Picture, read, write
from tests.images.pictures import parts_in, png, rgb_profile, tiff

HAS_DEEP = find_spec("OpenImageIO") is not None
deep = pytest.mark.skipif(not HAS_DEEP, reason="the extra [deep] is not installed")


def fine(height: int, width: int, channels: int) -> npt.NDArray[np.uint16]:
    """Samples whose low bytes matter."""
    return np.random.default_rng(3).integers(0, 65536, (height, width, channels), dtype=np.uint16)


def file_of(folder: Path, suffix: str, samples: npt.NDArray[np.uint16], **options: int) -> Path:
    path = folder / f"deep.{suffix}"
    path.write_bytes(png(samples) if suffix == "png" else tiff(samples, **options))  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_without_the_extra_the_command_to_type_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, channels: int
) -> None:
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    path = file_of(tmp_path, suffix, fine(3, 4, channels))
    with pytest.raises(MissingExtraError, match=r'16 bits per channel and needs .* pip install "pleinair\[deep\]"'):
        read(path)
    with pytest.raises(MissingExtraError, match="writing 16 bits per channel needs"):
        write(Picture(fine(3, 4, 3)), tmp_path / f"out.{suffix}", {})
    assert parts_in(tmp_path) == []


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_formats_of_eight_bits_are_refused_for_sixteen(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match="holds 8 bits per channel; write 16 bits as PNG or TIFF"):
        write(Picture(fine(3, 4, 3)), tmp_path / f"out.{suffix}", {})
    assert not list(tmp_path.iterdir())


@deep
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pngs_come_whole(tmp_path: Path, channels: int) -> None:
    samples = fine(5, 7, channels)
    picture = read(file_of(tmp_path, "png", samples))
    colors = samples[:, :, :3] if channels >= 3 else samples[:, :, :1].repeat(3, 2)
    assert picture.pixels.dtype == np.uint16
    assert np.array_equal(picture.pixels, colors)
    assert (picture.alpha is None) == (channels in (1, 3))
    assert picture.alpha is None or np.array_equal(picture.alpha, samples[:, :, -1])


@deep
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiffs_come_whole_and_upright(tmp_path: Path, orientation: int) -> None:
    samples = fine(5, 7, 3)
    upright = read(file_of(tmp_path, "tif", samples, orientation=orientation)).pixels
    shallow = file_of(tmp_path, "tif", (samples >> 8).astype(np.uint8), orientation=orientation)
    assert np.array_equal(upright >> 8, read(shallow).pixels)
    assert set(map(int, upright.ravel())) == set(map(int, samples.ravel()))


@deep
@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("transparent", [False, True])
def test_writing_keeps_every_bit_the_profile_and_the_texts(tmp_path: Path, suffix: str, transparent: bool) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    alpha = fine(6, 5, 1)[:, :, 0] if transparent else None
    path = tmp_path / f"out.{suffix}"
    write(Picture(fine(6, 5, 3), alpha, rgb_profile(), exif.tobytes()), path, {"style": "monet", "strength": "1"})
    back = read(path)
    assert np.array_equal(back.pixels, fine(6, 5, 3))
    assert (back.alpha is None) != transparent
    assert alpha is None or np.array_equal(back.alpha, alpha)  # type: ignore[arg-type]
    assert back.icc == rgb_profile()
    kept = Image.Exif()
    kept.load(back.exif or b"")
    assert kept[0x010F] == "Maker"
    assert b"style=monet; strength=1" in path.read_bytes() or suffix == "tif"
    assert parts_in(tmp_path) == []


@deep
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_truncated_files_are_one_clear_line(tmp_path: Path, suffix: str) -> None:
    path = file_of(tmp_path, suffix, fine(32, 32, 3))
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(PictureError, match="damaged or cut short") as caught:
        read(path)
    assert "\n" not in str(caught.value)
