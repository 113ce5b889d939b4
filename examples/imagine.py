"""A sentence, a scene, four paintings of it in winter, and the first of them made again from its own metadata.

    python examples/imagine.py ["SENTENCE"] [--out DIR] [--size WxH]

Needs pleinair alone. Writes the pictures by the same code as `pleinair imagine`, and says what was understood.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import pleinair
from pleinair import imagining
from pleinair.batch.imagine import Order, plan_imagined, write_imagined
from pleinair.images import make_folder, read
from pleinair.render.scenes import parse_size

SENTENCE, EDIT = "雪山下的湖，黄昏有雾，水墨画", "now in winter"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentence", nargs="?", default=SENTENCE)
    parser.add_argument("--out", type=Path, default=Path("pleinair-imagined"))
    parser.add_argument("--size", default="512x320")
    given = parser.parse_args(arguments)

    # What was understood: a scene, a style, and the words that were not.
    heard = imagining.hear(given.sentence, [EDIT])
    print("\n".join(heard.lines), heard.spec.to_json(), sep="\n")
    heard.check()

    # Four scenes, each with another seed for all that is left open. The painters are loaded once.
    width, height = parse_size(given.size)
    look = imagining.Look(heard.style or imagining.PHOTO, size=(width, height))
    order = Order(heard.spec, given.sentence, (EDIT,), look, imagining.painters(look.style), stages=True)
    make_folder(given.out)
    sheets = plan_imagined(range(4), given.out, order)
    for sheet in sheets:
        write_imagined(sheet, order)
        print(sheet.target)

    # A picture holds all that made it.
    same = np.array_equal(pleinair.again(sheets[0].target), read(sheets[0].target).pixels)
    print("made again:", "the same pixels" if same else "other pixels")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
