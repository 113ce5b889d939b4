#!/usr/bin/env python3
"""Train the scene recipe and what it is compared with for the same minutes on the same device, from nothing.

    python -m benchmarks.scene_rivals --photos photos.pack --features VGG.safetensors --judge FEATURES.onnx --runs DIR
        [--classifier SQUEEZENET.safetensors] [--scenes FICTION] [--side 64] [--minutes 15] [--trial 2.5] [RECIPE ...]

One rule chooses the learning rate of each: three trials of --trial minutes, at half the recipe's rates, at them and at
twice them, judged by the kernel distance of 200 seeds to crops of the validation photos. The best of the three then
trains for --minutes, its schedule laid over as many pictures as the trial's pace promises. A trial that fails is out.
Killed and typed again, what has ended is left as it is, and what was cut off begins anew: its minutes are its own.
`scene_sketches`, with --scenes, learns from fictional scenes and their label maps instead of photos, and is judged as
the others are. Prints a line per trial and training as JSON; then `benchmarks/scenes.py NAME=DIR/NAME …` judges the
trainings by the protocols of `pleinair score`.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.scenes import averaged_of
from pleinair.data.labeled import read_scenes
from pleinair.data.pack import Pack
from pleinair.errors import PleinairError, SettingError, TrainingError
from pleinair.metrics.features import Extractor, load_features
from pleinair.recipes import sketches
from pleinair.recipes.layout import SHORT_SIDE
from pleinair.recipes.scene import meaning, tiny
from pleinair.recipes.scene_building import builder
from pleinair.recipes.scene_rivals import RECIPES
from pleinair.recipes.watching_scenes import WatchedScenes
from pleinair.training.launch import Build, launch
from pleinair.training.run import Run

COMPARED = ("scene", "scene_dcgan", "scene_fastgan")
SHARES = (0.5, 1.0, 2.0)  # of a recipe's own learning rates
ENDLESS = 10**7  # pictures: a trial ends by the clock, with its rates as they begin
FIGURES = "figures.json"
SKETCHES = "scene_sketches"


def at(run: Run, share: float, pictures: int) -> Run:
    """The run at a share of its learning rates, over so many pictures."""
    rates = {player: replace(rate, peak=rate.peak * share) for player, rate in run.rates.items()}
    return replace(run, rates=rates, pictures=pictures, watch_pictures=ENDLESS)


def trained(run: Run, build: Build, folder: Path, minutes: float, photos: Pack, judge: Extractor) -> dict[str, Any]:
    """Train in a folder for so long, unless that was done; what it came to: pictures and validation figures. A training
    that fails has no score. Raises SettingError where it was done for another time."""
    kept = folder / FIGURES
    if kept.exists():
        found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
        if found["minutes"] != minutes:
            raise SettingError(f"{folder} trained for {found['minutes']:g} minutes, not {minutes:g}; name other --runs")
        return found
    shutil.rmtree(folder, ignore_errors=True)  # cut off: going on from there would give it more than its minutes
    failed = ""
    try:
        launch(run, build, folder, seconds=60 * minutes)
    except TrainingError as error:
        failed = str(error)
    figures: dict[str, Any] = {"failed": failed} if failed else judged(run, folder, photos, judge)
    found = {"run": folder.name, "minutes": minutes, **figures}
    kept.write_text(json.dumps(found), "utf-8")
    print(json.dumps(found), flush=True)
    return found


def judged(run: Run, folder: Path, photos: Pack, judge: Extractor) -> dict[str, Any]:
    """Pictures seen, and the figures of the averaged weights on the validation split."""
    generator, facts = averaged_of(folder)
    scales = (float(run.data["scales"][0]), float(run.data["scales"][1]))
    watched = WatchedScenes(photos, int(run.network["side"]), scales, judge)
    with torch.inference_mode():
        figures = watched.watch(generator)
    return {"pictures": int(facts["seen_pictures"]), **figures}


def compared(
    run: Run, build: Build, runs: Path, trial: float, minutes: float, photos: Pack, judge: Extractor
) -> dict[str, Any]:
    """The rule: three trials, the best one's rates for the training. Raises TrainingError where all trials failed."""
    tried = {
        share: trained(at(run, share, ENDLESS), build, runs / f"{run.recipe}-x{share:g}", trial, photos, judge)
        for share in SHARES
    }
    sound = {share: found for share, found in tried.items() if not found.get("failed")}
    if not sound:
        raise TrainingError(f"{run.recipe}: no learning rate of the three trains; look at {runs}")
    share = min(sound, key=lambda each: sound[each]["score"])
    pictures = max(run.batch, round(sound[share]["pictures"] * minutes / trial))
    found = trained(at(run, share, pictures), build, runs / run.recipe, minutes, photos, judge)
    return {"benchmark": "scene_rivals", "recipe": run.recipe, "rates": share, **found}


def made(name: str, given: argparse.Namespace, photos: Pack) -> tuple[Run, Build]:
    """A recipe's run, endless, and what builds its task."""
    if name == SKETCHES:
        run = sketches.sketches(pictures=ENDLESS)
        scenes = read_scenes(given.scenes, SHORT_SIDE)
        return sketches.tiny(run) if given.tiny else run, sketches.builder(photos, scenes, given.features, None)
    run = RECIPES[name](["photo"], [], given.side, ENDLESS, 0)
    run = tiny(run) if given.tiny else run
    run = meaning(run) if given.classifier and name == "scene" else run
    return run, builder({"photo": photos}, given.features, None, {}, given.classifier)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help="by default ours and the two published ones")
    parser.add_argument("--photos", type=Path, required=True, help="a pack")
    parser.add_argument("--features", type=Path, required=True, help="frozen network, .safetensors")
    parser.add_argument("--classifier", type=Path, help="looks on at the scene recipe")
    parser.add_argument("--scenes", type=Path, help="fictional scenes with label maps, for scene_sketches")
    parser.add_argument("--judge", type=Path, required=True, help="feature network of validation, .onnx")
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--trial", type=float, default=2.5)
    parser.add_argument("--tiny", action="store_true", help="rehearse with toy networks")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.recipes) - {*RECIPES, SKETCHES})
    if unknown:
        parser.error(f"{', '.join(unknown)}: no recipe of scenes; there are {', '.join((*RECIPES, SKETCHES))}")
    if SKETCHES in given.recipes and given.scenes is None:
        parser.error(f"{SKETCHES} learns from fictional scenes; give them by --scenes")
    given.runs.mkdir(parents=True, exist_ok=True)
    failed = False
    try:
        photos, judge = Pack.open(given.photos), load_features(given.judge)
        for name in given.recipes or COMPARED:
            run, build = made(name, given, photos)
            try:
                result = compared(run, build, given.runs, given.trial, given.minutes, photos, judge)
                print(json.dumps(result), flush=True)
            except TrainingError as error:
                print(f"scene_rivals: {error}", file=sys.stderr)
                failed = True
    except PleinairError as error:
        print(f"scene_rivals: {error}", file=sys.stderr)
        return 1
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
