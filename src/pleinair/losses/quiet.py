"""Quiet: what is quieter in the scene than the rest of it is so in the painting, too.

Painters give plain places strokes and take detail from lively ones, so what stands out of a scene drowns in its
painting, and clots and scratches come into skies. Only proportions are compared: strokes all over cost nothing.
Shapes: pictures (n, c, h, w).
"""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

Gather = Callable[[Tensor], Tensor]
CELL = 16  # pixels of the side of the squares that are compared
PLAIN = 0.1  # of the mean, added to both: what is much quieter than this counts as hardly quieter


def liveliness(pictures: Tensor) -> Tensor:
    """Mean absolute difference of neighbors across and down, in squares of CELL pixels: (n, h / CELL, w / CELL),
    rounded up."""
    here, before, above = pictures[..., 1:, 1:], pictures[..., 1:, :-1], pictures[..., :-1, 1:]
    changes = ((here - before).abs() + (here - above).abs()).mean(1, keepdim=True)
    return F.avg_pool2d(changes, CELL, ceil_mode=True)[:, 0]


def restless(painted: Tensor, scene: Tensor, kinds: Tensor, gather: Gather = lambda rows: rows) -> Tensor:
    """By how much squares of paintings are livelier, beside their mean, than those of their scenes beside theirs: the
    mean of the logarithms that are above 0, one value per picture.

    The mean is that of all pictures of the batch that are of the same of the `kinds` (n,), painted in one style, say;
    `gather` brings the rows of all ranks together.
    """
    like = (kinds[:, None] == gather(kinds)).to(painted.dtype)
    share = like / like.sum(1, keepdim=True)
    sides = []
    for pictures in (painted, scene):
        lively = liveliness(pictures)
        mean = share @ gather(lively.mean((1, 2)))
        sides.append(lively / mean.clamp_min(1e-4)[:, None, None] + PLAIN)
    return (sides[0] / sides[1]).log().relu().mean((1, 2))
