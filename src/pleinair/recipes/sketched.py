"""The sketched scene recipe: a layout generator learns to draw on sketches; both together are a generator of scenes.

What it is told is as coarse as sketches are: half of the batch are layouts of fictional scenes, reduced to what a
sketch of them would be, half are what the generator of sketches draws, which stays as it is. The rest is the layout
recipe, at the size of scenes.

RECEIPT of resume/scene.safetensors and src/pleinair/shipped/scene.onnx
    pleinair train layout --photos photos.pack --scenes fiction --segmenter reader --sketches third --from fourth
        --features vgg19_quarter.safetensors --classifier squeezenet1_1.safetensors --pictures 11000 --run fifth
    2026-11-24 · one x86-64 CPU core, bf16, the other shared with other work · 21 minutes · 11,000 pictures, after
    25,840 in 57 minutes from resume/layout.safetensors (see the card; `third` is of `train sketches`). To go on from
    it: the same command with --from resume/scene.safetensors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.data.gray import chance
from pleinair.data.labeled import LabeledScene, split
from pleinair.data.pack import Pack
from pleinair.errors import ModelError
from pleinair.losses.labels import rarity_of
from pleinair.networks.layout import CLASSES, known_of
from pleinair.networks.scene import SceneGenerator, trimmed
from pleinair.networks.segmenter import load_segmenter
from pleinair.networks.sketched import SKETCHED, SketchedScene, shares
from pleinair.objectives.layout import Layout, Sketch
from pleinair.recipes.layout import layout, sampler_of, sketch
from pleinair.recipes.layout import tiny as tiny_layout
from pleinair.recipes.on_device import fed, laid
from pleinair.recipes.scene_building import BLIND, critics_of, fitted, meaning_of, ripples_of, settings_of
from pleinair.recipes.segment import class_shares
from pleinair.recipes.sight import frozen_of
from pleinair.recipes.sketches import spec_of
from pleinair.recipes.watching import extractor_of
from pleinair.recipes.watching_scenes import WatchedScenes
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE, ROWS
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice
from pleinair.training.warm import start_from

HEIGHT = 4 * SKETCHED  # pixels of a scene
SCALES = (HEIGHT, 1.5 * HEIGHT)  # short sides that pictures, and scenes with label maps, are brought to
PICTURES = 60_000
BEYOND = HALO * CELL_SIDE  # pixels beside a crop that the layout generator looks at


def sketched(pictures: int = PICTURES, seed: int = 0) -> Run:
    """The layout recipe, told what sketches tell, at the size that scenes are drawn at. A sketch is too coarse to say
    what leaves and crags are made of, so nothing is held to its structure."""
    run = layout(pictures, seed)
    return replace(
        run,
        recipe="scene_sketched",
        weights={name: weight for name, weight in run.weights.items() if name != "generator.structure"},
        settings={**run.settings, "generator": "sketched"},
        data={**run.data, "scales": list(SCALES), "height": HEIGHT},
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in seconds. A crop has cells, a sketch its side."""
    small = tiny_layout(run)
    return replace(small, data={**run.data, "scales": list(SCALES)})


def builder(
    pack: Pack,
    scenes: Sequence[LabeledScene],
    segmenter: Path,
    sketches: Path,
    start: Path | None,
    features: Path | None,
    judge: Path | None,
    classifier: Path | None = None,
) -> Build:
    """What builds the task of a Run as the layout recipe's builder does, and from the run of a generator of sketches.
    start: a saving of `train layout` that drawing begins from, if the run has no other.

    Building raises ModelError for a segmenter, sketches or a network that cannot be read, RunError for a saving,
    SettingError for what is not given.
    """
    trained, _ = split(scenes)

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Sketch]:
        reads = load_segmenter(segmenter)
        sketching, network, kinds = load_sketches(sketches)
        height, width = int(run.data["height"]), int(run.network["width"])
        whole = SketchedScene(height, int(network["width"]), sketching.marks, network["reads"], width)
        assert whole.layout is not None
        whole.sketch.load_state_dict(sketching.state_dict())
        whole.sketch.requires_grad_(False)
        if start is not None:
            start_from(start, {"average": whole.layout}, run.styles)
        frozen = frozen_of(run, features, BLIND)
        critics, settings = critics_of(run, frozen), settings_of(run)
        rarity = rarity_of(class_shares(trained)).to(device)
        sides = meaning_of(run, settings, ranks, classifier), ripples_of(run, settings, ranks)
        given = whole.layout, critics, frozen, reads, rarity, run.weights, settings, ranks.gather, *sides
        objective = Layout(*given, whole=whole)
        form = laid((*objective.players.values(), reads, *objective.scene.onlookers), device, choice)
        sampler = sampler_of(run, pack, trained)
        fitted(objective.scene, sampler.photos, device)
        if choice.compiled:
            objective.scene.compile()
        batches = fed(sampler, run, lambda batch: on_sketches(whole, sketch(batch, device, form), run.seed))

        def warmed(modules: Mapping[str, nn.Module], _: Sequence[str]) -> None:
            for module in (modules["generator"], modules["average"]):  # what it began from may have sketched otherwise
                assert isinstance(module, SketchedScene)
                module.sketch.load_state_dict(sketching.state_dict())

        watched = WatchedScenes(pack, height, SCALES, extractor_of(judge, frozen))
        shape = {"side": height, "width": whole.width, "marks": whole.marks, "reads": list(network["reads"])}
        facts = {
            "styles": list(run.styles),
            "network": {**shape, "drawn": width, "sketched": True},
            "spec": spec_of(run, whole, kinds, pack, scenes).to_json(),
        }
        watch = watched.watch if watched.possible else None
        return Task(objective, batches, watched.preview, watch, facts, warmed)

    return build


def load_sketches(run: Path) -> tuple[SceneGenerator, Mapping[str, Any], tuple[str, ...]]:
    """The averaged generator of sketches of a run, or of a generator of scenes that sketches, what the run noted of its
    shape, and the kinds of scenes that it tells apart. Raises RunError for what cannot be read, ModelError for another
    network.

    Weights are brought to half precision, in which they are stored in the end: who draws learns what people will get.
    """
    weights, facts = checkpoint.read(run / checkpoint.AVERAGE if run.is_dir() else run)
    try:
        network, kinds = facts["network"], ModelSpec.from_json(facts["spec"]).kinds
        one = SketchedScene(SKETCHED, int(network["width"]), int(network["marks"]), network["reads"])
        one.load_state_dict({name: value for name, value in weights.items() if not name.startswith("layout.")})
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{run}: no generator of sketches ({reason}); train one: pleinair train sketches") from error
    return one.sketch.half().float().requires_grad_(False).eval(), network, kinds


@torch.no_grad()
def on_sketches(whole: SketchedScene, batch: Sketch, seed: int) -> Sketch:
    """The batch, told as coarsely as sketches tell. Every second picture of the training, by its number, is of what is
    sketched, whose likeliest classes and colors then are what it shall show."""
    times, side = whole.finer, batch.labels.shape[1]
    coarse = F.avg_pool2d(known_of(batch.labels, batch.renders), times)
    coarse = F.pad(coarse, (BEYOND // times, BEYOND // times, 0, 0), mode="replicate")
    rows = (batch.drawn.numbers % 2 == 1).nonzero()[:, 0]
    if len(rows):
        coarse = coarse.index_copy(0, rows, windows(whole, batch.drawn.numbers[rows], side // times, seed).to(coarse))
    told = F.interpolate(coarse, scale_factor=float(times), mode="bilinear", align_corners=False)
    shown = trimmed(told, side)[rows]
    labels = batch.labels.index_copy(0, rows, shown[:, :CLASSES].argmax(1).to(batch.labels.dtype))
    renders = batch.renders.index_copy(0, rows, shown[:, CLASSES:].clamp(-1, 1))
    return replace(batch, labels=labels, renders=renders, told=told)


def windows(whole: SketchedScene, numbers: Tensor, side: int, seed: int) -> Tensor:
    """Parts of the sketches of the pictures with these numbers (n,), as they are told: (n, c + 3, side, side + 2·b), b
    being what is looked at beside a crop."""
    own = next(whole.sketch.parameters())
    across = side + 2 * BEYOND // whole.finer
    columns = -(-across // CELL_SIDE)
    latents = np.empty((len(numbers), LATENT), np.float32)
    noise = np.empty((len(numbers), NOISE, ROWS, columns + 2 * HALO), np.float32)
    places = np.empty((len(numbers), 2), np.float64)
    for row, number in enumerate(numbers.tolist()):
        draw = chance("sketch", seed, number)
        latents[row], noise[row] = draw.standard_normal(LATENT), draw.standard_normal(noise.shape[1:])
        places[row] = draw.random_sample(2)
    marks = torch.zeros(len(numbers), whole.marks, device=own.device)
    marks[:, 0] = 1
    sketches = shares(whole.sketch(*(torch.from_numpy(x).to(own.device) for x in (latents, noise)), marks))
    tops, lefts = (np.floor(places * (SKETCHED - side + 1, sketches.shape[3] - across + 1)).astype(int)).T
    cut = [one[:, top : top + side, left : left + across] for one, top, left in zip(sketches, tops, lefts, strict=True)]
    return torch.stack(cut)
