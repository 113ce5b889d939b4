"""Pixels → PNG, filtered by numpy: what surrounds them is written by Pillow, whose own filtering takes most of the time
that a frame is written in.

PNG: the third edition of its specification (W3C 2025), §9 on filters, §11.2.3 on the image data.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pleinair.images.chunks import SIGNATURE, chunk, png_chunks

Bytes = NDArray[np.uint8]

NONE, SUB, UP, AVERAGE = range(4)  # the filters' numbers; the fifth, Paeth's, costs more than it saves
LEVEL = 1  # of zlib: with these strategies all levels are one
RUNS = 0.35  # share of bytes like the one before them, from which on looking for runs saves more than a hundredth
SAMPLED = 64  # rows, at most, that are looked at for them
BAND = 2**22  # bytes that are filtered at once
MEMORY = 9  # of zlib, the most


def save_png(pixels: Bytes, file: BinaryIO, options: Mapping[str, Any]) -> None:
    """Write pixels (h, w, 3) or (h, w, 4) of 8 bit into an open file, with Pillow's options for a PNG (profile, EXIF,
    texts …). Raises what Pillow raises for options that it cannot write, before anything is written."""
    from PIL import Image

    height, width = pixels.shape[:2]
    around = BytesIO()
    Image.fromarray(pixels[:1, :1].copy()).save(around, "PNG", **options)
    file.write(SIGNATURE)
    for name, body in png_chunks(around.getvalue()):
        if name == b"IDAT":
            for packed in _packed(pixels):
                file.write(chunk(b"IDAT", packed))
        else:
            size = struct.pack(">II", width, height) if name == b"IHDR" else b""
            file.write(chunk(name, size + body[len(size) :]))


def _packed(pixels: Bytes) -> Iterator[bytes]:
    """The rows, filtered and compressed, some at a time."""
    rows, beside = pixels.reshape(len(pixels), -1), pixels.shape[2]
    step = max(1, BAND // rows.shape[1])
    packer, above = _packer(rows, beside), np.zeros_like(rows[:1])
    for start in range(0, len(rows), step):
        band = rows[start : start + step]
        lines = filtered(band, np.concatenate((above, band[:-1])), beside)
        above = band[-1:]
        if packed := packer.compress(lines.data):
            yield packed
    yield packer.flush()


def _packer(rows: Bytes, beside: int) -> zlib._Compress:
    """What packs such rows soonest, to judge by some all over them: brushwork has hardly any runs, and looking for them
    takes a third longer."""
    some = np.arange(0, len(rows), -(-len(rows) // SAMPLED))
    lines = filtered(rows[some], rows[np.maximum(some - 1, 0)], beside)
    runs = np.count_nonzero(lines[:, 1:] == lines[:, :-1]) > RUNS * lines.size
    return zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY, zlib.Z_RLE if runs else zlib.Z_HUFFMAN_ONLY)


def filtered(rows: Bytes, above: Bytes, beside: int) -> Bytes:
    """Rows (n, bytes) as differences to what stands before them, each led by the number of its filter (n, 1 + bytes).

    `above` are the rows before these, `beside` the bytes of a pixel. Each row takes the filter whose differences,
    taken as signed, add up to the least, as the specification advises (§12.7).
    """
    left = np.zeros_like(rows)
    left[:, beside:] = rows[:, :-beside]
    middle = (left >> 1) + (above >> 1) + (left & above & 1)  # (left + above) // 2 without a ninth bit
    tried = (rows, rows - left, rows - above, rows - middle)
    costs = np.stack([np.minimum(each, -each).sum(1, dtype=np.uint32) for each in tried])  # |signed|
    best = costs.argmin(0).astype(np.uint8)
    lines = np.empty((len(rows), 1 + rows.shape[1]), np.uint8)
    lines[:, 0] = best
    for number, each in enumerate(tried):
        chosen = best == number
        lines[chosen, 1:] = each[chosen]
    return lines
