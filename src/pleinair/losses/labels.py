"""Reading labels: how wrong, how often right. Shapes: logits (n, k, h, w), labels (n, h, w); losses return (n,)."""

import torch
from torch import Tensor
from torch.nn import functional as F


def misread(logits: Tensor, labels: Tensor, rarity: Tensor) -> Tensor:
    """Cross-entropy per pixel, each class counted by its rarity (k,) (as Sushko et al., OASIS, 2021, eq. 1, weigh it),
    and brought to the mean weight of the picture's pixels, so that none counts more for showing rare things."""
    each = F.cross_entropy(logits, labels.long(), reduction="none")  # (n, h, w)
    weights = rarity[labels.long()]
    return (each * weights).sum((1, 2)) / weights.sum((1, 2))


def right(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of pixels whose class is read rightly (n,). No gradient."""
    return (logits.detach().argmax(1) == labels).float().mean((1, 2))


def rarity_of(shares: Tensor) -> Tensor:
    """Weights (k,) out of the shares of all pixels that classes have (k,): one over the square root, classes that are
    hardly there no more than one of a thousandth; of mean 1 over pixels."""
    weights = shares.clamp_min(1e-3).rsqrt()
    return weights / (weights * shares).sum().clamp_min(torch.finfo(shares.dtype).tiny)
