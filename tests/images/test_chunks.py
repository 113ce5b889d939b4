"""What is put into files that libraries wrote."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import OutputError
from pleinair.images.chunks import png_chunks, png_cicp, png_is_whole, put_chunks, retype
from tests.images.pictures import noise, png

CICP = bytes((9, 16, 0, 1))  # BT.2020, PQ


def names(data: bytes) -> list[bytes]:
    return [name for name, _ in png_chunks(data)]


def test_chunks_stand_after_the_first_and_replace_their_like() -> None:
    plain = png(noise(4, 5))
    once = put_chunks(plain, [(b"cICP", CICP), (b"tEXt", b"a\0b")])
    assert names(once) == [b"IHDR", b"cICP", b"tEXt", b"IDAT", b"IEND"]
    twice = put_chunks(once, [(b"cICP", b"\1\1\0\1")], [b"tEXt"])
    assert names(twice) == [b"IHDR", b"cICP", b"IDAT", b"IEND"]
    assert dict(png_chunks(twice))[b"cICP"] == b"\1\1\0\1"
    with Image.open(io.BytesIO(twice)) as image:  # checks the sums
        assert np.array_equal(np.asarray(image), noise(4, 5))


def test_cicp_is_found_before_the_pixels() -> None:
    plain = png(noise(4, 5))
    assert png_cicp(io.BytesIO(plain)) is None
    assert png_cicp(io.BytesIO(put_chunks(plain, [(b"cICP", CICP)]))) == CICP
    late = plain[:-12] + put_chunks(plain, [(b"cICP", CICP)])[33:49] + plain[-12:]
    assert png_cicp(io.BytesIO(late)) is None


@pytest.mark.parametrize("body", [b"", b"\1", bytes(5)])
def test_a_cicp_of_another_size_is_none(body: bytes) -> None:
    assert png_cicp(io.BytesIO(put_chunks(png(noise(2, 2)), [(b"cICP", body)]))) is None


@pytest.mark.parametrize("kept", [0, 8, 20, 33, 40])
def test_files_cut_short_have_none(kept: int) -> None:
    data = put_chunks(png(noise(2, 2)), [(b"cICP", CICP)])
    assert png_cicp(io.BytesIO(data[:kept])) is None
    assert len(names(data[:kept])) <= 1


def test_a_png_is_whole_or_not() -> None:
    data = put_chunks(png(noise(4, 5)), [(b"cICP", CICP)])
    assert png_is_whole(data)
    for kept in range(len(data)):
        assert not png_is_whole(data[:kept])
    for place in range(8, len(data)):
        assert not png_is_whole(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
    assert not png_is_whole(data + b"x")


def exr_header(parts: list[list[tuple[bytes, int]]]) -> bytes:
    """The header of an EXR file: of each part its channels with their types."""
    data = struct.pack("<II", 20000630, 2 | (0x1000 if len(parts) > 1 else 0))
    for channels in parts:
        body = b"".join(name + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name, kind in channels) + b"\0"
        for name, kind, value in ((b"owner", b"string", b"me"), (b"channels", b"chlist", body)):
            data += name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value
        data += b"\0"
    return data + (b"\0" if len(parts) > 1 else b"")


@pytest.mark.parametrize("part", [0, 1])
def test_types_are_changed_where_they_should(tmp_path: Path, part: int) -> None:
    parts = [[(b"B", 1), (b"id", 2), (b"id2", 2)], [(b"Z", 2), (b"id", 2)]]
    path = tmp_path / "a.exr"
    path.write_bytes(exr_header(parts) + b"pixels")
    retype(path, part, ("id",))
    parts[part] = [(name, 0 if name == b"id" else kind) for name, kind in parts[part]]
    assert path.read_bytes() == exr_header(parts) + b"pixels"


def test_of_one_part_too(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_header([[(b"R", 1), (b"id", 2)]]))
    retype(path, 0, ("id", "other"))
    assert path.read_bytes() == exr_header([[(b"R", 1), (b"id", 0)]])


def test_a_header_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    for data in (b"", b"short", exr_header([[(b"R", 1)]])[:30]):
        path.write_bytes(data)
        with pytest.raises(OutputError, match="its header is not understood"):
            retype(path, 0, ("R",))
