"""16 bits per channel, through OpenImageIO: the extra [deep]. Pillow would cut them to 8."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pleinair.errors import MissingExtraError, OutputError, PictureError
from pleinair.images.chunks import png_is_whole, put_chunks
from pleinair.images.metadata import EXIF_IFD, SOFTWARE, XMP_TAG
from pleinair.images.picture import Picture, Pixels
from pleinair.images.tiff_tags import put_bytes
from pleinair.images.xmp import packet_with

if TYPE_CHECKING:
    from types import ModuleType

# EXIF tags of the first folder, and what OpenImageIO calls them
NAMED_TAGS = {
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0132: "DateTime",
    0x013B: "Artist",
    0x8298: "Copyright",
}
# EXIF that OpenImageIO knows by other names than the standard's
TOP_NAMES = {"ExposureTime": "ExposureTime", "FNumber": "FNumber", "ISOSpeedRatings": "Exif:PhotographicSensitivity"}


def read_deep(path: Path) -> tuple[Pixels, Pixels | None]:
    """A 16-bit PNG or TIFF of 1 to 4 channels → uint16 (h, w, 3) and alpha (h, w) or None, not yet turned upright.

    Raises MissingExtraError without OpenImageIO, PictureError if the file is damaged or holds no gray or RGB.
    """
    oiio = openimageio(f"{path} has 16 bits per channel and")
    plain = oiio.ImageSpec()
    plain.attribute("oiio:UnassociatedAlpha", 1)
    file = oiio.ImageInput.open(str(path), plain)
    if file is None:
        raise PictureError(f"{path} is damaged or cut short ({complaint_of(oiio)}); fetch or export it again")
    try:
        samples: Any = file.read_image(oiio.UINT16)
        trouble = complaint_of(file)
        multiplied = not file.spec().getattribute("oiio:UnassociatedAlpha") and file.format_name() == "tiff"
    finally:
        file.close()
    if samples is None or trouble:
        raise PictureError(
            f"{path} is damaged or cut short ({trouble or 'it ends too early'}); fetch or export it again"
        )
    channels = samples.shape[2]  # h×w pixels, c channels
    if channels > 4:
        raise PictureError(f"{path} has {channels} channels; save it as RGB first")
    alpha = np.ascontiguousarray(samples[:, :, -1]) if channels in (2, 4) else None
    colors = samples[:, :, :3] if channels >= 3 else samples[:, :, :1].repeat(3, 2)
    if alpha is not None and multiplied:
        colors = _divided(colors, alpha)
    return np.ascontiguousarray(colors), alpha


def _divided(colors: Pixels, alpha: Pixels) -> Pixels:
    """Colors (h, w, 3) that were multiplied by alpha (h, w), as TIFF allows, as they were before; black under 0."""
    cover = np.maximum(alpha, 1).astype(np.float64)[:, :, None]
    return np.minimum(np.rint(colors * (65535 / cover)), 65535).astype(np.uint16)


def write_deep(picture: Picture, path: Path, provenance: Mapping[str, str]) -> None:
    """Write a uint16 picture to `path`, whatever its suffix, in `picture.format`, PNG or TIFF. Raises OutputError."""
    if picture.format not in ("PNG", "TIFF"):
        raise OutputError(f"{path.name}: {picture.format} holds 8 bits per channel; write 16 bits as PNG or TIFF")
    oiio = openimageio("writing 16 bits per channel")
    samples = picture.pixels if picture.alpha is None else np.dstack((picture.pixels, picture.alpha))
    spec = oiio.ImageSpec(samples.shape[1], samples.shape[0], samples.shape[2], oiio.UINT16)
    for name, value in _attributes(picture, provenance).items():
        spec.attribute(name, value)
    if picture.icc:
        spec.attribute("ICCProfile", oiio.TypeDesc(f"uint8[{len(picture.icc)}]"), np.frombuffer(picture.icc, np.uint8))
    file = oiio.ImageOutput.create(picture.format.lower())
    if file is None:
        raise OutputError(f"{path.name}: {complaint_of(oiio)}")
    done = file.open(str(path), spec) and file.write_image(np.ascontiguousarray(samples))
    reason = complaint_of(file)
    if not (file.close() and done):
        raise OutputError(f"{path.name} cannot be written: {reason or complaint_of(file)}")
    xmp = packet_with(provenance, picture.xmp)
    if picture.format == "PNG":
        _complete(path, picture, xmp)
    else:
        put_bytes(path, XMP_TAG, xmp)


def _complete(path: Path, picture: Picture, packet: bytes) -> None:
    """Put into a PNG what OpenImageIO does not: cICP, the EXIF as it is, XMP; and take out the sRGB that it assumes."""
    data = path.read_bytes()
    if not png_is_whole(data):  # of which the library takes no notice
        raise OutputError(f"{path.name} cannot be written: the disk took only a part of it")
    chunks = [(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)]
    if picture.exif:
        chunks.insert(0, (b"eXIf", picture.exif.removeprefix(b"Exif\0\0")))
    if picture.cicp:
        chunks.insert(0, (b"cICP", picture.cicp))
    assumed = (b"sRGB", b"gAMA", b"cHRM") if picture.cicp or picture.icc else ()
    path.write_bytes(put_chunks(data, chunks, assumed))


def _attributes(picture: Picture, provenance: Mapping[str, str]) -> dict[str, Any]:
    """What OpenImageIO is told beside the pixels. It writes EXIF by names, and so only what it has names for."""
    from PIL import ExifTags, Image

    exif = Image.Exif()
    if picture.exif:
        exif.load(picture.exif)
    texts: dict[str, Any] = {name: str(exif[tag]) for tag, name in NAMED_TAGS.items() if isinstance(exif.get(tag), str)}
    for tag, value in exif.get_ifd(EXIF_IFD).items() if picture.format == "TIFF" else ():
        name = ExifTags.TAGS.get(tag, "")
        name = TOP_NAMES.get(name, f"Exif:{name}")
        if isinstance(value, str | int):
            texts[name] = value
        elif not isinstance(value, bytes | tuple | dict):  # a rational
            texts[name] = float(value)
    history = "; ".join(f"{key}={value}" for key, value in provenance.items())
    return texts | {"Software": SOFTWARE, "ImageHistory": history, "oiio:UnassociatedAlpha": 1, "compression": "zip"}


def openimageio(what: str) -> ModuleType:
    try:
        import OpenImageIO
    except ImportError as error:
        raise MissingExtraError(what, "deep") from error
    module: ModuleType = OpenImageIO
    return module


def complaint_of(speaker: Any) -> str:
    """What a file of OpenImageIO, or the library itself, has to complain about, in one line; empty if nothing."""
    try:
        return " ".join(str(speaker.geterror()).split())
    except UnicodeDecodeError:  # it quotes a damaged file
        return "nothing in it makes sense"
