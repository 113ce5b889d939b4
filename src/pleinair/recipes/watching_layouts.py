"""What a layout training shows of itself, and how any trained one paints a layout.

Shapes: h×w pixels of a layout, n pictures.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.labeled import LabeledScene, Labels, windowed
from pleinair.data.pack import Pack
from pleinair.errors import ModelError
from pleinair.fiction.palette import colored
from pleinair.images import to_pixels
from pleinair.metrics.distances import kernel_distance
from pleinair.metrics.features import Extractor, Matrix, features_of
from pleinair.networks.layout import CELL_SIDE, LayoutGenerator, classes_of
from pleinair.networks.segmenter import AVERAGE, Segmenter, read_back
from pleinair.recipes.watching_scenes import crops
from pleinair.render.borders import Wrap
from pleinair.seeds import HALO, ROWS, columns, latent
from pleinair.training import checkpoint
from pleinair.training.preview import mosaic

Pixels = npt.NDArray[np.uint8]

SIDE = ROWS * CELL_SIDE  # pixels of a layout's short side
SHOWN, SEEDS = 6, 4  # layouts, and pictures of each
WATCHED = 64  # pictures a side
SCALES = (64.0, 96.0)  # short sides that photos compared with are brought to
ANOTHER = 0x9E3779B1  # from the seed of four rows of cells to that of the next four


class WatchedLayouts:
    """Held-out layouts of one training. Consumes no randomness."""

    def __init__(
        self, pack: Pack, scenes: Sequence[LabeledScene], segmenter: Segmenter, side: int, extractor: Extractor | None
    ) -> None:
        self.album = pack.validation if len(pack.validation) else pack.train
        self.layouts = [square_layout(scene, side) for scene in scenes]
        self.segmenter, self.side, self.extractor = segmenter, side, extractor
        self._features: Matrix | None = None

    @property
    def possible(self) -> bool:
        """Whether there is something to judge by."""
        return self.extractor is not None

    def preview(self, averaged: nn.Module) -> Pixels:
        """Rows of: layout, and its first seeds, unpicked."""
        assert isinstance(averaged, LayoutGenerator)
        rows = [
            [colored(layout), *(painted(averaged, layout, seed) for seed in range(SEEDS))]
            for layout in self.layouts[:SHOWN]
        ]
        return mosaic(rows)

    def watch(self, averaged: nn.Module) -> dict[str, float]:
        """`score`: kernel distance ×1000 to crops of validation photos; `right`: share of pixels that the segmenter,
        the one trained with, reads back rightly."""
        assert self.extractor is not None
        assert isinstance(averaged, LayoutGenerator)
        if self._features is None:
            self._features = features_of(crops(self.album, self.side, SCALES, WATCHED), self.extractor)
        some = [self.layouts[number % len(self.layouts)] for number in range(WATCHED)]
        pictures = [painted(averaged, layout, seed) for seed, layout in enumerate(some)]
        right = [(read_back(self.segmenter, p) == known).mean() for p, known in zip(pictures, some, strict=True)]
        figures = {
            "score": kernel_distance(features_of(pictures, self.extractor), self._features).value,
            "right": float(np.mean(right)),
        }
        return {name: round(value, 4) for name, value in figures.items()}


def square_layout(scene: LabeledScene, side: int) -> Labels:
    """The middle of a scene's labels, (s, s)."""
    height, width = scene.labels.shape
    span = min(height, width)
    left, top = (width - span) / 2, (height - span) / 2
    return windowed(scene, (left, top, left + span, top + span), (side, side)).labels


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


@torch.no_grad()
def painted(generator: LayoutGenerator, labels: Labels, seed: int, wrap: Wrap = "none") -> Pixels:
    """One picture (h', w', 3) of labels (h, w): a short side of 64 pixels, the other nearest in multiples of 16."""
    assert wrap != "xy"
    small = at_cells(labels)
    rows, across = (size // CELL_SIDE for size in small.shape)
    own = next(generator.parameters()).device
    noise = torch.from_numpy(noise_of(seed, rows, across, wrap))[None].to(own)
    classes = classes_of(torch.from_numpy(small.copy())[None].to(own), generator.classes, wrap)
    picture = generator(torch.from_numpy(latent(seed))[None].to(own), noise, classes)[0]
    pixels: Pixels = to_pixels(picture.float().cpu().permute(1, 2, 0).numpy()).astype(np.uint8)
    return pixels


def noise_of(seed: int, rows: int, across: int, wrap: Wrap = "none") -> npt.NDArray[np.float32]:
    """A seed's noise (k, rows, across + 2·HALO): its first four rows are those of any scene of the seed."""
    blocks = [columns((seed + block * ANOTHER) % 2**32, across, wrap=wrap == "x") for block in range(-(-rows // ROWS))]
    result: npt.NDArray[np.float32] = np.concatenate(blocks, 1)[:, :rows]
    assert result.shape[2] == across + 2 * HALO
    return result


def at_cells(labels: Labels) -> Labels:
    """Labels with a short side of 64 pixels and the other side in multiples of 16, whatever their size was."""
    height, width = labels.shape
    factor = SIDE / min(height, width)
    size = [max(ROWS, round(one * factor / CELL_SIDE)) * CELL_SIDE for one in (width, height)]
    scene = LabeledScene(np.zeros((*labels.shape, 3), np.uint8), labels)
    return windowed(scene, (0.0, 0.0, float(width), float(height)), (size[0], size[1])).labels
