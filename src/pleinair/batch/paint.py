"""Layouts → files: a picture for each seed, its render beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pleinair.batch.sheets import Sheet, plan_sheets
from pleinair.fiction.layout import Labels, name_of
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.images import Picture, write
from pleinair.images.maps import write_classes
from pleinair.imagining import PHOTO, RENDER, Painters
from pleinair.layouts import Look, before, painted, provenance
from pleinair.realist import Realist

LEGEND = "palette.png"
SWATCH = (64, 40)  # pixels across and down of a color in the legend
ACROSS = 4


@dataclass(frozen=True, eq=False)
class Order:
    """What is asked for, beside the seed: the layout and its file, the look, who paints, and whether the render is
    wanted too."""

    labels: Labels
    source: Path
    look: Look
    painters: Painters
    stages: bool = False

    def told(self, seed: int) -> dict[str, str]:
        """How the picture of a seed is made."""
        return provenance(self.labels, seed, self.look, self.painters, self.source)


def plan_painted(seeds: Sequence[int], out: Path, order: Order) -> list[Sheet]:
    """The files of each seed in the folder `out`."""
    stages: tuple[str, ...] = ()
    if order.stages and order.look.style != RENDER:
        photo = isinstance(order.painters.realist, Realist) and order.painters.stylist is not None
        stages = (RENDER, PHOTO) if photo else (RENDER,)
    return plan_sheets(seeds, out, stages)


def write_painted(sheet: Sheet, order: Order) -> None:
    """Paint a seed and write its files, each whole or not at all. Raises SettingError, ModelError, OutputError."""
    shown = painted(order.labels, sheet.seed, order.look, order.painters)
    for stage, path in sheet.stages:
        look, who = before(order.look, order.painters, stage)
        pixels = shown.render if stage == RENDER else shown.photo
        assert pixels is not None
        write(Picture(pixels), path, provenance(order.labels, sheet.seed, look, who, order.source))
    write(Picture(shown.picture), sheet.target, order.told(sheet.seed))


def legend() -> Labels:
    """A map of all labels as even patches, in the palette's order from the left to the right and downward: (h, w)."""
    rows = -(-len(NAMES) // ACROSS)
    numbers = np.arange(rows * ACROSS, dtype=np.uint8).reshape(rows, ACROSS)
    return np.repeat(np.repeat(numbers, SWATCH[1], 0), SWATCH[0], 1)


def write_legend(path: Path) -> None:
    """The legend as a palette PNG, to pick colors from and to paint over. Raises OutputError."""
    write_classes(legend(), COLORS, path, {})


def palette_lines() -> list[str]:
    """The palette, a line for each label: its name as it is typed, its color."""
    return [
        f"{name_of(number):<10} #{red:02x}{green:02x}{blue:02x}  {red:3} {green:3} {blue:3}"
        for number, (red, green, blue) in enumerate(COLORS)
    ]
