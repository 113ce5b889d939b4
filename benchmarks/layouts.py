#!/usr/bin/env python3
"""Compare ways of painting layouts on equal terms: what is read back, how near to photos, how different seeds are.

    python -m benchmarks.layouts --data DATA --features FILE.onnx --judge RUN --cache DIR gan=runs/layout
    python -m benchmarks.layouts … 'shell=pleinair paint {layout} --seed {seed} --out {out}' paint=photo

A way is NAME=WHAT: the folder of a `pleinair train layout` run or its .onnx, which makes real what rules dress; or a
command that paints the palette PNG {layout} with {seed} into the folder {out}; or a style, painted by
`pleinair.paint(layout, seed=, style=)`. Layouts are the label maps of the frozen scenes (see frozen.py), which nobody
trains on. Every picture, the photos too, is brought to a short side of --side pixels, so that no way gains by its size.
The judge is a segmenter of another seed and width than the one trained with. Bars: pixel accuracy 0.75; KD no worse
than that of scenes from noise (--scene MODEL); mean distance of 16 seeds of one layout at least half of that of 16
photos. Figures with --limit are noisy.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.frozen import read_specs, rendered
from benchmarks.realism import Judge, agreement, judge_of, realist_of
from pleinair.data.labeled import Labels, read_labels
from pleinair.errors import DataError, PleinairError, SettingError
from pleinair.fiction.layout_sizes import dressed
from pleinair.fiction.palette import COLORS, colored
from pleinair.images.maps import write_classes
from pleinair.metrics.diversity import diversity_of
from pleinair.metrics.features import Features, FeatureSet, feature_set, features_of, load_features
from pleinair.metrics.judge import chosen_files
from pleinair.metrics.measure import measure_kd
from pleinair.metrics.protocols import append_lines
from pleinair.metrics.sheets import contact_sheet, save_sheet
from pleinair.metrics.squares import Pixels, pixels_of

ACCURACY_BAR, DIVERSITY_BAR = 0.75, 0.5
SIDE = 64
SEEDS, VARIED = 16, 8  # seeds of one layout, and layouts of which so many are painted
SHOWN, SHOWN_SEEDS, SHEET_SIZE = 10, 5, 128

Paint = Callable[[Labels, int], Pixels]  # labels (h, w) and a seed → picture of any size


@dataclass(frozen=True)
class Figures:
    """Of one way. `accuracy` is the share of pixels that the judge reads as the layout says, `diversity` that of 16
    seeds of one layout over that of 16 photos, `kd_scene` the distance of scenes from noise, not a number without."""

    way: str
    layouts: int
    accuracy: float
    kd: float
    kd_interval: tuple[float, float]
    kd_scene: float
    diversity: float
    seconds: float

    def bars(self) -> dict[str, bool]:
        """Each bar that can be told, and whether it is reached."""
        bars = {
            f"accuracy ≥ {ACCURACY_BAR}": self.accuracy >= ACCURACY_BAR,
            f"diversity ≥ {DIVERSITY_BAR} × photos": self.diversity >= DIVERSITY_BAR,
        }
        return bars if np.isnan(self.kd_scene) else {**bars, "KD ≤ scenes from noise": self.kd <= self.kd_scene}


@dataclass(frozen=True, eq=False)
class Bench:
    """What every way is measured by."""

    layouts: tuple[Labels, ...]
    photos: FeatureSet
    varied_photos: float
    judge: Judge
    extractor: Features
    side: int = SIDE
    kd_scene: float = float("nan")

    def measure(self, way: str, paint: Paint) -> tuple[Figures, list[list[Pixels]]]:
        """The figures of a way, and rows for a sheet: layout, then some seeds."""
        begun = time.perf_counter()
        pictures = [brought(paint(layout, seed), self.side) for seed, layout in enumerate(self.layouts)]
        found = measure_kd(feature_set(way, pictures, self.extractor), self.photos)
        some = [self.layouts[place * len(self.layouts) // VARIED] for place in range(min(VARIED, len(self.layouts)))]
        varied, rows = [], []
        for layout in some:
            seeds = [brought(paint(layout, seed), self.side) for seed in range(SEEDS)]
            varied.append(diversity_of(features_of(seeds, self.extractor)).mean)
            rows.append([colored(layout), *seeds[:SHOWN_SEEDS]])
        known = [fitted(layout, picture) for layout, picture in zip(self.layouts, pictures, strict=True)]
        assert found.interval is not None
        figures = Figures(
            way,
            len(pictures),
            agreement(self.judge, pictures, known),
            found.value,
            found.interval,
            self.kd_scene,
            float(np.mean(varied)) / self.varied_photos,
            time.perf_counter() - begun,
        )
        return figures, rows


def bench(
    layouts: Sequence[Labels],
    photos: Sequence[Path],
    judge: Judge,
    extractor: Features,
    side: int = SIDE,
    scenes: Sequence[Pixels] = (),
) -> Bench:
    """What ways are measured by: photos at the same size, and scenes from noise if there are any."""
    small = [brought(pixels_of(path), side) for path in photos]
    reference = feature_set("photos", small, extractor)
    places = [(2 * index + 1) * len(small) // (2 * SEEDS) for index in range(SEEDS)]
    varied = diversity_of(reference.rows[places]).mean
    noise = float("nan")
    if scenes:
        noise = measure_kd(feature_set("scenes", [brought(one, side) for one in scenes], extractor), reference).value
    return Bench(tuple(layouts), reference, varied, judge, extractor, side, noise)


def brought(picture: Pixels, side: int) -> Pixels:
    """A picture at a short side of so many pixels, enlarged or reduced."""
    from PIL import Image

    factor = side / min(picture.shape[:2])
    size = max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def fitted(labels: Labels, picture: Pixels) -> Labels:
    """Labels at a picture's size, whatever both sizes are."""
    rows, columns = (
        ((np.arange(count) + 0.5) * most / count).astype(np.intp)
        for count, most in zip(picture.shape[:2], labels.shape, strict=True)
    )
    fit: Labels = labels[np.ix_(rows, columns)]
    return fit


def way_of(what: str) -> Paint:
    """The way that a command line names, see the module."""
    if Path(what).exists():
        paint, _ = realist_of(what)

        def made(labels: Labels, seed: int) -> Pixels:
            scene = dressed(labels, seed)
            return paint(scene.picture, scene.labels, seed)

        return made
    if "{layout}" in what and "{out}" in what:
        return lambda labels, seed: _by_command(what, labels, seed)
    import pleinair

    return lambda labels, seed: np.asarray(pleinair.paint(colored(labels), seed=seed, style=what), np.uint8)


def _by_command(command: str, labels: Labels, seed: int) -> Pixels:
    with tempfile.TemporaryDirectory() as folder:
        layout, out = Path(folder) / "layout.png", Path(folder) / "out"
        write_classes(labels, COLORS, layout, {})
        words = [word.format(layout=layout, seed=seed, out=out) for word in shlex.split(command)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        pictures = sorted(out.rglob("*.png")) if out.is_dir() else []
        if ended.returncode or not pictures:
            last = (ended.stderr.strip().splitlines() or ["no picture"])[-1]
            raise DataError(f"{shlex.join(words)}: painted nothing ({last})")
        return pixels_of(pictures[0])


def told(found: Figures) -> str:
    """One way's figures in a line, then its bars."""
    low, high = found.kd_interval
    line = (
        f"{found.way:16} accuracy {found.accuracy:.3f}  KD {found.kd:.0f} [{low:.0f}, {high:.0f}] "
        f"(scenes {found.kd_scene:.0f})  diversity {found.diversity:.3f}  n {found.layouts}  {found.seconds:.0f} s"
    )
    return "\n".join([line, *(f"  {'passed' if good else 'MISSED'}  {bar}" for bar, good in found.bars().items())])


def main(arguments: Sequence[str] | None = None) -> int:
    shared = Path(os.environ["PLEINAIR_SHARED"]) if "PLEINAIR_SHARED" in os.environ else None
    weights = shared / "weights" / "mobilenet_v2_features.onnx" if shared else None
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="+", metavar="NAME=WHAT")
    parser.add_argument("--data", type=Path, default=shared / "data" if shared else None, help="folder of the photos")
    parser.add_argument("--features", type=Path, default=weights, help="feature network, .onnx")
    parser.add_argument("--judge", type=Path, required=True, help="run folder of a segmenter")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps renders")
    parser.add_argument("--scene", help="a generator of scenes from noise, to compare KD with")
    parser.add_argument("--side", type=int, default=SIDE, help="short side that all pictures are brought to")
    parser.add_argument("--limit", type=int, help="only the first so many layouts")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets")
    parser.add_argument("--out", type=Path, help="append the figures there as JSON lines")
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except PleinairError as error:
        print(f"layouts: {error}", file=sys.stderr)
        return 1


def _run(chosen: argparse.Namespace) -> int:
    if chosen.data is None:
        raise DataError("no photos to compare with: give --data DIR or set PLEINAIR_SHARED")
    if (chosen.limit is not None and chosen.limit < 3) or chosen.side < 8:
        raise SettingError("a distance needs 3 layouts at least, and pictures 8 pixels")
    named = [way.partition("=") for way in chosen.ways]
    if not all(name and what for name, _, what in named):
        raise SettingError("a way is NAME=WHAT, such as gan=runs/layout")
    ways = {name: way_of(what) for name, _, what in named}
    layouts = [read_labels(label) for _, label in rendered(read_specs()[: chosen.limit], chosen.cache / "frozen")]
    photos = chosen_files([chosen.data / "photos", chosen.data / "photos_test"])
    scenes = _from_noise(chosen.scene, len(layouts)) if chosen.scene else []
    measures = bench(layouts, photos, judge_of(chosen.judge), load_features(chosen.features), chosen.side, scenes)
    for name, paint in ways.items():
        found, rows = measures.measure(name, paint)
        print(told(found), flush=True)
        if chosen.sheets:
            save_sheet(contact_sheet(rows[:SHOWN], SHEET_SIZE), chosen.sheets / f"layouts-{name}.jpg")
        if chosen.out:
            append_lines(chosen.out, [json.dumps({"benchmark": "layouts", **asdict(found)})])
    return 0


def _from_noise(model: str, count: int) -> list[Pixels]:
    from pleinair.loading import load
    from pleinair.scenes import SceneMaker

    maker = load(model)
    if not isinstance(maker, SceneMaker):
        raise DataError(f"{model} is a painter; name a generator of scenes")
    return [np.asarray(picture, np.uint8) for picture in maker.generate(range(count))]


if __name__ == "__main__":
    sys.exit(main())
