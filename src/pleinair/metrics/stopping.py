"""When to stop: no gain worth having for too long. A pure function of the history: a resumed run decides alike."""

import math
from collections.abc import Sequence
from itertools import pairwise

from pleinair.errors import SettingError


def stopping_reason(
    history: Sequence[tuple[int, float]], patience_pictures: int, minimum_gain: float = 0.0
) -> str | None:
    """Why to stop, as a sentence to print, or None to go on.

    history: (seen pictures, score), in order, lower is better. A score counts as a gain when it is lower than the last
    gain by more than `minimum_gain`; many small steps therefore add up to one. Stops when `patience_pictures` were
    seen since. Scores that are not numbers are no gain. Raises SettingError for settings out of range and for a
    history that runs backward.
    """
    if patience_pictures <= 0 or minimum_gain < 0:
        raise SettingError(
            f"patience must be above 0 pictures and the gain at least 0, got {patience_pictures} and {minimum_gain}"
        )
    if any(later[0] <= earlier[0] for earlier, later in pairwise(history)):
        raise SettingError("the history of scores must be in the order of the pictures seen; start it anew")
    if not history:
        return None
    best, best_at = math.inf, history[0][0]
    for seen, score in history:
        if score < best - minimum_gain or (best == math.inf and math.isfinite(score)):
            best, best_at = score, seen
    waited = history[-1][0] - best_at
    if waited < patience_pictures:
        return None
    if best == math.inf:
        return f"no score was a number in {waited:,} pictures"
    gain = f"a gain above {minimum_gain:g}" if minimum_gain else "a gain"
    return f"no score had {gain} over {best:.4g}, reached at {best_at:,} pictures, in the {waited:,} pictures since"
