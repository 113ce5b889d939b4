"""The two players of the classic GAN: plain convolutions, one nonlinearity, no normalization.

Shapes: n pictures, w width, 28×28 pixels of one channel, 100 numbers of noise.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NOISE = 100  # numbers, normal
SIDE = 28  # pixels
SLOPE = 0.2  # of leaky ReLU below zero: a gradient where ReLU has none (Radford et al. 2016)


class Generator(nn.Module):
    """Noise (n, 100) → pictures (n, 1, 28, 28) in [-1, 1]: a dense layer, then twice the size, twice."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.width = width
        self.dense = nn.Linear(NOISE, 2 * width * 7 * 7)
        self.up0 = nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1)
        self.up1 = nn.ConvTranspose2d(width, 1, 4, stride=2, padding=1)

    def forward(self, noise: Tensor) -> Tensor:
        x = F.leaky_relu(self.dense(noise), SLOPE)
        x = x.view(-1, 2 * self.width, 7, 7)  # (n, 2w, 7, 7)
        x = F.leaky_relu(self.up0(x), SLOPE)  # (n, w, 14, 14)
        return torch.tanh(self.up1(x))  # (n, 1, 28, 28)


class Discriminator(nn.Module):
    """Pictures (n, 1, 28, 28) → one logit each (n,): above zero it takes the picture for real."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.down0 = nn.Conv2d(1, width, 4, stride=2, padding=1)
        self.down1 = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
        self.dense = nn.Linear(2 * width * 7 * 7, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        x = F.leaky_relu(self.down0(pictures), SLOPE)  # (n, w, 14, 14)
        x = F.leaky_relu(self.down1(x), SLOPE)  # (n, 2w, 7, 7)
        logits: Tensor = self.dense(x.flatten(1))
        return logits[:, 0]
