"""A layout generator → one `.onnx`, and the comparison of the two: the same layouts and seeds, through the users'
engine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pleinair.engine.layout import OUTPUT, load
from pleinair.engine.opening import LAYOUT
from pleinair.errors import SettingError
from pleinair.export.graph import Shape
from pleinair.export.layout_graph import inputs, layout_graph
from pleinair.export.trunk import save
from pleinair.fiction.palette import NAMES, colored
from pleinair.networks.layout import LayoutGenerator
from pleinair.render.told import Labels, LaidOut
from pleinair.seeds import CELL_SIDE
from pleinair.spec import METADATA_KEY, ModelSpec
from pleinair.version import __version__

SEEDS = 8  # drawn to compare
SIZES = ((64, 64), (50, 112), (112, 33))  # of layouts drawn to compare, in turn


def export_layout(generator: LayoutGenerator, spec: ModelSpec, path: Path, half: bool = True) -> ModelSpec:
    """Write the generator and return the spec that went into the file.

    half: weights are stored in fp16, which halves the file. Kinds are the classes of the palette; stride, width and
    version are filled in. Raises SettingError if the palette's classes are not the network's, OutputError if the file
    cannot be written.
    """
    if generator.classes != len(NAMES):
        raise SettingError(f"the palette has {len(NAMES)} classes, the network draws {generator.classes}")
    spec = replace(spec, kind=LAYOUT, stride=CELL_SIDE, halo=0, kinds=NAMES, width=generator.width, version=__version__)
    graph = layout_graph(generator, half=half)
    pictures: Shape = (1, 3, "height_drawn", "width_drawn")
    save(graph.finished(inputs(generator), {OUTPUT: pictures}, {METADATA_KEY: spec.to_json()}), path)
    return spec


@torch.no_grad()
def layout_parity(generator: LayoutGenerator, path: Path) -> dict[str, float]:
    """The worst difference between the file and the network in fp32, in steps of 1/255, for each of the first seeds,
    before pictures are clipped. Every class is drawn by each."""
    engine, worst = load(path), dict[str, float]()
    for seed in range(SEEDS):
        labels = patches(SIZES[seed % len(SIZES)], seed)
        one = LaidOut(labels, colored(labels), seed).whole()
        wanted = generator(*map(torch.from_numpy, (one.latents, one.noise, one.told))).numpy()
        worst[f"seed {seed}"] = float(np.abs(engine.draw(one.latents, one.noise, one.told) - wanted).max()) / 2 * 255
    return worst


def patches(size: tuple[int, int], first: int) -> Labels:
    """A layout (h, w) of all classes in turn, in patches."""
    rows, columns = (np.arange(count) // 8 for count in size)
    found: Labels = ((rows[:, None] * 5 + columns + first) % len(NAMES)).astype(np.uint8)
    return found
