"""ID maps: pictures whose pixels say which region they belong to, by gray level, palette index or color."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pleinair.errors import PictureError, SettingError
from pleinair.images.headers import sniff
from pleinair.images.reading import LIMIT_PIXELS, opened

if TYPE_CHECKING:
    from PIL.Image import Image

    Source = str | Path | Image | npt.NDArray[Any]

Codes = npt.NDArray[np.uint32]
SHOWN = 12  # ids that a complaint lists
LOSSY = {"JPEG": "JPEG", "WEBP": "WebP"}


@dataclass(frozen=True, eq=False)
class IdMap:
    """codes: (h, w), what each pixel is: a number, or 65536·r + 256·g + b of a color. palette: colors (n,) of numbers,
    coded alike, or None. colored: whether the codes are colors. name: for complaints."""

    codes: Codes
    palette: Codes | None
    colored: bool
    name: str

    def codes_of(self, region: str | int) -> Codes:
        """Those codes that a region means, none if the map has no such pixels: a number, or a color as #ff8800. Raises
        SettingError for what is neither."""
        number, color = parsed(region)
        if color is not None:
            if self.palette is not None:
                return np.flatnonzero(self.palette == color).astype(np.uint32)
            gray = color & 255
            if not self.colored:
                return np.array([gray] if color == gray * 0x10101 else [], np.uint32)
            return np.array([color], np.uint32)
        if self.colored:
            return np.array([number * 0x10101] if number <= 255 else [], np.uint32)
        return np.array([number], np.uint32)

    def area(self, region: str | int) -> npt.NDArray[np.bool_]:
        """Where a region is, (h, w). Raises as `codes_of`."""
        inside: npt.NDArray[np.bool_] = np.isin(self.codes, self.codes_of(region))
        return inside

    def check(self, region: str | int) -> None:
        """Raise SettingError, with the ids that there are, if the map does not have a region."""
        if not self.area(region).any():
            raise SettingError(f"{self.name} has no region {region}; it has {self._listed()}")

    def _listed(self) -> str:
        found = np.unique(self.codes)
        names = [f"#{code:06x}" if self.colored else str(code) for code in found[:SHOWN].tolist()]
        return ", ".join(names) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def parsed(region: str | int) -> tuple[int, int | None]:
    """A region as a number, or as a color's code beside -1. Raises SettingError."""
    text = str(region).strip()
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return -1, int(text[1:], 16)
    if re.fullmatch(r"\d{1,9}", text):
        return int(text), None
    raise SettingError(f"{text!r} is no region; name its gray level or palette index, as 3, or its color, as '#ff8800'")


def id_map(source: Source) -> IdMap:
    """A PNG or TIFF, a Pillow image, or an array of integers (h, w) or colors (h, w, 3) → ID map. Raises PictureError.

    The orientation that EXIF tells of is not applied. JPEG and lossy WebP are refused: they blur one id into another.
    """
    if isinstance(source, str | Path):
        return _from_file(Path(source))
    if isinstance(source, np.ndarray):
        return _from_array(source, "the ID map")
    from PIL.Image import Image as PillowImage

    if isinstance(source, PillowImage):
        return _from_pillow(source, "the ID map")
    raise PictureError(f"an ID map is a path, a Pillow image or an array, not {type(source).__name__}")


def _from_file(path: Path) -> IdMap:
    name = sniff(path)
    if name in LOSSY:
        raise PictureError(f"{path} is a {LOSSY[name]}, which blurs ids into each other; save the ID map as PNG")
    try:
        with path.open("rb") as file:
            image, bits = opened(file, path, name)
            if image.width * image.height > LIMIT_PIXELS:
                raise PictureError(f"{path} has {image.width}×{image.height} pixels; scale it down first")
            if bits > 8 and not image.mode.startswith("I"):
                raise PictureError(f"{path} has 16 bits per channel of color; save the ID map with 8")
            return _from_pillow(image, str(path))
    except PictureError:
        raise
    except Exception as error:  # Pillow raises almost anything on broken data
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(f"{path} is damaged or cut short ({reason}); fetch or export it again") from error


def _from_pillow(image: Image, name: str) -> IdMap:
    if image.mode in ("P", "PA"):
        colors = np.asarray((image.getpalette("RGB") or []), np.uint32).reshape(-1, 3)
        return IdMap(np.asarray(image.getchannel(0)).astype(np.uint32), _coded(colors), False, name)
    if image.mode in ("L", "LA", "1"):
        levels = np.asarray(image if image.mode == "1" else image.getchannel(0))
        return IdMap(levels.astype(np.uint32), None, False, name)
    if image.mode.startswith("I"):
        return _from_array(np.asarray(image), name)
    return IdMap(_coded(np.asarray(image.convert("RGB")).astype(np.uint32)), None, True, name)


def _from_array(array: npt.NDArray[Any], name: str) -> IdMap:
    if array.dtype.kind not in "uib" or 0 in array.shape or (array.size and array.min() < 0):
        raise PictureError(f"{name} is an array of whole numbers from 0 up, not of {array.dtype}")
    if array.ndim == 2:
        return IdMap(array.astype(np.uint32), None, False, name)
    if array.ndim == 3 and array.shape[2] in (3, 4) and array.max() <= 255:
        return IdMap(_coded(array[:, :, :3].astype(np.uint32)), None, True, name)
    raise PictureError(f"{name} is an array (h, w), or (h, w, 3) of colors up to 255, not {array.shape}")


def _coded(colors: npt.NDArray[np.uint32]) -> Codes:
    """Colors (…, 3) → codes (…,)."""
    return np.asarray(colors[..., 0] << 16 | colors[..., 1] << 8 | colors[..., 2], np.uint32)
