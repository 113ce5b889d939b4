"""What a file says of itself in its first bytes: format and bits per channel, found without decoding anything.

Pillow cuts 16-bit RGB to 8 bits without a word, so the depth is read here, from the PNG header and the TIFF tags.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from pleinair.errors import PictureError

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
}
LIGHT_SUFFIXES = {"EXR": (".exr",), "HDR": (".hdr",)}  # formats that hold amounts of light
BITS_PER_SAMPLE = 258
HEAD = 32  # bytes that tell every format here
KNOWN_STRANGERS = (
    (0, b"GIF8", "a GIF"),
    (0, b"BM", "a BMP"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF", "a PDF"),
    (0, b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 file"),
    (0, b"\xff\x0a", "a JPEG XL file"),
    (4, b"ftypavif", "an AVIF"),
    (4, b"ftypheic", "a HEIC"),
    (4, b"ftypheix", "a HEIC"),
    (4, b"ftypmif1", "a HEIC"),
    (0, b"<svg", "an SVG"),
)


def format_of_suffix(path: Path) -> str | None:
    """The format that a file name promises, or None for one that is not painted."""
    suffix = path.suffix.lower()
    known = {**SUFFIXES, **LIGHT_SUFFIXES}
    return next((name for name, suffixes in known.items() if suffix in suffixes), None)


def sniff(path: Path) -> str:
    """JPEG, PNG, WEBP, TIFF, EXR or HDR, by the file's first bytes. Raises PictureError for anything else."""
    try:
        if path.is_dir():
            raise PictureError(f"{path} is a folder, not a picture")
        if not path.is_file():
            raise PictureError(f"{path} is not there; check the name")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise PictureError(f"{path} cannot be opened: {(error.strerror or str(error)).lower()}") from error
    if not head:
        raise PictureError(f"{path} is empty (0 bytes)")
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head.startswith(b"\x76\x2f\x31\x01"):
        return "EXR"
    if head.startswith((b"#?RADIANCE", b"#?RGBE")):
        return "HDR"
    for offset, magic, what in KNOWN_STRANGERS:
        if head[offset : offset + len(magic)] == magic:
            raise PictureError(f"{path} is {what}; save it as JPEG, PNG, WebP or TIFF first")
    raise PictureError(f"{path} is not a picture (JPEG, PNG, WebP, TIFF, EXR and HDR are read)")


def bits_per_channel(file: BinaryIO, format_name: str) -> int:
    """The depth of the file's first picture; 8 where the format has no other. Raises struct.error if cut short."""
    file.seek(0)
    if format_name == "PNG":
        return int(struct.unpack(">B", file.read(25)[24:])[0])  # signature 8, length and type 8, width and height 8
    if format_name == "TIFF":
        return _tiff_bits(file)
    return 8


def _tiff_bits(file: BinaryIO) -> int:
    """The largest BitsPerSample of the first page of a TIFF or BigTIFF; 1 without the tag, as TIFF 6.0 says."""
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = b"+" in head[2:4]
    (place,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
    file.seek(place)
    (entries,) = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))
    inline, layout = (8, "HHQ") if big else (4, "HHI")
    for _ in range(min(entries, 65535)):
        tag, kind, count = struct.unpack(order + layout, file.read(struct.calcsize(order + layout)))
        value = file.read(inline)
        if tag == BITS_PER_SAMPLE and kind == 3:  # unsigned shorts
            count = min(count, 64)
            if 2 * count > inline:
                file.seek(struct.unpack(order + ("Q" if big else "I"), value)[0])
                value = file.read(2 * count)
            return max(struct.unpack_from(f"{order}{count}H", value), default=1)
    return 1
