"""A layout drawn in a few lines, four scenes of it, one of them with another sky, and one made again from its metadata.

    python examples/paint.py [LAYOUT] [--out DIR] [--style NAME] [--size WxH]

Needs pleinair alone. Writes the pictures by the same code as `pleinair paint`.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import pleinair
from pleinair import layouts
from pleinair.batch.paint import Order, plan_painted, write_painted
from pleinair.fiction.layout import Labels
from pleinair.fiction.layout_rolls import parse_rolls
from pleinair.fiction.palette import COLORS, Label
from pleinair.images import make_folder, read
from pleinair.images.maps import write_classes
from pleinair.imagining import painters
from pleinair.render.scenes import parse_size


def lake(width: int, height: int) -> Labels:
    """Snowy peaks behind a lake, a meadow in front."""
    labels = np.full((height, width), Label.SKY, np.uint8)
    row, column = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    ridge = 0.18 + 0.9 * np.abs(column - 0.4) * (1 - np.abs(column - 0.4))
    labels[row > ridge] = Label.MOUNTAIN
    labels[(row > ridge) & (row < 0.3)] = Label.SNOW
    labels[row > 0.52] = Label.FOREST
    labels[row > 0.6] = Label.WATER
    labels[row > 0.78 + 0.2 * column] = Label.GRASS
    return labels


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layout", nargs="?", type=Path)
    parser.add_argument("--out", type=Path, default=Path("pleinair-painted"))
    parser.add_argument("--style", default="render")
    parser.add_argument("--size", default="512x320")
    given = parser.parse_args(arguments)
    make_folder(given.out)

    # A layout is a picture in the palette's colors: draw one, or take the one that was given.
    source = given.layout or given.out / "layout.png"
    if given.layout is None:
        write_classes(lake(*parse_size(given.size)), COLORS, source, {})
    layout = layouts.layout_of(source)
    print(layout.report or "all in the palette's colors")

    # Four seeds, then the first with another sky and all else the same. The painter is loaded once.
    who = painters(given.style)
    order = Order(layout.labels, source, layouts.Look(given.style), who)
    other = Order(layout.labels, source, layouts.Look(given.style, rerolls=parse_rolls(["sky"])), who)
    make_folder(given.out / "other-sky")
    sheets = [(sheet, order) for sheet in plan_painted(range(4), given.out, order)]
    sheets += [(sheet, other) for sheet in plan_painted([0], given.out / "other-sky", other)]
    for sheet, how in sheets:
        write_painted(sheet, how)
        print(sheet.target)

    # A picture holds all that made it.
    last = sheets[-1][0].target
    same = np.array_equal(pleinair.again(last), read(last).pixels)
    print("made again:", "the same pixels" if same else "other pixels")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
