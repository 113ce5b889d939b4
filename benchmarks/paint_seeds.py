#!/usr/bin/env python3
"""How different the seeds of one layout are, beside as many photos, and how long a layout takes, by the code that users
run.

    python benchmarks/paint_seeds.py LAYOUT... --photos DIR [--features FILE] [--seeds 16] [--style photo]

The distance is the mean cosine distance of pairs of pictures in the features' network; of the photos it is the mean
over all pairs, which is what 16 of them come to on average. A line for each layout; the last line is the result as
JSON. The bar is half of the photos' distance.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import pleinair.imagining
from pleinair import layouts
from pleinair.fiction.layout_dress import Dressed, Reroll
from pleinair.fiction.layout_regions import Labels, Wrap
from pleinair.fiction.palette import NAMES
from pleinair.images.picture import Pixels
from pleinair.metrics.diversity import diversity_of
from pleinair.metrics.features import Features, features_of, load_features
from pleinair.metrics.squares import picture_files

BAR = 0.5  # of the photos' distance


def pictures(layout: Path, seeds: int, style: str) -> tuple[list[Pixels], dict[str, float]]:
    """A picture of each seed, and seconds of processor time for one, dressed and painted."""
    labels, look = layouts.layout_of(layout).labels, layouts.Look(style)
    who = pleinair.imagining.painters(style, threads=1)
    dressing, whole = 0.0, time.process_time()

    def timed(labels: Labels, seed: int, rerolls: Sequence[Reroll], wrap: Wrap) -> Dressed:
        nonlocal dressing
        before = time.process_time()
        shown = layouts.by_rules(labels, seed, rerolls, wrap)
        dressing += time.process_time() - before
        return shown

    found = [layouts.painted(labels, seed, look, who, timed).picture for seed in range(seeds)]
    whole = time.process_time() - whole
    return found, {"dressed_s": round(dressing / seeds, 3), "painted_s": round((whole - dressing) / seeds, 3)}


def measured(files: list[Path], photos: float, network: Features, seeds: int, style: str) -> list[dict[str, object]]:
    """A row for each layout, which is printed."""
    rows: list[dict[str, object]] = []
    for file in files:
        shown, seconds = pictures(file, seeds, style)
        apart = diversity_of(features_of([picture.astype(np.uint8, copy=False) for picture in shown], network)).mean
        row = {"layout": file.stem, "distance": round(apart, 4), "share": round(apart / photos, 3), **seconds}
        rows.append(row)
        print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layouts", nargs="+", type=Path)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--features", type=Path)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--style", default="photo")
    given = parser.parse_args(arguments)
    network = load_features(given.features, 1)
    files = picture_files([given.photos])
    photos = diversity_of(features_of(files, network)).mean
    print(f"{len(files)} photos: {photos:.4f}; {len(NAMES)} labels", flush=True)
    rows = measured(given.layouts, photos, network, given.seeds, given.style)
    met = all(float(str(row["share"])) >= BAR for row in rows)
    print(
        json.dumps({"photos": round(photos, 4), "style": given.style, "seeds": given.seeds, "rows": rows, "met": met})
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
