"""The segmenter: which class of the palette each pixel of a picture is of. It reads layouts back, and judges.

Fully convolutional, any size; no batch statistics. Shapes: n pictures, h×w pixels, k classes, c channels.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.errors import ModelError
from pleinair.images import to_float

CLASSES = 12
GROUPS = 4  # of channels that are normalized together (Wu & He 2018)
LEVELS = (1, 2, 4, 4)  # widths at a half, a quarter … of the size
SHORT_SIDE = 128  # pixels at most, of a picture that is read

AVERAGE = "average.safetensors"  # in a run folder

Pixels = npt.NDArray[np.uint8]


class Block(nn.Module):
    """Two 3×3 convolutions, each after normalization and a rectifier, the input added (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm0, self.norm1 = nn.GroupNorm(GROUPS, channels), nn.GroupNorm(GROUPS, channels)
        self.conv0 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.conv1(F.relu(self.norm1(self.conv0(F.relu(self.norm0(x))))))
        return x + change


class Segmenter(nn.Module):
    """Pictures (n, 3, h, w) in [-1, 1] → logits (n, k, h, w): a small U-Net (Ronneberger et al. 2015) that works at
    half of the size and below and sees the whole of a small picture; what it adds on the way up is added to the
    skips."""

    def __init__(self, width: int = 16, classes: int = CLASSES) -> None:
        super().__init__()
        if width % (2 * GROUPS):  # normalizing one number alone would leave nothing of it
            raise ValueError(f"width {width} is no multiple of {2 * GROUPS}")
        self.width, self.classes = width, classes
        channels = [width * share for share in LEVELS]
        self.enter = nn.Conv2d(3, channels[0], 3, stride=2, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(channels))
        self.blocks = nn.ModuleList(Block(c) for c in channels)
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(channels))
        self.joined = nn.ModuleList(Block(c) for c in channels[:-1])
        self.norm = nn.GroupNorm(GROUPS, channels[0])
        self.leave = nn.Conv2d(channels[0], classes, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.blocks[0](self.enter(pictures))
        skips = [x]
        for down, block in zip(self.down, list(self.blocks)[1:], strict=True):
            x = block(down(x))
            skips.append(x)
        for level in range(len(self.up) - 1, -1, -1):
            larger = skips[level]
            x = self.joined[level](larger + _to_size_of(self.up[level](x), larger))
        return _to_size_of(self.leave(F.relu(self.norm(x))), pictures)


def _to_size_of(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)


def load_segmenter(path: Path) -> Segmenter:
    """The averaged segmenter of a run folder, or of its file `average.safetensors`, frozen. Raises ModelError for
    anything else."""
    from safetensors import SafetensorError, safe_open

    path = path / AVERAGE if path.is_dir() else path
    try:
        with safe_open(path, "pt") as file:
            network = json.loads((file.metadata() or {})["network"])
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        segmenter = Segmenter(**network)
        segmenter.load_state_dict(state)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path}: no segmenter ({reason}); train one: pleinair train segment") from error
    return segmenter.requires_grad_(False).eval()


@torch.no_grad()
def read_back(segmenter: Segmenter, picture: Pixels, short_side: int = SHORT_SIDE) -> Pixels:
    """The classes (h', w') that a picture (h, w, 3) shows, both uint8; a larger one is brought to a short side of so
    many pixels before."""
    from PIL import Image

    size = reduced_size(picture.shape[0], picture.shape[1], short_side)
    image = np.array(Image.fromarray(picture).resize(size[::-1], Image.Resampling.BICUBIC))
    own = next(segmenter.parameters()).device
    logits = segmenter(torch.from_numpy(to_float(image)).permute(2, 0, 1)[None].to(own))
    classes: Pixels = logits[0].argmax(0).to(torch.uint8).cpu().numpy()
    return classes


def reduced_size(height: int, width: int, short_side: int) -> tuple[int, int]:
    """Height and width once the short side is at most so many pixels."""
    factor = min(1.0, short_side / min(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))
