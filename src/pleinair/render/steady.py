"""Holding what does not change: each painted frame is mixed with the one before, carried along the source's motion.

Where the source, carried along its own optical flow, looks as it did, so should the painting: a share `hold` of the
last result is kept there. Where the source changed (something appears, light falls, flow fails), nothing is kept. What
is kept is first clipped to the levels around its place in the new painting, so that nothing that is gone is seen any
longer, a ghost (as temporal antialiasing does: Karis 2014). A cut begins anew.

Flow and change are found on a reduced copy. At 720p all of it takes some 22 ms of a core a frame, nearly half
of that carrying. Needs OpenCV, the extra [film].
Shapes: h×w pixels.
"""

import math
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.images.picture import Pixels
from pleinair.render.cuts import Cuts

HOLD = 0.85
FINEST = 1  # halvings of the copy at which flow is matched last
LONG_SIDE = 480  # pixels of the copy on which flow is found
CHANGE = 0.03  # of the range of gray: a change of the source at which a third (1/e) of the hold is left
SOFT = 5  # pixels of the copy over which the change is averaged
AROUND = 7  # pixels on a side of the squares whose levels bound what is kept
SMALLEST = 16  # pixels on a side that the search for flow asks for
LEFT = 0.07  # of the held share: what was held before counts for no more once the filter is warm
STILL = 0.05  # pixels of motion that count as none, so that what stands still is not blurred by interpolation
Array = npt.NDArray[np.float32]


def warm_up(hold: float) -> int:
    """Frames after which what was held before counts for no more than LEFT of the held share; 0 if nothing is held."""
    return math.ceil(math.log(LEFT) / math.log(hold)) if hold else 0


@lru_cache(maxsize=2)
def _places(height: int, width: int) -> Array:
    """Each pixel's own place (h, w, 2), across and down."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), 2).astype(np.float32)


class Steady:
    """Called with each source frame and its painting, in order, gives the painting to keep."""

    def __init__(self, hold: float = HOLD) -> None:
        """hold: 0 keeps nothing, up to 0.95. Raises SettingError."""
        if not 0 <= hold <= 0.95:
            raise SettingError(f"what is held is a share of 0 to 0.95, not {hold:g}")
        cv2: Any = import_module("cv2")
        self._cv2 = cv2
        self._hold, self._cuts = hold, Cuts()
        # Matched down to half the copy's size, not a quarter, so that what is carried blurs less; refined once, not
        # five times, so that it takes hardly longer (figures: docs/film.md).
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._flow.setFinestScale(FINEST)
        self._flow.setVariationalRefinementIterations(1)
        self._gray: npt.NDArray[np.uint8] | None = None
        self._held: Array | None = None  # in levels, not rounded: what is rounded each time never comes to rest
        self._spare: Array | None = None  # room for the next, which would take longer to be given anew than to fill

    def __call__(self, source: Pixels, painted: Pixels) -> Pixels:
        """source, painted: uint8 or uint16 (h, w, 3), of one shape and type. Returns the like."""
        gray, before, held = self._small(source), self._gray, self._held
        self._gray = gray
        if self._cuts(source) or before is None or held is None or held.shape != painted.shape:
            self._held, self._spare = painted.astype(np.float32), None
            return painted
        self._held = self._mixed(gray, before, painted, held)
        if painted.dtype == np.uint8:
            return np.asarray(self._cv2.convertScaleAbs(self._held))
        return np.rint(self._held).astype(painted.dtype)

    def _mixed(self, gray: npt.NDArray[np.uint8], before: npt.NDArray[np.uint8], painted: Pixels, held: Array) -> Array:
        cv2 = self._cv2
        height, width = painted.shape[:2]
        flow = self._flow.calc(gray, before, None)  # from where each pixel came
        across, down = np.abs(flow[..., 0]), np.abs(flow[..., 1])
        flow[np.maximum(across, down, out=across) < STILL] = 0
        change = np.abs(self._carried(before, flow).astype(np.float32) - gray.astype(np.float32)) / 255
        change = cv2.blur(change, (SOFT, SOFT))
        weight = np.float32(self._hold) * np.exp(-np.square(change / np.float32(CHANGE)))
        weight = cv2.resize(weight, (width, height), interpolation=cv2.INTER_LINEAR)
        scale = np.array((width / gray.shape[1], height / gray.shape[0]), np.float32)
        full = cv2.resize(flow * scale, (width, height), interpolation=cv2.INTER_LINEAR)
        kept = held
        if flow.any():
            kept, self._spare = self._carried(held, full, self._spare), held
        square = np.ones((AROUND, AROUND), np.uint8)
        np.maximum(kept, cv2.erode(painted, square), out=kept)
        np.minimum(kept, cv2.dilate(painted, square), out=kept)
        kept -= painted
        kept *= cv2.merge((weight,) * 3)
        kept += painted
        return kept

    def _carried(self, values: Any, flow: Array, into: Array | None = None) -> Any:
        """Values (h, w) or (h, w, 3) of the frame before at the places that flow came from. into: an array to fill."""
        replicate = self._cv2.BORDER_REPLICATE
        places = flow + _places(*flow.shape[:2])
        return self._cv2.remap(values, places, None, self._cv2.INTER_CUBIC, into, borderMode=replicate)

    def _small(self, source: Pixels) -> npt.NDArray[np.uint8]:
        cv2 = self._cv2
        gray = cv2.cvtColor(source, cv2.COLOR_RGB2GRAY)
        if gray.dtype == np.uint16:
            gray = (gray >> 8).astype(np.uint8)
        factor = min(1.0, LONG_SIDE / max(gray.shape))
        size = tuple(max(SMALLEST, round(side * factor)) for side in gray.shape[::-1])
        if size != gray.shape[::-1]:
            gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        return np.asarray(gray)
