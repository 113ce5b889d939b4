"""Frames ⇄ pixels: YUV by the film's own matrix and range, at its own depth, and back by the same.

Planar YUV, which nearly all films are, is converted here by OpenCV, a few ms a megapixel; libswscale takes ten times
that with its rounding switched to accurate, and is asked for all other layouts. Chroma is taken to lie in the middle of
its pixels both ways, so that what comes in goes out at the same place. Shapes: h×w pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from pleinair.errors import PictureError
from pleinair.images.film_facts import BT601, BT709, FULL, HD_HEIGHT, LIMITED, RGB_MATRIX, UNSPECIFIED, Colors
from pleinair.images.picture import Pixels

# ITU-T H.273 table 4: K_R and K_B of each matrix that is a plain one
WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
PLANAR = ("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuvj420p", "yuvj422p", "yuvj444p", "yuva420p", "yuva444p")
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """How a pixel format stores a frame: bits a channel, chroma planes halved across and down so many times."""

    bits: int
    across: int
    down: int
    planar: bool
    rgb: bool


@cache
def layout(pixel_format: str) -> Layout:
    """The layout of a pixel format by FFmpeg's name. Raises ValueError for an unknown one."""
    import av

    found = av.VideoFormat(pixel_format, 64, 64)
    bits = max(part.bits for part in found.components)
    base = pixel_format.removesuffix("le")
    planar = any(base in (name, f"{name}{bits}") for name in PLANAR)
    across, down = 64 // (found.chroma_width(64) or 64), 64 // (found.chroma_height(64) or 64)
    return Layout(bits, across.bit_length() - 1, down.bit_length() - 1, planar, found.is_rgb)


def settled(colors: Colors, height: int) -> Colors:
    """Range and matrix by which frames are converted, where the film does not say them. Raises PictureError."""
    matrix = colors.matrix
    if matrix in (UNSPECIFIED, RGB_MATRIX):
        matrix = BT709 if height >= HD_HEIGHT else BT601
    if matrix not in WEIGHTS:
        raise PictureError(f"colors by matrix {matrix} of ITU-T H.273 cannot be painted; convert it to BT.709 first")
    return Colors(FULL if colors.range == FULL else LIMITED, colors.primaries, colors.transfer, matrix)


def pixels_of(frame: Any, colors: Colors, deep: bool) -> Pixels:
    """A frame → RGB, uint16 (h, w, 3) if deep, else uint8. colors: as `settled` says."""
    stored = layout(frame.format.name)
    if not stored.planar:
        wanted = "rgb48le" if deep else "rgb24"
        source = None if stored.rgb else colors.matrix
        plain = frame.reformat(
            format=wanted,
            src_colorspace=source,
            src_color_range=colors.range,
            dst_color_range=FULL,
            interpolation=_FINE,
        )
        return _deeper(np.ascontiguousarray(plain.to_ndarray()), deep)
    import cv2

    luma, *chroma = (_plane(frame.planes[index], stored.bits) for index in range(3))
    size = (frame.width, frame.height)
    wide = [
        plane if plane.shape == luma.shape else cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)
        for plane in chroma
    ]
    yuv = cv2.merge((luma, *wide))
    if deep and stored.bits == 8:
        yuv = yuv.astype(np.uint16)
    matrix, offset = to_rgb(colors, stored.bits, 16 if deep else 8)
    if not deep and stored.bits > 8:  # asked for by an 8-bit pixel format of the output
        yuv = yuv.astype(np.float32)
        rgb = cv2.transform(yuv, np.column_stack((matrix, offset)).astype(np.float32))
        return np.rint(np.clip(rgb, 0, 255)).astype(np.uint8)
    return np.asarray(cv2.transform(yuv, np.column_stack((matrix, offset)).astype(np.float32)))


def frame_of(pixels: Pixels, pixel_format: str, colors: Colors) -> Any:
    """RGB uint8 or uint16 (h, w, 3) → a frame of that format. colors: as `settled` says."""
    av: Any = import_module("av")
    cv2: Any = import_module("cv2")
    stored = layout(pixel_format)
    pixels = _deeper(pixels, stored.bits > 8)
    deep = pixels.dtype == np.uint16
    if not stored.planar:
        plain = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb48le" if deep else "rgb24")
        wanted = None if stored.rgb else colors.matrix
        return plain.reformat(
            format=pixel_format,
            dst_colorspace=wanted,
            src_color_range=FULL,
            dst_color_range=colors.range,
            interpolation=_FINE,
        )
    height, width = pixels.shape[:2]
    matrix, offset = from_rgb(colors, 16 if deep else 8, stored.bits)
    yuv = cv2.transform(pixels, np.column_stack((matrix, offset)).astype(np.float32))
    if stored.bits not in (8, 16):  # else OpenCV stops there by itself
        np.minimum(yuv, 2**stored.bits - 1, out=yuv)
    planes = list(cv2.split(yuv))
    small = (-(-width // 2**stored.across), -(-height // 2**stored.down))
    if small != (width, height):
        padded = [_padded(plane, small[1] << stored.down, small[0] << stored.across) for plane in planes[1:]]
        planes[1:] = [cv2.resize(plane, small, interpolation=cv2.INTER_AREA) for plane in padded]
    frame = av.VideoFrame(width, height, pixel_format)
    for plane, values in zip(frame.planes, planes, strict=False):
        _plane(plane, stored.bits)[...] = values
    frame.colorspace, frame.color_range = colors.matrix, colors.range
    return frame


def to_rgb(colors: Colors, bits: int, bits_out: int) -> tuple[Matrix, Matrix]:
    """The matrix (3, 3) and offset (3,) that take Y'CbCr codes of so many bits to R'G'B' codes (H.273, 8.3)."""
    matrix, offset = from_rgb(colors, bits_out, bits)
    inverse = np.asarray(np.linalg.inv(matrix), np.float64)
    return inverse, -inverse @ offset


def from_rgb(colors: Colors, bits: int, bits_out: int) -> tuple[Matrix, Matrix]:
    """The matrix (3, 3) and offset (3,) that take R'G'B' codes of so many bits to Y'CbCr codes (H.273, 8.3)."""
    red, blue = WEIGHTS[colors.matrix]
    luma = np.array((red, 1 - red - blue, blue))
    chroma = [(np.eye(3)[index] - luma) / (2 * (1 - weight)) for index, weight in ((2, blue), (0, red))]
    unit = 2 ** (bits_out - 8)
    spans = (2**bits_out - 1,) * 3 if colors.range == FULL else (219 * unit, 224 * unit, 224 * unit)
    matrix: Matrix = np.stack([luma, *chroma]) * np.array(spans)[:, None] / (2**bits - 1)
    return matrix, np.array((0 if colors.range == FULL else 16 * unit, 128 * unit, 128 * unit), np.float64)


def _plane(plane: Any, bits: int) -> npt.NDArray[Any]:
    """The numbers of a plane (h, w), where they lie."""
    kind = np.uint16 if bits > 8 else np.uint8
    rows = np.frombuffer(plane, kind).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _padded(plane: npt.NDArray[Any], height: int, width: int) -> npt.NDArray[Any]:
    """The plane with its last row and column repeated, for odd sizes."""
    return np.pad(plane, ((0, height - plane.shape[0]), (0, width - plane.shape[1])), mode="edge")


def _deeper(pixels: Pixels, deep: bool) -> Pixels:
    return pixels if not deep or pixels.dtype == np.uint16 else pixels.astype(np.uint16) * np.uint16(257)


_FINE = 4 | 0x40000 | 0x2000 | 0x4000  # SWS_BICUBIC, ACCURATE_RND, FULL_CHR_H_INT, FULL_CHR_H_INP
