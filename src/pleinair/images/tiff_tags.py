"""A tag put into a TIFF that a library wrote without it: TIFF 6.0 (Adobe 1992), section 2, and BigTIFF.

A directory cannot grow where it stands, so it is written anew at the end, with the tag, and the header points there.
"""

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pleinair.errors import OutputError

BYTES = 1  # the type of a tag that holds bytes


class _Layout(NamedTuple):
    """How numbers stand in a file: place of the header's offset, formats of offsets and of counts of entries, size of
    an entry."""

    place: int
    offset: str
    entries: str
    size: int


CLASSIC = {"<": _Layout(4, "<I", "<H", 12), ">": _Layout(4, ">I", ">H", 12)}
BIG = {"<": _Layout(8, "<Q", "<Q", 20), ">": _Layout(8, ">Q", ">Q", 20)}


def put_bytes(path: Path, tag: int, value: bytes) -> None:
    """Put bytes into the first directory of a TIFF as a tag, in the place of one that is there. Raises OutputError if
    the file is no TIFF, or would be longer than its offsets reach; OSError."""
    with path.open("r+b") as file:
        try:
            _put(file, tag, value)
        except struct.error as error:
            raise OutputError(f"{path.name} cannot be written: its directory cannot be extended") from error


def _put(file: BinaryIO, tag: int, value: bytes) -> None:
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    layout = (BIG if struct.unpack_from(order + "H", head, 2)[0] == 43 else CLASSIC)[order]
    width = struct.calcsize(layout.offset)
    (place,) = struct.unpack_from(layout.offset, head, layout.place)
    file.seek(place)
    (count,) = struct.unpack(layout.entries, file.read(struct.calcsize(layout.entries)))
    body = file.read(count * layout.size)
    if len(body) != count * layout.size:
        raise struct.error("the directory is cut short")
    following = file.read(width)
    entries = {struct.unpack_from(order + "H", body, at)[0]: body[at : at + layout.size] for at in _steps(body, layout)}
    end = file.seek(0, 2)
    end += end % 2  # values and directories begin at even places
    after = end + len(value) + len(value) % 2
    inline = value.ljust(width, b"\0") if len(value) <= width else struct.pack(layout.offset, end)
    entries[tag] = struct.pack(order + "HH" + layout.offset[1], tag, BYTES, len(value)) + inline
    directory = struct.pack(layout.entries, len(entries)) + b"".join(entries[each] for each in sorted(entries))
    pointer = struct.pack(layout.offset, after)  # which says it if the file is too long
    file.seek(end)
    file.write(value.ljust(after - end, b"\0") + directory + following)
    file.seek(layout.place)
    file.write(pointer)


def _steps(body: bytes, layout: _Layout) -> range:
    return range(0, len(body), layout.size)
