"""Frozen feature networks: what losses see with. Their weights are files of the user's, never part of a painter.

Shapes: n pictures, c channels, h×w pixels.
"""

from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.errors import ModelError

Network = TypeVar("Network", bound=nn.Module)
LEVELS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
STAGES = (("conv11",), ("conv12", "conv21"), ("conv22", "conv31"), ("conv32", "conv33", "conv34", "conv41"))


class QuarterVGG(nn.Module):
    """VGG-19 at a quarter of its width, distilled for style transfer (Wang et al., Collaborative Distillation, 2020).

    pictures (n, 3, h, w) in [-1, 1] → four levels, (n, 16 · 2^k, h / 2^k, w / 2^k) for k = 0 … 3.
    """

    widths = (16, 32, 64, 128)

    def __init__(self) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(3, 3, 1)
        inputs, outputs = 3, 16
        for level, stage in enumerate(STAGES):
            for name in stage:
                outputs = self.widths[int(name[4]) - 1]
                setattr(self, name, nn.Conv2d(inputs, outputs, 3))
                inputs = outputs
            assert outputs == self.widths[level]
        self.requires_grad_(False)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        x = self.conv0((pictures + 1) / 2)
        levels = []
        for stage in STAGES:
            for name in stage:
                x = F.max_pool2d(x, 2) if name in ("conv21", "conv31", "conv41") else x
                x = F.relu(getattr(self, name)(F.pad(x, (1, 1, 1, 1), mode="reflect")))
            levels.append(x)
        return levels


def load_quarter_vgg(path: Path) -> QuarterVGG:
    """The network with the weights of a `.safetensors` file (keys `conv0`, `conv11` … `conv41`). Raises ModelError."""
    return loaded(QuarterVGG(), path, "the quarter-width VGG-19", "--features")


def loaded(network: Network, path: Path, name: str, option: str) -> Network:
    """A frozen network with the weights of a file, which may hold more, in any precision. Raises ModelError, in one
    line that names the option, for a file that is none of it."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        state = load_file(path)
        network.load_state_dict({key: state[key].float() for key in network.state_dict()})
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise ModelError(f"{path}: not {name} ({error}); give its file by {option}") from error
    return network.eval()


def pooled(levels: list[Tensor]) -> Tensor:
    """Means and deviations of the levels, one vector per picture (n, 2 · Σc): a cheap description to watch by."""
    rows = [torch.cat((x.mean((2, 3)), x.flatten(2).std(2)), 1) for x in levels]
    return torch.cat(rows, 1)
