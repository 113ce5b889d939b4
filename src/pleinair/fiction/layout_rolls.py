"""Regions of a layout by name, as `sky` or `tree:2`, and which of them are drawn anew from which seed."""

import re
from collections.abc import Iterator, Sequence

from pleinair.errors import SettingError
from pleinair.fiction.layout import label_of, name_of
from pleinair.fiction.layout_dress import Reroll
from pleinair.fiction.layout_regions import Regions
from pleinair.fiction.palette import NAMES
from pleinair.seeds import LARGEST_SEED

MOST_ROLLS = 32


def parse_rolls(texts: Sequence[str]) -> tuple[Reroll, ...]:
    """Regions as `sky`, `tree:2` (the second largest), `sky=5` (from seed 5); one named again without a seed takes the
    next. Later ones come over earlier ones. Raises SettingError."""
    if len(texts) > MOST_ROLLS:
        raise SettingError(f"{len(texts)} regions are drawn anew; at most {MOST_ROLLS} can be")
    found: dict[tuple[int, int | None], Reroll] = {}
    for text in texts:
        match = re.fullmatch(r"\s*([a-z ]+?)\s*(?::\s*([0-9]{1,7}))?\s*(?:=\s*([0-9]{1,10}))?\s*", text.lower())
        if match is None:
            raise SettingError(f"{text!r} is no region; write for example sky, tree:2 or sky=5")
        label = label_of(match[1])
        if label is None:
            known = ", ".join(name_of(n) for n in range(len(NAMES)))
            raise SettingError(f"there is no label {match[1]!r}; there are {known}")
        number = int(match[2]) if match[2] else None
        if number == 0:
            raise SettingError(f"regions are counted from 1, the largest: {name_of(label)}:1")
        before = found.pop((label, number), None)
        seed = int(match[3]) if match[3] else (before.seed + 1 if before else 1)
        if seed > LARGEST_SEED:
            raise SettingError(f"a seed is a number from 0 to {LARGEST_SEED}, not {seed}")
        found[label, number] = Reroll(label, number, seed)
    return tuple(found.values())


def check_rolls(rolls: Sequence[Reroll], parts: Regions) -> None:
    """Raise SettingError for a region that a layout does not have."""
    for roll in rolls:
        count = parts.of(roll.label).size
        if not count:
            there = ", ".join(dict.fromkeys(name_of(int(n)) for n in parts.labels))
            raise SettingError(f"the layout has no {name_of(roll.label)}; it has {there}")
        if roll.number is not None and roll.number > count:
            raise SettingError(f"the layout has {count} of {name_of(roll.label)}, and so no {told_roll(roll)}")


def told_rolls(rolls: Sequence[Reroll]) -> str:
    """As `parse_rolls` reads them, with commas between."""
    return ",".join(f"{told_roll(roll)}={roll.seed}" for roll in rolls)


def told_roll(roll: Reroll) -> str:
    return name_of(roll.label) + (f":{roll.number}" if roll.number else "")


def listed(parts: Regions, share: float = 0.0005) -> Iterator[str]:
    """A line for each region that is this share of the layout or more: its name, its share, where its middle is."""
    total = int(parts.sizes.sum())
    for label in dict.fromkeys(parts.labels.tolist()):
        for number, region in enumerate(parts.of(label).tolist(), 1):
            if parts.sizes[region] >= share * total:
                top, bottom, left, right = parts.boxes[region].tolist()
                name, part = f"{name_of(label)}:{number}", 100 * parts.sizes[region] / total
                yield f"{name:<14} {part:5.1f} %  about {(left + right) // 2},{(top + bottom) // 2}"
