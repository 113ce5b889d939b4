"""How a still picture is painted, as a value."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError
from pleinair.images.picture import Pixels
from pleinair.render.borders import Wrap
from pleinair.render.still import WORKING_SIZE, stylize
from pleinair.render.windows import WINDOW, Progress

Stereo = Literal["none", "top-bottom"]


@dataclass(frozen=True)
class Look:
    """See `render.still.stylize`, which checks them. stereo: whether the picture holds two, for the eyes, one above the
    other; each is painted as it would be alone, so that what both see is painted alike, and neither runs into the
    other."""

    strength: float = 1.0
    keep_colors: bool = False
    working_size: int | None = WORKING_SIZE
    wrap: Wrap = "none"
    window: int = WINDOW
    stereo: Stereo = "none"

    def painted(self, pixels: Pixels, engine: Engine, progress: Progress | None = None) -> Pixels:
        """The pixels (h, w, 3), uint8 or uint16, painted. Raises SettingError, PictureError for odd pairs."""
        if self.stereo == "none":
            return self._painted(pixels, engine, progress)
        half, odd = divmod(pixels.shape[0], 2)
        if odd or not half:
            raise PictureError(f"a pair for two eyes has an even number of rows, not {pixels.shape[0]}")
        eyes = pixels[:half], pixels[half:]
        return np.concatenate([self._painted(eye, engine, None) for eye in eyes])

    def _painted(self, pixels: Pixels, engine: Engine, progress: Progress | None) -> Pixels:
        return stylize(
            pixels,
            engine,
            strength=self.strength,
            keep_colors=self.keep_colors,
            working_size=self.working_size,
            wrap=self.wrap,
            window=self.window,
            progress=progress,
        )
