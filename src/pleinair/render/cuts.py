"""Where one shot ends and the next begins.

A frame is compared with the one before by two figures of a small gray copy: how far the gray levels differ place by
place, and how far their histograms do. A pan changes the first and not the second, a fade neither much from frame to
frame; a cut changes both, and at once: against what the last frames did.
"""

import numpy as np

from pleinair.engine.protocol import Array
from pleinair.images.picture import Pixels

SIZE = 48  # places on the long side of the copy
LEVELS = 16
APART = 0.08  # of the range of gray, on average, that two frames of a cut differ at least
UNLIKE = 0.25  # of the pixels that are of other gray levels
SUDDEN = 3.0  # times what the frames before differed
MEMORY = 8  # frames


class Cuts:
    """Told frame after frame, whether each begins a new shot."""

    def __init__(self) -> None:
        self._before: Array | None = None
        self._steps: list[float] = []

    def __call__(self, frame: Pixels) -> bool:
        """Whether this frame (h, w, 3), uint8 or uint16, begins a shot; the first one does not."""
        now, before = small_gray(frame), self._before
        self._before = now
        if before is None or before.shape != now.shape:
            self._steps = []
            return False
        apart = float(np.abs(now - before).mean())
        usual = float(np.median(self._steps)) if self._steps else 0.0
        bins = [np.histogram(each, LEVELS, (0, 1))[0] / each.size for each in (now, before)]
        unlike = float(np.abs(bins[0] - bins[1]).sum()) / 2
        found = apart > APART and unlike > UNLIKE and apart > SUDDEN * usual
        self._steps = [] if found else [*self._steps[-MEMORY + 1 :], apart]
        return found


def small_gray(frame: Pixels) -> Array:
    """A copy (about SIZE·h/w, SIZE) of a frame in gray, 0 … 1: the means of blocks, leftover ends cut."""
    height, width = frame.shape[:2]
    step = max(1, max(height, width) // SIZE)
    high, wide = max(1, height // step), max(1, width // step)
    # Every fourth row and column of a large block is enough for its mean.
    skip = max(1, step // 4)
    green = frame[: high * step : skip, : wide * step : skip].astype(np.float32).mean(2)
    rows, columns = (
        np.arange(count) * len_ // count for count, len_ in ((high, green.shape[0]), (wide, green.shape[1]))
    )
    sums = np.add.reduceat(np.add.reduceat(green, rows, 0), columns, 1)
    counts = np.diff(np.append(rows, green.shape[0]))[:, None] * np.diff(np.append(columns, green.shape[1]))[None]
    return np.asarray(sums / counts / (65535 if frame.dtype == np.uint16 else 255), np.float32)
