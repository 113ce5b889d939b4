"""Reading: some of what the scene generator draws shall be given real pictures, drawn again from what was read of them.

An adversary alone says that a picture is wrong, not what it should be, and forgets what is rare; a picture drawn again
says it pixel by pixel, for every real picture alike, so that few pictures seen go further and none is left out.
Shapes: n pictures of a batch, m of them read; l latent numbers, k numbers per cell of noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from pleinair.networks.reader import Read, SceneReader
from pleinair.seeds import CELL, HALO

COARSE = 16  # pixels of a side at which light and color are compared
CELLS = 8  # of a side in which features are


@dataclass(frozen=True)
class Start:
    """What a batch is drawn from: latents (n, l), noise (n, k, r, c), what was read, and in which rows (m,)."""

    latents: Tensor
    noise: Tensor
    rows: Tensor
    read: Read | None = None


def read_numbers(numbers: Tensor, share: float) -> Tensor:
    """Which rows of a batch are read, of the pictures with these numbers (n,) in the training → (m,).

    A function of the number alone, the `share` spread evenly: however many ranks there are, the same ones are read.
    """
    before, after = ((numbers + step).double() * share for step in (0, 1))
    return (after.floor() > before.floor()).nonzero()[:, 0]


def started(
    reader: SceneReader | None, rows: Tensor, real: Tensor, levels: Sequence[Tensor], latents: Tensor, noise: Tensor
) -> Start:
    """Some rows of the batch start from what is read of their real pictures; the others from noise."""
    if reader is None or not len(rows):
        return Start(latents, noise, rows)
    read = reader(real[rows], [level[rows] for level in levels[: reader.levels]])
    own = noise[rows]
    coarse, fine = own[:, :CELL], own[:, CELL:]
    latent, cells = read.drawn(latents[rows], coarse[..., HALO:-HALO])
    beside = coarse[..., :HALO], cells, coarse[..., -HALO:]
    drawn = torch.cat((torch.cat(beside, 3), fine), 1)
    return Start(latents.index_put((rows,), latent), noise.index_put((rows,), drawn), rows, read)


def unlike(drawn: Tensor, real: Tensor, drawn_levels: Sequence[Tensor], real_levels: Sequence[Tensor]) -> Tensor:
    """How far pictures drawn again are from the real ones (m,): L1 of features, level by level in shares of what the
    features are, and of coarse light and color.

    Features are compared cell by cell, as means over `CELLS` cells a side: what kind of texture stands where must be
    right, the leaf itself need not be. Leaf by leaf, the least mistake is a blur, which the adversary then fights.
    """
    gaps = []
    for d, r in zip(drawn_levels, real_levels, strict=True):
        drawn_cells, real_cells = (F.adaptive_avg_pool2d(x, CELLS) for x in (d, r))
        gaps.append((drawn_cells - real_cells).abs().mean((1, 2, 3)) / r.abs().mean().clamp_min(1e-3))
    coarse = [F.adaptive_avg_pool2d(x, COARSE) for x in (drawn, real)]
    return torch.stack(gaps).mean(0) + (coarse[0] - coarse[1]).abs().mean((1, 2, 3))
