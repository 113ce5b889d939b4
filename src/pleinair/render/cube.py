"""The six faces of a cube, as game engines hold a sky, and the sphere that they are a picture of.

A face is what one sees from within, looking along an axis: pz ahead (a panorama's middle), px to the right of it, nx to
the left, nz behind, py up (its lower edge meets pz), ny down (its upper edge meets pz). Rows of a strip stand in the
order px nx py ny pz nz; a cross has py and ny above and below pz. Shapes: six faces (6, n, n, c).
"""

from math import ceil, pi

import numpy as np
import numpy.typing as npt

from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError
from pleinair.images import to_float, to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.looks import Look
from pleinair.render.panorama import paint_around
from pleinair.render.resampling import shrunk
from pleinair.render.sphere import (
    Angles,
    between,
    extended,
    gathered,
    is_sphere,
    latitudes,
    longitudes,
    places,
)
from pleinair.render.still import check_look, finish_of
from pleinair.render.upscale import RADIUS, fields_of
from pleinair.render.windows import Progress

FACES = ("px", "nx", "py", "ny", "pz", "nz")
LAYOUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "3x2": (("px", "nx", "py"), ("ny", "pz", "nz")),
    "4x3": (("", "py", "", ""), ("nx", "pz", "px", "nz"), ("", "ny", "", "")),
    "6x1": (FACES,),
    "1x6": tuple((face,) for face in FACES),
}
# Of each face: the direction of its middle, of its right, of its upper edge; x right, y up, z ahead.
AXES: dict[str, tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]] = {
    "px": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "nx": ((-1, 0, 0), (0, 0, 1), (0, 1, 0)),
    "py": ((0, 1, 0), (1, 0, 0), (0, 0, -1)),
    "ny": ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    "pz": ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    "nz": ((0, 0, -1), (-1, 0, 0), (0, 1, 0)),
}
SMALLEST_FACE = 8
BAND = 128  # rows that are worked on at a time
Values = npt.NDArray[np.generic]


def cut_out(strip: Pixels, layout: str) -> Pixels:
    """A strip or cross (h, w, c) → faces. Raises PictureError if its shape is not the layout's."""
    table = LAYOUTS[layout]
    size, rest = divmod(strip.shape[1], len(table[0]))
    if rest or strip.shape[0] != size * len(table) or size < SMALLEST_FACE:
        raise PictureError(
            f"{strip.shape[1]}×{strip.shape[0]} pixels are no {layout} squares of at least {SMALLEST_FACE} pixels"
        )
    where = {face: (row, column) for row, faces in enumerate(table) for column, face in enumerate(faces)}
    squares = [(where[face][0] * size, where[face][1] * size) for face in FACES]
    return np.stack([strip[top : top + size, left : left + size] for top, left in squares])


def laid_out(faces: Pixels, layout: str, blank: Pixels | None = None) -> Pixels:
    """Faces → the strip or cross; what a cross leaves empty is black, or as in `blank`, a cross of that size."""
    table, size = LAYOUTS[layout], faces.shape[1]
    shape = (size * len(table), size * len(table[0]), *faces.shape[3:])
    strip = np.zeros(shape, faces.dtype) if blank is None else blank.copy()
    for row, names in enumerate(table):
        for column, name in enumerate(names):
            if name:
                part = faces[FACES.index(name)]
                strip[row * size : (row + 1) * size, column * size : (column + 1) * size] = part
    return strip


def face_directions(face: str, size: int, rows: slice) -> tuple[Angles, Angles]:
    """Latitude and longitude of the pixels in some rows of a face."""
    steps = (np.arange(size) + 0.5) * (2 / size) - 1
    middle, right, up = (np.array(axis, np.float64) for axis in AXES[face])
    rays = middle + steps[None, :, None] * right - steps[rows, None, None] * up
    return np.arctan2(rays[..., 1], np.hypot(rays[..., 0], rays[..., 2])), np.arctan2(rays[..., 0], rays[..., 2])


def sphere_of(faces: Pixels, height: int, width: int) -> Pixels:
    """Faces → the panorama (height, width, c)."""
    size, depth = faces.shape[1], faces.shape[3]
    padded = np.pad(to_float(faces), ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge").reshape(-1, size + 4, depth)
    result = np.empty((height, width, depth), faces.dtype)
    longitude = longitudes(width)[None]
    for top in range(0, height, BAND):
        latitude = latitudes(height)[top : top + BAND, None]
        flat = np.cos(latitude)
        rays = np.stack(
            (flat * np.sin(longitude), np.broadcast_to(np.sin(latitude), (len(flat), width)), flat * np.cos(longitude))
        )
        longest = np.abs(rays).argmax(0)
        positive = np.take_along_axis(rays, longest[None], 0)[0] > 0
        index = 2 * longest + ~positive  # in the order of FACES
        axes = np.array([AXES[face] for face in FACES], np.float64)[index]  # (h, w, 3, 3)
        ahead, right, up = np.einsum("hwak,khw->ahw", axes, rays)
        column = (right / ahead + 1) * (size / 2) - 0.5
        row = (1 - up / ahead) * (size / 2) - 0.5
        values = gathered(padded, index * (size + 4) + 2 + row, column + 2)
        result[top : top + BAND] = to_pixels(values, faces.dtype)
    return result


def faces_of(sphere: Pixels, size: int) -> Pixels:
    """A panorama (h, w, c) → faces of so many pixels."""
    padded = extended(to_float(sphere))
    faces = np.empty((6, size, size, sphere.shape[2]), sphere.dtype)
    for number, face in enumerate(FACES):
        for top in range(0, size, BAND):
            rows = slice(top, min(top + BAND, size))
            where = places(*face_directions(face, size, rows), *sphere.shape[:2])
            faces[number, rows] = to_pixels(between(padded, *where), sphere.dtype)
    return faces


def paint_faces(faces: Pixels, engine: Engine, look: Look, progress: Progress | None = None) -> Pixels:
    """Six faces painted as one sphere, so that strokes go on over every edge, and returned alike.

    A panorama of them is painted, at the working size, and the change brought back to the faces: their own detail stays
    where the painting kept it (see `render.upscale`). Raises SettingError.
    """
    check_look(look.strength, look.working_size)
    size, stride = faces.shape[1], engine.spec.stride
    width = pi * size  # as many pixels per radian as in the middle of a face
    if look.working_size is not None:
        width = min(width, look.working_size)
    steps = max(1, round(width / (2 * stride)))
    width = 2 * stride * steps
    near = min(size, ceil(width / pi))
    fine = faces if near == size else np.stack([shrunk(face, near, near) for face in faces])
    sphere = sphere_of(fine, width // 2, width)
    painted = paint_around(
        sphere, engine, wrap="x", window=look.window, progress=progress and (lambda s: progress(0.7 * s))
    )
    rim = 2 * RADIUS
    fields = fields_of(extended(sphere, rim), extended(painted, rim)).transpose(1, 2, 0)
    padded = extended(np.ascontiguousarray(fields))
    finish, result = finish_of(look.strength, look.keep_colors), np.empty_like(faces)
    for number, face in enumerate(FACES):
        for top in range(0, size, BAND):
            rows = slice(top, min(top + BAND, size))
            where = places(*face_directions(face, size, rows), *sphere.shape[:2])
            level, gain = np.split(between(padded, *where).transpose(2, 0, 1), 2)
            original = to_float(np.ascontiguousarray(faces[number, rows].transpose(2, 0, 1)))
            planes = finish(original, level + gain * original)
            result[number, rows] = to_pixels(planes, faces.dtype).transpose(1, 2, 0)
        if progress:
            progress(0.7 + 0.05 * (number + 1))
    return result


def check_sphere(pixels: Pixels) -> None:
    """Raise PictureError unless a panorama shows the whole sphere."""
    if not is_sphere(*pixels.shape[:2]):
        raise PictureError(
            f"a cube is made of a whole sphere, twice as wide as high, as 2048×1024; this is "
            f"{pixels.shape[1]}×{pixels.shape[0]}"
        )
