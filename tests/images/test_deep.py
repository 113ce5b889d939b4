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
from pleinair.images.chunks import png_chunks, put_chunks
from pleinair.images.told import told
from tests.images.lights import openimageio
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


@deep
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_cicp_passes_through_pngs(tmp_path: Path, dtype: type[np.uint8 | np.uint16]) -> None:
    """BT.2020 with PQ: without the chunk the encoded values would mean other colors."""
    samples = fine(5, 7, 3).astype(dtype)
    path = file_of(tmp_path, "png", samples)  # type: ignore[arg-type]
    path.write_bytes(put_chunks(path.read_bytes(), [(b"cICP", bytes((9, 16, 0, 1)))]))
    picture = read(path)
    assert picture.cicp == bytes((9, 16, 0, 1))
    write(picture, tmp_path / "out.png", {"style": "monet"})
    chunks = list(png_chunks((tmp_path / "out.png").read_bytes()))
    names = [name for name, _ in chunks]
    assert dict(chunks)[b"cICP"] == bytes((9, 16, 0, 1))
    assert names.index(b"cICP") < names.index(b"IDAT")
    assert not {b"sRGB", b"gAMA", b"cHRM"} & set(names)  # which would contradict it
    assert np.array_equal(read(tmp_path / "out.png").pixels, samples)


@deep
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_exif_stays_beside_16_bits(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    details = exif.get_ifd(0x8769)
    details[0x829A], details[0x829D], details[0xA434] = 0.01, 2.8, "50 mm"
    details[0x9003] = "2026:01:02 03:04:05"
    path = tmp_path / f"out.{suffix}"
    write(Picture(fine(6, 5, 3), exif=exif.tobytes()), path, {"style": "monet"})
    back = Image.Exif()
    back.load(read(path).exif or b"")
    found = back.get_ifd(0x8769)
    assert back[0x010F] == "Maker"
    assert found[0xA434] == "50 mm"
    assert found[0x9003] == "2026:01:02 03:04:05"
    assert float(found[0x829A]) == pytest.approx(0.01, rel=1e-3)
    assert float(found[0x829D]) == pytest.approx(2.8, rel=1e-3)


@deep
def test_a_16_bit_png_tells_of_its_making(tmp_path: Path) -> None:
    write(Picture(fine(6, 5, 3)), tmp_path / "out.png", {"style": "monet", "strength": "1"})
    assert told(tmp_path / "out.png") == {"style": "monet", "strength": "1"}


@deep
@pytest.mark.parametrize("straight", [False, True])
def test_tiffs_that_are_multiplied_by_alpha_are_divided(tmp_path: Path, straight: bool) -> None:
    """OpenImageIO multiplies on reading unless told not to, and never divides: the tag says which it was."""
    oiio = openimageio()

    samples = np.empty((4, 6, 4), np.uint16)
    samples[..., :-1], samples[..., -1] = 20000, 40000
    samples[0] = 0
    spec = oiio.ImageSpec(6, 4, 4, oiio.UINT16)
    spec.attribute("oiio:UnassociatedAlpha", int(straight))
    spec.alpha_channel = 3
    out = oiio.ImageOutput.create("tiff")
    assert out.open(str(tmp_path / "a.tif"), spec)
    assert out.write_image(samples)
    assert out.close()
    picture = read(tmp_path / "a.tif")
    assert (picture.pixels[1:] == (20000 if straight else 32768)).all()
    assert not picture.pixels[0].any()
    assert picture.alpha is not None
    assert (picture.alpha[1:] == 40000).all()
    write(picture, tmp_path / "b.tif", {})
    assert np.array_equal(read(tmp_path / "b.tif").pixels, picture.pixels)


@deep
@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("limit", [100, 3000, 60_000])
def test_a_disk_that_takes_a_part_is_noticed(tmp_path: Path, suffix: str, limit: int) -> None:
    """OpenImageIO's writer of PNG does not notice by itself."""
    import resource
    import signal

    picture = Picture(fine(200, 200, 3))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        with pytest.raises(OutputError, match="cannot be written"):
            write(picture, tmp_path / f"out.{suffix}", {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.iterdir())
