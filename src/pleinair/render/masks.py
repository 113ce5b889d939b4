"""Where is painted, and how much: masks as weights (h, w) of uint8, 0 nothing, 255 all of the painting.

Feathering always takes from the painted side: what a mask leaves out stays as it is, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pleinair.errors import PictureError
from pleinair.images import from_any
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap, beyond, wraps
from pleinair.render.colors import LUMA

if TYPE_CHECKING:
    from pleinair.images.exchange import Source

Weights = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
BAND = 256  # rows that are worked on at a time


def mask_of(source: Source) -> Weights:
    """The light of a picture as weights, black where it is transparent; an array of truth values is as good. Raises
    PictureError."""
    if isinstance(source, np.ndarray) and source.dtype == bool:
        source = source.astype(np.uint8) * np.uint8(255)
    picture = from_any(source)
    full = np.iinfo(picture.pixels.dtype).max
    weights = np.empty(picture.pixels.shape[:2], np.uint8)
    for top in range(0, len(weights), BAND):
        rows = slice(top, top + BAND)
        light = picture.pixels[rows].astype(np.float32) @ LUMA * np.float32(255 / full)
        if picture.alpha is not None:
            light *= picture.alpha[rows].astype(np.float32) / np.float32(full)
        weights[rows] = np.rint(np.clip(light, 0, 255)).astype(np.uint8)
    return weights


def fitted(values: npt.NDArray[np.generic], height: int, width: int, name: str) -> tuple[npt.NDArray[np.generic], str]:
    """Values (h, w) brought to another size of the same shape by the nearest, and a note of it, empty if it had the
    size. Raises PictureError for another shape."""
    high, wide = values.shape
    if (high, wide) == (height, width):
        return values, ""
    # What rounding to whole pixels may do: a pixel of the coarser of the two, and no more than 2 %.
    across, down = min(width / wide, 0.02 * width), min(height / high, 0.02 * height)
    if abs(wide * height / high - width) > max(1.0, across) and abs(high * width / wide - height) > max(1.0, down):
        raise PictureError(
            f"{name} has {wide}×{high} pixels and the picture {width}×{height}: another shape; give one that fits it"
        )
    rows = ((np.arange(height) + 0.5) * high / height).astype(np.intp)
    columns = ((np.arange(width) + 0.5) * wide / width).astype(np.intp)
    return values[rows[:, None], columns], f"{name} brought from {wide}×{high} to {width}×{height} pixels"


def feathered(weights: Weights, feather: int, wrap: Wrap = "none") -> Weights:
    """Weights (h, w) that rise from 0 at the edge to what they were `feather` pixels inside; nowhere larger than
    before. Around along wrapped axes."""
    reach = -(-feather // 2)
    return _filtered(weights, (reach, reach), wrap) if feather else weights


def softened(weights: Weights, feather: int, wrap: Wrap = "none") -> Weights:
    """Weights (h, w) blurred over their edges, `feather` pixels wide, half to either side."""
    return _filtered(weights, (0, -(-feather // 2)), wrap) if feather else weights


def laid(pixels: Pixels, painted: Pixels, weights: Weights) -> Pixels:
    """pixels + weights · (painted - pixels), (h, w, 3) by (h, w); bit for bit one of the two where weights are 0 or
    255."""
    return mixed(pixels, painted, weights, np.full_like(weights, 255))


def mixed(one: Pixels, other: Pixels, share: npt.NDArray[np.integer], whole: npt.NDArray[np.integer]) -> Pixels:
    """one + share / whole · (other - one), (h, w, 3) by (h, w), with share ≤ whole; `one` where the whole is 0."""
    result = np.empty_like(one)
    for top in range(0, len(one), BAND):
        rows = slice(top, top + BAND)
        part = (share[rows] / np.maximum(whole[rows], 1)).astype(np.float32)[:, :, None]
        floats = one[rows].astype(np.float32)
        floats += part * (other[rows].astype(np.float32) - floats)
        result[rows] = np.rint(floats).astype(one.dtype)
    return result


def _filtered(weights: Weights, reaches: tuple[int, int], wrap: Wrap) -> Weights:
    """The least within a square of `reaches[0]` to each side, blurred by `reaches[1]` to each side, band by band."""
    least, blur = reaches
    (height, width), (around_y, around_x), pad = weights.shape, wraps(wrap), least + blur
    columns = beyond(-pad, width + pad, width, around_x)
    result = np.empty_like(weights)
    for top in range(0, height, BAND):
        bottom = min(top + BAND, height)
        band = weights[beyond(top - pad, bottom + pad, height, around_y)[:, None], columns]
        for axis in (0, 1):
            band = _least(band, 2 * least + 1, axis)
        floats = band.astype(np.float32)
        for part in (blur - blur // 2, blur // 2):  # two boxes make a ramp without corners
            for axis in (0, 1):
                floats = _mean(floats, 2 * part + 1, axis)
        result[top:bottom] = np.rint(floats).astype(np.uint8)
    return result


def _least(values: Weights, size: int, axis: int) -> Weights:
    """Least of `size` neighbors along an axis, which gets shorter by size - 1."""
    values, span = np.moveaxis(values, axis, 0), 1
    while span < size:
        step = min(span, size - span)
        values = np.minimum(values[:-step], values[step:])
        span += step
    return np.moveaxis(values, 0, axis)


def _mean(values: Floats, size: int, axis: int) -> Floats:
    """Mean of `size` neighbors along an axis, which gets shorter by size - 1."""
    sums = np.moveaxis(values, axis, 0).cumsum(0, dtype=np.float64)
    means = sums[size - 1 :].copy()
    means[1:] -= sums[:-size]
    return np.moveaxis(means / size, 0, axis).astype(np.float32)
