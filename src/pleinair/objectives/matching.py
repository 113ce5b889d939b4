"""Feature matching in an objective: what was lately painted in a style, on all ranks, against its works.

Shapes: n pictures, d pooled features.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from pleinair.losses.matching import Population, described
from pleinair.networks.classifier import SqueezeNet
from pleinair.objectives.columns import in_order
from pleinair.objectives.protocol import Gather, Terms

MATCHED, MEANT = ("matching", "spread"), ("meaning", "meaning_spread")  # by style features, by a classifier's


class Meaning:
    """Matching of what a frozen classifier sees. Features made for style tell strokes and palettes; where these are
    met, what a painting is taken for by a network that names things still sets it apart from the works."""

    def __init__(
        self, classifier: SqueezeNet, styles: int, gather: Gather, painted: int = 64, works: int = 256, seen_at: int = 1
    ) -> None:
        """So many paintings and works of each style are remembered. seen_at: pictures lower than this, in pixels, are
        enlarged to it: a network that names things was taught on large ones."""
        self.classifier, self.gather, self.seen_at = classifier, gather, seen_at
        self.population = Population(classifier.widths, styles, painted, works)

    def terms(self, painted: Tensor, works: Tensor, styles: Tensor, kept: Tensor) -> Terms:
        """`meaning` and `meaning_spread` of paintings and works (n, 3, h, w) in [-1, 1], as `matched` has its terms."""
        with torch.no_grad():
            theirs = described(self.classifier(self._large(works)))
        mine = described(self.classifier(self._large(painted)))
        return matched(self.population, self.gather, mine, theirs, styles, kept, MEANT)

    def _large(self, pictures: Tensor) -> Tensor:
        if pictures.shape[2] >= self.seen_at:
            return pictures
        share = self.seen_at / pictures.shape[2]
        return F.interpolate(pictures, scale_factor=share, mode="bilinear", align_corners=False)


def matched(
    population: Population,
    gather: Gather,
    painted: Tensor,
    works: Tensor,
    styles: Tensor,
    kept: Tensor,
    names: tuple[str, str] = MATCHED,
) -> Terms:
    """How far the means are apart, and the spreads, under these names, one value per picture, of descriptions (n, d) of
    paintings and of works in styles (n,).

    Both sides are remembered first. Pictures that already were of the style, `kept` (n,), say nothing of how it is
    painted: they are neither remembered nor judged.
    """
    with torch.no_grad():
        mine, theirs, asked, already = (in_order(gather, x) for x in (painted.detach(), works, styles, kept))
    terms: Terms = {name: torch.zeros(len(painted), device=painted.device) for name in names}
    for style in sorted(set(asked.tolist())):
        of_it = asked == style
        population.keep(style, mine[of_it & ~already], theirs[of_it])
        judged = (styles == style) & ~kept
        for name, gap in zip(terms, population.gaps(style, painted[judged]), strict=True):
            terms[name] = terms[name] + gap * judged
    return terms
