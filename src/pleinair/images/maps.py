"""Maps beside pictures, whole or not at all: classes as a palette PNG, depth as a 16-bit PNG, flow as .flo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pleinair.images.files import written_whole
from pleinair.images.metadata import SOFTWARE, xmp_packet
from pleinair.images.writing import appearing

if TYPE_CHECKING:
    from PIL.Image import Image

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
FARTHEST = 24_000.0  # meters that the largest number of a depth map stands for; beyond is 65535
LEVELS = 65_534
FLO_MAGIC = 202021.25


def write_classes(labels: Bytes, colors: Sequence[tuple[int, int, int]], path: Path, told: Mapping[str, str]) -> None:
    """Classes (h, w) → PNG whose pixels are the classes' numbers, shown in the colors. Raises OutputError."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(labels))  # mode L, made P by its palette
    image.putpalette([value for color in colors for value in color])
    _write_png(image, path, told)


def write_depth(depth: Floats, path: Path, told: Mapping[str, str]) -> None:
    """Meters (h, w), infinite where there is nothing → 16-bit gray PNG, see `depth_code`. Raises OutputError."""
    from PIL import Image

    _write_png(Image.fromarray(depth_code(depth)), path, told)


def write_gray(values: Bytes, path: Path, told: Mapping[str, str]) -> None:
    """uint8 (h, w) → gray PNG. Raises OutputError."""
    from PIL import Image

    _write_png(Image.fromarray(np.ascontiguousarray(values)), path, told)


def write_flow(flow: Floats, path: Path) -> None:
    """Pixels to the right and down (h, w, 2) → a .flo file: magic, width, height, pairs of float32, little-endian.
    Raises OutputError."""
    head = np.array([FLO_MAGIC], "<f4").tobytes() + np.array([flow.shape[1], flow.shape[0]], "<i4").tobytes()
    with appearing(path) as part:
        part.write_bytes(head + np.ascontiguousarray(flow, "<f4").tobytes())


def depth_code(depth: Floats) -> npt.NDArray[np.uint16]:
    """Meters → 0 for 1 m or nearer, LEVELS for FARTHEST, a step the same share of any distance; 65535 for nothing."""
    near = np.clip(depth, 1, FARTHEST)
    code = np.rint(np.log(near) * np.float32(LEVELS / np.log(FARTHEST)))
    return np.where(np.isfinite(depth), code, 65535).astype(np.uint16)


def depth_of(code: npt.NDArray[np.uint16]) -> Floats:
    """What `depth_code` wrote → meters, to 0.02 %."""
    meters = np.exp(code.astype(np.float32) * np.float32(np.log(FARTHEST) / LEVELS))
    return np.where(code == 65535, np.float32(np.inf), meters).astype(np.float32)


def _write_png(image: Image, path: Path, told: Mapping[str, str]) -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Software", SOFTWARE)
    texts.add_itxt("XML:com.adobe.xmp", xmp_packet(told).decode())
    with appearing(path) as part, written_whole(part) as file:
        image.save(file, "PNG", pnginfo=texts)
