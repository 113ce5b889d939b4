"""Headers of Radiance files."""

from pathlib import Path

import pytest

from pleinair.errors import PictureError
from pleinair.images.radiance import check_header, header_told, put_header
from tests.images.lights import rgbe, scene


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "a.hdr"
    path.write_bytes(data)
    return path


def test_a_header_moves_to_another_file(tmp_path: Path) -> None:
    source = saved(tmp_path, rgbe(scene(4, 5), ["EXPOSURE=2", "pleinair:style=old"]).replace(b"-Y 4", b"+Y 4"))
    target = tmp_path / "b.hdr"
    target.write_bytes(rgbe(scene(4, 5, seed=9), ["SOFTWARE=any"]))
    pixels = target.read_bytes()[-80:]
    put_header(source, target, {"style": "monet", "look": "two\n\nlines"})
    head, _, rest = target.read_bytes().partition(b"\n\n")
    assert head.split(b"\n") == [
        b"#?RADIANCE",
        b"EXPOSURE=2",
        b"FORMAT=32-bit_rle_rgbe",
        b"pleinair:style=monet",
        b"pleinair:look=two lines",
    ]
    assert rest == b"+Y 4 +X 5\n" + pixels
    assert header_told(target) == {"style": "monet", "look": "two lines"}
    check_header(target)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"\n\n-Y", b"\n-Y", "the header ends too early"),
        (b"+X 5\n", b"+X 5", "cut short|column by column"),
        (b"rgbe", b"xyze", "not in the RGBE of Radiance"),
        (b"-Y 4 +X 5", b"+X 5 -Y 4", "column by column"),
        (b"-Y 4 +X 5", b"-Y 4 -X 5", "column by column"),
        (b"-Y 4 +X 5", b"-Y 9999999999 +X 5", "column by column"),
    ],
)
def test_other_headers_are_refused(tmp_path: Path, old: bytes, new: bytes, complaint: str) -> None:
    data = rgbe(scene(4, 5))[:-80].replace(old, new)
    with pytest.raises(PictureError, match=complaint):
        check_header(saved(tmp_path, data))
