"""Disguises: a render made to look like anything but a render, while everything stays where it is.

What learns to read scenes from renders alone must not learn how renders are made. So colors, contrast, sharpness, grain
and texture are changed at random, far beyond what photos and paintings do (domain randomization, Tobin et al. 2017;
textures by convolutions of chance, Xu et al. 2021). What becomes of a picture is a function of its own numbers, which
come with the batch. Shapes: n pictures of h×w pixels.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from pleinair.networks.augment import cut_out, recolored

DRAWS = 24  # numbers in [0, 1) per picture: first whether, then how far
OFTEN = (0.5, 0.7, 0.3, 0.3, 0.5, 0.6, 0.12, 0.3)  # of the eight disguises, in the order of `disguised`
CHANNELS, GAMMA = 0.35, 0.6  # spread of log gains; of the log of an exponent, to either side
GRAIN, BLOTCHES, BLOTCH = 0.25, 0.35, 8  # strongest noise, fine and coarse; pixels of the coarse one
LEVELS = 4.0  # levels of a color at least


def disguised(pictures: Tensor, draws: Tensor, kernels: Tensor, grain: Tensor, share: float = 1.0) -> Tensor:
    """Pictures (n, 3, h, w) in [-1, 1] disguised by draws (n, DRAWS), kernels (n, 3, 3, 3, 3) and grain (n, 3, h, w):
    retextured, recolored, in flat colors, with blobs, blurred or sharpened, grainy, gray, with a piece cut out, each as
    often as OFTEN says; of the pictures only a share, the others are as they were."""
    how, chosen = draws[:, 8:], draws[:, -1, None, None, None] < share
    x = pictures
    changes: tuple[Callable[[Tensor], Tensor], ...] = (
        lambda x: retextured(x, kernels, how[:, 0]),
        lambda x: tinted(recolored(x, how[:, 1:4]), kernels, how[:, 4]),
        lambda x: in_levels(x, how[:, 5]),
        lambda x: blobs(x, how[:, 6]),
        lambda x: focused(x, how[:, 7]),
        lambda x: grainy(x, grain, how[:, 8:10]),
        lambda x: x.mean(1, keepdim=True).expand_as(x),
        lambda x: cut_out(x, how[:, 10:12]),
    )
    for place, change in enumerate(changes):
        here = chosen & (draws[:, place, None, None, None] < OFTEN[place])
        x = torch.where(here, change(x), x)
    return x.clamp(-1.5, 1.5)


def retextured(pictures: Tensor, kernels: Tensor, share: Tensor) -> Tensor:
    """Each picture convolved with a kernel of its own, brought back to its light and contrast, and mixed with itself;
    share (n,) is how much is new."""
    n, _, h, w = pictures.shape
    padded = F.pad(pictures, (1, 1, 1, 1), mode="replicate").reshape(1, 3 * n, h + 2, w + 2)
    new = F.conv2d(padded, kernels.reshape(3 * n, 3, 3, 3), groups=n).reshape(n, 3, h, w)
    new = (new - new.mean((2, 3), keepdim=True)) / (new.flatten(1).std(1)[:, None, None, None] + 1e-3)
    old = pictures.flatten(1).std(1)[:, None, None, None]
    new = new * old + pictures.mean((2, 3), keepdim=True)
    return pictures + share[:, None, None, None] * (new - pictures)


def tinted(pictures: Tensor, kernels: Tensor, draw: Tensor) -> Tensor:
    """Each color by a gain of its own, out of the kernels, and to a power; draw (n,)."""
    gains = (CHANNELS * kernels[:, :, 0, 0, 0]).clamp(-1, 1).exp()[:, :, None, None]
    power = (GAMMA * (2 * draw - 1)).exp()[:, None, None, None]
    lit = ((pictures.clamp(-1, 1) + 1) / 2 * gains).clamp_min(1e-4) ** power
    return 2 * lit - 1


def in_levels(pictures: Tensor, draw: Tensor) -> Tensor:
    """In few levels of each color, as a print; draw (n,)."""
    count = (LEVELS + 8 * draw)[:, None, None, None]
    return ((pictures + 1) / 2 * count).round() / count * 2 - 1


def blobs(pictures: Tensor, draw: Tensor) -> Tensor:
    """The darkest or the brightest of each neighborhood of 3×3, as a broad brush leaves it; draw (n,)."""
    bright, dark = F.max_pool2d(pictures, 3, 1, 1), -F.max_pool2d(-pictures, 3, 1, 1)
    return torch.where(draw[:, None, None, None] < 0.5, bright, dark)


def focused(pictures: Tensor, draw: Tensor) -> Tensor:
    """Blurred, or sharpened by as much as a blur takes; draw (n,)."""
    soft = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    softer = F.avg_pool2d(F.pad(soft, (2, 2, 2, 2), mode="replicate"), 5, 1)
    amount = (2.2 * draw - 1)[:, None, None, None]
    return torch.where(
        amount > 0, pictures + amount.clamp_max(1) * (softer - pictures), pictures * (1 - amount) + amount * soft
    )


def grainy(pictures: Tensor, grain: Tensor, draws: Tensor) -> Tensor:
    """With noise of single pixels, and with blotches; draws (n, 2)."""
    fine = grain * (GRAIN * draws[:, 0])[:, None, None, None]
    coarse = F.interpolate(grain[:, :, ::BLOTCH, ::BLOTCH], size=grain.shape[2:], mode="bilinear", align_corners=False)
    return pictures + fine + coarse * (BLOTCHES * draws[:, 1])[:, None, None, None]
