"""A render with its label map, as a layout generator makes it real: its own size, strength, enlargement.

Shapes: h×w pixels of the render, which the result has, too.
"""

import numpy as np
import numpy.typing as npt

from pleinair.engine.layout import LayoutEngine
from pleinair.errors import SettingError
from pleinair.images import to_pixels
from pleinair.images.picture import Pixels
from pleinair.render.panorama import finished
from pleinair.render.resampling import shrunk
from pleinair.render.still import check_look, finish_of, working_shape
from pleinair.render.told import Around, Labels, LaidOut
from pleinair.render.upscale import carried_up
from pleinair.seeds import CELL_SIDE

Real = npt.NDArray[np.uint8]

WORKING_SIDE = 256  # pixels of the short side at which scenes are drawn: the largest that were learned from


def made_real(
    labels: Labels, picture: Pixels, seed: int, engine: LayoutEngine, *, strength: float = 1.0, wrap: Around = "none"
) -> Real:
    """Labels (h, w) and their render (h, w, 3), uint8 → the scene as it might be photographed, uint8 (h, w, 3).

    seed: of what neither tells. strength: 0 … 1.5, out = in + strength · (real - in). wrap: x for a full turn. A render
    whose short side is longer than WORKING_SIDE is drawn smaller and brought up to size along its own edges.
    Raises SettingError for a strength, a seed or a wrap that cannot be, ModelError if the engine gives up.
    """
    check_look(strength, None)
    if wrap not in ("none", "x"):
        raise SettingError(f"a generator of layouts closes a full turn, x, and no texture: wrap cannot be {wrap!r}")
    height, width = picture.shape[:2]
    longest = max(1, round(WORKING_SIDE * max(height, width) / min(height, width)))
    small = working_shape(height, width, longest, CELL_SIDE, wrap)
    own_size = small == (height, width)
    reduced = picture if own_size else shrunk(picture, *small, wrap).astype(np.uint8, copy=False)
    real = np.empty_like(reduced)
    for given, part in LaidOut(at_size(labels, small), reduced, seed, wrap).windows():
        drawn = engine.draw(given.latents, given.noise, given.told)[0, :, *part.drawn]
        real[part.pixels] = to_pixels(drawn).transpose(1, 2, 0)
    finish = finish_of(strength, keep_colors=False)
    if own_size:
        return finished(picture, real, finish).astype(np.uint8, copy=False)
    return carried_up(picture, reduced, real, finish=finish, wrap=wrap).astype(np.uint8, copy=False)


def at_size(labels: Labels, size: tuple[int, int]) -> Labels:
    """Labels (h, w) at another size: what stands at the middle of each pixel."""
    rows, columns = (
        ((np.arange(count) + 0.5) * most / count).astype(np.intp)
        for count, most in zip(size, labels.shape, strict=True)
    )
    return labels[np.ix_(rows, columns)]
