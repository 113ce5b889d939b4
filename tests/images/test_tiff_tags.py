"""A tag put into TIFFs of both orders and both sizes, found by two libraries that did not put it there."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.errors import OutputError
from pleinair.images.tiff_tags import put_bytes
from tests.images.lights import deep, openimageio

XMP = 700


def plain(path: Path, order: str = "<", big: bool = False) -> Path:
    """A gray picture of 3×2 pixels, made by hand, with a second page after the first."""
    offset, entries = ("Q", "Q") if big else ("I", "H")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HHQ", 8, 0, 0) if big else struct.pack(order + "I", 0)
    pixels = bytes(range(6))
    data, pointer = head + pixels, 8 if big else 4
    for page in range(2):
        place = len(data)
        data = data[:pointer] + struct.pack(order + offset, place) + data[pointer + struct.calcsize(offset) :]
        values = ((256, 3), (257, 2), (258, 8), (259, 1), (262, 1), (273, len(head)), (277, 1), (278, 2), (279, 6))
        data += struct.pack(order + entries, len(values))
        for tag, value in values:
            data += struct.pack(order + "HH" + offset, tag, 4, 1)
            data += struct.pack(order + "I", value).ljust(struct.calcsize(offset), b"\0")
        pointer = len(data)
        data += struct.pack(order + offset, 0)
        assert page or data
    path.write_bytes(data)
    return path


# Pillow takes a BigTIFF of the byte order MM for a small one.
@pytest.mark.parametrize(("order", "big"), [("<", False), (">", False), ("<", True)])
@pytest.mark.parametrize("value", [b"abc", b"<x:xmpmeta/>", bytes(70_001)])
def test_every_kind_of_file_takes_a_tag(tmp_path: Path, order: str, big: bool, value: bytes) -> None:
    path = plain(tmp_path / "a.tif", order, big)
    for _ in range(2):  # the second time in the place of the first
        put_bytes(path, XMP, value)
        with Image.open(path) as image:
            found = dict(image.tag_v2)  # type: ignore[attr-defined]
            assert image.n_frames == 2  # type: ignore[attr-defined]
            assert np.asarray(image).tobytes() == bytes(range(6))
        assert list(found) == sorted(found)
        assert found[XMP] == value
        assert found[256] == 3


@deep
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_another_library_reads_on(tmp_path: Path, order: str, big: bool) -> None:
    oiio, path = openimageio(), plain(tmp_path / "a.tif", order, big)
    put_bytes(path, XMP, b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    file = oiio.ImageInput.open(str(path))
    assert file, oiio.geterror()
    for page in range(2):
        assert file.read_image(page, 0, 0, 1, oiio.UINT8).tobytes() == bytes(range(6))


@deep
def test_files_of_openimageio_keep_all_else(tmp_path: Path) -> None:
    oiio, path = openimageio(), tmp_path / "a.tif"
    spec = oiio.ImageSpec(40, 30, 3, oiio.UINT16)
    spec.attribute("Copyright", "studio")
    spec.attribute("Exif:FNumber", 2.8)
    samples = np.random.default_rng(1).integers(0, 65536, (30, 40, 3), dtype=np.uint16)
    out = oiio.ImageOutput.create("tiff")
    assert out.open(str(path), spec)
    assert out.write_image(samples)
    assert out.close()
    before = {each.name: each.value for each in oiio.ImageInput.open(str(path)).spec().extra_attribs}
    put_bytes(path, XMP, b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    file = oiio.ImageInput.open(str(path))
    assert {each.name: each.value for each in file.spec().extra_attribs} == before
    assert np.array_equal(file.read_image(oiio.UINT16), samples)


@given(data=st.binary(max_size=80), whole=st.integers(0, 200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_tiff_is_an_error_of_ours(tmp_path: Path, data: bytes, whole: int) -> None:
    path = tmp_path / "a.tif"
    for start in (b"", b"II*\0", plain(path).read_bytes()[:whole]):
        path.write_bytes(start + data)
        try:
            put_bytes(path, XMP, b"value")
        except OutputError as error:
            assert "\n" not in str(error)  # noqa: PT017


def test_a_directory_cut_short_is_said(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.tif")
    path.write_bytes(path.read_bytes()[:-160])
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"a\.tif cannot be written: its directory cannot be extended"):
        put_bytes(path, XMP, b"value")
    assert path.read_bytes() == before
