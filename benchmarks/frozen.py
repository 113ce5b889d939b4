#!/usr/bin/env python3
"""Fictional scenes that realism and layouts are judged on: frozen specs, and their renders with label maps.

    python -m benchmarks.frozen draft > benchmarks/realism_specs.jsonl      once: the file in the repository is the law
    python -m benchmarks.frozen render FOLDER                               the 200 frozen scenes
    python -m benchmarks.frozen render FOLDER --train 300                   scenes to train on, of other seeds

Every kind in every season, as often as it fits; time, weather and mood as fiction itself drafts them from the seed. No
seed of the frozen specs is ever trained on: those for training begin at another number. Files that are there already
are left as they are, so a rendering that was stopped goes on.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pleinair.batch.fiction import Drawing, plan_fiction, write_fiction
from pleinair.errors import DataError
from pleinair.fiction import SIZE, SceneSpec
from pleinair.fiction.plan import compose
from pleinair.fiction.spec import KINDS, SEASONS
from pleinair.version import __version__

SPECS = Path(__file__).with_name("realism_specs.jsonl")
FROZEN_SEED, TRAINING_SEED = 9_000_000, 1_000_000
COUNT = 200
KINDS_FILE = "kinds.csv"  # which scene is of which kind, as pleinair train sketches reads it


def draft(count: int, first_seed: int) -> list[SceneSpec]:
    """So many scenes with nothing of importance left open, of seeds `first_seed` and on."""
    specs = []
    for number in range(count):
        kind, season = KINDS[number % len(KINDS)], SEASONS[number // len(KINDS) % len(SEASONS)]
        found = compose(SceneSpec(kind=kind, season=season, seed=first_seed + number))
        specs.append(
            SceneSpec(
                kind=kind,
                season=season,
                time=found.time,
                weather=found.weather,
                mood=found.mood,
                seed=first_seed + number,
            )
        )
    return specs


def read_specs(path: Path = SPECS) -> list[SceneSpec]:
    """The frozen scenes. Raises DataError for a file that is missing, SettingError for a line that is no scene."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise DataError(f"{path}: the frozen scenes cannot be read ({error.strerror})") from error
    return [SceneSpec.from_json(line) for line in lines if line.strip()]


def rendered(specs: Sequence[SceneSpec], folder: Path, size: tuple[int, int] = SIZE) -> list[tuple[Path, Path]]:
    """Picture and label map of each scene in `folder`, drawn where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing = Drawing(size, maps=("label",))
    files = []
    for job in plan_fiction(specs, folder, drawing):
        if not job.done:
            write_fiction(job, drawing, __version__)
        label, picture = job.targets
        files.append((picture, label))
    return files


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("draft")
    render = verbs.add_parser("render")
    render.add_argument("folder", type=Path)
    render.add_argument("--train", type=int, help="so many scenes to train on, instead of the frozen ones")
    render.add_argument("--first", type=int, default=0, help="leave out so many of them")
    chosen = parser.parse_args(arguments)
    if chosen.verb == "draft":
        sys.stdout.writelines(f"{spec.to_json()}\n" for spec in draft(COUNT, FROZEN_SEED))
        return 0
    specs = draft(chosen.train, TRAINING_SEED) if chosen.train else read_specs()
    files = rendered(specs[chosen.first :], chosen.folder)
    kinds = [f"{picture.stem},{spec.kind}\n" for (picture, _), spec in zip(files, specs[chosen.first :], strict=True)]
    (chosen.folder / KINDS_FILE).write_text("".join(["name,kind\n", *kinds]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
