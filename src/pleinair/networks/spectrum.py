"""How strong each wavelength is in a picture, place by place: what gives a woven or a blurred texture away.

Shapes: n pictures, h×w pixels, c = BLOCK² - 1 waves.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LUMA = (0.299, 0.587, 0.114)
BLOCK = 8  # pixels of a side; waves of 2 to 16 pixels
STEP = 4  # pixels from block to block


class BlockSpectrum(nn.Module):
    """Strengths of the waves of a discrete cosine transform (Ahmed et al. 1974) of light in blocks that overlap, cut
    into so many bands from top to bottom. Nothing of it learns.

    A network's features hardly tell a texture from a mesh of its own making, and a generator that cannot draw what is
    finest makes up for it with what is next finest: both stand in the spectrum (Durall et al. 2020).
    """

    waves: Tensor

    def __init__(self, bands: int = 4) -> None:
        super().__init__()
        self.bands = bands
        self.widths = [BLOCK * BLOCK - 1] * bands
        self.register_buffer("waves", cosines(), persistent=False)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Pictures (n, 3, h, w) in [-1, 1] → strengths (n, c, h/4, w/4) of each band, about."""
        with torch.autocast(pictures.device.type, enabled=False):  # sky and mist ripple less than narrow numbers tell
            weights = torch.tensor(LUMA, device=pictures.device)
            light = torch.einsum("nchw,c->nhw", pictures.float(), weights)[:, None]
            return list(F.conv2d(light, self.waves, stride=STEP).abs().chunk(self.bands, 2))


def cosines() -> Tensor:
    """The waves of a block but the constant one, of unit energy: (c, 1, BLOCK, BLOCK)."""
    place = torch.arange(BLOCK, dtype=torch.float64)
    rows = torch.cos(math.pi * (2 * place[None] + 1) * place[:, None] / (2 * BLOCK)) * math.sqrt(2 / BLOCK)
    rows[0] /= math.sqrt(2)
    waves = torch.einsum("iy,jx->ijyx", rows, rows).reshape(-1, 1, BLOCK, BLOCK)
    return waves[1:].float()
