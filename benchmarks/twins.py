#!/usr/bin/env python3
"""What a network without normalization over the picture is worth to film: it against a twin that normalizes.

    python -m benchmarks.twins --content photos.pack --style vangogh=vangogh.pack --features VGG.safetensors --runs DIR

Two painters of one style learn by the translate recipe, from nothing, from the same pictures in the same order, with
the same seed. They differ in one thing: the twin brings what goes into each of its convolutions but the first to mean 0
and deviation 1 over the picture, channel by channel (instance normalization, Ulyanov et al. 2016), as most networks for
style do. Both then paint a clip of the procedural world that stands still while something bright comes in from the
left. Told are: how far the painting changes, in codes of 255, where the source does not change and no convolution
reaches what does (`far`); and its flicker wherever the source does not change (warp error over gradient energy, see
metrics/motion). Killed and typed again, trainings go on. The last line is JSON; a sheet stands in --runs.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from pleinair.data.pack import Pack
from pleinair.errors import PleinairError, SettingError
from pleinair.fiction.render import render
from pleinair.fiction.spec import SceneSpec
from pleinair.metrics.motion import Flow, steadiness
from pleinair.metrics.sheets import save_sheet
from pleinair.networks.translator import Translator, translator_of
from pleinair.recipes import translate as recipe
from pleinair.training import checkpoint
from pleinair.training.launch import Build, launch
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice

Pixels = npt.NDArray[np.uint8]

TWINS = ("ours", "normalized")
SIZE, FRAMES, RADIUS = (768, 256), 12, 44  # of the clip; it ends with the object wholly in view
BRIGHT = (255, 250, 225)
SHOWN = (0, FRAMES // 2, FRAMES - 1)


@dataclass(frozen=True)
class Found:
    """Of one twin: how much its painting changes far from the object in codes of 255, mean and worst; its flicker."""

    twin: str
    far: float
    far_worst: float
    flicker: float


def normalizing(network: Translator) -> Translator:
    """The network with instance normalization before each styled convolution but the first; so in its copies."""
    for _, layer in list(network.layers())[1:]:
        layer.register_forward_pre_hook(lambda _, given: (F.instance_norm(given[0]), *given[1:]))
    return network


def normalized(build: Build) -> Build:
    """The same task, with the twin for a generator."""

    def built(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Any]:
        task = build(run, device, choice, ranks)
        generator = task.objective.players["generator"]
        assert isinstance(generator, Translator)
        normalizing(generator)
        return task

    return built


def clip(size: tuple[int, int] = SIZE, frames: int = FRAMES, radius: int = RADIUS) -> list[Pixels]:
    """A lake that stands still, and a bright disk that comes in from the left and stays a radius inside."""
    scene = render(SceneSpec(kind="lake", time="noon", weather="clear", seed=3), size).picture
    y, x = np.mgrid[: scene.shape[0], : scene.shape[1]]
    shown = []
    for place in np.linspace(-radius, radius, frames):
        cover = np.clip(radius + 0.5 - np.hypot(x - place, y - scene.shape[0] / 2), 0, 1)[:, :, None]
        shown.append(np.rint(scene * (1 - cover) + np.array(BRIGHT) * cover).astype(np.uint8))
    return shown


def trained(folder: Path, network: Translator) -> Translator:
    """The averaged weights of a run, in a network of its kind. Raises RunError."""
    weights, _ = checkpoint.read(folder / checkpoint.AVERAGE)
    network.load_state_dict(weights)
    return network.eval()


@torch.inference_mode()
def painted(network: Translator, frame: Pixels) -> Pixels:
    """The whole frame at once: a network that normalizes cannot paint in windows."""
    picture: Tensor = torch.from_numpy(frame).permute(2, 0, 1)[None].float() / 127.5 - 1
    out = network(picture, torch.ones(1, 1), True)[0].permute(1, 2, 0)
    return np.asarray(((out + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy())


def judged(
    twin: str, network: Translator, frames: Sequence[Pixels], radius: int = RADIUS
) -> tuple[Found, list[Pixels]]:
    """The figures of a twin, and its painting. Raises SettingError for a clip that the network sees the whole of."""
    shown = [painted(network, frame) for frame in frames]
    first = 2 * radius + 1 + network.halo
    if first >= frames[0].shape[1]:
        raise SettingError(f"the network reaches {network.halo} pixels; take a clip wider than {first}")
    strips = np.stack([frame[:, first:] for frame in shown]).astype(int)
    changes = np.abs(strips - strips[0])[1:]
    seen = np.ones(frames[0].shape[:2], np.bool_)
    seen[:, : 2 * radius + 1] = False  # where the source itself changes nothing can be expected to stay
    still = Flow(np.zeros((*seen.shape, 2), np.float32), seen)
    flicker = steadiness(shown, frames, [still] * (len(frames) - 1)).painted
    return Found(twin, float(changes.mean()), float(changes.max()), flicker), shown


def learned(run: Run, build: Build, runs: Path) -> dict[str, Translator]:
    """Both twins, trained in folders of their own."""
    made = {}
    for twin in TWINS:
        launch(run, build if twin == "ours" else normalized(build), runs / twin)
        network = translator_of(len(run.styles), run.network)
        made[twin] = trained(runs / twin, network)
        if twin != "ours":
            normalizing(network)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--style", required=True, metavar="NAME=PACK")
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--crop", type=int, default=128)
    parser.add_argument("--tiny", action="store_true", help="rehearse with a toy network")
    options = parser.parse_args(arguments)
    try:
        name, _, pack = options.style.partition("=")
        run = recipe.translate([name], options.pictures)
        scale = options.crop / run.data["crop"]
        data = {**run.data, "crop": options.crop, "scales": [scale * side for side in run.data["scales"]]}
        run = replace(run, data=data, watch_pictures=10**9, settings={**run.settings, "speed": "plain"})
        run = recipe.tiny(run) if options.tiny else run
        build = recipe.builder(Pack.open(options.content), {name: Pack.open(pack)}, options.features)
        networks = learned(run, build, options.runs)
        frames = clip(SIZE)
        found, rows = [], [np.concatenate([frames[place] for place in SHOWN], 1)]
        for twin, network in networks.items():
            figures, shown = judged(twin, network, frames)
            found.append(figures)
            rows.append(np.concatenate([shown[place] for place in SHOWN], 1))
    except PleinairError as error:
        print(error, file=sys.stderr)
        return 1
    save_sheet(np.concatenate(rows), options.runs / "twins.jpg")
    for one in found:
        print(f"{one.twin:12} far {one.far:.3f}/255, worst {one.far_worst:.0f}  flicker {one.flicker:.2e}")
    facts = {"benchmark": "twins", "style": name, "pictures": options.pictures, "crop": options.crop}
    print(json.dumps({**facts, "twins": [asdict(one) for one in found]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
