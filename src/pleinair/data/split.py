"""Which works are set aside for validation: by their names, so that a work stays on its side when others come or go."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from pleinair.data.pack import TRAIN, VALIDATION

CROP_OF_WORK = re.compile(r"_c\d+$")  # NAME_c0, NAME_c1, … are crops of the work NAME
MOST = 2.0  # times the share asked for, beyond which no further work goes to validation


def work_of(name: str) -> str:
    """The work that a picture shows: crops of one work share it, so that all of them fall on one side."""
    return CROP_OF_WORK.sub("", name.lower())


def place_of(work: str, seed: int) -> float:
    """A number in [0, 1) that belongs to the work's name."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{work}".encode()).digest()[:8], "big") / 2**64


def splits(works: Sequence[str], share: float, seed: int) -> list[str]:
    """The side of each picture, given its work: validation for works whose place is below `share`.

    Two exceptions keep small collections of many crops usable: at least one work goes to validation (that of the lowest
    place that holds no more than half of all pictures), and no further one if that would pass twice the share or half.
    """
    pictures = Counter(works)
    chosen: set[str] = set()
    taken = 0
    for work in sorted(pictures, key=lambda work: (place_of(work, seed), work)):
        if share <= 0 or (chosen and place_of(work, seed) >= share):
            break
        most = min(MOST * share, 0.5) if chosen else 0.5
        if taken + pictures[work] <= most * len(works):
            chosen.add(work)
            taken += pictures[work]
    return [VALIDATION if work in chosen else TRAIN for work in works]
