"""The layout recipe: photo-like scenes out of label maps, their renders, and noise.

RECEIPT of resume/layout.safetensors and src/pleinair/shipped/layout.onnx
    python -m benchmarks.frozen render fiction --train 300
    pleinair train segment --scenes fiction --run reader --width 8 --seed 3 --pictures 120k
    pleinair train layout --photos photos.pack --scenes fiction --segmenter reader --features vgg19_quarter.safetensors
        --classifier squeezenet1_1.safetensors --pictures 10k --from seventh --run eighth
    python scripts/average_runs sixth eighth --out ninth
    2026-11-24 · one x86-64 CPU core, bf16, shared with other work · 23 minutes · 10,000 pictures, after 48,584 in 98
    minutes in which the weights were found (see the card). To go on from it: the same command with
    --from resume/layout.safetensors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from pleinair.data.gray import chance
from pleinair.data.labeled import LabeledCrops, LabeledScene, Shaken, split
from pleinair.data.pack import Pack
from pleinair.data.scenes import Batch, Scenes
from pleinair.data.unpaired import Domain
from pleinair.engine.opening import LAYOUT
from pleinair.engine.protocol import Array
from pleinair.errors import SettingError
from pleinair.fiction.palette import NAMES
from pleinair.losses.labels import rarity_of
from pleinair.networks.layout import CLASSES, LayoutGenerator
from pleinair.networks.segmenter import load_segmenter
from pleinair.objectives.layout import Layout, Sketch
from pleinair.recipes.on_device import fed, floats, laid
from pleinair.recipes.scene import PHOTO, scene
from pleinair.recipes.scene import tiny as tiny_scene
from pleinair.recipes.scene_building import (
    BLIND,
    critics_of,
    drawn_on_device,
    fitted,
    meaning_of,
    ripples_of,
    scales_of,
    settings_of,
)
from pleinair.recipes.segment import class_shares
from pleinair.recipes.sight import frozen_of, looked_on
from pleinair.recipes.watching import extractor_of
from pleinair.recipes.watching_layouts import WatchedLayouts
from pleinair.seeds import CELL_SIDE, HALO, NOISE
from pleinair.spec import ModelSpec, Source
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice

PICTURES = 100_000
MEANING, MEANING_SPREAD = 8.0, 5.0  # weights of what a classifier sees
SHORT_SIDE = 384  # that scenes are kept at, at most
FICTION = "fictional scenes, rendered"
SIDE = 128  # pixels of a crop
SCALES = (1.0, 2.0)  # short sides in sides of a crop that pictures are brought to: whole scenes, and what they are of


def layout(pictures: int = PICTURES, seed: int = 0) -> Run:
    """The critics and the population of the scene recipe, at crops of 128 pixels; the layout is read back at the weight
    of an adversary, and structure is held loosely."""
    run = scene([PHOTO], (), SIDE, pictures, seed)
    weights = {
        name: weight for name, weight in run.weights.items() if name not in ("generator.rebuilt", "generator.nats")
    }
    held = {"generator.layout": 2.0, "generator.structure": 0.5, "generator.tint": 24.0, "generator.light": 6.0}
    spread = {"generator.spread": 1.5, "generator.ripples_spread": 1.0}
    return replace(
        run,
        recipe="layout",
        weights={**weights, **held, **spread},
        network={"side": SIDE, "width": 24, "marks": 1, "classes": CLASSES},
        settings={**run.settings, "generator": "layout", "read": 0.0},
        data={**run.data, "scales": [SIDE * share for share in SCALES]},
    )


def meaning(run: Run) -> Run:
    """The run in which a frozen classifier looks on, too."""
    return looked_on(run, MEANING, MEANING_SPREAD)


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in seconds. The side is 64: a map has cells."""
    small = tiny_scene(run)
    return replace(small, network={**run.network, "side": 64, "width": 1}, data={**run.data, "scales": [64.0, 96.0]})


def builder(
    pack: Pack,
    scenes: Sequence[LabeledScene],
    segmenter: Path,
    features: Path | None,
    judge: Path | None,
    classifier: Path | None = None,
) -> Build:
    """What builds the task of a Run from photos, scenes with label maps, the run of a segmenter, the file of the frozen
    network that the recipe names, the feature network that scores, and the file of the classifier if the run names one.

    Building raises ModelError for a segmenter or a network that cannot be read, SettingError for one that is not given.
    """
    trained, held = split(scenes)

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Sketch]:
        reads = load_segmenter(segmenter)
        if reads.classes != run.network["classes"]:
            raise SettingError(f"{segmenter} reads {reads.classes} classes; the palette has {run.network['classes']}")
        generator = LayoutGenerator(int(run.network["width"]), int(run.network["classes"]))
        frozen = frozen_of(run, features, BLIND)
        critics = critics_of(run, frozen)
        rarity = rarity_of(class_shares(trained)).to(device)
        settings = settings_of(run)
        sides = meaning_of(run, settings, ranks, classifier), ripples_of(run, settings, ranks)
        objective = Layout(generator, critics, frozen, reads, rarity, run.weights, settings, ranks.gather, *sides)
        form = laid((*objective.players.values(), reads, *objective.scene.onlookers), device, choice)
        sampler = sampler_of(run, pack, trained)
        fitted(objective.scene, sampler.photos, device)
        if choice.compiled:
            objective.scene.compile()
        batches = fed(sampler, run, partial(sketch, device=device, form=form))
        watched = WatchedLayouts(pack, held, reads, sampler.photos.crop, extractor_of(judge, frozen))
        facts = {"styles": list(run.styles), "network": dict(run.network), "spec": spec_of(run, pack, scenes).to_json()}
        return Task(objective, batches, watched.preview, watched.watch if watched.possible else None, facts)

    return build


def spec_of(run: Run, pack: Pack, scenes: Sequence[LabeledScene]) -> ModelSpec:
    """What a run's generator says of itself before it is exported."""
    sources = Source(PHOTO, pack.name, len(pack.entries), ""), Source(PHOTO, FICTION, len(scenes), "")
    return ModelSpec(
        name=run.recipe,
        styles=run.styles,
        stride=CELL_SIDE,
        halo=0,
        kind=LAYOUT,
        width=int(run.network["width"]),
        kinds=NAMES,
        recipe=run.recipe,
        sources=sources,
    )


@dataclass(frozen=True, eq=False)
class Both:
    """One rank's share of a batch: photos with what is drawn from, layouts with their renders, and the noise that is
    drawn from in the place of the photos' own."""

    photos: Batch
    layouts: Shaken
    noise: Array


@dataclass(frozen=True, eq=False)
class Sketches:
    """Draws photos and layouts by the same numbers."""

    photos: Scenes
    layouts: LabeledCrops

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Both:
        """The pictures numbered seen_pictures + rank, + rank + ranks, … below seen_pictures + count."""
        numbers = seen_pictures, count, rank, ranks
        photos, layouts = self.photos.batch(*numbers), self.layouts.batch(*numbers)
        cells = self.layouts.side // CELL_SIDE
        draws = [chance("grain", self.layouts.seed, int(number)) for number in layouts.numbers]
        noise = [draw.standard_normal((NOISE, cells, cells + 2 * HALO)).astype(np.float32) for draw in draws]
        return Both(photos, layouts, np.stack(noise))


def sampler_of(run: Run, pack: Pack, scenes: Sequence[LabeledScene]) -> Sketches:
    """What feeds a run."""
    side, scales = int(run.network["side"]), scales_of(run)
    photos = Scenes([Domain(PHOTO, pack.train, scales)], side=side, seed=run.seed)
    return Sketches(photos, LabeledCrops(scenes, side=side, scales=scales, seed=run.seed))


def sketch(batch: Both, device: torch.device, form: torch.memory_format) -> Sketch:
    """A batch on its device."""
    labels, renders = batch.layouts.labels, floats(batch.layouts.pixels, device).contiguous(memory_format=form)
    drawn = drawn_on_device(batch.photos, device, form)
    drawn = replace(drawn, noise=torch.from_numpy(batch.noise).to(device))
    return Sketch(drawn, torch.from_numpy(np.ascontiguousarray(labels)).to(device), renders)
