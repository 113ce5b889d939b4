"""What the critic of columns learns from its memory: every style at every step, whatever styles the batch is of.

Shapes: n pictures, d channels of a column, h×w places, k columns, S styles.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from pleinair.losses import adversarial
from pleinair.losses.memory import FeatureMemory
from pleinair.networks.discriminator import Columns, of_style
from pleinair.objectives.protocol import Gather, Terms

BESIDE = 0.5  # weight of what is refused besides paintings: works of other styles, and photos


@dataclass(frozen=True)
class Seen:
    """Columns (k, d) of some places of a batch: of the paintings, of the works, of the photos, the styles asked for
    (k,), and whether the photo already was of that style (k,)."""

    painted: Tensor
    examples: Tensor
    unpainted: Tensor
    styles: Tensor
    kept: Tensor


def in_order(gather: Gather, rows: Tensor) -> Tensor:
    """Rows (n, …) of all ranks in the order of the whole batch, of which each rank has every so manieth. Then ranks
    together remember what one alone would."""
    everyone = gather(rows)
    return everyone.reshape(-1, *rows.shape).transpose(0, 1).flatten(0, 1)


def some_columns(
    places: Tensor, painted: Tensor, examples: Tensor, unpainted: Tensor, styles: Tensor, kept: Tensor
) -> Seen:
    """From columns (n, d, h, w) those at `places` (k,), any whole numbers."""
    cells = painted.shape[2] * painted.shape[3]
    places = places % (len(painted) * cells)
    mine, works, photos = (x.permute(0, 2, 3, 1).flatten(0, 2)[places] for x in (painted, examples, unpainted))
    return Seen(mine, works, photos, styles[places // cells], kept[places // cells])


def taught(critic: Columns, memory: FeatureMemory, seen: Seen, recalled: Tensor, interval: int) -> Terms:
    """Scalars: `columns`, the hinge loss on what the memory gives at `recalled` (whole numbers), with works of other
    styles and unpainted photos as further fakes; `columns_certainty`; and where `interval` is above 0,
    `columns_penalty`, R1 times the interval. What is seen is remembered first."""
    for style in sorted(set(seen.styles.tolist())):
        of_it = seen.styles == style
        memory.keep(style, seen.painted[of_it], seen.examples[of_it])
    false, true, asked = memory.drawn(recalled)
    false, true, unpainted = (x[:, :, None, None] for x in (false, true, seen.unpainted))
    maps = critic(true.requires_grad_(interval > 0))
    real, fake = of_style([maps], asked), of_style([critic(false)], asked)
    value = adversarial.hinge_discriminator(real, fake).mean()
    if maps.shape[1] > 1:
        value = value + BESIDE * adversarial.refused_by_others([maps], asked).mean()
    photos = adversarial.refused(of_style([critic(unpainted)], seen.styles))
    value = value + BESIDE * (photos * ~seen.kept).mean()
    terms: Terms = {"columns": value, "columns_certainty": adversarial.right_signs(real, fake).mean()}
    if interval:
        slope = adversarial.gradient_penalty(real, [true], [torch.ones((), device=true.device)]).mean()
        terms["columns_penalty"] = slope * interval
    return terms
