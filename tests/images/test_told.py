"""What a picture says of its making, read back: from every format, after other programs, and from hostile files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pleinair.errors import PictureError
from pleinair.images import Picture, write
from pleinair.images.maps import write_depth
from pleinair.images.metadata import exact, xmp_packet
from pleinair.images.told import parsed, told
from pleinair.images.xmp import LARGEST_PACKET

PROVENANCE = {
    "seed": "7",
    "scene": '{"kind": "lake", "time": "dusk"}',
    "sentence": "雪山下的湖 & a 'lake' <of> \"glass\"",
    "style": "shanshui=0.25,hokusai=0.75",
}


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_every_format_tells_what_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    write(Picture(np.full((9, 12, 3), 90, np.uint8)), path, PROVENANCE)
    assert told(path) == PROVENANCE
    assert told(str(path)) == PROVENANCE


def test_maps_tell_too(tmp_path: Path) -> None:
    write_depth(np.ones((4, 5), np.float32), tmp_path / "depth.png", PROVENANCE)
    assert told(tmp_path / "depth.png") == PROVENANCE


def test_a_picture_of_others_tells_nothing(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.png")
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.tif")
    assert told(tmp_path / "plain.png") == told(tmp_path / "plain.tif") == {}


@pytest.mark.parametrize(("content", "complaint"), [(b"", "is empty"), (b"no picture", "is not a picture")])
def test_what_is_no_picture_is_said(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=complaint):
        told(path)
    with pytest.raises(PictureError, match="is not there"):
        told(tmp_path / "none.png")


def test_a_broken_header_is_said(tmp_path: Path) -> None:
    write(Picture(np.zeros((4, 4, 3), np.uint8)), tmp_path / "x.png", PROVENANCE)
    (tmp_path / "x.png").write_bytes((tmp_path / "x.png").read_bytes()[:20])
    with pytest.raises(PictureError, match="damaged or cut short"):
        told(tmp_path / "x.png")


def test_properties_as_elements_are_read_as_attributes_are() -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:p="urn:pleinair:1.0/" p:seed="7" other="8">'
        '<p:scene>{"kind": "lake"}</p:scene><p:empty/></rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    assert parsed(packet.encode()) == {"seed": "7", "scene": '{"kind": "lake"}', "empty": ""}


def test_what_was_packed_is_parsed() -> None:
    packet = xmp_packet(PROVENANCE)
    assert parsed(packet) == parsed(packet + b"\0\0 \n") == PROVENANCE


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<",
        b"<x:xmpmeta>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a xmlns:p="urn:pleinair:1.0/" p:seed="&b;"/>',
        b'<a xmlns:p="urn:pleinair:1.0/" p:seed="7">' + b" " * LARGEST_PACKET + b"</a>",
    ],
)
def test_what_is_no_packet_says_nothing(packet: bytes) -> None:
    assert parsed(packet) == {}


def test_a_text_that_is_no_packet_says_nothing(tmp_path: Path) -> None:
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "this is no XML 湖")
    Image.new("RGB", (4, 4)).save(tmp_path / "x.png", pnginfo=texts)
    assert told(tmp_path / "x.png") == {}


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1"), (0.5, "0.5"), (0.85, "0.85"), (1 / 3, repr(1 / 3)), (1e-7, "1e-07")]
)
def test_numbers_are_short_and_exact(number: float, text: str) -> None:
    assert exact(number) == text
    assert float(text) == number
