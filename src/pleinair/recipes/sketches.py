"""The recipe of sketches: noise becomes what stands where, and in which colors, as fictional scenes have it.

RECEIPT of the sketches of resume/scene.safetensors and src/pleinair/shipped/scene.onnx
    python -m benchmarks.frozen render fiction --train 1200
    pleinair train sketches --photos photos.pack --scenes fiction --kinds fiction/kinds.csv
        --features vgg19_quarter.safetensors --pictures 75k --from second --run third
    2026-11-24 · one x86-64 CPU core, bf16, the other shared with other work · 50 minutes · 75,000 pictures seen, after
    70,400 in 39 minutes without kinds (see the card). To go on from it: --from resume/scene.safetensors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from pleinair.data.gray import chance
from pleinair.data.labeled import LabeledCrops, LabeledScene, split
from pleinair.data.pack import Pack
from pleinair.data.scenes import DROPPED, Scenes
from pleinair.data.unpaired import Domain
from pleinair.engine.opening import SCENE
from pleinair.networks.critic import PixelCritic
from pleinair.networks.sketched import PLANES, SKETCHED, SketchedScene
from pleinair.objectives.layout import Sketch
from pleinair.objectives.sketches import Sketching
from pleinair.recipes import scene_building
from pleinair.recipes.layout import Both, sketch
from pleinair.recipes.layout import spec_of as layout_spec_of
from pleinair.recipes.on_device import fed, laid
from pleinair.recipes.scene import PHOTO, scene
from pleinair.recipes.scene import tiny as tiny_scene
from pleinair.recipes.scene_building import BLIND, critics_of, fitted, ripples_of, scales_of, settings_of
from pleinair.recipes.sight import frozen_of
from pleinair.recipes.watching import extractor_of
from pleinair.recipes.watching_scenes import WatchedScenes
from pleinair.spec import ModelSpec
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice

READ_AT = 2 * SKETCHED  # pixels of height that layouts are cut at: their edges lie within the pixels of a sketch
SCALES = (1.0, 1.5)  # short sides in sides of a crop that fictional scenes are brought to
PICTURES = 100_000
OF_PIXELS = ("generator.adversarial", "discriminator.adversarial", "discriminator.penalty")


def sketches(kinds: Sequence[str] = (), pictures: int = PICTURES, seed: int = 0) -> Run:
    """The scene recipe, renders in the place of photos; its critic of pixels is one of sketches, which sees classes,
    too. kinds: of scenes, that it shall tell apart."""
    run = scene([PHOTO], kinds, SKETCHED, pictures, seed)
    weights = {name: weight for name, weight in run.weights.items() if name not in OF_PIXELS}
    held = {
        "generator.sketched": 0.5,
        "generator.named": 1.0,
        "discriminator.sketched": 1.0,
        "discriminator.sketched_penalty": 1.0,
    }
    return replace(
        run,
        recipe="scene_sketches",
        weights={**weights, **held},
        network={**run.network, "sketched": True},
        settings={**run.settings, "generator": "sketched", "critic": "none"},
        data={**run.data, "layouts": [READ_AT * share for share in SCALES]},
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in seconds. Sketches have no smaller side."""
    return replace(tiny_scene(run), network={**run.network, "width": 1}, data=run.data)


def builder(
    pack: Pack,
    scenes: Sequence[LabeledScene],
    features: Path | None,
    judge: Path | None,
    named: Mapping[str, str] | None = None,
) -> Build:
    """What builds the task of a Run from photos, which it is scored against and nothing else, scenes with label maps,
    the files of the frozen network that the recipe names and of the feature network that scores, and the kinds of
    scenes by name where a table gives them.

    Building raises SettingError for a frozen network that is not given, ModelError for a file that is none.
    """
    trained, _ = split(scenes)

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Sketch]:
        generator = generator_of(run)
        frozen = frozen_of(run, features, BLIND)
        critics = critics_of(run, frozen)
        settings = settings_of(run)
        ripples = ripples_of(run, settings, ranks)
        critic = PixelCritic(SKETCHED, int(run.settings["critic_width"]), generator.marks, PLANES)
        objective = Sketching(generator, critics, critic, frozen, run.weights, settings, ranks.gather, ripples)
        form = laid((*objective.players.values(), *objective.scene.onlookers), device, choice)
        sampler = sampler_of(run, pack, trained, named or {})
        fitted(objective.scene, sampler.photos, device)
        batches = fed(sampler, run, partial(sketch, device=device, form=form))
        watched = WatchedScenes(pack, generator.side, scales_of(run), extractor_of(judge, frozen))
        spec = spec_of(run, generator, run.data["kinds"], pack, scenes)
        facts = {"styles": list(run.styles), "network": dict(run.network), "spec": spec.to_json()}
        return Task(objective, batches, watched.preview, watched.watch if watched.possible else None, facts)

    return build


def generator_of(run: Run) -> SketchedScene:
    """The generator that a run trains, untrained."""
    generator = scene_building.generator_of(run)
    assert isinstance(generator, SketchedScene)
    return generator


def spec_of(
    run: Run, generator: SketchedScene, kinds: Sequence[str], pack: Pack, scenes: Sequence[LabeledScene]
) -> ModelSpec:
    """What a run's generator, of sketches or of scenes on them, says of itself before it is exported."""
    spec, halo, side = layout_spec_of(run, pack, scenes), generator.halo, generator.side
    return replace(spec, kind=SCENE, stride=1, halo=halo, side=side, width=generator.width, kinds=tuple(kinds))


@dataclass(frozen=True, eq=False)
class Sampler:
    """Draws photos and layouts by the same numbers. `kinds` are those of scenes, `named` which scene is of which."""

    photos: Scenes
    layouts: LabeledCrops
    kinds: tuple[str, ...]
    named: Mapping[str, str]

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Both:
        """The pictures numbered seen_pictures + rank, + rank + ranks, … below seen_pictures + count."""
        given = seen_pictures, count, rank, ranks
        photos, layouts = self.photos.batch(*given), self.layouts.batch(*given)
        marks = np.zeros((len(layouts.numbers), 1 + len(self.kinds)), np.float32)
        marks[:, 0] = 1
        for row, number in enumerate(layouts.numbers):
            kind = self.named.get(self.layouts.scene(int(number)).name)
            said = chance("kind", self.layouts.seed, int(number)).random_sample() >= DROPPED
            if said and kind in self.kinds:
                marks[row, 1 + self.kinds.index(kind)] = 1
        return Both(replace(photos, drawn=replace(photos.drawn, marks=marks)), layouts, photos.drawn.noise)


def sampler_of(run: Run, pack: Pack, scenes: Sequence[LabeledScene], named: Mapping[str, str]) -> Sampler:
    """What feeds a run."""
    photos = Scenes([Domain(PHOTO, pack.train, scales_of(run))], side=SKETCHED, seed=run.seed)
    crops = LabeledCrops(scenes, side=READ_AT, scales=scales_of(run, "layouts"), seed=run.seed)
    return Sampler(photos, crops, tuple(run.data["kinds"]), named)
