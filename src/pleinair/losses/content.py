"""Content: what of the scene must stay. Shapes: features (n, c, h, w); every loss returns (n,)."""

import torch
from torch import Tensor
from torch.nn import functional as F

LUMA = (0.299, 0.587, 0.114)


def instance_normalized(x: Tensor) -> Tensor:
    """Each channel of each picture to zero mean and unit deviation: contours stay, palette and contrast may go."""
    mean, deviation = x.mean((2, 3), keepdim=True), x.flatten(2).std(2)[:, :, None, None]
    return (x - mean) / (deviation + 1e-2 * (1 + mean.abs()))


def feature_content(painted: list[Tensor], source: list[Tensor]) -> Tensor:
    """L1 between instance-normalized features, mean over the levels given."""
    gaps = [
        (instance_normalized(p) - instance_normalized(s)).abs().mean((1, 2, 3))
        for p, s in zip(painted, source, strict=True)
    ]
    return torch.stack(gaps).mean(0)


def patch_nce(painted: Tensor, source: Tensor, positions: Tensor, temperature: float = 0.07) -> Tensor:
    """PatchNCE (Park et al., CUT, 2020): the feature at a place of the painting must point to the same place of the
    source among others of that picture. positions (p,) index h·w; cross entropy over p, returns (n,)."""
    q = F.normalize(painted.flatten(2)[:, :, positions], dim=1)  # (n, c, p)
    k = F.normalize(source.flatten(2)[:, :, positions], dim=1)
    logits = q.transpose(1, 2) @ k / temperature  # (n, p, p)
    target = torch.arange(len(positions), device=q.device).expand(len(q), -1)
    return F.cross_entropy(logits.transpose(1, 2), target, reduction="none").mean(1)


def pixels_apart(a: Tensor, b: Tensor) -> Tensor:
    """L1 on pixels, for identity: a picture already in the style asked for should stay."""
    return (a - b).abs().mean((1, 2, 3))


def beyond_range(pictures: Tensor) -> Tensor:
    """How far pixels leave [-1, 1]; what leaves is clipped when painted."""
    return F.relu(pictures.abs() - 1).mean((1, 2, 3))


def smoothed_apart(a: Tensor, b: Tensor, cell: int = 16) -> Tensor:
    """L1 between mean lumas of cells: light stays where it was, loosely."""
    luma = torch.tensor(LUMA, device=a.device)[None, :, None, None]
    gap = F.avg_pool2d(((a - b) * luma).sum(1, keepdim=True), cell)
    return gap.abs().mean((1, 2, 3))


def tint_apart(a: Tensor, b: Tensor, cell: int = 16, margin: float = 0.08) -> Tensor:
    """L1 between mean colors of cells, less their luma, beyond a margin: a meadow stays green, however light."""
    luma = torch.tensor(LUMA, device=a.device)[None, :, None, None]
    gap = F.avg_pool2d((a - b).float(), cell)
    return F.relu((gap - (gap * luma).sum(1, keepdim=True)).abs() - margin).mean((1, 2, 3))


def light_apart(a: Tensor, b: Tensor, cell: int = 16, margin: float = 0.2) -> Tensor:
    """L1 between mean lumas of cells, beyond a margin: dusk stays dusk, and a photo may still be lit as photos are."""
    luma = torch.tensor(LUMA, device=a.device)[None, :, None, None]
    gap = F.avg_pool2d(((a - b).float() * luma).sum(1, keepdim=True), cell)
    return F.relu(gap.abs() - margin).mean((1, 2, 3))
