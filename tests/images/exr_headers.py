"""Headers of OpenEXR files byte by byte (openexr.com, File Layout): what stands in them, and attributes put in that no
library here writes."""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

MULTI_PART = 0x1000


class Attribute(NamedTuple):
    """The name of its type, and its value."""

    kind: str
    value: bytes


def headers(path: Path) -> list[dict[str, Attribute]]:
    """The attributes of each part by name, in their order."""
    return [found for found, _ in _parts(path.read_bytes())]


def version(path: Path) -> int:
    """Of the format, with its flags."""
    return int(struct.unpack_from("<I", path.read_bytes(), 4)[0])


def _parts(data: bytes) -> Iterator[tuple[dict[str, Attribute], int]]:
    """The attributes of each part, and where they end."""
    place, (flags,) = 8, struct.unpack_from("<I", data, 4)
    while True:
        found: dict[str, Attribute] = {}
        while data[place]:
            name_end = data.index(0, place)
            kind_end = data.index(0, name_end + 1)
            (size,) = struct.unpack_from("<I", data, kind_end + 1)
            value = data[kind_end + 5 : kind_end + 5 + size]
            found[data[place:name_end].decode()] = Attribute(data[name_end + 1 : kind_end].decode(), value)
            place = kind_end + 5 + size
        yield found, place
        place += 1
        if not flags & MULTI_PART or not data[place]:
            return


def put_attributes(path: Path, attributes: Mapping[str, Attribute]) -> None:
    """Put attributes into the header of a file of one part. Behind the header stands a table of where the blocks of
    pixels begin, the first of them right behind the table."""
    data = path.read_bytes()
    ((_, end),) = _parts(data)
    extra = b"".join(
        name.encode() + b"\0" + each.kind.encode() + b"\0" + struct.pack("<I", len(each.value)) + each.value
        for name, each in attributes.items()
    )
    (first,) = struct.unpack_from("<Q", data, end + 1)
    count = (first - end - 1) // 8
    table = struct.unpack_from(f"<{count}Q", data, end + 1)
    moved = struct.pack(f"<{count}Q", *(offset + len(extra) for offset in table))
    path.write_bytes(data[:end] + extra + data[end : end + 1] + moved + data[first:])


def text(value: str) -> Attribute:
    return Attribute("string", value.encode())
