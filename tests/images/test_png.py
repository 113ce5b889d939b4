"""PNGs come back as they went in, are no larger than they need be, and carry what Pillow would write around them."""

import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pleinair.images import png
from pleinair.images.chunks import png_chunks, png_is_whole
from pleinair.images.png import AVERAGE, NONE, SUB, UP, filtered, save_png

Bytes = NDArray[np.uint8]


def noise(height: int, width: int, channels: int, seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def written(pixels: Bytes, **options: object) -> bytes:
    file = BytesIO()
    save_png(pixels, file, options)
    return file.getvalue()


def read_back(data: bytes) -> Bytes:
    return np.asarray(Image.open(BytesIO(data)))


def slope(height: int = 40, width: int = 60) -> Bytes:
    """A soft ramp with a little grain, as of a sky."""
    ramp = np.add.outer(np.arange(height), np.arange(width)) % 250
    return (ramp[..., None] + noise(height, width, 3) % 3).astype(np.uint8)


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    channels=st.sampled_from([3, 4]),
    levels=st.sampled_from([1, 2, 16, 256]),
    band=st.sampled_from([1, 200, 2**22]),
    seed=st.integers(0, 2**16),
)
def test_any_size_comes_back_in_bands_of_any_height(
    height: int, width: int, channels: int, levels: int, band: int, seed: int
) -> None:
    pixels = (noise(height, width, channels, seed) % np.uint16(levels)).astype(np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png, "BAND", band)
        data = written(pixels)
    assert png_is_whole(data)
    assert (read_back(data) == pixels).all()


def test_bands_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = slope()
    whole = b"".join(body for name, body in png_chunks(written(pixels)) if name == b"IDAT")
    monkeypatch.setattr(png, "BAND", 7 * 60 * 3)
    banded = b"".join(body for name, body in png_chunks(written(pixels)) if name == b"IDAT")
    assert zlib.decompress(whole) == zlib.decompress(banded)


def test_pixels_that_are_a_view_of_others_come_back() -> None:
    pixels = noise(30, 50, 4)[3:20, ::2, :3]
    assert (read_back(written(pixels)) == pixels).all()


@pytest.mark.parametrize(("pixels", "share"), [(slope(200, 300), 1.1), (slope(200, 300) * 0 + 7, 2.0)])
def test_files_are_about_as_small_as_pillows(pixels: Bytes, share: float) -> None:
    theirs = BytesIO()
    Image.fromarray(pixels).save(theirs, "PNG")
    assert len(written(pixels)) <= share * len(theirs.getvalue())


def test_each_row_takes_the_filter_that_suits_it() -> None:
    across = np.arange(120, dtype=np.uint8).reshape(1, -1)  # each byte one more than the one before it
    above = np.full((1, 120), 100, np.uint8)
    rows = np.concatenate((np.zeros_like(above), across, above + 1))
    lines = filtered(rows, np.concatenate((above, above, above)), 3)
    assert lines[:, 0].tolist() == [NONE, SUB, UP]
    assert (lines[1, 4:] == 3).all()
    assert (lines[2, 1:] == 1).all()


def test_the_average_is_rounded_down_as_the_specification_says() -> None:
    rng = np.random.default_rng(1)
    left, above = rng.integers(0, 256, (2, 1000), np.uint8)
    middle = (left.astype(int) + above) // 2
    rows = np.stack((left, middle.astype(np.uint8)), 1)  # one byte a pixel, two pixels a row: the second is the average
    lines = filtered(rows, np.stack((left, above), 1), 1)
    averaged = lines[:, 0] == AVERAGE
    assert averaged.sum() > 100
    assert (lines[averaged, 2] == 0).all()


@pytest.mark.parametrize(
    ("pixels", "strategy"),
    [
        (np.full((64, 64, 3), 9, np.uint8), zlib.Z_RLE),
        (noise(64, 64, 3), zlib.Z_HUFFMAN_ONLY),
        (np.concatenate((noise(50, 64, 3), np.full((150, 64, 3), 9, np.uint8))), zlib.Z_RLE),  # rough on top only
    ],
)
def test_runs_are_looked_for_where_there_are_runs(
    pixels: Bytes, strategy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def watched(level: int, method: int, bits: int, memory: int, strategy: int) -> object:
        asked.append(strategy)
        return compressobj(level, method, bits, memory, strategy)

    compressobj = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", watched)
    assert (read_back(written(pixels)) == pixels).all()
    assert asked == [strategy]


def test_what_stands_around_the_pixels_is_pillows() -> None:
    texts = PngInfo()
    texts.add_text("Software", "pleinair")
    texts.add_itxt("XML:com.adobe.xmp", "<x/>")
    texts.add(b"cICP", b"\x01\x0d\x00\x01")
    exif = Image.Exif()
    exif[0x0131] = "pleinair"
    options = {"pnginfo": texts, "exif": exif.tobytes(), "icc_profile": b"profile" * 50, "dpi": (300, 300)}
    pixels = slope()
    theirs = BytesIO()
    Image.fromarray(pixels).save(theirs, "PNG", **options)
    ours = written(pixels, **options)
    around = [
        [(name, body) for name, body in png_chunks(data) if name != b"IDAT"] for data in (ours, theirs.getvalue())
    ]
    assert around[0] == around[1]
    opened = Image.open(BytesIO(ours))
    assert opened.info["icc_profile"] == b"profile" * 50
    assert opened.getexif()[0x0131] == "pleinair"


def test_what_pillow_refuses_is_refused_before_a_byte_is_written() -> None:
    file = BytesIO()
    with pytest.raises((TypeError, AttributeError)):
        save_png(slope(), file, {"icc_profile": 5})
    assert not file.getvalue()
