"""Inception v3 up to its last pooling, as FID and KID know it: the graph of 2015-12-05 with its ported weights.

It is Szegedy et al. 2016 with two habits of that graph: an average over a border counts only what is in the picture,
and the last block pools by the maximum. The weights are those that TensorFlow published, ported to PyTorch; the
file's keys are the attributes' names here, and its classifier is left out.
Shapes: n pictures, c channels, h×w positions.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.errors import ModelError
from pleinair.metrics.protocols import INCEPTION_SHA256, INCEPTION_SIZE
from pleinair.metrics.squares import Array
from pleinair.store import fetch_file, sha256_of

URL = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"
FEATURES = 2048
LEFT_OUT = ("fc.",)  # the classifier over 1008 kinds of things


class Unit(nn.Module):
    """Convolution, normalization with fixed statistics, ReLU: (n, i, h, w) → (n, o, h', w')."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


def average(x: Tensor) -> Tensor:
    """3×3 means; at the border of what is there."""
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


class Fine(nn.Module):
    """Blocks at 35×35: 1×1, 5×5, twice 3×3, pooled; (n, i, h, w) → (n, 224 + pooled, h, w)."""

    def __init__(self, inputs: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Unit(inputs, 64, 1)
        self.branch5x5_1 = Unit(inputs, 48, 1)
        self.branch5x5_2 = Unit(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = Unit(inputs, 64, 1)
        self.branch3x3dbl_2 = Unit(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = Unit(96, 96, 3, padding=1)
        self.branch_pool = Unit(inputs, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat((self.branch1x1(x), five, three, self.branch_pool(average(x))), 1)


class ToMiddle(nn.Module):
    """35×35 → 17×17: (n, 288, h, w) → (n, 768, (h - 1) / 2, (w - 1) / 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3 = Unit(288, 384, 3, stride=2)
        self.branch3x3dbl_1 = Unit(288, 64, 1)
        self.branch3x3dbl_2 = Unit(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = Unit(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat((self.branch3x3(x), three, F.max_pool2d(x, 3, stride=2)), 1)


class Middle(nn.Module):
    """Blocks at 17×17 of rows and columns of 7, `inner` channels wide inside; (n, 768, h, w) → (n, 768, h, w)."""

    def __init__(self, inner: int) -> None:
        super().__init__()
        self.branch1x1 = Unit(768, 192, 1)
        self.branch7x7_1 = Unit(768, inner, 1)
        self.branch7x7_2 = Unit(inner, inner, (1, 7), padding=(0, 3))
        self.branch7x7_3 = Unit(inner, 192, (7, 1), padding=(3, 0))
        self.branch7x7dbl_1 = Unit(768, inner, 1)
        self.branch7x7dbl_2 = Unit(inner, inner, (7, 1), padding=(3, 0))
        self.branch7x7dbl_3 = Unit(inner, inner, (1, 7), padding=(0, 3))
        self.branch7x7dbl_4 = Unit(inner, inner, (7, 1), padding=(3, 0))
        self.branch7x7dbl_5 = Unit(inner, 192, (1, 7), padding=(0, 3))
        self.branch_pool = Unit(768, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat((self.branch1x1(x), once, twice, self.branch_pool(average(x))), 1)


class ToCoarse(nn.Module):
    """17×17 → 8×8: (n, 768, h, w) → (n, 1280, (h - 1) / 2, (w - 1) / 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3_1 = Unit(768, 192, 1)
        self.branch3x3_2 = Unit(192, 320, 3, stride=2)
        self.branch7x7x3_1 = Unit(768, 192, 1)
        self.branch7x7x3_2 = Unit(192, 192, (1, 7), padding=(0, 3))
        self.branch7x7x3_3 = Unit(192, 192, (7, 1), padding=(3, 0))
        self.branch7x7x3_4 = Unit(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat((three, seven, F.max_pool2d(x, 3, stride=2)), 1)


class Coarse(nn.Module):
    """Blocks at 8×8, which fan out into rows and columns of 3; (n, i, h, w) → (n, 2048, h, w)."""

    def __init__(self, inputs: int, by_maximum: bool) -> None:
        super().__init__()
        self.by_maximum = by_maximum
        self.branch1x1 = Unit(inputs, 320, 1)
        self.branch3x3_1 = Unit(inputs, 384, 1)
        self.branch3x3_2a = Unit(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3_2b = Unit(384, 384, (3, 1), padding=(1, 0))
        self.branch3x3dbl_1 = Unit(inputs, 448, 1)
        self.branch3x3dbl_2 = Unit(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = Unit(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3dbl_3b = Unit(384, 384, (3, 1), padding=(1, 0))
        self.branch_pool = Unit(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch3x3_1(x)
        twice = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = F.max_pool2d(x, 3, stride=1, padding=1) if self.by_maximum else average(x)
        parts = (
            self.branch1x1(x),
            self.branch3x3_2a(once),
            self.branch3x3_2b(once),
            self.branch3x3dbl_3a(twice),
            self.branch3x3dbl_3b(twice),
            self.branch_pool(pooled),
        )
        return torch.cat(parts, 1)


class Inception(nn.Module):
    """pictures (n, 3, 299, 299), RGB in [-1, 1] → pool3 features (n, 2048). Other sizes from 75 px on work too."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Unit(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = Unit(32, 32, 3)
        self.Conv2d_2b_3x3 = Unit(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = Unit(64, 80, 1)
        self.Conv2d_4a_3x3 = Unit(80, 192, 3)
        self.Mixed_5b = Fine(192, 32)
        self.Mixed_5c = Fine(256, 64)
        self.Mixed_5d = Fine(288, 64)
        self.Mixed_6a = ToMiddle()
        self.Mixed_6b = Middle(128)
        self.Mixed_6c = Middle(160)
        self.Mixed_6d = Middle(160)
        self.Mixed_6e = Middle(192)
        self.Mixed_7a = ToCoarse()
        self.Mixed_7b = Coarse(1280, by_maximum=False)
        self.Mixed_7c = Coarse(2048, by_maximum=True)
        self.requires_grad_(False)

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(pictures)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, stride=2)))
        x = F.max_pool2d(x, 3, stride=2)  # (n, 192, 35, 35)
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x)))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))  # (n, 768, 17, 17)
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))  # (n, 2048, 8, 8)
        features: Tensor = x.mean((2, 3))
        return features


class InceptionFeatures:
    """The network as metrics call it: (n, 3, 299, 299) RGB in [-1, 1] → (n, 2048), numpy float32."""

    size = INCEPTION_SIZE

    def __init__(self, network: Inception, sha256: str) -> None:
        self.sha256 = sha256
        self._network = network.eval()

    @torch.inference_mode()
    def __call__(self, pictures: Array) -> Array:
        return np.asarray(self._network(torch.from_numpy(pictures)).numpy(), np.float32)


def load_inception(path: Path) -> InceptionFeatures:
    """The network with the standard weights. Raises ModelError for a file that is missing or any other one."""
    found = sha256_of(path)
    if found != INCEPTION_SHA256:
        raise ModelError(
            f"{path} is not the standard Inception weights: its SHA-256 is {found[:12]}…, not "
            f"{INCEPTION_SHA256[:12]}…; fetch {URL}"
        )
    network = Inception()
    fill(network, path)
    return InceptionFeatures(network, found)


def fill(network: Inception, path: Path) -> None:
    """Load a state file into the network; the classifier is left out. Raises ModelError where they do not match."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)  # tensors only: nothing in the file is run
        kept = {name: tensor for name, tensor in state.items() if not name.startswith(LEFT_OUT)}
        missing, strange = network.load_state_dict(kept, strict=False)
    except Exception as error:  # unpickling and loading raise errors of many kinds
        raise ModelError(f"{path} cannot be loaded ({type(error).__name__}); fetch it again from {URL}") from error
    # Files of before 2018 do not count batches, which nothing here reads.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or strange:
        raise ModelError(f"{path} is of another network: {len(missing)} weights missing, {len(strange)} unknown")


def fetch_inception() -> Path:
    """The weights in the user's folder, fetched where they are not there yet. Raises ModelError without a network."""
    try:
        return fetch_file(URL, INCEPTION_SHA256)
    except ModelError as error:
        raise ModelError(f"{error}; or give the file by --inception") from error
