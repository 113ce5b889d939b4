"""What libraries do not write, put into files that they wrote: types of OpenEXR's channels, chunks of PNG.

OpenEXR: openexr.com, File Layout. PNG: the third edition of its specification (W3C 2025).
"""

import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from pleinair.errors import OutputError

MULTI_PART = 0x1000  # flag in an OpenEXR file's version
SIGNATURE = b"\x89PNG\r\n\x1a\n"
INTEGER = struct.pack("<i", 0)  # the code of OpenEXR's type UINT


def retype(path: Path, part: int, names: Collection[str]) -> None:
    """Let these channels of an OpenEXR file's part, written as floats, be what their bits are: unsigned integers.

    Both take four bytes, and the compressions that this is done with look at bytes only. Raises OutputError.
    """
    with path.open("r+b") as file:
        head = bytearray(file.read(2**24))
        try:
            for place in _type_places(head, part, names):
                file.seek(place)
                file.write(INTEGER)
        except (ValueError, struct.error) as error:
            raise OutputError(f"{path.name} cannot be written: its header is not understood") from error


def _type_places(head: bytes | bytearray, part: int, names: Collection[str]) -> Iterator[int]:
    """Where the types of the channels stand in the header of a part."""
    (version,) = struct.unpack_from("<I", head, 4)
    place = 8
    for number in range(part + 1 if version & MULTI_PART else 1):
        while head[place]:  # a header ends with an empty name
            name_end = head.index(0, place)
            kind_end = head.index(0, name_end + 1)
            (size,) = struct.unpack_from("<I", head, kind_end + 1)
            start = kind_end + 5
            if head[place:name_end] == b"channels" and number == (part if version & MULTI_PART else 0):
                yield from _channels(head, start, names)
            place = start + size
        place += 1


def _channels(head: bytes | bytearray, place: int, names: Collection[str]) -> Iterator[int]:
    while head[place]:
        end = head.index(0, place)
        if head[place:end].decode("utf-8", "replace") in names:
            yield end + 1
        place = end + 1 + 16  # type, linearity and reserved, two samplings


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of a PNG's chunks, as far as they are whole."""
    place = len(SIGNATURE)
    while place + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        if place + 12 + size > len(data):
            return
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        place += 12 + size


def png_is_whole(data: bytes) -> bool:
    """Whether a PNG ends as it should and every checksum is right."""
    place, last = len(SIGNATURE), b""
    for last, body in png_chunks(data):
        place += 12 + len(body)
        if struct.unpack_from(">I", data, place - 4)[0] != zlib.crc32(last + body):
            return False
    return last == b"IEND" and place == len(data)


def put_chunks(data: bytes, chunks: Collection[tuple[bytes, bytes]], without: Collection[bytes] = ()) -> bytes:
    """A PNG with these chunks after its first, in the place of those of the same names, and without those named."""
    names = {name for name, _ in chunks} | set(without)
    kept = [chunk for chunk in png_chunks(data) if chunk[0] not in names]
    ordered = [*kept[:1], *chunks, *kept[1:]]
    return SIGNATURE + b"".join(chunk(name, body) for name, body in ordered)


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG: its length, its name, its content and its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))


def png_cicp(file: BinaryIO) -> bytes | None:
    """The content of the cICP of an opened PNG, if it has one: it stands before the pixels."""
    file.seek(len(SIGNATURE))
    while len(head := file.read(8)) == 8:
        (size,) = struct.unpack_from(">I", head)
        if head[4:] == b"cICP":
            body = file.read(4)
            return body if size == len(body) == 4 else None
        if head[4:] in (b"IDAT", b"IEND"):
            return None
        file.seek(size + 4, 1)
    return None
