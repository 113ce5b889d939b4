"""What a file says of itself."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import PictureError
from pleinair.images import format_of_suffix, sniff
from pleinair.images.headers import bits_per_channel
from tests.images.pictures import noise, png, tiff


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_formats_are_known_by_their_bytes_not_their_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / "picture.txt"
    Image.fromarray(noise(4, 4)).save(path, name)
    assert sniff(path) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.JPG", "JPEG"), ("a.jpeg", "JPEG"), ("b.png", "PNG"), ("c.webp", "WEBP"), ("d.tiff", "TIFF"), ("e.gif", None)],
)
def test_formats_by_suffix(name: str, expected: str | None) -> None:
    assert format_of_suffix(Path(name)) == expected


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"GIF89a.......", "is a GIF; save it as"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "is a HEIC"),
        (b"8BPS\0\1", "is a Photoshop document"),
        (b"hello, this is text", "is not a picture"),
        (b"\xff", "is not a picture"),
        (b"RIFF\0\0\0\0WAVE", "is not a picture"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=complaint) as caught:
        sniff(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_folders_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is a folder"):
        sniff(tmp_path)
    with pytest.raises(PictureError, match="is not there"):
        sniff(tmp_path / "none.jpg")


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PictureError, match=r"secret\.jpg cannot be opened: permission denied"):
        sniff(path)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_depth_of_a_png(dtype: type[np.uint8 | np.uint16], channels: int) -> None:
    file = io.BytesIO(png(noise(3, 5, channels).astype(dtype)))
    assert bits_per_channel(file, "PNG") == 8 * np.dtype(dtype).itemsize


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_depth_of_a_tiff(order: str, big: bool, dtype: type[np.generic]) -> None:
    for channels in (1, 3):
        file = io.BytesIO(tiff(noise(3, 5, channels).astype(dtype), order=order, big=big))
        assert bits_per_channel(file, "TIFF") == 8 * np.dtype(dtype).itemsize


def test_depth_of_pillows_tiffs() -> None:
    for mode, bits in (("1", 1), ("L", 8), ("RGBA", 8), ("I;16", 16), ("F", 32)):
        file = io.BytesIO()
        Image.new(mode, (3, 2)).save(file, "TIFF")
        assert bits_per_channel(file, "TIFF") == bits


@pytest.mark.parametrize("kept", [3, 8, 12, 40])
def test_a_tiff_cut_short_is_no_surprise(kept: int) -> None:
    with pytest.raises(struct.error):
        bits_per_channel(io.BytesIO(tiff(noise(3, 5))[:kept]), "TIFF")
