"""Adversarial losses on maps of logits. Shapes: maps are lists of (n, h, w); every loss returns (n,).

Each map counts alike, whatever its size.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def _mean(maps: list[Tensor], function: Callable[[Tensor], Tensor]) -> Tensor:
    return torch.stack([function(m).mean((1, 2)) for m in maps]).mean(0)


def hinge_generator(fake: list[Tensor]) -> Tensor:
    """-D(fake) (Lim & Ye 2017)."""
    return _mean(fake, torch.neg)


def hinge_discriminator(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """max(0, 1 - D(real)) + max(0, 1 + D(fake))."""
    return _mean(real, lambda m: F.relu(1 - m)) + _mean(fake, lambda m: F.relu(1 + m))


def refused(fake: list[Tensor]) -> Tensor:
    """max(0, 1 + D(fake)) alone, for pictures that are fakes by their nature, as an unpainted photo is no painting."""
    return _mean(fake, lambda m: F.relu(1 + m))


def refused_by_others(maps: list[Tensor], styles: Tensor) -> Tensor:
    """max(0, 1 + D_j(real)), mean over all styles j but the picture's own (n,): a Monet is no Hiroshige.

    maps (n, S, h, w), S ≥ 2. Every real picture so teaches every style's output, where the plain loss teaches one (in
    the manner of AC-GAN, Odena 2017).
    """
    other = 1 - F.one_hot(styles, maps[0].shape[1]).to(maps[0].dtype)  # (n, S)
    costs = torch.stack([F.relu(1 + m).mean((2, 3)) for m in maps]).mean(0)
    return (costs * other).sum(1) / other.sum(1)


def relativistic(better: list[Tensor], worse: list[Tensor]) -> Tensor:
    """softplus(worse - better): for the discriminator better = real, for the generator better = fake
    (Jolicoeur-Martineau 2018; Huang et al., R3GAN, 2024). Real and fake pictures of one row are compared by the mean of
    each map."""
    pairs = zip(better, worse, strict=True)
    return torch.stack([F.softplus(w.mean((1, 2)) - b.mean((1, 2))) for b, w in pairs]).mean(0)


def right_signs(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Share of places where the logits of real pictures are above zero and those of fakes below: the certainty of a
    hinge discriminator, 0 … 1. No gradient."""
    return _mean([m.detach() for m in (*real, *(-m for m in fake))], lambda m: (m > 0).float())


def told_apart(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Share of maps whose mean is higher for the real picture than for the fake of its row: a relativistic
    discriminator's certainty, 0 … 1. No gradient."""
    pairs = zip(real, fake, strict=True)
    return torch.stack([(r.mean((1, 2)) > f.mean((1, 2))).float() for r, f in pairs]).mean(0)


def gradient_penalty(maps: list[Tensor], inputs: list[Tensor], sizes: list[Tensor]) -> Tensor:
    """Squared gradient of the logits with respect to what the discriminator sees: R1 on real pictures, R2 on fakes
    (Mescheder et al. 2018).

    Each map's logits are summed over places, and the squared gradient is averaged over the places of each input, so
    that the figure does not depend on the crop size: it is R1 of a patch. inputs (n, c, h, w) must require a gradient;
    `sizes` are the root mean squares that the discriminator divides each input by. Summed over inputs.
    """
    total = torch.stack([m.sum() for m in maps]).sum()
    grads = torch.autograd.grad(total, inputs, create_graph=True)
    return torch.stack([(g * size).square().sum(1).mean((1, 2)) for g, size in zip(grads, sizes, strict=True)]).sum(0)
