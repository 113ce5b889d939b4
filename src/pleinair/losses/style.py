"""Style: statistics of features that carry a manner of painting. Shapes: features (n, c, h, w).

Statistics are pooled over all pictures given, not matched picture by picture: a sky needs not hold the strokes of a
forest. Each function therefore returns one value for all of them.
"""

import torch
from torch import Tensor


def moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and mean square of every channel over pictures and places, (c,) each."""
    x = x.float()  # whoever subtracts the one's square from the other would lose the difference in narrow numbers
    return x.mean((0, 2, 3)), x.square().mean((0, 2, 3))


def gram(x: Tensor) -> Tensor:
    """Second moments between channels (c, c), mean over pictures and places (Gatys et al. 2016)."""
    flat = x.flatten(2)
    return (flat @ flat.transpose(1, 2)).mean(0) / flat.shape[2]


def gram_distance(painted: list[Tensor], style: list[Tensor]) -> Tensor:
    """Mean over levels of ‖G_painted - G_style‖ / ‖G_style‖ (Frobenius), a scalar."""
    gaps = []
    for p, s in zip(painted, style, strict=True):
        a, b = gram(p), gram(s).detach()
        gaps.append((a - b).norm() / (b.norm() + 1e-6))
    return torch.stack(gaps).mean()


def moment_distance(painted: list[Tensor], style: list[Tensor]) -> Tensor:
    """Mean over levels of the relative distances between channel means and between deviations (Huang & Belongie 2017,
    over all pictures), a scalar."""
    gaps = []
    for p, s in zip(painted, style, strict=True):
        (pm, pq), (sm, sq) = moments(p), moments(s.detach())
        pd, sd = ((q - m.square()).clamp_min(1e-6).sqrt() for m, q in ((pm, pq), (sm, sq)))
        gaps.append((pm - sm).norm() / (sm.norm() + 1e-6) + (pd - sd).norm() / (sd.norm() + 1e-6))
    return torch.stack(gaps).mean()


def sliced_wasserstein(painted: list[Tensor], style: list[Tensor], directions: list[Tensor]) -> Tensor:
    """Distance between the distributions of feature vectors, along random directions (Heitz et al. 2021), a scalar.

    Both sides pool their pictures and places (equal counts). directions: per level (d, c), unit rows. Relative to the
    style's own spread along each direction.
    """
    gaps = []
    for p, s, d in zip(painted, style, directions, strict=True):
        a = (d @ p.transpose(0, 1).flatten(1)).sort(1).values  # (d, n·h·w)
        b = (d @ s.transpose(0, 1).flatten(1)).sort(1).values.detach()
        gaps.append(((a - b).abs().mean(1) / (b.std(1) + 1e-6)).mean())
    return torch.stack(gaps).mean()
