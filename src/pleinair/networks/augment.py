"""Differentiable augmentation (DiffAugment, Zhao et al. 2020): a discriminator of few pictures sees them changed, real
and generated ones alike, and its gradient passes through the change.

What becomes of a picture is a function of its own `DRAWS` numbers, which come with the batch: ranks together do what
one alone would. Shapes: n pictures of h×w pixels.
"""

import torch
from torch import Tensor

DRAWS = 12  # numbers in [0, 1) per picture: whether and how far, see `augmented`
BRIGHTNESS, SATURATION, CONTRAST = 0.5, 1.0, 0.5  # half-widths: added, multiplied around 1, multiplied around 1
SHIFT, CUT = 1 / 8, 1 / 2  # of the side


def augmented(pictures: Tensor, draws: Tensor, probability: float) -> Tensor:
    """Pictures (n, 3, h, w) with colors, place and a part of them changed, each of the three at `probability`.

    draws (n, DRAWS): three say which changes there are, then brightness, saturation, contrast, shift down and right,
    middle of the cut. At probability 0 nothing is done.
    """
    if probability <= 0:
        return pictures
    draws = draws.to(pictures.device)
    here = draws[:, :3] < probability  # (n, 3)
    colored = recolored(pictures, draws[:, 3:6])
    pictures = torch.where(here[:, 0, None, None, None], colored, pictures)
    pictures = torch.where(here[:, 1, None, None, None], shifted(pictures, draws[:, 6:8]), pictures)
    return torch.where(here[:, 2, None, None, None], cut_out(pictures, draws[:, 8:10]), pictures)


def recolored(pictures: Tensor, draws: Tensor) -> Tensor:
    """Brightness, then saturation around the pixel's gray, then contrast around the picture's mean; draws (n, 3)."""
    light, color, contrast = ((draws * 2 - 1)[:, i, None, None, None] for i in range(3))
    x = pictures + BRIGHTNESS * light
    gray = x.mean(1, keepdim=True)
    x = gray + (x - gray) * (1 + SATURATION * color)
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (1 + CONTRAST * contrast)


def shifted(pictures: Tensor, draws: Tensor) -> Tensor:
    """Moved by up to an eighth of the side, zeros behind; draws (n, 2)."""
    n, _, h, w = pictures.shape
    rows, down = _moved(h, draws[:, 0])
    columns, right = _moved(w, draws[:, 1])
    which = torch.arange(n, device=pictures.device)[:, None, None]
    moved = pictures.permute(0, 2, 3, 1)[which, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)
    return moved * (down[:, :, None] & right[:, None])[:, None]


def cut_out(pictures: Tensor, draws: Tensor) -> Tensor:
    """A square of half the side, anywhere, is zero; draws (n, 2) place its middle."""
    _, _, h, w = pictures.shape
    down, right = (_covered(size, draws[:, i]) for i, size in enumerate((h, w)))
    return pictures * ~(down[:, :, None] & right[:, None])[:, None]


def _moved(size: int, draw: Tensor) -> tuple[Tensor, Tensor]:
    """Where each of `size` places comes from (n, size), and whether that is inside."""
    most = round(size * SHIFT)
    move = (draw * (2 * most + 1)).floor().long() - most  # (n,)
    places = torch.arange(size, device=draw.device) + move[:, None]
    return places.clamp(0, size - 1), (places >= 0) & (places < size)


def _covered(size: int, draw: Tensor) -> Tensor:
    """Which of `size` places the cut covers (n, size)."""
    half = size * CUT / 2
    return (torch.arange(size, device=draw.device) + 0.5 - (draw * size)[:, None]).abs() < half
