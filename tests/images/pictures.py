"""Small pictures and files for tests, some of them such as no library here writes."""

import struct
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Pixels8 = npt.NDArray[np.uint8]


def noise(height: int, width: int, channels: int = 3, *, seed: int = 0) -> Pixels8:
    """Random pixels (height, width, channels)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def smooth(height: int, width: int) -> Pixels8:
    """A picture that JPEG keeps nearly whole: ramps in red and green, a gentle wave in blue."""
    y, x = np.mgrid[:height, :width] / max(height, width, 2)
    return np.stack((40 + 170 * x, 40 + 170 * y, 128 + 60 * np.sin(3 * (x + y))), 2).astype(np.uint8)


def png(samples: npt.NDArray[np.uint8 | np.uint16], declared: tuple[int, int] | None = None) -> bytes:
    """A PNG file of 8 or 16 bits, (h, w, c) with 1 to 4 channels; its header may lie about the size (h, w)."""
    height, width, channels = samples.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    depth = 8 * samples.itemsize
    rows = samples.astype(samples.dtype.newbyteorder(">")).reshape(height, -1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    height, width = declared or (height, width)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)),
            (b"IDAT", zlib.compress(data)),
            (b"IEND", b""),
        )
    )


def tiff(samples: npt.NDArray[np.generic], *, order: str = "<", big: bool = False, orientation: int = 1) -> bytes:
    """An uncompressed RGB or gray TIFF, or BigTIFF, of the samples (h, w, c), in the byte order."""
    height, width, channels = samples.shape
    data = samples.astype(samples.dtype.newbyteorder(order)).tobytes()  # type: ignore[arg-type]
    word, start = ("Q", 16) if big else ("I", 8)
    entries: list[tuple[int, tuple[int, ...]]] = [
        (256, (width,)),
        (257, (height,)),
        (258, (8 * samples.itemsize,) * channels),
        (259, (1,)),
        (262, (2 if channels == 3 else 1,)),
        (273, (0,)),  # where the samples are, filled in below
        (274, (orientation,)),
        (277, (channels,)),
        (278, (height,)),
        (279, (len(data),)),
        (339, (3 if samples.dtype.kind == "f" else 1,) * channels),
    ]
    inline = struct.calcsize("=" + word)
    folder_bytes = struct.calcsize("=" + ("Q" if big else "H")) + len(entries) * (4 + 2 * inline) + inline
    tail, folder = b"", struct.pack(order + ("Q" if big else "H"), len(entries))
    for tag, values in entries:
        if tag in (273, 279):  # longs
            value = struct.pack(order + "I", start + folder_bytes + 64 if tag == 273 else values[0]).ljust(
                inline, b"\0"
            )
        else:
            value = struct.pack(f"{order}{len(values)}H", *values)
            if len(value) > inline:
                tail, value = tail + value, struct.pack(order + word, start + folder_bytes + len(tail))
            value = value.ljust(inline, b"\0")
        folder += struct.pack(f"{order}HH{word}", tag, 4 if tag in (273, 279) else 3, len(values)) + value
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8)
    return head + folder + struct.pack(order + word, 0) + tail.ljust(64, b"\0") + data


def profile(space: bytes, tags: dict[bytes, bytes], pcs: bytes = b"Lab ") -> bytes:
    """An ICC profile (version 2, output device) for a color space, with these tags."""
    place = 132 + 12 * len(tags)
    table, bodies = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        body = body.ljust(-(-len(body) // 4) * 4, b"\0")
        table += struct.pack(">4sII", name, place + len(bodies), len(body))
        bodies += body
    white = struct.pack(">iii", 63190, 65536, 54061)  # D50
    head = struct.pack(">I4sI4s4s4s", place + len(bodies), b"lcms", 0x02100000, b"prtr", space, pcs)
    head = head.ljust(36, b"\0") + b"acsp"
    head = head.ljust(68, b"\0") + white
    return head.ljust(128, b"\0") + table + bodies


def cmyk_profile() -> bytes:
    """Inks that only darken: L* falls by a quarter for each of the four, a* = b* = 0. So full cyan comes out gray."""
    ramp = bytes(range(256))
    corners = b"".join(bytes((255 - 255 * bin(corner).count("1") // 4, 128, 128)) for corner in range(16))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + matrix + 4 * ramp + corners + 3 * ramp
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    return profile(b"CMYK", {b"A2B0": table, b"wtpt": white})


def gray_profile() -> bytes:
    """Gray with a linear response, so that a middle gray comes out much lighter in sRGB."""
    curve = b"curv\0\0\0\0" + struct.pack(">I", 0)
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    return profile(b"GRAY", {b"kTRC": curve, b"wtpt": white}, b"XYZ ")


@cache  # the profile carries the second of its making
def rgb_profile() -> bytes:
    """Pillow's sRGB profile."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def parts_in(folder: Path) -> list[str]:
    """Names of half-written files in a folder."""
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]
