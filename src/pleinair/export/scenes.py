"""A scene generator → one `.onnx`, and the comparison of the two: the same seeds, through the users' engine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pleinair.engine.opening import SCENE
from pleinair.engine.protocol import Array
from pleinair.engine.scene import OUTPUT, halo_of, load
from pleinair.errors import SettingError
from pleinair.export.graph import Shape
from pleinair.export.scene_graph import inputs, scene_graph
from pleinair.export.sketched_graph import sketched_graph
from pleinair.export.trunk import save
from pleinair.networks.scene import SceneGenerator
from pleinair.networks.sketched import SketchedScene
from pleinair.seeds import ROWS, columns, latent
from pleinair.spec import METADATA_KEY, ModelSpec
from pleinair.version import __version__

SEEDS = 8  # drawn to compare, or as many as there are domains or kinds
WIDTHS = (ROWS, 7)  # columns of pictures drawn to compare, in turn


def export_scene(
    generator: SceneGenerator | SketchedScene, spec: ModelSpec, path: Path, half: bool = True
) -> ModelSpec:
    """Write the generator and return the spec that went into the file.

    half: weights are stored in fp16, which halves the file. Side, width and version are filled in. Raises SettingError
    if the spec's domains and kinds are not the network's, OutputError if the file cannot be written.
    """
    if len(spec.styles) + len(spec.kinds) != generator.marks:
        raise SettingError(
            f"the spec names {len(spec.styles)} domains and {len(spec.kinds)} kinds, the network has {generator.marks} "
            "marks; name each"
        )
    if isinstance(generator, SketchedScene):
        halo, graph = generator.halo, sketched_graph(generator, half=half)
    else:
        halo, graph = 0, scene_graph(generator, half=half)
    spec = replace(spec, kind=SCENE, stride=1, halo=halo, side=generator.side, width=generator.width)
    spec = replace(spec, version=__version__)
    pictures: Shape = ("n", 3, generator.side, "width")
    save(graph.finished(inputs(generator), {OUTPUT: pictures}, {METADATA_KEY: spec.to_json()}), path)
    return spec


@torch.no_grad()
def scene_parity(generator: SceneGenerator | SketchedScene, path: Path) -> dict[str, float]:
    """The worst difference between the file and the network in fp32, in steps of 1/255, for each of the first seeds.

    Every domain and kind is drawn at least once, and pictures before they are clipped are compared.
    """
    engine, worst = load(path), dict[str, float]()
    domains, kinds, halo = len(engine.spec.styles), len(engine.spec.kinds), halo_of(engine.spec)
    for seed in range(max(SEEDS, domains, kinds)):
        marks = np.zeros((1, domains + kinds), np.float32)
        marks[0, seed % domains] = 1
        if kinds:
            marks[0, domains + seed % kinds] = 1
        given: tuple[Array, ...] = (latent(seed)[None], columns(seed, WIDTHS[seed % 2], halo=halo)[None], marks)
        wanted: Array = generator(*map(torch.from_numpy, given)).numpy()
        worst[f"seed {seed}"] = float(np.abs(engine.draw(*given) - wanted).max()) / 2 * 255
    return worst
