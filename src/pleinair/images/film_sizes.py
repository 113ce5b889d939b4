"""How many bytes a film says that it has, so that one cut short is known though all that is left of it can be read.

Matroska and WebM say how long their segment is, AVI its RIFF chunks, MP4 and MOV their boxes, MXF where its footer
stands, WMV the whole file. While they are written live most leave that open, and then nothing is known; transport
and program streams, FLV, Ogg and streams without a container never say it.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from pleinair.errors import PictureError

EBML, SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"
PARTITION = bytes.fromhex("060e2b34020501010d01020101")
ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
BOXES = (b"moov", b"moof", b"mdat")
RIFF_SLACK = 9  # bytes: some count the chunk's own head twice, and the last odd one is not always filled up
LONGEST_ASF_HEADER = 2**20


def missing_bytes(path: Path) -> int:
    """How many bytes less a film has than it says, 0 if none or if it does not say. Raises PictureError."""
    try:
        with path.open("rb") as file:
            here = file.seek(0, SEEK_END)
            file.seek(0)
            head = file.read(16)
            return max(0, _said(file, head, here) - here)
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error


def _said(file: BinaryIO, head: bytes, here: int) -> int:
    """Where the film says that it ends, 0 if it does not."""
    file.seek(0)
    if head.startswith(EBML):
        return _matroska(file)
    if head.startswith(b"RIFF"):
        return _riff(file, here)
    if head.startswith(PARTITION):
        return _mxf(file)
    if head == ASF:
        return _asf(file)
    return _boxes(file, here) if head[4:8] in (b"ftyp", b"styp", b"wide", b"free", b"skip", *BOXES) else 0


def _matroska(file: BinaryIO) -> int:
    while name := file.read(4):
        first = file.read(1)
        length = 9 - first[0].bit_length() if first and first[0] else 0
        number = int.from_bytes(first + file.read(length - 1)) if length else 0
        size = number & ~(1 << 7 * length)
        if not length or name not in (EBML, SEGMENT) or size == (1 << 7 * length) - 1:  # all ones: it was left open
            return 0
        if name == SEGMENT:
            return file.tell() + size
        file.seek(size, 1)
    return 0


def _riff(file: BinaryIO, here: int) -> int:
    place = 0
    while place < here:
        file.seek(place)
        head = file.read(8)
        size = int.from_bytes(head[4:], "little")
        if head[:4] != b"RIFF" or len(head) < 8 or size in (0, 2**32 - 1):
            return 0
        place += 8 + size + size % 2
    return place - RIFF_SLACK


def _mxf(file: BinaryIO) -> int:
    """The offset of the footer, which is told in the header once there is one."""
    head = file.read(64)
    length = head[16] if len(head) == 64 else 0
    at = 17 + (length & 127 if length & 128 else 0)  # of the value, behind its length in BER
    told = head[at + 24 : at + 32]
    return int.from_bytes(told) + 1 if any(told) else 0


def _asf(file: BinaryIO) -> int:
    size = int.from_bytes(file.read(24)[16:], "little")
    header = file.read(min(LONGEST_ASF_HEADER, size))
    at = header.find(ASF_PROPERTIES)
    fields = header[at + 40 : at + 92]
    if at < 0 or len(fields) < 52 or fields[48] & 1:  # 1: a broadcast, whose sizes mean nothing
        return 0
    return int.from_bytes(fields[:8], "little")


def _boxes(file: BinaryIO, here: int) -> int:
    return next((end for kind, end in _boxed(file, here) if end > here and kind in BOXES), 0)


def _boxed(file: BinaryIO, here: int) -> Iterator[tuple[bytes, int]]:
    """The kinds of boxes and where they end."""
    place = 0
    while place < here:
        file.seek(place)
        head = file.read(16)
        size = int.from_bytes(head[:4])
        if size == 1:
            size = int.from_bytes(head[8:16])
        if size < 8:  # 0: to the end of the file
            return
        place += size
        yield head[4:8], place
