"""Just enough of protobuf to read weights and metadata of an `.onnx` and to write a copy with other weights.

The base install has no onnx package. All else in the file is copied as it stands, byte for byte. Field numbers are
those of onnx.proto; the wire format is https://protobuf.dev/programming-guides/encoding. Whatever is wrong with a file
raises ModelError; nothing is allocated that the file does not itself hold.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.errors import ModelError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types; 3 and 4, groups, were never used by ONNX
VARINT_BYTES = 10
SEAL_KEY = "pleinair.sha256"  # metadata: SHA-256 of all of the file but this entry
MODEL_GRAPH, MODEL_OPSET, MODEL_METADATA = 7, 8, 14
OPSET_DOMAIN, OPSET_VERSION = 1, 2
ENTRY_KEY, ENTRY_VALUE = 1, 2
GRAPH_INITIALIZER = 5
DIMS, DATA_TYPE, FLOAT_DATA, INT32_DATA, INT64_DATA, NAME, RAW_DATA, LOCATION = 1, 2, 4, 5, 7, 8, 9, 14
TYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype("<f4"),
    3: np.dtype("i1"),
    7: np.dtype("<i8"),
    10: np.dtype("<f2"),
}
CODES = {kind: code for code, kind in TYPES.items()}


class Field(NamedTuple):
    """One field of a message: its number, wire type, value, and where it stands in the message."""

    number: int
    wire: int
    value: int | memoryview
    start: int
    end: int

    def number_value(self) -> int:
        """The value of a field that is to hold a number."""
        if isinstance(self.value, int):
            return self.value
        raise ModelError("a number was expected where there is none")

    def bytes_value(self) -> memoryview:
        """The value of a field that is to hold bytes, a text or a message."""
        if isinstance(self.value, memoryview):
            return self.value
        raise ModelError("bytes were expected where there are none")

    def text_value(self) -> str:
        try:
            return str(self.bytes_value(), "utf-8")
        except UnicodeDecodeError as error:
            raise ModelError("a text in it is no text") from error


@dataclass(frozen=True, eq=False)
class Initializer:
    """A named constant of the graph. Its numbers are looked at only when asked for."""

    name: str
    dims: tuple[int, ...]
    code: int
    message: memoryview

    def array(self) -> npt.NDArray[Any]:
        """The numbers, float32, float16, int8 or int64, in their shape (a copy). Raises ModelError."""
        kind = TYPES.get(self.code)
        if kind is None:
            raise ModelError(f"{self.name!r} has numbers of type {self.code}, which painters do not use")
        numbers = _numbers(self.message, kind)
        if numbers.size != math.prod(self.dims):
            raise ModelError(
                f"{self.name!r} has {numbers.size} numbers where its shape {list(self.dims)} asks for others"
            )
        return numbers.reshape(self.dims).astype(kind.newbyteorder("="))


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """The bytes of a model and what was found in them."""

    data: bytes
    metadata: dict[str, str] = field(default_factory=dict)
    opset: int = 0
    initializers: dict[str, Initializer] = field(default_factory=dict)


def parse(data: bytes) -> OnnxFile:
    """Read a model's metadata, opset and list of initializers. Raises ModelError for what is no whole `.onnx`, or is no
    longer what was sealed."""
    metadata: dict[str, str] = {}
    initializers: dict[str, Initializer] = {}
    opset, graphs = 0, 0
    digest = hashlib.sha256()
    for item in fields(memoryview(data)):
        if item.number != MODEL_METADATA or SEAL_KEY not in _entry(item):
            digest.update(data[item.start : item.end])
        if item.number == MODEL_GRAPH:
            graphs += 1
            initializers = _initializers(item.bytes_value())
        elif item.number == MODEL_OPSET:
            opset = _opset(item.bytes_value()) or opset
        elif item.number == MODEL_METADATA:
            metadata |= _entry(item)
    if graphs != 1:
        raise ModelError("it is no .onnx file or was cut short" if not graphs else "it has more than one graph")
    if metadata.get(SEAL_KEY, digest.hexdigest()) != digest.hexdigest():
        raise ModelError("it is damaged or was changed since it was written")
    return OnnxFile(data, metadata, opset, initializers)


def sealed(data: bytes) -> bytes:
    """A model's bytes with a SHA-256 of themselves among the metadata, so that damage is noticed here: the runtime is
    known to abort the whole process over some damaged graphs."""
    digest = hashlib.sha256(data).hexdigest()
    entry = _message(ENTRY_KEY, SEAL_KEY.encode()) + _message(ENTRY_VALUE, digest.encode())
    return data + _message(MODEL_METADATA, entry)


def rewritten(file: OnnxFile, replaced: Mapping[str, npt.NDArray[Any]], removed: frozenset[str] = frozenset()) -> bytes:
    """A copy of the file with some initializers replaced by arrays (float32, float16, int8, int64) and others removed.
    A seal does not hold for the copy and is left out.

    Raises KeyError for a name that the file does not have: a mistake of the caller's, not of the file's.
    """
    if unknown := (replaced.keys() | removed) - file.initializers.keys():
        raise KeyError(f"no initializers {sorted(unknown)}")
    whole = memoryview(file.data)
    parts: list[bytes | memoryview] = []
    for item in fields(whole):
        if item.number == MODEL_GRAPH:
            parts.append(_message(MODEL_GRAPH, b"".join(_graph_parts(item.bytes_value(), replaced, removed))))
        elif item.number != MODEL_METADATA or SEAL_KEY not in _entry(item):
            parts.append(whole[item.start : item.end])
    return b"".join(parts)


def fields(message: memoryview) -> Iterator[Field]:
    """The fields of a message in their order. Raises ModelError where the bytes make no sense."""
    place, end = 0, len(message)
    while place < end:
        start = place
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        value: int | memoryview
        if wire == VARINT:
            value, place = _varint(message, place)
        elif wire in (BYTES, FIXED32, FIXED64):
            if wire == BYTES:
                length, place = _varint(message, place)
            else:
                length = 4 if wire == FIXED32 else 8
            if length > end - place:
                raise ModelError("it was cut short or is damaged")
            value, place = message[place : place + length], place + length
        else:
            raise ModelError("it is no .onnx file or is damaged")
        if not number:
            raise ModelError("it is no .onnx file or is damaged")
        yield Field(number, wire, value, start, place)


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """The number that starts at a place, seven bits a byte, and the place after it."""
    number = 0
    for count, byte in enumerate(message[place : place + VARINT_BYTES]):
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return number & (2**64 - 1), place + count + 1
    raise ModelError("it was cut short or is damaged")


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _entry(item: Field) -> dict[str, str]:
    """The one key and value of a field of metadata."""
    parts = {part.number: part.text_value() for part in fields(item.bytes_value())}
    return {parts.get(ENTRY_KEY, ""): parts.get(ENTRY_VALUE, "")}


def _opset(message: memoryview) -> int | None:
    """The version of an opset import if it is of ONNX's own domain."""
    parts = {part.number: part for part in fields(message)}
    if OPSET_DOMAIN in parts and parts[OPSET_DOMAIN].text_value() not in ("", "ai.onnx"):
        return None
    return parts[OPSET_VERSION].number_value() if OPSET_VERSION in parts else None


def _initializers(graph: memoryview) -> dict[str, Initializer]:
    found: dict[str, Initializer] = {}
    for item in fields(graph):
        if item.number == GRAPH_INITIALIZER:
            initializer = _initializer(item.bytes_value())
            if initializer.name in found:
                raise ModelError(f"it has two initializers {initializer.name!r}")
            found[initializer.name] = initializer
    return found


def _initializer(message: memoryview) -> Initializer:
    name, code, dims = "", 0, list[int]()
    for part in fields(message):
        if part.number == DIMS:
            dims += _integers(part)
        elif part.number == DATA_TYPE:
            code = part.number_value()
        elif part.number == NAME:
            name = part.text_value()
        elif part.number == LOCATION and part.number_value():
            raise ModelError("its weights are in another file; export it as one file")
    if any(size < 0 for size in dims):
        raise ModelError(f"{name!r} has a negative size")
    return Initializer(name, tuple(dims), code, message)


def _integers(part: Field) -> list[int]:
    """A repeated number: one of it, or many in one field."""
    if isinstance(part.value, int):
        return [_signed(part.value)]
    numbers, place = list[int](), 0
    while place < len(part.value):
        number, place = _varint(part.value, place)
        numbers.append(_signed(number))
    return numbers


def _numbers(message: memoryview, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """The numbers of a tensor, from raw bytes or from the field of its type; fp16 in the latter comes as its bits."""
    raw: memoryview | None = None
    integers, floats = list[int](), list[bytes]()
    typed = {"<f4": FLOAT_DATA, "<i8": INT64_DATA}.get(kind.str, INT32_DATA)
    for part in fields(message):
        if part.number == RAW_DATA:
            raw = part.bytes_value()
        elif part.number == typed == FLOAT_DATA:
            floats.append(bytes(part.bytes_value()))
        elif part.number == typed:
            integers += _integers(part)
    if raw is not None:
        packed = bytes(raw)
    elif typed == FLOAT_DATA:
        packed = b"".join(floats)
    elif kind.str == "<f2":
        return np.array([number & 0xFFFF for number in integers], "<u2").view(kind)
    else:
        return np.array(integers, kind)
    if len(packed) % kind.itemsize:
        raise ModelError("its weights were cut short")
    return np.frombuffer(packed, kind)


def _graph_parts(
    graph: memoryview, replaced: Mapping[str, npt.NDArray[Any]], removed: frozenset[str]
) -> Iterator[bytes | memoryview]:
    for item in fields(graph):
        name = _initializer(item.bytes_value()).name if item.number == GRAPH_INITIALIZER else ""
        if item.number == GRAPH_INITIALIZER and name in replaced:
            yield _message(GRAPH_INITIALIZER, _tensor(name, replaced[name]))
        elif item.number != GRAPH_INITIALIZER or name not in removed:
            yield graph[item.start : item.end]


def _tensor(name: str, array: npt.NDArray[Any]) -> bytes:
    """A TensorProto with raw data."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    parts = [_number(DIMS, size) for size in array.shape]
    parts += [
        _number(DATA_TYPE, CODES[little.dtype]),
        _message(NAME, name.encode()),
        _message(RAW_DATA, little.tobytes()),
    ]
    return b"".join(parts)


def _number(number: int, value: int) -> bytes:
    return _encoded(number << 3 | VARINT) + _encoded(value)


def _message(number: int, content: bytes) -> bytes:
    return _encoded(number << 3 | BYTES) + _encoded(len(content)) + content


def _encoded(number: int) -> bytes:
    """A number as a varint."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
