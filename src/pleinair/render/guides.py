"""Guides: where a picture is painted, what of it is kept, and which region of it in which style.

A guide is a value; what it names (a path, a Pillow image, an array) is read when a picture is painted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pleinair.errors import SettingError
from pleinair.images.ids import IdMap, id_map, parsed
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap
from pleinair.render.masks import Weights, feathered, fitted, laid, mask_of, mixed, softened

if TYPE_CHECKING:
    from pleinair.images.exchange import Source

KEEP = "keep"  # instead of a style: this region stays as it is
LARGEST_FEATHER = 1024  # pixels


@dataclass(frozen=True, eq=False)
class Guide:
    """What a painting is guided by; each part may be left out.

    mask: paint only here (light paints, black or transparent does not). keep: leave this as it is (light protects).
    regions: an ID map, and styles: region (str or int) → the style that it is painted in, or "keep"; a region is a gray
    level, a palette index, or a color as "#ff8800". What no region names is painted in the style of the painting, and
    stays as it is if none was named. feather: pixels over which painting fades in, inside the painted part.

    Masks and maps have the picture's size or its shape.
    """

    mask: Source | None = None
    keep: Source | None = None
    regions: Source | None = None
    styles: Mapping[Any, str] = field(default_factory=dict)
    feather: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.feather <= LARGEST_FEATHER:
            raise SettingError(f"a feather is 0 to {LARGEST_FEATHER} pixels wide, not {self.feather}")
        if bool(self.styles) != (self.regions is not None):
            raise SettingError("regions and the styles that they are painted in go together; give both, or neither")
        for region in self.styles:
            parsed(region)

    @property
    def needed(self) -> tuple[str, ...]:
        """The styles that regions are painted in, each once."""
        return tuple(dict.fromkeys(style for style in self.styles.values() if style != KEEP))


def guided(
    pixels: Pixels, guide: Guide, paint: Callable[[str | None], Pixels], *, style: bool, wrap: Wrap = "none"
) -> tuple[Pixels, str]:
    """The picture (h, w, 3) painted as guided, and a note on masks that were resampled or empty.

    paint: paints the whole picture in a style of a region, or, for None, as the painting was asked for; it is called
    for what is seen of it only. style: whether the painting was asked for a style: else what no region names stays.
    Raises PictureError for masks and maps that do not fit, SettingError.
    """
    notes: list[str] = []
    weights = _weights(pixels, guide, notes)
    layers: list[tuple[str | None, Weights]] = [(None, np.full(pixels.shape[:2], 255, np.uint8))] if style else []
    if guide.regions is not None:
        layers, inside = _regions(pixels, guide, style, notes)
        weights = np.minimum(weights, inside)
    weights = feathered(weights, guide.feather, wrap)
    if not weights.any():
        notes.append("nothing of it is to be painted")
        return pixels.copy(), "; ".join(notes)
    return laid(pixels, _layered(layers, weights, guide.feather, wrap, paint, pixels), weights), "; ".join(notes)


def _weights(pixels: Pixels, guide: Guide, notes: list[str]) -> Weights:
    weights = np.full(pixels.shape[:2], 255, np.uint8)
    if guide.mask is not None:
        weights = _fitted(mask_of(guide.mask), pixels, _name(guide.mask, "the mask"), notes)
    if guide.keep is not None:
        weights = np.minimum(weights, 255 - _fitted(mask_of(guide.keep), pixels, _name(guide.keep, "keep"), notes))
    return weights


def _regions(
    pixels: Pixels, guide: Guide, style: bool, notes: list[str]
) -> tuple[list[tuple[str | None, Weights]], Weights]:
    """Layers to paint, each with its area, and all of their areas together."""
    assert guide.regions is not None
    ids = id_map(guide.regions)
    name = _name(guide.regions, "the ID map")
    codes, note = fitted(ids.codes, pixels.shape[0], pixels.shape[1], name)
    notes.extend([note] if note else [])
    ids = IdMap(np.asarray(codes, np.uint32), ids.palette, ids.colored, name)
    areas: dict[str | None, Weights] = {}
    inside = np.full(pixels.shape[:2], 255 if style else 0, np.uint8)
    rest = np.full(pixels.shape[:2], True)
    for region, chosen in guide.styles.items():
        area = ids.area(region)
        if not area.any():
            notes.append(f"{name} has no region {region} here")
            continue
        rest &= ~area
        inside[area] = 0 if chosen == KEEP else 255
        if chosen != KEEP:
            areas.setdefault(chosen, np.zeros(pixels.shape[:2], np.uint8))[area] = 255
    if style:
        areas[None] = rest * np.uint8(255)
    return list(areas.items()), inside


def _layered(
    layers: list[tuple[str | None, Weights]],
    weights: Weights,
    feather: int,
    wrap: Wrap,
    paint: Callable[[str | None], Pixels],
    pixels: Pixels,
) -> Pixels:
    """The layers' mean by their softened areas, one painting in memory beside it."""
    if len(layers) == 1:
        return paint(layers[0][0])
    result, total = pixels, np.zeros(weights.shape, np.uint16)
    for style, area in layers:
        share = softened(area, feather, wrap)
        if not (share.astype(bool) & weights.astype(bool)).any():
            continue
        total += share
        result = mixed(result, paint(style), share, total)
    return result


def _fitted(values: Weights, pixels: Pixels, name: str, notes: list[str]) -> Weights:
    weights, note = fitted(values, pixels.shape[0], pixels.shape[1], name)
    notes.extend([note] if note else [])
    return np.asarray(weights, np.uint8)


def _name(source: Source, otherwise: str) -> str:
    return otherwise if isinstance(source, np.ndarray) or hasattr(source, "getchannel") else str(source)
