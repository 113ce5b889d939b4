"""Feature matching in an objective: what was lately painted in a style, on all ranks, against its works.

Shapes: n pictures, d pooled features.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.losses.matching import Population, described
from pleinair.losses.memory import FeatureMemory
from pleinair.networks.classifier import SqueezeNet
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.spectrum import BlockSpectrum
from pleinair.objectives.columns import in_order
from pleinair.objectives.protocol import Gather, Terms

MATCHED, MEANT = ("matching", "spread"), ("meaning", "meaning_spread")  # by style features, by a classifier's
RIPPLED = "ripples", "ripples_spread"  # by wavelengths


class Meaning:
    """Matching of what a frozen classifier sees. Features made for style tell strokes and palettes; where these are
    met, what a painting is taken for by a network that names things still sets it apart from the works."""

    def __init__(
        self,
        classifier: SqueezeNet | BlockSpectrum,
        styles: int,
        gather: Gather,
        painted: int = 64,
        works: int = 256,
        seen_at: int = 1,
        more: int = 0,
        names: tuple[str, str] = MEANT,
    ) -> None:
        """So many paintings and works of each style are remembered, in so many `more` rows. seen_at: pictures lower
        than this, in pixels, are enlarged to it: a network that names things was taught on large ones. names: of the
        terms."""
        self.classifier, self.gather, self.seen_at, self.names = classifier, gather, seen_at, names
        self.population = Population(classifier.widths, styles, painted, works, more)

    def terms(self, painted: Tensor, works: Tensor, styles: Tensor, kept: Tensor, rows: Tensor | None = None) -> Terms:
        """`meaning` and `meaning_spread`, or as they are named, of paintings and works (n, 3, h, w) in [-1, 1], as
        `matched` has its terms."""
        with torch.no_grad():
            theirs = described(self.classifier(self._large(works)))
        mine = described(self.classifier(self._large(painted)))
        return matched(self.population, self.gather, mine, theirs, styles, kept, rows, self.names)

    def _large(self, pictures: Tensor) -> Tensor:
        if pictures.shape[2] >= self.seen_at:
            return pictures
        share = self.seen_at / pictures.shape[2]
        return F.interpolate(pictures, scale_factor=share, mode="bilinear", align_corners=False)


def remembered(
    memory: FeatureMemory | None,
    population: Population | None,
    meaning: Meaning | None,
    ripples: Meaning | None = None,
) -> dict[str, nn.Module]:
    """What an objective remembers, which is saved with its critics and does not learn, by name; without what is not."""
    meant, rippled = (side.population if side else None for side in (meaning, ripples))
    named = {"memory": memory, "population": population, "meant": meant, "rippled": rippled}
    return {name: part for name, part in named.items() if part is not None}


def onlookers(frozen: QuarterVGG | None, meaning: Meaning | None, ripples: Meaning | None = None) -> list[nn.Module]:
    """The frozen networks that an objective sees with."""
    sides = [side.classifier for side in (meaning, ripples) if side]
    return [sees for sees in (frozen, *sides) if sees is not None]


def rows_of(styles: Tensor, sources: Tensor, apart: int, count: int) -> Tensor:
    """In which row of a population pictures (n,) are remembered: that of their style, of `count`; what is of the style
    `apart`, in that of the domain that it was painted from."""
    return torch.where(styles == apart, count + sources, styles)


def matched(
    population: Population,
    gather: Gather,
    painted: Tensor,
    works: Tensor,
    styles: Tensor,
    kept: Tensor,
    rows: Tensor | None = None,
    names: tuple[str, str] = MATCHED,
) -> Terms:
    """How far the means are apart, and the spreads, under these names, one value per picture, of descriptions (n, d) of
    paintings and of works in styles (n,). rows (n,): of the population, in which paintings are remembered and judged;
    those of their styles by default.

    Both sides are remembered first. Pictures that already were of the style, `kept` (n,), say nothing of how it is
    painted: they are neither remembered nor judged.
    """
    own = styles if rows is None else rows
    with torch.no_grad():
        everyone = (painted.detach(), works, styles, kept, own)
        mine, theirs, asked, already, at = (in_order(gather, x) for x in everyone)
    terms: Terms = {name: torch.zeros(len(painted), device=painted.device) for name in names}
    for style, row in sorted(set(zip(asked.tolist(), at.tolist(), strict=True))):
        of_it = (asked == style) & (at == row)
        population.keep(style, mine[of_it & ~already], theirs[of_it], row)
        judged = (styles == style) & (own == row) & ~kept
        for name, gap in zip(terms, population.gaps(style, painted[judged], row), strict=True):
            terms[name] = terms[name] + gap * judged
    return terms
