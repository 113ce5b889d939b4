"""Separable resampling of an axis, smaller or larger, as small dense matrices: a matrix product per block of outputs.

The kernel is Catmull and Rom's cubic, stretched by the factor when shrinking, so that nothing aliases (as Pillow's
BICUBIC). Shapes: H×W pixels in, h×w pixels out, 3 channels.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from pleinair.engine.protocol import Array
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap, beyond, wraps

# Multiplications up to which OpenBLAS, which comes with numpy, keeps to one thread. Its threads spin while waiting for
# each other: on a machine that has other things to do, that takes many times as long as the work.
SMALL_PRODUCT = 2**18


@dataclass(frozen=True, eq=False)
class Block:
    """Outputs start … stop - 1 are `matrix` (outputs, inputs) @ inputs first … last - 1, perhaps beyond the axis."""

    start: int
    stop: int
    first: int
    last: int
    matrix: Array


def blocks(size_in: int, size_out: int, length: int) -> list[Block]:
    """The plan that takes an axis of `size_in` to `size_out` pixels in blocks of `length` outputs."""
    factor = size_in / size_out
    stretch = max(factor, 1.0)
    plan = []
    for start in range(0, size_out, length):
        stop = min(start + length, size_out)
        centers = (np.arange(start, stop) + 0.5) * factor - 0.5  # of the outputs, in inputs
        first, last = floor(centers[0] - 2 * stretch) + 1, ceil(centers[-1] + 2 * stretch)
        weights = cubic((np.arange(first, last) - centers[:, None]) / stretch)
        weights /= weights.sum(1, keepdims=True)
        plan.append(Block(start, stop, first, last, weights.astype(np.float32)))
    return plan


def cubic(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Keys 1981, a = -1/2: the interpolating cubic of support ±2."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def product(left: Array, right: Array) -> Array:
    """left @ right, (…, o, i) @ (…, i, n) → (…, o, n), in pieces too small for a threaded BLAS."""
    outer = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    result = np.empty((*outer, left.shape[-2], right.shape[-1]), np.float32)
    step = max(1, SMALL_PRODUCT // (left.shape[-2] * left.shape[-1]))
    for start in range(0, right.shape[-1], step):
        piece = np.s_[..., start : start + step]
        np.matmul(left, right[piece], out=result[piece])
    return result


def shrunk(pixels: Pixels, height: int, width: int, wrap: Wrap = "none") -> Pixels:
    """Pixels (H, W, 3) → (height, width, 3), antialiased; floats exist for a band of rows at a time."""
    around_y, around_x = wraps(wrap)
    result = np.empty((height, width, 3), pixels.dtype)
    across = blocks(pixels.shape[1], width, 32)
    for down in blocks(pixels.shape[0], height, 16):
        rows = beyond(down.first, down.last, pixels.shape[0], around_y)
        band = to_float(pixels[rows]).reshape(len(rows), -1)
        band = (
            product(down.matrix, band).reshape(-1, pixels.shape[1], 3).transpose(1, 0, 2).reshape(pixels.shape[1], -1)
        )
        narrow = np.empty((width, band.shape[1]), np.float32)
        for block in across:
            columns = beyond(block.first, block.last, pixels.shape[1], around_x)
            narrow[block.start : block.stop] = product(block.matrix, band[columns])
        result[down.start : down.stop] = to_pixels(narrow.reshape(width, -1, 3).transpose(1, 0, 2), pixels.dtype)
    return result
