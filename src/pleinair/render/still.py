"""A still picture in a style: working size, windows, strength, colors."""

from functools import partial

from pleinair.engine.protocol import Engine
from pleinair.errors import SettingError
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap, wraps
from pleinair.render.colors import STRONGEST, overlaid
from pleinair.render.panorama import finished, paint_around
from pleinair.render.resampling import shrunk
from pleinair.render.upscale import carried_up
from pleinair.render.windows import WINDOW, Finish, Progress, paint

WORKING_SIZE = 1536
SMALLEST_WORKING_SIZE = 64
SHORTEST_SIDE = 128  # pixels that a reduced copy keeps of the short side: a long strip must not shrink to a thread
PAINTING_SHARE = 0.8  # of the progress when a copy is painted and carried up


def stylize(
    pixels: Pixels,
    engine: Engine,
    *,
    strength: float = 1.0,
    keep_colors: bool = False,
    working_size: int | None = WORKING_SIZE,
    wrap: Wrap = "none",
    window: int = WINDOW,
    progress: Progress | None = None,
) -> Pixels:
    """Paint uint8 or uint16 pixels (h, w, 3), h, w ≥ 1, and return the like.

    strength: 0 … 1.5, out = in + strength · (painted - in); 0 gives the input, bit for bit.
    keep_colors: only the luma changes (BT.601).
    working_size: long side in pixels at which brushwork is painted; of a larger picture a reduced copy is painted and
        brought up to size along the picture's edges; None paints every pixel.
    wrap: x for full-turn panoramas, xy for tiles.
    window: pixels on a side painted at a time. progress: is told the share done, 0 … 1.
    Raises SettingError for a setting out of its range.
    """
    check_look(strength, working_size)
    finish = finish_of(strength, keep_colors)
    height, width = working_shape(pixels.shape[0], pixels.shape[1], working_size, engine.spec.stride, wrap)
    own_size = (height, width) == pixels.shape[:2]
    changed = strength != 1 or keep_colors
    if own_size and wrap == "none":
        return paint(pixels, engine, window=window, finish=finish if changed else None, progress=progress)
    reduced = pixels if own_size else shrunk(pixels, height, width, wrap)
    painted = paint_around(reduced, engine, wrap=wrap, window=window, progress=_part(progress, 0.0, PAINTING_SHARE))
    if own_size:
        return finished(pixels, painted, finish, progress)
    rest = _part(progress, PAINTING_SHARE, 1.0)
    return carried_up(pixels, reduced, painted, finish=finish, wrap=wrap, progress=rest)


def check_look(strength: float, working_size: int | None) -> None:
    """Raise SettingError for what is out of its range."""
    if not 0 <= strength <= STRONGEST:
        raise SettingError(f"strength is 0 to {STRONGEST}, not {strength:g}")
    if working_size is not None and working_size < SMALLEST_WORKING_SIZE:
        raise SettingError(f"a working size has at least {SMALLEST_WORKING_SIZE} pixels, not {working_size}")


def finish_of(strength: float, keep_colors: bool) -> Finish:
    """What takes original and painted planes to what is kept."""
    return partial(overlaid, strength=strength, keep_colors=keep_colors)


def working_shape(height: int, width: int, working_size: int | None, stride: int, wrap: Wrap) -> tuple[int, int]:
    """The size at which a picture of height × width pixels is painted; its own, if no larger than the working size.

    An axis that goes around is a multiple of the stride, so that the strokes meet at the seam: of a reduced picture the
    nearest, of one painted at its own size the next.
    """
    scale = 1.0
    if working_size is not None and max(height, width) > working_size:
        scale = working_size / max(height, width)
        scale = max(scale, min(1.0, min(SHORTEST_SIDE, working_size) / min(height, width)))
    shape = []
    for size, around in zip((height, width), wraps(wrap), strict=True):
        if not around:
            shape.append(min(max(1, round(size * scale)), size))
        elif scale < 1:
            shape.append(max(1, round(size * scale / stride)) * stride)
        else:
            shape.append(-(-size // stride) * stride)
    return shape[0], shape[1]


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """The progress of a part, told as the share of the whole."""
    if progress is None:
        return None
    tell = progress
    return lambda share: tell(start + share * (stop - start))
