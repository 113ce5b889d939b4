"""The segment recipe: a small network learns from fictional scenes, in disguise, to read which class each pixel is of.

RECEIPT
    python -m benchmarks.frozen render fiction --train 300
    pleinair train segment --scenes fiction --run judge --width 16 --seed 7 --pictures 100k
    2026-11-24 · one x86-64 CPU core, fp32, shared with other work · 17 minutes · 300 scenes, 100,000 crops seen, of
    short sides of 64 to 128 then · 0.796 of the pixels of held-out scenes read rightly, 0.809 of the 200 of
    benchmarks/realism.py
    pleinair train segment --scenes fiction --run reader --width 8 --seed 3 --pictures 120k
    2026-11-24 · the same · 14 minutes · of short sides of 64 to 192, as now · 0.715 read rightly at 192
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.labeled import LabeledCrops, LabeledScene, Shaken, at_short_side, split
from pleinair.fiction.palette import COLORS
from pleinair.losses.labels import rarity_of
from pleinair.networks.segmenter import CLASSES, Segmenter, read_back
from pleinair.objectives.segment import Lesson, Segment
from pleinair.recipes.on_device import fed, floats
from pleinair.recipes.scene_building import scales_of
from pleinair.training.launch import Build
from pleinair.training.preview import mosaic
from pleinair.training.ranks import Ranks
from pleinair.training.run import Rate, Run
from pleinair.training.task import Sheet, Task
from pleinair.training.trial import Choice

PICTURES = 200_000
SHORT_SIDE = 192  # that scenes are kept at
SHOWN = 6  # scenes of a preview
PREVIEWED = (96, 96)  # pixels across and down


def segment(pictures: int = PICTURES, width: int = 16, seed: int = 0) -> Run:
    """Crops of 64 pixels from scenes brought to a short side of 64 to 192; cross-entropy, Adam."""
    return Run(
        recipe="segment",
        styles=("fiction",),
        pictures=pictures,
        batch=16,
        seed=seed,
        rates={"segmenter": Rate(3e-3, warmup_pictures=1_600, decay_share=0.6, floor=0.02)},
        betas=(0.9, 0.99),
        weights={"segmenter.misread": 1.0},
        average_pictures=2_000,
        preview_pictures=8_000,
        watch_pictures=8_000,
        patience_pictures=10**9,
        network={"width": width, "classes": CLASSES},
        settings={"speed": "plain", "disguised": 0.5},
        data={"crop": 64, "scales": [64.0, 192.0]},
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in a second."""
    return replace(
        run, batch=4, save_seconds=0.5, network={**run.network, "width": 8}, data={"crop": 16, "scales": [16.0, 24.0]}
    )


def builder(scenes: Sequence[LabeledScene]) -> Build:
    """What builds the task of a Run from scenes with label maps."""
    trained, held = split(scenes)

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Lesson]:  # noqa: ARG001
        segmenter = Segmenter(**run.network).to(device)
        disguised = float(run.settings.get("disguised", 1.0))
        objective = Segment(segmenter, run.weights, rarity_of(class_shares(trained)).to(device), disguised)
        scales = scales_of(run)
        crops = LabeledCrops(trained, side=int(run.data["crop"]), scales=scales, seed=run.seed)

        def watch(averaged: nn.Module) -> dict[str, float]:
            found = accuracy(averaged, held, round(scales[1]))
            return {"score": round(1 - found, 4), "accuracy": round(found, 4)}

        def preview(averaged: nn.Module) -> Sheet:
            return sheet(averaged, held[:SHOWN], round(scales[1]))

        facts = {"styles": list(run.styles), "network": dict(run.network)}
        return Task(objective, fed(crops, run, partial(lesson, device=device)), preview, watch, facts)

    return build


def lesson(batch: Shaken, device: torch.device) -> Lesson:
    """A batch on its device."""
    rows = (torch.from_numpy(row).to(device) for row in (batch.labels, batch.draws, batch.kernels, batch.grain))
    return Lesson(floats(batch.pixels, device), *rows)


def class_shares(scenes: Sequence[LabeledScene]) -> torch.Tensor:
    """Which share of all pixels each class has (k,)."""
    counts = sum(np.bincount(scene.labels.ravel(), minlength=CLASSES) / scene.labels.size for scene in scenes)
    return torch.from_numpy(np.asarray(counts, np.float32)) / len(scenes)


def accuracy(segmenter: nn.Module, scenes: Sequence[LabeledScene], short_side: int) -> float:
    """Share of pixels of undisguised scenes that are read rightly, mean over scenes."""
    assert isinstance(segmenter, Segmenter)
    small = [at_short_side(scene, short_side) for scene in scenes]
    return float(np.mean([(read_back(segmenter, s.picture, short_side) == s.labels).mean() for s in small]))


def sheet(segmenter: nn.Module, scenes: Sequence[LabeledScene], short_side: int) -> Sheet:
    """Rows of: scene, its labels, what is read of it."""
    from PIL import Image

    assert isinstance(segmenter, Segmenter)
    rows: list[list[npt.NDArray[np.uint8]]] = []
    for scene in scenes:
        small = at_short_side(scene, short_side)
        read = np.array(COLORS, np.uint8)[read_back(segmenter, small.picture, short_side)]
        shown = small.picture, np.array(COLORS, np.uint8)[small.labels], read
        rows.append([np.asarray(Image.fromarray(one).resize(PREVIEWED, Image.Resampling.NEAREST)) for one in shown])
    return mosaic([one + two for one, two in pairwise([*rows, rows[-1]])][::2])
