"""Pictures that are no pictures: normals, heights, roughness and other numbers that a renderer reads. Painting one is a
mistake: a surface would be lit by brushstrokes.

They are told by the last word of their names, as texture libraries write them (rock_height.png, Rock_4K_NormalGL.jpg,
rock_rough_2k.png), and tangent-space normal maps by their pixels, too: nearly all are vectors of length 1 that point
out of the surface.
"""

import re
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from pleinair.errors import PictureError
from pleinair.images.picture import Pixels

NORMAL = "a normal map"
NAMES = {
    NORMAL: "normal normals nrm nor norm nml ddn normalgl normaldx normalmap normalogl",
    "a height map": "height heights heightmap hgt bump disp displacement depth",
    "a roughness map": "rough roughness rgh smoothness gloss glossiness",
    "an occlusion map": "ao occ occlusion ambientocclusion cavity",
    "a metalness map": "metal metalness metallic mtl",
    "a map of packed numbers": "orm arm mra rma specular spec opacity mask ids label flow hidden",
}
KINDS = {word: kind for kind, words in NAMES.items() for word in words.split()}
# What may follow the word: resolution, format, OpenGL or DirectX, a tile's number.
TRAILING = re.compile(r"\d*k|\d+|gl|dx|ogl|jpg|jpeg|png|tif|tiff|webp")
# These words end the names of many pictures, too: they count only if the picture looks as such a map does.
LOOSE = frozenset(["mask", "flow", "hidden", "label", "ids", "spec", "depth", "arm", "bump", "norm", "nor", "specular"])
SAMPLES = 65_536  # pixels that are looked at
UNIT, OUTWARD, SHARE = 0.12, 0.0, 0.97  # how near to length 1, how far out, of how many
OUTWARD_MEAN = 0.8  # of the largest blue, on the mean: third numbers of 0.6


def data_map(name: str, pixels: Pixels) -> str:
    """What a picture by this file name with these pixels (h, w, 3) is if it is no picture, as "a normal map"; empty if
    it may be painted."""
    kind = KINDS.get(last_word(name), "")
    if last_word(name) in LOOSE and (kind == NORMAL or _colorful(pixels)):
        kind = ""
    return kind or (NORMAL if is_normal_map(pixels) else "")


def check_picture(path: Path, pixels: Pixels, pictures: tuple[str, ...] = ()) -> None:
    """Raise PictureError for a data map, unless its name is one of `pictures` or matches a pattern of them, as
    `*_rough.jpg`."""
    if any(fnmatch(path.name, pattern) or fnmatch(str(path), pattern) for pattern in pictures):
        return
    kind = data_map(path.name, pixels)
    if kind:
        raise PictureError(
            f"{path} looks like {kind}, which is no picture and stays as it is; if it is one, paint it by "
            f"--as-picture {path.name}"
        )


def last_word(name: str) -> str:
    """The word that says what a texture is, in small letters: `rock_nor_gl_4k.png` → `nor`."""
    stem = re.sub(r"\.\w+$", "", name)
    stem = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", stem)  # RockNormal; NormalGL stays one word
    words = [word for word in re.split(r"[_\-. ]+", stem.lower()) if word]
    while len(words) > 1 and TRAILING.fullmatch(words[-1]):
        words.pop()
    if len(words) > 2 and f"{words[-2]}{words[-1]}" in KINDS:
        return f"{words[-2]}{words[-1]}"
    return words[-1] if words else ""


def is_normal_map(pixels: Pixels) -> bool:
    """Whether nearly all pixels are unit vectors that point outward, and not all the same one."""
    every = max(1, int((pixels.shape[0] * pixels.shape[1] / SAMPLES) ** 0.5))
    some = pixels[::every, ::every].reshape(-1, 3)
    largest = np.iinfo(pixels.dtype).max
    if some[:, 2].mean() <= OUTWARD_MEAN * largest:  # as nearly all pictures: no need to look closer
        return False
    vectors = some.astype(np.float32) * np.float32(2 / largest) - 1
    fitting = (np.abs(np.linalg.norm(vectors, axis=1) - 1) < UNIT) & (vectors[:, 2] > OUTWARD)
    upright = float(np.abs(vectors[:, :2].mean(0)).max()) < 0.25
    return bool(fitting.mean() >= SHARE and upright and np.ptp(some.astype(np.int64), 0).max() > 0)


def _colorful(pixels: Pixels) -> bool:
    every = max(1, int((pixels.shape[0] * pixels.shape[1] / SAMPLES) ** 0.5))
    some = pixels[::every, ::every].astype(np.int64)
    return bool(np.ptp(some, 2).mean() > 0.02 * np.iinfo(pixels.dtype).max)
