"""Scenes as plain cameras see them: softer, duller, of another light. Collections of fine photos are sharp and vivid;
what people want painted often is not.

What becomes of a picture is a function of its own `DRAWS` numbers. Shapes: n pictures, h×w pixels.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

DRAWS = 7  # numbers in [0, 1) per picture: whether it is softened, how far; whether its tones change, and how
SOFTNESS = (0.3, 1.6)  # deviation of the blur, pixels
RADIUS = 5
SATURATION, CONTRAST = (0.35, 1.1), (0.65, 1.1)
LIGHT, WARMTH = 0.2, 0.08  # at most, either way; black to white is 2


def plainer(pictures: Tensor, draws: Tensor, share: float) -> Tensor:
    """Pictures (n, 3, h, w) in [-1, 1] by draws (n, DRAWS): so large a share is softened, and so large a share, of
    these and others, gets other tones."""
    soften, softness, tone, saturation, contrast, light, warmth = draws.to(pictures).T[:, :, None, None, None]
    soft = torch.where(soften < share, _softened(pictures, _between(SOFTNESS, softness)), pictures)
    gray = soft.mean(1, keepdim=True)
    toned = gray + (soft - gray) * _between(SATURATION, saturation)
    toned = toned * _between(CONTRAST, contrast) + (2 * light - 1) * LIGHT
    tint = torch.tensor([1.0, 0.0, -1.0]).to(pictures)[None, :, None, None]
    toned = toned + (2 * warmth - 1) * WARMTH * tint
    return torch.where(tone < share, toned, soft).clamp(-1, 1)  # sums of taps are 1 but for rounding


def _between(ends: tuple[float, float], draws: Tensor) -> Tensor:
    return ends[0] + (ends[1] - ends[0]) * draws


def _softened(pictures: Tensor, deviation: Tensor) -> Tensor:
    """A Gaussian blur of each picture by its own deviation (n, 1, 1, 1); what is outside mirrors what is inside."""
    n, channels, height, width = pictures.shape
    places = torch.arange(-RADIUS, RADIUS + 1).to(pictures)
    taps = torch.exp(-(places**2) / (2 * deviation.reshape(n, 1) ** 2))
    taps = (taps / taps.sum(1, keepdim=True)).repeat_interleave(channels, 0)  # (n · 3, taps)
    padded = F.pad(pictures, (RADIUS,) * 4, mode="reflect").reshape(1, n * channels, height + 2 * RADIUS, -1)
    across = F.conv2d(padded, taps[:, None, None], groups=n * channels)
    return F.conv2d(across, taps[:, None, :, None], groups=n * channels).reshape(n, channels, height, width)
