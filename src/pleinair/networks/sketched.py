"""The sketched scene generator: noise → a sketch (what stands where, and its colors) → the scene that shows it.

What a scene is put together from is learned from fiction, which knows it and never ends; what it looks like, from
photos (layouts before pictures: Azadi et al., Semantic Bottleneck Scene Generation, 2019). The sketch is the scene
generator's, of `SKETCHED` rows; the scene is drawn on it by the layout generator, from the same noise laid out finer.
Shapes: n pictures, l latent numbers, m marks, k numbers per cell of noise, c columns, H halo, p planes of a sketch.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.engine.layout import COLORS
from pleinair.networks.layout import CLASSES, LayoutGenerator
from pleinair.networks.reader import SceneReader
from pleinair.networks.scene import SceneGenerator, trimmed
from pleinair.seeds import CELL_SIDE, HALO, NOISE, ROWS

SKETCHED = ROWS * CELL_SIDE  # pixels of height of a sketch
PLANES = COLORS + CLASSES
SKIRT = 1  # rows of cells drawn above and below a scene and cut off: crops are learned, whose rims are not a scene's


class SketchedScene(nn.Module):
    """Latents (n, l), noise (n, k, ROWS, c + 2·halo) and marks (n, m) → pictures (n, 3, side, c · side / ROWS), in
    about [-1, 1] and not clipped.

    A generator of side `SKETCHED` draws sketches and no more: its pictures are their colors. One of a larger side that
    takes over its weights draws scenes on what it sketched. `width` is that of the sketch, `drawn` of what draws on it.
    """

    def __init__(
        self, side: int = 128, width: int = 24, marks: int = 1, reads: Sequence[int] = (), drawn: int = 24
    ) -> None:
        super().__init__()
        if side < SKETCHED or side & (side - 1):
            raise ValueError(f"scenes on sketches are {SKETCHED} pixels high, or twice as many, and so on, not {side}")
        self.side, self.width, self.marks = side, width, marks
        self.sketch = SceneGenerator(SKETCHED, width, marks, reads, PLANES)
        self.layout = LayoutGenerator(drawn) if side > SKETCHED else None
        self.finer = side // SKETCHED  # cells of the layout generator in a cell of noise, each way
        self.halo = halo_at(side)

    @property
    def reader(self) -> SceneReader | None:
        """Who reads noise out of real scenes, in training."""
        return self.sketch.reader

    def forward(self, latents: Tensor, noise: Tensor, marks: Tensor) -> Tensor:
        return self.drawn(latents, noise, marks)[0]

    def drawn(self, latents: Tensor, noise: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures, and their sketches (n, p, SKETCHED, c · 16): colors, then logits of classes."""
        sketches = self.sketch(latents, noise, marks)
        own = trimmed(sketches, (noise.shape[3] - 2 * self.halo) * CELL_SIDE)
        if self.layout is None:
            return own[:, :COLORS], own
        told = F.interpolate(shares(sketches), scale_factor=float(self.finer), mode="bilinear", align_corners=False)
        cells = (noise.shape[3] - 2 * self.halo) * self.finer + 2 * HALO
        told = trimmed(told, cells * CELL_SIDE)
        fine = trimmed(finer(noise[..., HALO:-HALO], self.finer), cells)
        told = F.pad(told, (0, 0, SKIRT * CELL_SIDE, SKIRT * CELL_SIDE), mode="replicate")
        pictures = self.layout(latents, F.pad(fine, (0, 0, SKIRT, SKIRT), mode="replicate"), told)
        return pictures[:, :, SKIRT * CELL_SIDE : -SKIRT * CELL_SIDE], own


def halo_at(side: int) -> int:
    """Columns of noise beyond each edge that a scene of this side depends on: the sketch's, and the layout's, whose
    cells are smaller."""
    if side <= SKETCHED:
        return HALO
    return HALO + -(-HALO * SKETCHED // side)


def shares(sketches: Tensor) -> Tensor:
    """Sketches (n, p, h, w) → what the layout generator is told (n, c + 3, h, w): classes in shares of the place, then
    colors."""
    return torch.cat((sketches[:, COLORS:].softmax(1), sketches[:, :COLORS]), 1)


def finer(noise: Tensor, times: int) -> Tensor:
    """Noise (n, k, r, c) laid out `times` as fine: (n, k, r · times, c · times)."""
    return F.pixel_shuffle(noise[:, places(times)], times)


def places(times: int) -> list[int]:
    """Which of a cell's numbers stand where in the cells that it is divided into, each in an order of its own: the same
    on every machine. What the numbers are first used for, and where, is far from where they are used again."""
    orders = [np.random.RandomState(number).permutation(NOISE) for number in range(times * times)]
    return [int(orders[place][number]) for number in range(NOISE) for place in range(times * times)]
