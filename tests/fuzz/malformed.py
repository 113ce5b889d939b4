"""Malformed files of every accepted type, made from whole ones: the same number gives the same file.

Without the extra [deep] there are fewer whole ones, and so others.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from pleinair.images.chunks import SIGNATURE, png_chunks, put_chunks
from tests.images.lights import render, rgbe, scene, write_exr
from tests.images.pictures import cmyk_profile, noise, png, rgb_profile, smooth, tiff

Mutation = Callable[[random.Random, bytes], bytes]
LARGE = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
HEAD = 400  # bytes in which formats say what they are


@cache
def whole() -> dict[str, bytes]:
    """Whole files by name, small ones of each kind that is read."""
    return {**_pillows(), **_bare(), **(_lights() if find_spec("OpenImageIO") else {})}


def malformed(number: int) -> tuple[str, bytes]:
    """The name and the bytes of the malformed file of that number."""
    draw = random.Random(number)
    files = whole()
    name = sorted(files)[number % len(files)]
    data = files[name]
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        data = draw.choice(MUTATIONS)(draw, data)
    if name.endswith(".png") and draw.random() < 0.6:
        data = _summed(data)  # so that more than the checksum is tried
    return f"{number:06}-{name}", data


def cut_short(draw: random.Random, data: bytes) -> bytes:
    return data[: draw.choice((draw.randrange(len(data) + 1), draw.randrange(min(len(data), HEAD) + 1)))]


def flipped(draw: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 2, 8, 64))):
        if changed:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def lying(draw: random.Random, data: bytes) -> bytes:
    """A number in the header, in either byte order, that is none, one, or far too large."""
    if len(data) < 8:
        return data
    size = draw.choice((1, 2, 4, 4, 8))
    place = draw.randrange(max(1, min(len(data), HEAD) - size))
    value: int = draw.choice(LARGE) % 256**size
    return data[:place] + value.to_bytes(size, draw.choice(("little", "big"))) + data[place + size :]


def swapped(draw: random.Random, data: bytes) -> bytes:
    first, second, third, fourth = sorted(draw.randrange(len(data) + 1) for _ in range(4))
    return data[:first] + data[third:fourth] + data[second:third] + data[first:second] + data[fourth:]


def dropped(draw: random.Random, data: bytes) -> bytes:
    start = draw.randrange(len(data) + 1)
    return data[:start] + data[start + draw.choice((1, 2, 7, 100)) :]


def repeated(draw: random.Random, data: bytes) -> bytes:
    start = draw.randrange(len(data) + 1)
    stop = start + draw.choice((1, 4, 50, 500))
    return data[:stop] + data[start:stop] * draw.choice((1, 3, 20)) + data[stop:]


def blanked(draw: random.Random, data: bytes) -> bytes:
    start = draw.randrange(len(data) + 1)
    length = min(draw.choice((1, 4, 30, 300)), len(data) - start)
    return data[:start] + bytes([draw.choice((0, 255))]) * length + data[start + length :]


def grafted(draw: random.Random, data: bytes) -> bytes:
    """The head of one file with the tail of another."""
    other = whole()[draw.choice(sorted(whole()))]
    return data[: draw.randrange(len(data) + 1)] + other[draw.randrange(len(other)) :]


def filled_up(draw: random.Random, data: bytes) -> bytes:
    start = draw.randrange(len(data) + 1)
    return data[:start] + draw.randbytes(draw.choice((1, 4, 64))) + data[start:]


def sized(draw: random.Random, data: bytes) -> bytes:
    """Width and height, where the format has them, as they are not: none, tiny, or enormous."""
    width, height = (draw.choice((0, 1, 25, 5000, 60_000, 70_000, 2**30, 2**31 - 1, 2**32 - 1)) for _ in range(2))
    if data.startswith(SIGNATURE):
        return data[:16] + struct.pack(">II", width, height) + data[24:]
    frame = next((place for mark in (b"\xff\xc0", b"\xff\xc2") if (place := data.find(mark)) >= 0), -1)
    if data.startswith(b"\xff\xd8") and frame >= 0:
        return data[: frame + 5] + struct.pack(">HH", height % 65536, width % 65536) + data[frame + 9 :]
    window = data.find(b"box2i\0\x10\0\0\0")
    if data.startswith(b"\x76\x2f\x31\x01") and window >= 0:
        corners = struct.pack("<IIII", 0, 0, (width - 1) % 2**32, (height - 1) % 2**32)
        return data[: window + 10] + corners + data[window + 26 :]
    if data.startswith(b"#?"):
        return data.replace(b"+X 30", f"+X {width}".encode()).replace(b"-Y 20", f"-Y {height}".encode())
    return lying(draw, data)


MUTATIONS: tuple[Mutation, ...] = (
    cut_short,
    flipped,
    lying,
    lying,
    sized,
    swapped,
    dropped,
    repeated,
    blanked,
    grafted,
    filled_up,
)


def _summed(data: bytes) -> bytes:
    """A PNG whose checksums are right, as far as its chunks are whole."""
    if not data.startswith(SIGNATURE):
        return data
    parts = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in png_chunks(data)
    )
    return SIGNATURE + b"".join(parts)


def _pillows() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6
    color, clear = Image.fromarray(smooth(20, 30)), Image.fromarray(noise(20, 30, 4))
    icc = {"icc_profile": rgb_profile()}
    kinds: dict[str, tuple[Image.Image, str, dict[str, object]]] = {
        "plain.jpg": (color, "JPEG", {"exif": exif.tobytes(), **icc}),
        "progressive.jpg": (color, "JPEG", {"progressive": True, "subsampling": "4:2:0"}),
        "gray.jpg": (color.convert("L"), "JPEG", {}),
        "ink.jpg": (color.convert("CMYK"), "JPEG", {"icc_profile": cmyk_profile()}),
        "plain.png": (color, "PNG", {"exif": exif.tobytes(), **icc}),
        "clear.png": (clear, "PNG", {}),
        "palette.png": (color.convert("P"), "PNG", {"transparency": 3}),
        "bits.png": (color.convert("1"), "PNG", {}),
        "lossy.webp": (color, "WEBP", {"exif": exif.tobytes()}),
        "lossless.webp": (clear, "WEBP", {"lossless": True}),
        "moving.webp": (clear, "WEBP", {"save_all": True, "append_images": [clear.rotate(90)]}),
        "raw.tif": (color, "TIFF", {"exif": exif.tobytes()}),
        "deflate.tif": (clear, "TIFF", {"compression": "tiff_adobe_deflate"}),
        "lzw.tif": (color, "TIFF", {"compression": "tiff_lzw", **icc}),
        "jpeg.tif": (color, "TIFF", {"compression": "jpeg"}),
    }
    files = {}
    for name, (image, kind, options) in kinds.items():
        held = io.BytesIO()
        image.save(held, kind, **options)
        files[name] = held.getvalue()
    return files


def _bare() -> dict[str, bytes]:
    samples = np.random.default_rng(1).integers(0, 65536, (20, 30, 4), dtype=np.uint16)
    return {
        "deep.png": put_chunks(png(samples), [(b"cICP", bytes((9, 16, 0, 1)))]),
        "deep.tif": tiff(samples[:, :, :3], orientation=5),
        "deep-big-endian.tif": tiff(samples[:, :, :1], order=">"),
        "float.tif": tiff(scene()),
        "flat.hdr": rgbe(scene()),
    }


def _lights() -> dict[str, bytes]:
    beauty = {name: channel for name, channel in render().items() if name in "RGBA"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.exr"
        files = {
            "render.exr": write_exr(path, render()).read_bytes(),
            "tiles.exr": write_exr(path, render(kind=np.float32), {"tile": 16, "compression": "piz"}).read_bytes(),
            "parts.exr": write_exr(path, [beauty, {"Z": render()["Z"]}]).read_bytes(),
            "lossy.exr": write_exr(path, beauty, {"compression": "dwaa", "origin": (-3, 5)}).read_bytes(),
            "pxr.exr": write_exr(path, beauty, {"compression": "pxr24"}).read_bytes(),
            "b44.exr": write_exr(path, beauty, {"compression": "b44"}).read_bytes(),
        }
        from pleinair.images import read, write

        (Path(folder) / "a.hdr").write_bytes(rgbe(scene()))
        write(read(Path(folder) / "a.hdr"), Path(folder) / "b.hdr", {})
        files["packed.hdr"] = (Path(folder) / "b.hdr").read_bytes()
    return files
