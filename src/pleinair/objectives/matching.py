"""Feature matching in an objective: what was lately painted in a style, on all ranks, against its works.

Shapes: n pictures, d pooled features.
"""

import torch
from torch import Tensor

from pleinair.losses.matching import Population
from pleinair.objectives.columns import in_order
from pleinair.objectives.protocol import Gather, Terms


def matched(
    population: Population, gather: Gather, painted: Tensor, works: Tensor, styles: Tensor, kept: Tensor
) -> Terms:
    """`matching` and `spread`, one value per picture, of descriptions (n, d) of paintings and of works in styles (n,).

    Both sides are remembered first. Pictures that already were of the style, `kept` (n,), say nothing of how it is
    painted: they are neither remembered nor judged.
    """
    with torch.no_grad():
        mine, theirs, asked, already = (in_order(gather, x) for x in (painted.detach(), works, styles, kept))
    terms: Terms = {name: torch.zeros(len(painted), device=painted.device) for name in ("matching", "spread")}
    for style in sorted(set(asked.tolist())):
        of_it = asked == style
        population.keep(style, mine[of_it & ~already], theirs[of_it])
        judged = (styles == style) & ~kept
        for name, gap in zip(terms, population.gaps(style, painted[judged]), strict=True):
            terms[name] = terms[name] + gap * judged
    return terms
