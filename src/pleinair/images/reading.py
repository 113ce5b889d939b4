"""Files → pictures: the right way up, alpha and RGB profile kept, nothing cut in silence, bad files named."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from pleinair.errors import PictureError
from pleinair.images.chunks import png_cicp
from pleinair.images.headers import LIGHT_SUFFIXES, bits_per_channel, sniff
from pleinair.images.metadata import DESCRIPTIVE, EXIF_IFD, GPS_IFD, ORIENTATION, profile_space
from pleinair.images.modes import unpacked
from pleinair.images.picture import Picture, Pixels
from pleinair.images.xmp import packet_of

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT_PIXELS = 201_000_000  # the largest phones and cameras give 200 megapixels; beyond that a file is rather a bomb
JPEG_LIMIT = 65_500  # libjpeg's longest side


def read(
    path: str | Path, *, limit_pixels: int = LIMIT_PIXELS, exposure: float | None = None, layer: str | None = None
) -> Picture:
    """Read a JPEG, PNG, WebP, TIFF, OpenEXR or Radiance HDR; of several frames or pages the first.

    The EXIF orientation is applied and taken out of the EXIF; alpha and an RGB profile are kept; other color spaces
    become sRGB. 16 bits per channel, EXR and HDR need the extra [deep]; of the last two the pixels are a view at an
    exposure in stops, by default one measured on the picture (see `images.light`). layer: of OpenEXR the one to paint,
    by default the finished picture.

    Raises PictureError, SettingError, or MissingExtraError for the extra.
    """
    path = Path(path)
    name = sniff(path)
    if layer is not None and name != "EXR":
        raise PictureError(f"{path} has no layers, which only OpenEXR has; paint it without --layer")
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of oddities in metadata that do not touch the picture
            if name in LIGHT_SUFFIXES:
                from pleinair.images.exr import read_light

                return read_light(path, name, limit_pixels, exposure, layer)
            return _decoded(file, path, name, limit_pixels)
    except MemoryError as error:
        raise PictureError(f"{path} is too large for this machine's memory") from error
    except OSError as error:
        raise PictureError(f"{path} is damaged or cut short ({error}); fetch or export it again") from error


def metered(path: str | Path, layer: str | None = None) -> float | None:
    """The exposure in stops that `read` measures on a picture of light; None for darkness, and for what is no light.

    Raises PictureError, MissingExtraError.
    """
    path = Path(path)
    name = sniff(path)
    if name not in LIGHT_SUFFIXES:
        return None
    from pleinair.images.exr import exposure_of

    try:
        return exposure_of(path, name, LIMIT_PIXELS, layer)
    except (MemoryError, OSError) as error:
        raise PictureError(f"{path} cannot be read ({error or 'it is too large'})") from error


def _decoded(file: BinaryIO, path: Path, name: str, limit_pixels: int) -> Picture:
    cicp = png_cicp(file) if name == "PNG" else None
    image, bits = opened(file, path, name)
    width, height = image.size
    if width * height > limit_pixels:
        limit = limit_pixels // 1_000_000
        raise PictureError(
            f"{path} has {width}×{height} pixels; at most {limit} megapixels are painted: scale it down first"
        )
    if name == "JPEG" and max(width, height) > JPEG_LIMIT:
        raise PictureError(
            f"{path} is {max(width, height)} pixels long; JPEG ends at {JPEG_LIMIT}: save it as PNG first"
        )
    note = "the first of several frames or pages" if _frames(image) > 1 else ""
    icc = image.info.get("icc_profile") if image.mode not in ("CMYK", "LAB") else None
    orientation, exif = _exif(image, name)
    xmp = packet_of(image)
    alpha: Pixels | None
    if bits > 8:
        from pleinair.images.deep import read_deep

        pixels, alpha = read_deep(path)
    else:
        pixels, alpha, conversion = _loaded(image, path)
        note = "; ".join(filter(None, (note, conversion)))
        image.close()
        orientation = 1 if name == "TIFF" else orientation  # Pillow turns TIFFs itself as it loads them
    return Picture(
        _upright(pixels, orientation),
        None if alpha is None else _upright(alpha, orientation),
        icc if profile_space(icc) == "RGB" else None,
        exif,
        name,
        note,
        xmp,
        cicp,
    )


def opened(file: BinaryIO, path: Path, name: str) -> tuple[Image, int]:
    """The image with its header read, and its bits per channel.

    Goes past `PIL.Image.open`, whose guard against decompression bombs is a global setting, too low for large photos.
    """
    from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    plugins: dict[str, type[Image]] = {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
        "TIFF": TiffImagePlugin.TiffImageFile,
    }
    try:
        bits = bits_per_channel(file, name)
        if bits > 16:
            raise PictureError(f"{path} has {bits} bits per channel; save it with 8 or 16 first")
        file.seek(0)
        return plugins[name](file, path), bits  # type: ignore[call-arg]
    except PictureError:
        raise
    except Exception as error:  # Pillow raises almost anything on a broken header
        raise _damaged(path, error) from error


def _loaded(image: Image, path: Path) -> tuple[Pixels, Pixels | None, str]:
    try:
        image.load()
        return unpacked(image)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from error
    except MemoryError:
        raise
    except Exception as error:  # and on broken data
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> PictureError:
    if isinstance(error, MemoryError):
        raise error
    if type(error).__name__ == "DecompressionBombError":  # Pillow's own, which WebP and TIFF cannot go past
        return PictureError(
            f"{path} has too many pixels for a {path.suffix[1:]}; scale it down or save it as JPEG first"
        )
    reason = "the header ends too early" if isinstance(error, struct.error) else " ".join(str(error).split())
    return PictureError(f"{path} is damaged or cut short ({reason or type(error).__name__}); fetch or export it again")


def _exif(image: Image, name: str) -> tuple[int, bytes | None]:
    """The orientation 1…8 and the EXIF without it; EXIF that cannot be parsed is dropped: it is not worth a picture."""
    from PIL import Image as Images

    try:
        found = image.getexif()
        orientation = int(found.get(ORIENTATION, 1))
        kept = found
        if name == "TIFF":  # there the EXIF shares its folder with how the file is stored
            kept = Images.Exif()
            for tag in DESCRIPTIVE:
                if tag in found:
                    kept[tag] = found.get_ifd(tag) if tag in (EXIF_IFD, GPS_IFD) else found[tag]
        elif ORIENTATION in kept:
            del kept[ORIENTATION]
        return orientation, kept.tobytes() if len(kept) else None
    except Exception:
        return 1, None


def _frames(image: Image) -> int:
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # a broken second page is no reason to refuse the first
        return 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo the EXIF orientation (EXIF 2.32, tag 274) of an array (h, w) or (h, w, 3)."""
    if orientation in (2, 3, 7, 8):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 6, 7):
        pixels = pixels[::-1]
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    return np.ascontiguousarray(pixels)
