"""The pictures as they are found: listed, read, judged, and cut to what is worth training on."""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pleinair import images
from pleinair.data.borders import Box, inner_box, pieces_of
from pleinair.data.duplicates import SIDE, Look
from pleinair.data.pack import Pixels
from pleinair.errors import DataError, PictureError, PleinairError
from pleinair.images.picture import Pixels as Samples

# What may be a picture by its name; kinds that are not read are named in the report instead of being passed over.
SUFFIXES = frozenset(suffix for suffixes in images.SUFFIXES.values() for suffix in suffixes) | frozenset(
    {".avif", ".bmp", ".exr", ".gif", ".hdr", ".heic", ".heif", ".jp2", ".jxl", ".psd"}
)
FLATTEST = 8.0  # gray values (of 255) between the 2nd and the 98th percentile; below, a picture is nearly one color


@dataclass(frozen=True)
class Found:
    """A file that may be a picture: where it lies and how the report calls it."""

    path: Path
    source: str  # relative to the folder given, POSIX style; with the folder's name in front if several were given


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a file that is good to train on; most often all of it."""

    found: Found
    name: str
    sha: str  # SHA-256 of the file
    box: Box  # left, top, right, bottom in pixels of the upright picture
    whole: tuple[int, int]  # width, height of the upright picture
    look: Look
    note: str = ""

    @property
    def size(self) -> tuple[int, int]:
        return self.box[2] - self.box[0], self.box[3] - self.box[1]


@dataclass(frozen=True, eq=False)
class Examined:
    """A file after the first look: its good pieces, or the reason why there are none."""

    found: Found
    pieces: tuple[Piece, ...] = ()
    reason: str = ""


def listed(inputs: Sequence[str | os.PathLike[str]]) -> tuple[list[Found], int]:
    """All picture files below the given folders (and given files), sorted, and the number of other files.

    Hidden files and folders are passed over. Raises DataError for a path that is missing or cannot be listed.
    """
    found: list[Found] = []
    others = 0
    for given in map(Path, inputs):
        if given.is_file():
            found.append(Found(given, given.name))
            continue
        if not given.is_dir():
            raise DataError(f"there is no folder {given}; give a folder of pictures")
        front = f"{given.resolve().name}/" if len(inputs) > 1 else ""
        for path in sorted(_walk(given)):
            if path.suffix.lower() in SUFFIXES:
                found.append(Found(path, front + path.relative_to(given).as_posix()))
            else:
                others += 1
    return found, others


def _walk(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"folder {error.filename} cannot be read: {reason}; check its permissions") from error

    for where, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where) / name for name in files if not name.startswith("."))


def sha_of(found: Found) -> str:
    """SHA-256 of the file; empty if it cannot be read, which `examine` will say."""
    try:
        with found.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def read_rgb(path: Path) -> tuple[Pixels, str]:
    """The picture as 8-bit sRGB (h, w, 3), upright, on white where transparent, and a note. Raises PictureError."""
    picture = images.read(path)
    pixels, alpha = picture.pixels, picture.alpha
    notes = [picture.note]
    if pixels.dtype == np.uint16:
        notes.append("16 bits brought to 8")
    bytes_ = _eight_bits(pixels)
    if picture.icc:
        bytes_, note = _to_srgb(bytes_, picture.icc)
        notes.append(note)
    if alpha is not None and int(alpha.min()) < np.iinfo(alpha.dtype).max:
        cover = _eight_bits(alpha)[..., None].astype(np.float32) / 255
        bytes_ = np.rint(bytes_ * cover + 255 * (1 - cover)).astype(np.uint8)
        notes.append("transparency on white")
    return bytes_, "; ".join(filter(None, notes))


def examine(found: Found, sha: str, minimum: int) -> Examined:
    """Read one file and judge it: readable, large enough (short side `minimum` px), not nearly one color. Never raises.

    Even borders are cut off and strips cut into pieces, see `borders`.
    """
    try:
        pixels, note = read_rgb(found.path)
    except (OSError, PleinairError) as error:
        return Examined(found, reason=f"cannot be read: {_short(error, found)}")
    height, width = pixels.shape[:2]
    flaw, _ = judged(pixels, minimum)
    if flaw:
        return Examined(found, reason=flaw)
    inner = inner_box(pixels)
    notes = [note] + ["even borders cut off"] * (inner != (0, 0, width, height))
    boxes = pieces_of(inner)
    stem, pieces, reason = Path(found.source).stem, [], ""
    for number, box in enumerate(boxes):
        part = pixels[box[1] : box[3], box[0] : box[2]]
        flaw, look = judged(part, minimum)
        reason = reason or flaw
        if not flaw:
            many = [f"piece {number + 1} of {len(boxes)}"] * (len(boxes) > 1)
            name = f"{stem}_c{number}" if many else stem
            text = "; ".join(filter(None, notes + many))
            pieces.append(Piece(found, name, sha, box, (width, height), look, text))
    return Examined(found, tuple(pieces), "" if pieces else reason)


def judged(pixels: Pixels, minimum: int) -> tuple[str, Look]:
    """What is wrong with a picture (h, w, 3), "" if nothing, and its look for finding twins."""
    from PIL import Image

    height, width = pixels.shape[:2]
    gray = Image.fromarray(pixels).convert("L")
    look = np.asarray(gray.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32) / np.float32(255)
    if min(width, height) < minimum:
        return f"too small (short side below {minimum} px)", look
    small = np.asarray(gray.resize((min(width, 256), min(height, 256)), Image.Resampling.NEAREST))
    low, high = np.percentile(small, (2, 98))
    return ("nearly one color" if high - low < FLATTEST else ""), look


def pixels_of(piece: Piece) -> Pixels:
    """The piece (h, w, 3), read again. Raises PictureError, also if the file has changed its size meanwhile."""
    pixels, _ = read_rgb(piece.found.path)
    left, top, right, bottom = piece.box
    if pixels.shape[:2] != piece.whole[::-1]:
        raise PictureError(f"{piece.found.path} has changed while it was prepared; prepare again")
    return pixels[top:bottom, left:right]


def _eight_bits(samples: Samples) -> Pixels:
    if samples.dtype == np.uint8:
        return samples.astype(np.uint8, copy=False)
    return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _to_srgb(pixels: Pixels, icc: bytes) -> tuple[Pixels, str]:
    """Training sees one color space. A profile that cannot be used leaves the encoded values as they are."""
    from PIL import Image, ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        title = ImageCms.getProfileDescription(profile).strip()
        if "srgb" in title.lower():
            return pixels, ""
        converted = ImageCms.profileToProfile(Image.fromarray(pixels), profile, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ImportError):
        return pixels, "color profile not understood"
    return (pixels, "") if converted is None else (np.asarray(converted), f"converted from {title} to sRGB")


def _short(error: Exception, found: Found) -> str:
    """The error on one line without the path, which stands beside it already."""
    text = " ".join(str(error).split())
    if isinstance(error, PictureError):
        text = text.removeprefix(str(found.path)).split(";")[0].strip(": ").removeprefix("cannot be opened: ")
    elif isinstance(error, OSError):
        text = (error.strerror or text).lower()
    return text.removeprefix("is ") or type(error).__name__
