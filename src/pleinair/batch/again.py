"""Pictures made again → files, and how near they come to the pictures that told of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pleinair.batch.fiction import write_map
from pleinair.errors import OutputError, PictureError, PleinairError
from pleinair.images import SUFFIXES, read, sniff, write
from pleinair.images.headers import LIGHT_SUFFIXES
from pleinair.remaking import Means, frame_of, recall, remade
from pleinair.version import __version__

LOSSY = ("JPEG", "WEBP")


def target_of(path: Path, out: Path) -> Path:
    """The file that a picture becomes again; what may have lost something becomes a PNG. Raises PictureError."""
    return out / (path.name if sniff(path) in ("TIFF", *LIGHT_SUFFIXES) else path.stem + SUFFIXES["PNG"][0])


def write_again(path: Path, target: Path, means: Means) -> str:
    """Make a picture again, write it, and return a line on how near it came. Raises PictureError, ModelError,
    SettingError, OutputError."""
    if target.exists() and target.resolve() == path.resolve():
        raise OutputError(f"{path} would be written over itself; choose another --out")
    told = recall(path, means.say)
    if "map" in told:
        try:
            frame = frame_of(told)
            write_map(told["map"], frame.rendering, frame.motion, target, {**told, "version": __version__})
        except (KeyError, ValueError, OverflowError) as error:
            raise PictureError(f"{path} tells of its making what cannot be: {' '.join(str(error).split())}") from error
        return likeness(path, target)
    picture, fresh = remade(told, path, means)
    if picture.format in LOSSY:
        picture = replace(picture, format="PNG")
    write(picture, target, fresh)
    return likeness(path, target)


def likeness(path: Path, target: Path) -> str:
    """How near the new file comes to the old one, in a line."""
    if sniff(path) in LOSSY:
        return (
            f"{target.name}: as it was before {path.name} was written, which is a {sniff(path)} and may have lost some"
        )
    try:
        before, after = read(path), read(target)
        old, new = before.pixels, after.pixels
    except PleinairError as error:
        return f"{target.name}: made again; it cannot be compared, as {error}"
    if old.shape != new.shape or old.dtype != new.dtype:
        return f"{target.name}: made again in another size; {path.name} was changed since it was made"
    if before.light and after.light:
        same = np.array_equal(before.light.colors, after.light.colors, equal_nan=True)
        return f"{target.name}: {'the same light, bit for bit' if same else 'its light differs'}"
    if np.array_equal(old, new):
        return f"{target.name}: the same pixels, bit for bit"
    apart = np.abs(old.astype(np.int64) - new.astype(np.int64))
    share, most = (apart.max(-1) > 0).mean(), int(apart.max())
    return f"{target.name}: {100 * share:.3g} % of the pixels differ, by {most} of {np.iinfo(old.dtype).max} at most"
