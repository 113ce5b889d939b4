"""A pack: all pictures of one domain in one file, ready to train on.

Layout, all integers little-endian: 16 bytes magic, uint64 offset and uint64 length of the index, the encoded pictures
(JPEG or WebP) one after another, then the index as UTF-8 JSON. The index comes last so that writing streams. The file
is memory-mapped; pictures are decoded when first asked for and stay decoded while they fit into the memory granted.
"""

import io
import json
import os
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from pleinair.errors import DataError, OutputError

Pixels = npt.NDArray[np.uint8]  # (h, w, 3), RGB

MAGIC = b"pleinair pack 1\n"
HEAD = struct.Struct("<16sQQ")
SMALLEST_LEVEL = 32  # short side in pixels below which a pyramid is not continued
TRAIN, VALIDATION = "train", "validation"


@dataclass(frozen=True)
class Entry:
    """One picture of a pack: where it came from, how large it is, on which side of the split, where its bytes lie."""

    name: str
    source: str  # path relative to the folder it was prepared from
    width: int
    height: int
    split: str
    sha: str  # SHA-256 of the original file
    offset: int = 0
    length: int = 0
    crc: int = 0

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


class Decoded:
    """Pictures of one pack with their half-size levels, the last used ones kept, up to `memory` bytes."""

    def __init__(self, path: Path, memory: int) -> None:
        self.path = path
        self.memory = memory
        self._bytes: npt.NDArray[np.uint8] = np.memmap(path, mode="r")
        self._kept: OrderedDict[int, tuple[Pixels, ...]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def levels(self, entry: Entry) -> tuple[Pixels, ...]:
        """The picture, then halved again and again: a pixel of level l is the mean over 2^l × 2^l pixels."""
        with self._lock:
            levels = self._kept.get(entry.offset)
            if levels is not None:
                self._kept.move_to_end(entry.offset)
                return levels
        levels = halvings(self._decode(entry))  # outside the lock: threads decode side by side
        with self._lock:
            if entry.offset not in self._kept:
                self._kept[entry.offset] = levels
                self._held += sum(level.nbytes for level in levels)
                while self._held > self.memory and len(self._kept) > 1:
                    _, dropped = self._kept.popitem(last=False)
                    self._held -= sum(level.nbytes for level in dropped)
        return levels

    def _decode(self, entry: Entry) -> Pixels:
        from PIL import Image

        encoded = self._bytes[entry.offset : entry.offset + entry.length].tobytes()
        if zlib.crc32(encoded) != entry.crc:
            raise DataError(f"{self.path}: picture {entry.name!r} is damaged; prepare the pack again")
        with Image.open(io.BytesIO(encoded)) as image:
            pixels = np.array(image.convert("RGB"))
        if pixels.shape != (entry.height, entry.width, 3):
            raise DataError(f"{self.path}: picture {entry.name!r} has another size than its index says; prepare again")
        pixels.flags.writeable = False
        return pixels


class Album(Sequence[Pixels]):
    """Some pictures of a pack as a sequence of uint8 arrays (h, w, 3) of differing sizes, read-only."""

    def __init__(self, name: str, entries: Sequence[Entry], decoded: Decoded) -> None:
        self.name = name
        self.entries = tuple(entries)
        self._decoded = decoded

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> Pixels: ...
    @overload
    def __getitem__(self, index: slice) -> "Album": ...
    def __getitem__(self, index: int | slice) -> "Pixels | Album":
        if isinstance(index, slice):
            return Album(self.name, self.entries[index], self._decoded)
        return self.levels(index)[0]

    def levels(self, index: int) -> tuple[Pixels, ...]:
        """The picture and its half-size levels, largest first."""
        return self._decoded.levels(self.entries[index])

    @property
    def decoded_bytes(self) -> int:
        """What all these pictures take in memory when decoded, levels included (about a third more)."""
        return sum(entry.width * entry.height * 4 for entry in self.entries)


@dataclass(frozen=True, eq=False)
class Pack:
    """An open pack: `train` and `validation` are sequences of pictures; `about` holds settings and warnings."""

    name: str
    path: Path
    entries: tuple[Entry, ...]
    train: Album
    validation: Album
    about: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, path: str | os.PathLike[str], memory: int = 2 << 30) -> "Pack":
        """Open a pack; nothing is decoded yet.

        `memory` is how many bytes of decoded pictures may be held; beyond it the longest unused ones are decoded anew.
        Raises DataError if the file is missing, not a pack, cut off, or of a newer format.
        """
        path = Path(path)
        name, entries, about = read_index(path)
        decoded = Decoded(path, memory)
        albums = [Album(name, [e for e in entries if e.split == split], decoded) for split in (TRAIN, VALIDATION)]
        return cls(name, path, entries, albums[0], albums[1], about)


def read_index(path: Path) -> tuple[str, tuple[Entry, ...], dict[str, Any]]:
    """The name, the entries and the remarks of a pack, without touching its pictures. Raises DataError."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD.size)
            if len(head) < HEAD.size or head[:14] != MAGIC[:14]:
                raise DataError(f"{path} is not a pack; make one: pleinair prepare FOLDER --out {path.stem}.pack")
            magic, offset, length = HEAD.unpack(head)
            if magic != MAGIC:
                raise DataError(f"{path} was made by a newer pleinair; type: pip install --upgrade pleinair")
            if offset == 0 or offset + length != size:
                raise DataError(f"{path} is cut off or damaged; prepare it again")
            file.seek(offset)
            index = json.loads(file.read(length))
        entries = tuple(Entry(**entry) for entry in index["pictures"])
        if any(e.offset < HEAD.size or e.offset + e.length > offset for e in entries):
            raise DataError(f"{path} is damaged; prepare it again")
        return str(index["name"]), entries, dict(index["about"])
    except FileNotFoundError as error:
        raise DataError(f"there is no pack {path}; make one: pleinair prepare FOLDER --out {path}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror or error})") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path} is damaged ({error}); prepare it again") from error


def write(
    path: Path, name: str, pictures: Iterable[tuple[Entry, bytes]], about: dict[str, Any], budget: int | None = None
) -> tuple[Entry, ...]:
    """Write a pack in one pass; nobody ever sees half of it. Returns the entries as written.

    If the file would be larger than `budget` bytes, writing stops, nothing is left behind and () is returned.
    Raises OutputError.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    entries: list[Entry] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(HEAD.pack(MAGIC, 0, 0))
            for entry, encoded in pictures:
                place = {"offset": file.tell(), "length": len(encoded), "crc": zlib.crc32(encoded)}
                entries.append(Entry(**{**asdict(entry), **place}))
                file.write(encoded)
                if budget is not None and file.tell() > budget:
                    return ()
            index = {"name": name, "about": about, "pictures": [asdict(entry) for entry in entries]}
            text = json.dumps(index, ensure_ascii=False).encode()
            offset = file.tell()
            file.write(text)
            file.seek(0)
            file.write(HEAD.pack(MAGIC, offset, len(text)))
        if budget is not None and offset + len(text) > budget:
            return ()
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error}); choose another --out") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return tuple(entries)


def level_count(short_side: int) -> int:
    """How many levels `halvings` makes of a picture of that short side."""
    count = 1
    while short_side >= 2 * SMALLEST_LEVEL:
        short_side, count = -(-short_side // 2), count + 1
    return count


def halvings(pixels: Pixels) -> tuple[Pixels, ...]:
    """A picture and its means over 2×2, 4×4, … pixels; at an odd edge the last mean is over what is there."""
    from PIL import Image

    levels = [pixels]
    while min(levels[-1].shape[:2]) >= 2 * SMALLEST_LEVEL:
        levels.append(np.asarray(Image.fromarray(levels[-1]).reduce(2)))
    return tuple(levels)
