"""Feature matching over a whole population: the paintings of a style, all taken together, against its works.

The statistics of a batch against those of another batch pull towards the average work: whatever sets one painting apart
from the next counts as an error. Here what was lately painted is remembered, so that the mean of all paintings can meet
the mean of all works while each painting stays itself, and their spread can meet the spread of the works. Feature
matching is of Salimans et al. 2016; with moving statistics of a frozen network, of dos Santos et al. 2019 (GFMN).
Shapes: n pictures, L levels of features, d pooled features, S styles.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

FLOOR = 0.1  # of the mean spread of a level's features: what hardly varies among works must not divide by nothing


def described(levels: Sequence[Tensor]) -> Tensor:
    """Mean and deviation of every channel of levels (n, c, h, w), picture by picture: (n, d), d = 2 · Σc."""
    rows = []
    for x in (level.float() for level in levels):  # a difference of squares, which narrow numbers would lose
        mean = x.mean((2, 3))
        rows += [mean, (x.square().mean((2, 3)) - mean.square()).clamp_min(1e-5).sqrt()]
    return torch.cat(rows, 1)


class Population(nn.Module):
    """Per style the descriptions of the last `painted` paintings, which soon grow old, and of the last `works`.

    Paintings of one style may be of several kinds, each of which has to meet the works for itself: together, what is
    too sharp in one kind and too soft in another would cancel. So paintings are remembered in rows: one of each style,
    and so many `more`. `widths` are the channels of the levels; each level counts alike. Buffers, so a resumed training
    has them.
    """

    many: Tensor
    painted: Tensor
    works: Tensor
    level: Tensor

    def __init__(self, widths: Sequence[int], styles: int, painted: int = 64, works: int = 256, more: int = 0) -> None:
        super().__init__()
        d = 2 * sum(widths)
        self.register_buffer("painted", torch.zeros(styles + more, painted, d))
        self.register_buffer("works", torch.zeros(styles, works, d))
        self.register_buffer("many", torch.zeros(2, styles + more, dtype=torch.long))  # of paintings, of works, ever
        levels = torch.repeat_interleave(torch.arange(len(widths)), 2 * torch.tensor(list(widths)))
        self.register_buffer("level", levels, persistent=False)

    @torch.no_grad()
    def keep(self, style: int, painted: Tensor, works: Tensor, row: int | None = None) -> None:
        """Put descriptions of paintings and of works, (n, d) and (m, d), in the place of the oldest. row: of the
        paintings, by default that of the style."""
        sides = (self.painted, painted, style if row is None else row), (self.works, works, style)
        for side, (queue, found, at) in enumerate(sides):
            places = (torch.arange(len(found), device=self.many.device) + self.many[side, at]) % queue.shape[1]
            queue[at, places] = found.to(queue.dtype)
            self.many[side, at] += len(found)

    def gaps(self, style: int, painted: Tensor, row: int | None = None) -> tuple[Tensor, Tensor]:
        """How far the paintings of a row, by default of the style, are from the style's works: squared distance of the
        means in spreads of the works, and squared log ratio of the spreads, means over features; scalars.

        The values are those of all that is remembered, `painted` (n, d) among it; the gradient is what each of these
        would get if the whole population moved with it. Zero until both sides remember two.
        """
        mine, theirs = self._remembered(0, style if row is None else row), self._remembered(1, style)
        if min(len(mine), len(theirs)) < 2 or not len(painted):
            return painted.sum() * 0, painted.sum() * 0
        spread = variance_of(theirs).sqrt()
        floor = FLOOR * self._per_level(spread)[self.level]
        scale = (spread.square() + floor.square()).sqrt()
        mean, center = mine.mean(0), painted.mean(0)
        away = (mean + center - center.detach() - theirs.mean(0)) / scale
        near = (painted - mean).square().mean(0)
        variance = variance_of(mine) + near - near.detach()
        ratio = ((variance + floor.square()).clamp_min(1e-8) / scale.square()).log() / 2
        return self._per_level(away.square()).mean(), self._per_level(ratio.square()).mean()

    def _remembered(self, side: int, row: int) -> Tensor:
        queue = (self.painted, self.works)[side]
        return queue[row, : int(self.many[side, row].clamp_max(queue.shape[1]))]

    def _per_level(self, values: Tensor) -> Tensor:
        """(d,) → (L,), means over each level's features."""
        count = int(self.level[-1]) + 1
        total = values.new_zeros(count).index_add(0, self.level, values)
        return total / torch.bincount(self.level, minlength=count)


def variance_of(rows: Tensor) -> Tensor:
    """Variance of each column of rows (n, d) over one less than n, (d,): twenty times as fast as `var` down columns."""
    return (rows - rows.mean(0)).square().sum(0) / (len(rows) - 1)
