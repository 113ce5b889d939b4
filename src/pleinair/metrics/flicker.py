"""How much a painted shot flickers, where the camera hardly moves.

Needs no optical flow and so says nothing of fast shots: there, all of the picture changes anyway.
"""

from collections.abc import Sequence

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics.squares import Source, square

SIZE = 384


def flicker_of(frames: Sequence[Source]) -> float:
    """Mean absolute difference of consecutive frames at 384 px, 0 … 255. Raises DataError for fewer than two."""
    if len(frames) < 2:
        raise DataError(f"flicker needs at least two frames, got {len(frames)}; give more of the shot")
    before, steps = square(frames[0], SIZE).astype(np.float32), []
    for frame in frames[1:]:
        now = square(frame, SIZE).astype(np.float32)
        steps.append(float(np.abs(now - before).mean()))
        before = now
    return float(np.mean(steps))
