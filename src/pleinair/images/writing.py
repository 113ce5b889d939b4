"""Pictures → files, whole or not at all, with their provenance in the metadata."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from pleinair.errors import OutputError, PictureError, SettingError
from pleinair.images.files import written_whole
from pleinair.images.headers import LIGHT_SUFFIXES, format_of_suffix
from pleinair.images.metadata import EXIF_IFD, GPS_IFD, SOFTWARE, SOFTWARE_TAG, XMP_TAG
from pleinair.images.picture import Picture
from pleinair.images.png import save_png
from pleinair.images.xmp import LARGEST_IN_JPEG, LARGEST_PACKET, packet_with

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

QUALITY = 92
LONGEST = {"JPEG": 65_500, "WEBP": 16_383}  # pixels on a side that the format can hold
JPEG_EXIF_BYTES = 65_533
PROBE = 65_536  # bytes that a disk which is not full takes


def write(picture: Picture, path: str | Path, provenance: Mapping[str, str], *, quality: int = QUALITY) -> None:
    """Write a picture in the format that the name's suffix says, atomically: the file is there whole or not at all.

    `provenance` (style, model, strength …; keys are XML names) goes into the metadata: as XMP, in 16-bit files as
    ImageHistory too. A picture of light goes back into its own format, EXR or HDR, as light; as PNG or TIFF its view is
    written. JPEG is written in 4:4:4; `quality` is 1 … 100 for JPEG and WebP. uint16 pictures are written as
    16-bit PNG or TIFF through the extra [deep]. Raises OutputError, SettingError, MissingExtraError.
    """
    path = Path(path)
    name = format_written(path)
    if name in LIGHT_SUFFIXES:
        _write_light(picture, path, name, provenance)
        return
    if not 1 <= quality <= 100:
        raise SettingError(f"quality is 1 to 100, not {quality}")
    if name == "JPEG" and picture.alpha is not None:
        raise OutputError(f"{path.name}: JPEG cannot hold transparency; write PNG or WebP")
    longest = max(picture.pixels.shape[:2])
    if longest > LONGEST.get(name, longest):
        raise OutputError(
            f"{path.name}: {name} holds at most {LONGEST[name]} pixels on a side, not {longest}; write PNG or TIFF"
        )
    if picture.pixels.dtype == np.uint16:
        from pleinair.images.deep import write_deep

        with appearing(path) as part:
            write_deep(replace(picture, format=name), part, provenance)
        return
    with appearing(path) as part, written_whole(part) as file:
        try:
            _save(picture, file, name, _options(picture, name, provenance, quality))
        except (
            ValueError,
            TypeError,
            KeyError,
            SyntaxError,
            RuntimeError,
        ):  # what Pillow raises for EXIF that it cannot write
            file.seek(0)
            file.truncate()
            _save(picture, file, name, _options(replace(picture, exif=None), name, provenance, quality))


def format_written(path: Path) -> str:
    """The format that a picture's name asks for. Raises OutputError for one that cannot be written."""
    name = format_of_suffix(path)
    if name is None:
        raise OutputError(f"{path.name}: a picture is written as .jpg, .png, .webp or .tif")
    return name


def check_light(path: Path, name: str, read: str | None) -> None:
    """Raise OutputError unless what is to be written as light in a format was read as light from that one. read: the
    format, None for a picture that is no light."""
    if read != name:
        raise OutputError(f"{path.name}: only what was read from {name} can be written as {name}; write PNG or TIFF")


def _write_light(picture: Picture, path: Path, name: str, provenance: Mapping[str, str]) -> None:
    check_light(path, name, picture.format if picture.light is not None else None)
    from pleinair.images.exr import write_light

    with appearing(path) as part:
        write_light(picture, part, provenance)
        if why := _refused(part):  # OpenEXR takes no notice where the disk is full only for its last piece
            raise OutputError(f"{path} cannot be written: {why}")


def make_folder(path: str | Path) -> None:
    """Make a folder, unless it is there, and make sure that files can be written into it. Raises OutputError."""
    probe = Path(path) / f".{secrets.token_hex(4)}.part"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(f"the folder {path} cannot be written to: {_reason(error)}; name another") from error


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` that becomes `path` at the end, or nothing if anything goes wrong on the way."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {_reason(error)}") from error
    except MemoryError as error:
        raise OutputError(f"{path} cannot be written: this machine's memory is too small") from error
    except (OutputError, PictureError) as error:
        if part.name not in str(error):
            raise
        why = _refused(part)
        told = f"{path} cannot be written: {why}" if why else str(error).replace(part.name, path.name)
        raise OutputError(told) from error
    finally:
        with suppress(OSError):  # as where the folder turned out to be a file
            part.unlink(missing_ok=True)


def _refused(part: Path) -> str:
    """Why the disk takes no more beside what is written of a file, empty if it does: OpenImageIO tells that it could
    not write, but not why."""
    probe = part.with_name(f"{part.name}.probe")
    try:
        with written_whole(probe) as file:
            file.write(bytes(PROBE))
    except OSError as error:
        return _reason(error)
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return ""


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return "a file stands where its folder should be"
    return (error.strerror or " ".join(str(error).split())).lower()


def _save(picture: Picture, file: BinaryIO, name: str, options: Mapping[str, Any]) -> None:
    if name == "PNG":
        pixels = picture.pixels.astype(np.uint8, copy=False)
        save_png(pixels if picture.alpha is None else np.dstack((pixels, picture.alpha)), file, options)
    else:
        as_pillow(picture).save(file, name, **options)


def as_pillow(picture: Picture) -> Image:
    """An 8-bit picture as a Pillow image, RGB or RGBA, with its profile and EXIF in `info`."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture.pixels))
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(np.ascontiguousarray(picture.alpha)))
    if picture.icc:
        image.info["icc_profile"] = picture.icc
    if picture.exif:
        image.info["exif"] = picture.exif
    return image


def _options(picture: Picture, name: str, provenance: Mapping[str, str], quality: int) -> dict[str, Any]:
    """Pillow's arguments for the format."""
    xmp = packet_with(provenance, picture.xmp, LARGEST_IN_JPEG if name == "JPEG" else LARGEST_PACKET)
    exif = _exif(picture.exif)
    options: dict[str, Any] = {"icc_profile": picture.icc, "exif": exif.tobytes()}
    if name == "JPEG":
        if len(options["exif"]) > JPEG_EXIF_BYTES:
            options["exif"] = _exif(None).tobytes()
        return options | {"quality": quality, "subsampling": "4:4:4", "xmp": xmp}
    if name == "WEBP":
        return options | {"quality": quality, "xmp": xmp, "exact": picture.alpha is not None}
    if name == "PNG":
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        texts.add_text("Software", SOFTWARE)
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
        if picture.cicp:
            texts.add(b"cICP", picture.cicp)
        return options | {"pnginfo": texts}
    exif[XMP_TAG] = xmp
    folders = EXIF_IFD in exif or GPS_IFD in exif  # which libtiff, and so compression, cannot write through Pillow
    return options | {"exif": exif, "compression": None if folders else "tiff_adobe_deflate"}


def _exif(raw: bytes | None) -> Exif:
    """The picture's own EXIF with our name as the software."""
    from PIL import Image

    exif = Image.Exif()
    if raw:
        exif.load(raw)
    exif[SOFTWARE_TAG] = SOFTWARE
    return exif
