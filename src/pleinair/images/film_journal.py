"""What is painted of a film so far: an append-only file of encoded packets, from which a killed run goes on.

A line of JSON says what was promised (source, style, encoding). Records follow, each with its length and CRC-32:

    X  the encoder's headers, at the start of each session
    P  a packet: pts (int64), key frame or not, data
    E  the encoder was emptied: everything before is whole; JSON {"complete": …, "duration": ticks of the last frame}

Groups of pictures are closed, so what stands before a key frame is whole as well. After a kill the file is therefore
cut before the last key frame of an unfinished session, or where a record is torn: what is left holds the first n frames
of the film, in whatever order, and nothing else. `Journal.stamps` are compared with the source's when going on.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

from pleinair.errors import OutputError, SettingError

HEAD = struct.Struct("<cII")  # kind, length, CRC-32
PACKET = struct.Struct("<q?")  # pts, key
HEADERS, PACKETS, END = b"X", b"P", b"E"
ASKED = {  # what of a promise an option says, and by which
    "strength": "--strength",
    "workingSize": "--working-size",
    "window": "--window",
    "steady": "--steady",
    "crf": "--crf",
}


class Record(NamedTuple):
    """A record and where it starts in the file."""

    kind: bytes
    payload: bytes
    start: int


class Journal:
    """An open journal: `stamps` of the packets in it, in the order of decoding; `complete` if no frame is missing."""

    def __init__(self, path: Path, promise: Mapping[str, str], unsaid: Mapping[str, str] | None = None) -> None:
        """Go on with the file, or begin it. unsaid: what holds where a promise says nothing. Raises SettingError if
        packets are in it that were begun otherwise, OutputError."""
        self.path = path
        self._unsaid = dict(unsaid or {})
        self.stamps = array("q")
        self.headers = b""
        self.complete, self.last_duration = False, 0
        try:
            self._file: BinaryIO = path.open("r+b" if path.exists() else "w+b")
            try:
                self._begin(dict(promise))
            except BaseException:
                self._file.close()
                raise
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error

    def headers_of(self, extradata: bytes) -> None:
        """Say with what headers the packets to come were encoded. Raises SettingError if others are there already."""
        if self.stamps and extradata != self.headers:
            raise SettingError(f"{self.path} was begun by another encoder's version; --overwrite begins anew")
        self.headers = extradata
        self._append(HEADERS, extradata)

    def add(self, pts: int, key: bool, data: bytes) -> None:
        """Keep a packet. Raises OutputError."""
        self._append(PACKETS, PACKET.pack(pts, key) + data)
        self.stamps.append(pts)

    def end(self, complete: bool, last_duration: int) -> None:
        """Say that the encoder was emptied. Raises OutputError."""
        self.complete, self.last_duration = complete, last_duration
        self._append(END, json.dumps({"complete": complete, "duration": last_duration}).encode())

    def packets(self) -> Iterator[tuple[int, bool, bytes]]:
        """pts, key, data of all packets, in the order of decoding."""
        try:
            for record in _records(self._file, self._start):
                if record.kind == PACKETS:
                    yield *PACKET.unpack_from(record.payload), record.payload[PACKET.size :]
        finally:
            self._file.seek(0, SEEK_END)

    def close(self) -> None:
        with suppress(OSError):  # of what was not taken, of which _append told
            self._file.close()

    def remove(self) -> None:
        """Close the journal and take it away."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _begin(self, promise: dict[str, str]) -> None:
        line = self._file.readline()
        try:
            found = json.loads(line) if line.endswith(b"\n") else {}
        except ValueError:
            found = {}
        self._start = self._file.tell()
        whole = self._whole() if found else 0
        if not self.stamps and found != promise:  # nothing is lost: one that failed at once leaves such a file
            self._file.seek(0)
            self._file.truncate()
            self._file.write(json.dumps(promise, ensure_ascii=False).encode() + b"\n")
            self._start = whole = self._file.tell()
            self.headers, self.complete, self.last_duration = b"", False, 0
        elif found != promise:
            raise SettingError(self._otherwise({**self._unsaid, **found}, {**self._unsaid, **promise}))
        self._file.seek(whole)
        self._file.truncate()

    def _otherwise(self, found: Mapping[str, str], promise: Mapping[str, str]) -> str:
        """What differs, and by what options the film would go on if options are all that does."""
        differing = [key for key in {**found, **promise} if found.get(key) != promise.get(key)]
        changes = ", ".join(f"{key} {found.get(key, 'unsaid')} → {promise.get(key, 'unsaid')}" for key in differing)
        ways = ["--overwrite begins anew"]
        if all(key in found and key in ASKED for key in differing):
            ways.insert(0, " ".join(f"{ASKED[key]} {found[key]}" for key in differing) + " goes on with it")
        return f"{self.path.name} was begun otherwise ({changes}); {', '.join(ways)}"

    def _whole(self) -> int:
        """Where what is whole ends; stamps, headers and completeness are told on the way."""
        whole = (0, self._start)  # packets, place
        for record in _records(self._file, self._start):
            after = record.start + HEAD.size + len(record.payload)
            if record.kind == HEADERS:
                self.headers = record.payload
                continue
            if record.kind == END:
                told = json.loads(record.payload)
                self.complete, self.last_duration = told["complete"], told["duration"]
                whole = (len(self.stamps), after)
                continue
            pts, key = PACKET.unpack_from(record.payload)
            if key and len(self.stamps) > whole[0]:
                whole = (len(self.stamps), record.start)
            self.complete = False
            self.stamps.append(pts)
        del self.stamps[whole[0] :]
        return whole[1]

    def _append(self, kind: bytes, payload: bytes) -> None:
        try:
            self._file.write(HEAD.pack(kind, len(payload), crc32(payload)))
            self._file.write(payload)
            self._file.flush()
        except OSError as error:
            raise OutputError(f"{self.path} cannot be written: {(error.strerror or str(error)).lower()}") from error


def promise_of(path: Path) -> dict[str, str] | None:
    """What a journal was begun with, None for a file that says nothing of it. Raises OutputError."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.readline())
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _records(file: BinaryIO, start: int) -> Iterator[Record]:
    """The records from a place on, as far as they are whole."""
    file.seek(start)
    while True:
        place = file.tell()
        head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        kind, length, check = HEAD.unpack(head)
        payload = file.read(length)
        if len(payload) < length or crc32(payload) != check or kind not in (HEADERS, PACKETS, END):
            return
        yield Record(kind, payload, place)
