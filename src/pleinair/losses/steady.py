"""Steadiness: the painting of a moved picture must be the moved painting. This keeps film steady without needing film
(Wang et al., ReReVST, 2020). Shapes: pictures (n, c, h, w), moves (n, h, w, 2) as grid_sample takes them."""

import torch
from torch import Tensor
from torch.nn import functional as F


def smooth_moves(count: int, size: int, generator: torch.Generator, shift: float = 10.0, bend: float = 4.0) -> Tensor:
    """Random smooth moves (n, size, size, 2): a shift of up to `shift` pixels and a bending of about `bend` pixels."""
    coarse = torch.randn(count, 2, 4, 4, generator=generator) * bend
    coarse = coarse + (torch.rand(count, 2, 1, 1, generator=generator) * 2 - 1) * shift
    flow = F.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=True) * (2 / size)
    line = (torch.arange(size) + 0.5) * (2 / size) - 1
    here = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)  # (h, w, 2): x, y
    return here + flow.permute(0, 2, 3, 1)


def moved(pictures: Tensor, moves: Tensor) -> Tensor:
    """Pictures seen through moves; beyond the border the picture is reflected."""
    return F.grid_sample(
        pictures, moves.to(pictures.dtype), mode="bilinear", padding_mode="reflection", align_corners=False
    )


def inside(moves: Tensor) -> Tensor:
    """1 where a move looks inside the picture, (n, 1, h, w)."""
    return (moves.abs().amax(-1) < 1).to(moves.dtype)[:, None]


def unsteady(painting_of_moved: Tensor, moved_painting: Tensor, mask: Tensor) -> Tensor:
    """Mean absolute difference where the move looked inside, one value per picture."""
    gap = (painting_of_moved - moved_painting).abs() * mask
    return gap.mean((1, 2, 3)) / mask.mean((1, 2, 3)).clamp_min(1e-3)
