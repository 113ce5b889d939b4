"""What other programs said of a picture stays with its painting, and what is no longer true goes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.images import Picture, from_any, read, to_kind_of, write
from pleinair.images.gpano import sphere_of
from pleinair.images.told import told
from pleinair.images.writing import JPEG_EXIF_BYTES
from pleinair.images.xmp import GPANO, LARGEST_IN_JPEG, packet_with, parsed, properties, still_true
from tests.images.pictures import smooth

SOURCE = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"
  xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pleinair="urn:pleinair:1.0/" tiff:Orientation="6"
  tiff:Make="Camera &amp; Co" xmp:CreatorTool="Stitcher" pleinair:style="an earlier one">
  <GPano:ProjectionType>equirectangular</GPano:ProjectionType>
  <dc:creator><rdf:Seq><rdf:li>Ann 雪</rdf:li></rdf:Seq></dc:creator>
  <xmp:Thumbnails><rdf:Alt><rdf:li>abcd</rdf:li></rdf:Alt></xmp:Thumbnails>
  <pleinair:strength>0.3</pleinair:strength>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
BAD = [
    b"",
    b"no xml",
    b"<a",
    b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>',
    b"<a/>",
    b"\xff\xfe\x00",
    b"<a>" + b" " * 10**6,
]


def told_in(packet: bytes) -> dict[str, str]:
    return properties(packet, "urn:pleinair:1.0/")


def test_what_is_true_stays_and_what_is_not_goes() -> None:
    packet = packet_with({"style": "shanshui"}, SOURCE)
    assert told_in(packet) == {"style": "shanshui"}
    assert properties(packet, GPANO) == {"ProjectionType": "equirectangular"}
    assert "Ann 雪" in packet.decode()
    assert properties(packet, "http://ns.adobe.com/tiff/1.0/") == {"Make": "Camera & Co"}
    assert packet.count(b"CreatorTool") == 1
    assert b"Stitcher" not in packet
    assert b"abcd" not in packet
    assert b"GPano:ProjectionType" in packet  # under the prefix that other programs look for


def test_a_packet_of_a_packet_grows_no_further() -> None:
    once = packet_with({"style": "a"}, SOURCE)
    twice = packet_with({"style": "b"}, once)
    assert told_in(twice) == {"style": "b"}
    assert len(packet_with({"style": "c"}, twice)) <= len(twice)


@pytest.mark.parametrize("source", [None, *BAD])
def test_what_is_no_packet_is_left_behind(source: bytes | None) -> None:
    assert told_in(packet_with({"style": "x"}, source)) == {"style": "x"}
    assert still_true(source) is None


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_any_bytes_are_survived(noise: bytes) -> None:
    assert told_in(packet_with({"style": "x"}, noise))["style"] == "x"
    middle = len(SOURCE) // 2
    packet_with({"style": "x"}, SOURCE[:middle] + noise + SOURCE[middle:])


def test_a_packet_too_large_is_left_behind() -> None:
    assert told_in(packet_with({"style": "x"}, SOURCE, largest=900)) == {"style": "x"}
    assert properties(packet_with({"style": "x"}, SOURCE, largest=900), GPANO) == {}
    assert LARGEST_IN_JPEG < JPEG_EXIF_BYTES


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_files_keep_it(tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    write(Picture(smooth(20, 40), xmp=SOURCE), first, {"style": "x"})
    write(read(first), second, {"style": "y"})
    assert told(second) == {"style": "y"}
    kept = read(second).xmp
    assert kept is not None
    assert properties(kept, GPANO) == {"ProjectionType": "equirectangular"}


def test_a_jpeg_with_more_than_it_can_hold_is_written(tmp_path: Path) -> None:
    long = SOURCE.replace(b"Ann", b"A" * 70_000)
    write(Picture(smooth(20, 40), xmp=long), tmp_path / "a.jpg", {"style": "x"})
    assert told(tmp_path / "a.jpg") == {"style": "x"}


def test_pillow_images_keep_it() -> None:
    image = Image.fromarray(smooth(20, 40))
    image.info["xmp"] = SOURCE
    painted = to_kind_of(from_any(image), image)
    assert isinstance(painted, Image.Image)
    assert properties(painted.info["xmp"], GPANO) == {"ProjectionType": "equirectangular"}
    assert b"Orientation" not in painted.info["xmp"]


def gpano(**told: object) -> bytes:
    words = " ".join(f'GPano:{key}="{value}"' for key, value in told.items())
    return f'<a xmlns:GPano="{GPANO}" {words}/>'.encode()


def cropped(width: int) -> dict[str, object]:
    told = {"CroppedAreaImageWidthPixels": width, "FullPanoWidthPixels": 8000}
    return {"ProjectionType": "equirectangular", **told}


@pytest.mark.parametrize(
    ("told", "degrees"),
    [
        ({"ProjectionType": "equirectangular"}, 360),
        ({"ProjectionType": "Equirectangular", "UsePanoramaViewer": "True"}, 360),
        (cropped(8000), 360),
        (cropped(6000), 270),
        ({"ProjectionType": "cylindrical"}, None),
        ({"ProjectionType": "equirectangular", "FullPanoWidthPixels": "many"}, None),
        ({"ProjectionType": "equirectangular", "FullPanoWidthPixels": "nan"}, None),
        ({"ProjectionType": "equirectangular", "CroppedAreaImageHeightPixels": 0}, None),
        ({"CroppedAreaImageWidthPixels": 8000}, None),
    ],
)
def test_what_gpano_says(told: dict[str, object], degrees: float | None) -> None:
    across = told.get("CroppedAreaImageWidthPixels", 8000)
    sphere = sphere_of(gpano(**told), int(str(across)), 4000)
    assert (sphere and sphere.degrees) == degrees
    assert sphere is None or sphere.closed == (degrees == 360)


def test_of_a_picture_cropped_since_it_says_nothing() -> None:
    told = {
        "ProjectionType": "equirectangular",
        "CroppedAreaImageWidthPixels": 8000,
        "CroppedAreaImageHeightPixels": 4000,
        "FullPanoWidthPixels": 8000,
    }
    assert sphere_of(gpano(**told), 2000, 1000) is not None  # made smaller
    assert sphere_of(gpano(**told), 1500, 1000) is None
    assert sphere_of(None, 8000, 4000) is None
    assert sphere_of(b"nonsense", 8000, 4000) is None
    assert parsed(gpano(**told)) is not None


def test_a_sphere_of_floats_is_a_sphere() -> None:
    assert sphere_of(gpano(ProjectionType="equirectangular", FullPanoWidthPixels="40.0"), 40, 20) is not None
    assert np.isclose(sphere_of(gpano(ProjectionType="equirectangular", FullPanoWidthPixels=80), 40, 20).degrees, 180)  # type: ignore[union-attr]
