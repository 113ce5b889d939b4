"""Layouts → files: a picture for each seed, its render beside it; what is of another is not overwritten."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pleinair.errors import OutputError, PleinairError
from pleinair.fiction.layout import Labels, name_of
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.images import Picture, write
from pleinair.images.maps import write_classes
from pleinair.images.told import told as told_by
from pleinair.imagining import RENDER, Painters
from pleinair.layouts import Look, before, painted, provenance

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


@dataclass(frozen=True)
class Sheet:
    """A seed and the files that it becomes: the render, if it is wanted, and the picture."""

    seed: int
    target: Path
    render: Path | None = None

    @property
    def done(self) -> bool:
        return self.target.exists() and (self.render is None or self.render.exists())


def plan_painted(seeds: Sequence[int], out: Path, order: Order) -> list[Sheet]:
    """The files of each seed in the folder `out`."""
    wanted = order.stages and order.look.style != RENDER
    return [
        Sheet(seed, out / f"seed{seed:04}.png", out / f"seed{seed:04}-{RENDER}.png" if wanted else None)
        for seed in seeds
    ]


def check_same(sheet: Sheet, order: Order) -> None:
    """Raise OutputError, which names the differences, if a file stands there that was made otherwise."""
    found: dict[str, str] = {}
    with suppress(PleinairError):  # what cannot be read was made otherwise, too
        found = told_by(sheet.target)
    wanted = order.told(sheet.seed)
    other = {key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)}
    if other:
        names = sorted("layout" if key == "layoutSha256" else key for key in other - {"layout"})
        differs = f"another {', '.join(names)}" if found else "something else"
        raise OutputError(f"{sheet.target} is of {differs}; choose another --out, or --overwrite")


def write_painted(sheet: Sheet, order: Order) -> None:
    """Paint a seed and write its files, each whole or not at all. Raises SettingError, ModelError, OutputError."""
    shown = painted(order.labels, sheet.seed, order.look, order.painters)
    if sheet.render is not None:
        look, who = before(order.look)
        write(Picture(shown.render), sheet.render, provenance(order.labels, sheet.seed, look, who, order.source))
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
