"""What a layout training shows of itself, and how any trained one paints a layout.

Shapes: h×w pixels of a layout and its render.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.labeled import LabeledScene, windowed
from pleinair.data.pack import Pack
from pleinair.engine.opening import LAYOUT
from pleinair.engine.protocol import Array
from pleinair.errors import ModelError
from pleinair.fiction.palette import NAMES, colored
from pleinair.metrics.distances import kernel_distance
from pleinair.metrics.features import Extractor, Matrix, features_of
from pleinair.networks.layout import LayoutGenerator
from pleinair.networks.segmenter import AVERAGE, Segmenter, read_back
from pleinair.recipes.watching_scenes import crops
from pleinair.render.real import made_real
from pleinair.render.told import Around
from pleinair.seeds import CELL_SIDE
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint
from pleinair.training.preview import mosaic

Pixels = npt.NDArray[np.uint8]

SHOWN, SEEDS = 6, 3  # layouts, and pictures of each
WATCHED = 64  # pictures a side


class WatchedLayouts:
    """Held-out scenes of one training, seen whole. Consumes no randomness."""

    def __init__(
        self, pack: Pack, scenes: Sequence[LabeledScene], segmenter: Segmenter, side: int, extractor: Extractor | None
    ) -> None:
        self.album = pack.validation if len(pack.validation) else pack.train
        self.scenes = [square(scene, side) for scene in scenes]
        self.segmenter, self.side, self.extractor = segmenter, side, extractor
        self._features: Matrix | None = None

    @property
    def possible(self) -> bool:
        """Whether there is something to judge by."""
        return self.extractor is not None

    def preview(self, averaged: nn.Module) -> Pixels:
        """Rows of: layout, its render, and its first seeds, unpicked."""
        assert isinstance(averaged, LayoutGenerator)
        rows = [
            [colored(one.labels), one.picture, *(painted(averaged, one, seed) for seed in range(SEEDS))]
            for one in self.scenes[:SHOWN]
        ]
        return mosaic(rows)

    def watch(self, averaged: nn.Module) -> dict[str, float]:
        """`score`: kernel distance ×1000 to crops of validation photos; `right`: share of pixels that the segmenter,
        the one trained with, reads back rightly."""
        assert self.extractor is not None
        assert isinstance(averaged, LayoutGenerator)
        if self._features is None:
            self._features = features_of(
                crops(self.album, self.side, (self.side, 1.5 * self.side), WATCHED), self.extractor
            )
        some = [self.scenes[number % len(self.scenes)] for number in range(WATCHED)]
        pictures = [painted(averaged, scene, seed) for seed, scene in enumerate(some)]
        right = [(read_back(self.segmenter, p) == one.labels).mean() for p, one in zip(pictures, some, strict=True)]
        figures = {
            "score": kernel_distance(features_of(pictures, self.extractor), self._features).value,
            "right": float(np.mean(right)),
        }
        return {name: round(value, 4) for name, value in figures.items()}


def square(scene: LabeledScene, side: int) -> LabeledScene:
    """The middle of a scene, s×s pixels."""
    height, width = scene.labels.shape
    span = min(height, width)
    left, top = (width - span) / 2, (height - span) / 2
    return windowed(scene, (left, top, left + span, top + span), (side, side))


def load_layout(path: Path) -> LayoutGenerator:
    """The averaged generator of a run folder or of its `average.safetensors`. Raises RunError for a file that cannot be
    read, ModelError for one of another kind."""
    path = path / AVERAGE if path.is_dir() else path
    weights, facts = checkpoint.read(path)
    try:
        network = facts["network"]
        generator = LayoutGenerator(int(network["width"]), int(network["classes"]))
        generator.load_state_dict(weights)
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path}: no generator of layouts ({reason}); train one: pleinair train layout") from error
    return generator.requires_grad_(False).eval()


class LearnedEngine:
    """A trained generator as rendering knows it, without an export."""

    def __init__(self, generator: LayoutGenerator) -> None:
        self.generator = generator
        self.spec = ModelSpec("layout", ("photo",), CELL_SIDE, 0, kind=LAYOUT, kinds=NAMES)

    @torch.no_grad()
    def draw(self, latents: Array, noise: Array, told: Array) -> Array:
        """See `LayoutEngine.draw`."""
        own = next(self.generator.parameters()).device
        drawn = self.generator(*(torch.from_numpy(part).to(own) for part in (latents, noise, told)))
        pictures: Array = drawn.float().cpu().numpy()
        return pictures


def painted(generator: LayoutGenerator, scene: LabeledScene, seed: int, wrap: Around = "none") -> Pixels:
    """The picture (h, w, 3) of a scene's labels and render, as large as they are."""
    return made_real(scene.labels, scene.picture, seed, LearnedEngine(generator), wrap=wrap)
