"""What trainings need to be rehearsed: small packs of drawn pictures, a frozen network's file with random weights."""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from pleinair.data.pack import TRAIN, VALIDATION, Entry, Pack, write
from pleinair.recipes import scene_building, watching, watching_scenes
from pleinair.recipes import translate as recipes
from pleinair.training.launch import Build
from pleinair.training.run import Run
from pleinair.training.trial import Choice

STYLES = ("photo", "dots", "lines")
PICTURES = 12  # of each pack, a third of them for validation
PLAIN = Choice(threads=1)


def picture(kind: int, number: int, size: int = 64) -> Image.Image:
    """A drawn picture (size + number, size): clouds of colors, with the dots or the lines of its kind over them."""
    draw = np.random.default_rng([kind, number])
    small = Image.fromarray(draw.integers(0, 256, (5, 4, 3), dtype=np.uint8))
    pixels = np.asarray(small.resize((size, size + number), Image.Resampling.BICUBIC)).astype(np.int16)
    y, x = np.mgrid[: size + number, :size]
    pattern = (0 * x, 60 * (x % 8 < 4) * (y % 8 < 4), 60 * (x % 6 < 3))[kind % 3]
    return Image.fromarray((pixels + pattern[..., None]).clip(0, 255).astype(np.uint8))


def write_folder(folder: Path, kind: int, count: int = PICTURES, size: int = 140) -> Path:
    """A folder of pictures, as a user would give it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        picture(kind, number, size).save(folder / f"{number:02}.png")
    return folder


def write_pack(path: Path, kind: int) -> Path:
    """A pack of pictures, every third for validation."""
    pictures = []
    for number in range(PICTURES):
        image, buffer = picture(kind, number), io.BytesIO()
        image.save(buffer, "PNG")
        split = VALIDATION if number % 3 == 2 else TRAIN
        pictures.append((Entry(str(number), "", image.width, image.height, split, ""), buffer.getvalue()))
    write(path, path.stem, pictures, {})
    return path


def write_frozen(path: Path) -> Path:
    """A file of the frozen network, with random weights that let signals through."""
    from safetensors.torch import save_file

    from pleinair.networks.frozen import QuarterVGG

    draw = torch.Generator().manual_seed(5)
    state = QuarterVGG().state_dict()
    for name, value in state.items():
        spread = (2 / max(1, value[0].numel())) ** 0.5 if value.dim() > 1 else 0.1
        state[name] = torch.randn(value.shape, generator=draw) * spread
    save_file(state, path)
    return path


def write_classifier(path: Path) -> Path:
    """A file of the frozen classifier, likewise, in half precision and with its last layer, as they are to be had."""
    from safetensors.torch import save_file

    from pleinair.networks.classifier import SqueezeNet

    draw = torch.Generator().manual_seed(6)
    state = {**SqueezeNet().state_dict(), "conv10.weight": torch.zeros(10, 512, 1, 1), "conv10.bias": torch.zeros(10)}
    for name, value in state.items():
        spread = (2 / max(1, value[0].numel())) ** 0.5 if value.dim() > 1 else 0.1
        state[name] = (torch.randn(value.shape, generator=draw) * spread).half()
    save_file(state, path)
    return path


@cache
def stage(folder: Path) -> Path:
    """A folder with packs `photo`, `dots` and `lines`, and `frozen.safetensors` and `classifier.safetensors`; made once
    per process."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, style in enumerate(STYLES):
        write_pack(folder / f"{style}.pack", kind)
    write_frozen(folder / "frozen.safetensors")
    write_classifier(folder / "classifier.safetensors")
    return folder


def look_little(change: Callable[[object, str, object], None] = setattr) -> None:
    """Let trainings look at few pictures, and small ones, through eyes that cost nothing."""
    for name, value in (("SIDE", 32), ("WATCHED", 3), ("SHOWN", 2), ("REFERENCES", 4)):
        change(watching, name, value)
    for name, value in (("SHOWN", 2), ("WATCHED", 8)):
        change(watching_scenes, name, value)
    change(watching, "frozen_extractor", lambda frozen: frozen and mean_colors)


def mean_colors(pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Pictures (n, 3, h, w) as 4×4 squares of mean color, (n, 48)."""
    n, _, h, w = pictures.shape
    squares = pictures.reshape(n, 3, 4, h // 4, 4, w // 4)
    return np.asarray(squares.mean((3, 5)).reshape(n, -1), np.float32)


def tiny_run(recipe: str = "translate", pictures: int = 16, styles: tuple[str, ...] = STYLES) -> Run:
    """The recipe at its smallest: every step is told, nothing is looked at but at the end."""
    run = recipes.tiny(getattr(recipes, recipe)(styles, pictures))
    return replace(run, preview_pictures=400)


def build(folder: Path) -> Build:
    """What builds tasks from a stage, of a painter or of scenes as the run asks."""
    packs, frozen = {style: Pack.open(folder / f"{style}.pack") for style in STYLES}, folder / "frozen.safetensors"
    painters = recipes.builder(packs["photo"], {s: packs[s] for s in STYLES[1:]}, frozen)
    scenes = scene_building.builder(packs, frozen, None, {})
    return lambda run, *rest: (scenes if run.recipe.startswith("scene") else painters)(run, *rest)
