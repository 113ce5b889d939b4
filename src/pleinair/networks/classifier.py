"""A frozen classifier: what losses see with that learned to name a thousand things, not to paint. Its weights are a
file of the user's, never part of a painter.

Shapes: n pictures, c channels, h×w pixels.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.frozen import loaded

LEVELS = ("fire3", "fire5", "fire9")
FIRES = {  # squeezed and expanded channels; what begins after a pooling begins a row
    "fire2": (16, 64),
    "fire3": (16, 64),
    "fire4": (32, 128),
    "fire5": (32, 128),
    "fire6": (48, 192),
    "fire7": (48, 192),
    "fire8": (64, 256),
    "fire9": (64, 256),
}
POOLED = ("fire2", "fire4", "fire6")  # before these
MEAN = (104.0, 117.0, 123.0)  # of blue, green and red, 0 to 255


class Fire(nn.Module):
    """Squeeze to few channels, expand by 1×1 and by 3×3 (Iandola et al. 2016)."""

    def __init__(self, channels: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze1x1(x))
        return torch.cat((F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))), 1)


class SqueezeNet(nn.Module):
    """SqueezeNet 1.1 (Iandola et al. 2016) up to its classifier.

    pictures (n, 3, h, w) in [-1, 1], h, w ≥ 3 → three levels of 128, 256 and 512 channels, at about 1/4, 1/8 and 1/16
    of the size; what is too small to be pooled further stays as large as it is.
    """

    widths = (128, 256, 512)

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, stride=2)
        channels = 64
        for name, (squeezed, expanded) in FIRES.items():
            setattr(self, name, Fire(channels, squeezed, expanded))
            channels = 2 * expanded
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.requires_grad_(False)

    mean: Tensor

    def forward(self, pictures: Tensor) -> list[Tensor]:
        x = F.relu(self.conv1((pictures.flip(1) + 1) * 127.5 - self.mean))
        levels = []
        for name in FIRES:
            if name in POOLED and min(x.shape[2:]) >= 3:
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            x = getattr(self, name)(x)
            if name in LEVELS:
                levels.append(x)
        return levels


def load_squeezenet(path: Path) -> SqueezeNet:
    """The network with the weights of a `.safetensors` file (keys `conv1`, `fire2` … `fire9`). Raises ModelError."""
    return loaded(SqueezeNet(), path, "SqueezeNet 1.1", "--classifier")
