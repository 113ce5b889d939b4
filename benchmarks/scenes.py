#!/usr/bin/env python3
"""Judge generators of scenes against real photos, side by side: ours and what it is compared with.

    python benchmarks/scenes.py --data DATA --features FILE.onnx --out OUT scene fastgan=runs/fastgan dcgan=runs/dcgan

Each model is a scene generator by name or `.onnx`, drawn as users draw it, or the folder of a training (any recipe of
scenes), drawn by its averaged weights; NAME= gives it another name in the table. Seeds 0 … count-1, unpicked, at the
largest square each model makes, against all pictures of DATA/photos and DATA/photos_test by the protocols of
`pleinair score`: kernel distance, precision, recall, density, coverage, near-duplicates, copies (training pictures:
photos; held out: photos_test), sharpness as a share of the photos'. OUT gets figures.jsonl, a sheet of the first 64
seeds and the sheets of nearest training crops of each. With PLEINAIR_SHARED set, its `data` and
`weights/mobilenet_v2_features.onnx` are the defaults. `pleinair score` explains the figures.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pleinair.errors import DataError, PleinairError
from pleinair.metrics.features import Network, load_features
from pleinair.metrics.protocols import Result, append_lines
from pleinair.metrics.sheets import contact_sheet, save_sheet
from pleinair.metrics.squares import Pixels
from pleinair.metrics.survey import save_pairs, sets_of, survey

if TYPE_CHECKING:
    from torch.nn import Module

PROTOCOLS = ("kd", "precision", "recall", "density", "coverage", "near_duplicates", "copies", "sharpness")
SHOWN, ACROSS, TILE = 64, 8, 160
COUNT = 1_000
BATCH = 64


def pictures_of(model: str, count: int) -> Iterator[Pixels]:
    """The square pictures (s, s, 3) of seeds 0 … count-1. Raises PleinairError for what is no generator of scenes."""
    if Path(model).is_dir():
        yield from of_run(Path(model), count)
        return
    from pleinair.loading import load
    from pleinair.scenes import SceneMaker

    maker = load(model)
    if not isinstance(maker, SceneMaker):
        raise DataError(f"{model} is a painter; name a generator of scenes, or the folder of its training")
    for seeds in in_batches(range(count)):
        yield from (np.asarray(picture) for picture in maker.generate(seeds))


def of_run(run: Path, count: int) -> Iterator[Pixels]:
    """The pictures that the averaged weights of a training draw."""
    from pleinair.recipes.watching_scenes import drawn

    generator, _ = averaged_of(run)
    for seeds in in_batches(range(count)):
        yield from drawn(generator, seeds)


def averaged_of(run: Path) -> tuple["Module", dict[str, Any]]:
    """The generator of a training with its averaged weights, and the training's facts. Raises DataError."""
    from pleinair.recipes.scene_building import generator_named
    from pleinair.training.checkpoint import AVERAGE, read

    try:
        kind = json.loads((run / "run.json").read_text("utf-8"))["settings"]["generator"]
        tensors, facts = read(run / AVERAGE)
        generator = generator_named(kind, facts["network"])
        generator.load_state_dict(tensors)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise DataError(f"{run} is no training of scenes that has been saved ({error})") from error
    return generator.eval(), facts


def in_batches(seeds: Sequence[int]) -> Iterator[Sequence[int]]:
    return (seeds[start : start + BATCH] for start in range(0, len(seeds), BATCH))


def judged(
    name: str, model: str, count: int, data: Path, network: Network, out: Path, cache: Path | None
) -> list[Result]:
    """Draw, judge, and leave the sheets in OUT."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        folder.mkdir()
        first: list[Pixels] = []
        for seed, picture in enumerate(pictures_of(model, count)):
            Image.fromarray(picture).save(folder / f"seed{seed:05}.png", compress_level=1)
            if seed < SHOWN:
                first.append(picture)
        rows = [first[start : start + ACROSS] for start in range(0, len(first), ACROSS)]
        save_sheet(contact_sheet(rows, TILE), out / f"{name}-seeds.jpg")
        photos, held_out = data / "photos", data / "photos_test"
        sets = sets_of(folder, [photos, held_out], [photos], [held_out])
        found = survey(PROTOCOLS, sets, network, _quiet, cache)
        save_pairs(found.pairs[:40], out / f"{name}-nearest")
    return found.results


def figures_of(results: Sequence[Result]) -> dict[str, float]:
    """Protocol → figure; sharpness as a share of the photos'."""
    figures = {result.protocol: result.value for result in results}
    of_photos = next(r.details["of_reference"] for r in results if r.protocol == "sharpness")
    return {**figures, "sharpness": figures["sharpness"] / of_photos}


@contextmanager
def _quiet(title: str, total: int) -> Iterator[Callable[[int], None]]:
    del title, total
    yield lambda _: None


def main(arguments: Sequence[str] | None = None) -> int:
    shared = Path(os.environ["PLEINAIR_SHARED"]) if "PLEINAIR_SHARED" in os.environ else None
    weights = shared / "weights" / "mobilenet_v2_features.onnx" if shared else None
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="[NAME=]MODEL")
    parser.add_argument("--data", type=Path, default=shared / "data" if shared else None)
    parser.add_argument("--features", type=Path, default=weights, help="feature network, .onnx")
    parser.add_argument("--count", type=int, default=COUNT, help=f"pictures of each model, {COUNT:,} by default")
    parser.add_argument("--cache", type=Path, help="folder that keeps features of fixed sets")
    parser.add_argument("--out", type=Path, required=True, help="folder for figures and sheets")
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except PleinairError as error:
        print(f"scenes: {error}", file=sys.stderr)
        return 1


def _run(chosen: argparse.Namespace) -> int:
    if chosen.data is None:
        raise DataError("no photos to compare with: give --data DIR or set PLEINAIR_SHARED")
    network = load_features(chosen.features)
    chosen.out.mkdir(parents=True, exist_ok=True)
    print(f"{'':16}" + "".join(f"{name:>16}" for name in PROTOCOLS), flush=True)
    for given in chosen.models:
        name, _, model = given.rpartition("=")
        name = name or Path(model).stem
        figures = figures_of(judged(name, model, chosen.count, chosen.data, network, chosen.out, chosen.cache))
        print(f"{name:16}" + "".join(f"{figures[protocol]:16.3f}" for protocol in PROTOCOLS), flush=True)
        line = {"benchmark": "scenes", "model": name, "count": chosen.count, "extractor": network.sha256, **figures}
        append_lines(chosen.out / "figures.jsonl", [json.dumps(line)])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
