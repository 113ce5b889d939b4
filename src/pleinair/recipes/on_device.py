"""What a training has on its device: networks, batches that are sent there, and pictures that live there.

Where pictures fit, batches are cut there and nothing waits for the CPU: by the same plan, with the same filter as
Pillow's (bicubic, antialiased, separable) as two matrix products per crop. Shapes: n crops, s side of a crop, r side of
the region it is reduced from.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pleinair.data.unpaired import Cut, Domain, Sampler, ahead
from pleinair.training.run import Run
from pleinair.training.trial import Choice

Made = TypeVar("Made")
Sent = TypeVar("Sent")

CUBIC = -0.5  # of Keys' kernel, as Pillow has it


def lives_there(domains: Sequence[Domain], device: torch.device) -> bool:
    """Whether the device is a GPU with room for all the pictures in a quarter of its free memory."""
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return sum(domain.pictures.decoded_bytes for domain in domains) < free // 4


class DeviceAlbums:
    """All levels of all pictures of some domains, flat in the device's memory."""

    def __init__(self, domains: Sequence[Domain], crop: int, device: torch.device) -> None:
        self.crop, self.device = crop, device
        self.places: list[list[list[tuple[int, int, int]]]] = []  # domain, picture, level → offset, height, width
        parts, offset = [], 0
        for domain in domains:
            pictures = []
            for index in range(len(domain.pictures)):
                levels = []
                for level in domain.pictures.levels(index):
                    levels.append((offset, level.shape[0], level.shape[1]))
                    parts.append(torch.from_numpy(np.array(level)).view(-1, 3))
                    offset += len(parts[-1])
                pictures.append(levels)
            self.places.append(pictures)
        self.pixels = torch.cat(parts).to(device)  # (pixels of everything, 3) uint8

    def crops(self, domains: npt.NDArray[np.int64], cuts: Sequence[Cut]) -> Tensor:
        """Crops (n, 3, s, s), float in [-1, 1], rounded to whole levels as files are."""
        step = max(cut.step for cut in cuts)
        side = int(np.ceil(self.crop * step + 4 * max(step, 1.0))) + 2
        rows = [self.places[int(domain)][cut.picture][cut.depth] for domain, cut in zip(domains, cuts, strict=True)]
        offset, height, width = (np.array(column) for column in zip(*rows, strict=True))
        x0, across = _taps(np.array([c.left for c in cuts]), np.array([c.step for c in cuts]), width, self.crop, side)
        y0, down = _taps(np.array([c.top for c in cuts]), np.array([c.step for c in cuts]), height, self.crop, side)
        mirrored = np.array([cut.mirrored for cut in cuts])
        across[mirrored] = across[mirrored][:, ::-1]

        line = np.arange(side)
        x = np.clip(x0[:, None] + line, 0, width[:, None] - 1)
        y = np.clip(y0[:, None] + line, 0, height[:, None] - 1)
        index = torch.from_numpy(offset[:, None] + y * width[:, None]).to(self.device)[:, :, None]
        index = index + torch.from_numpy(x).to(self.device)[:, None]
        region = self.pixels[index].permute(0, 3, 1, 2).float()  # (n, 3, r, r)
        left = torch.from_numpy(down).to(self.device)[:, None]  # (n, 1, s, r)
        right = torch.from_numpy(across).to(self.device)[:, None].transpose(2, 3)
        return (left @ region @ right).round().clamp(0, 255) / 127.5 - 1


def _taps(
    start: npt.NDArray[np.float64], step: npt.NDArray[np.float64], size: npt.NDArray[np.int64], crop: int, side: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """For each crop along one axis: the first pixel of its region (n,), and the filter's weights (n, s, r)."""
    support = np.maximum(step, 1.0)
    centers = start[:, None] + (np.arange(crop) + 0.5) * step[:, None]  # (n, s), in pixels of the level
    first = np.maximum(np.floor(start - 2 * support).astype(np.int64), 0)
    places = first[:, None] + np.arange(side)  # (n, r)
    gap = np.abs(places[:, None] + 0.5 - centers[:, :, None]) / support[:, None, None]
    inner = (CUBIC + 2) * gap**3 - (CUBIC + 3) * gap**2 + 1
    outer = CUBIC * (gap**3 - 5 * gap**2 + 8 * gap - 4)
    weights = np.where(gap < 1, inner, np.where(gap < 2, outer, 0.0))
    weights = weights * (places < size[:, None])[:, None]
    return first, (weights / weights.sum(2, keepdims=True)).astype(np.float32)


def floats(pixels: npt.NDArray[np.uint8], device: torch.device) -> Tensor:
    """Pixels in 0…255 → floats in [-1, 1] on a device, of the same shape."""
    return torch.from_numpy(pixels).to(device, non_blocking=True).float() / 127.5 - 1


def laid(modules: Iterable[nn.Module], device: torch.device, choice: Choice) -> torch.memory_format:
    """Networks go to the device, laid out in its memory as was chosen → how pictures are to be laid out, too."""
    form = torch.channels_last if choice.channels_last else torch.contiguous_format
    for module in modules:
        module.to(device).to(memory_format=form)  # type: ignore[call-overload]
    return form


def fed(
    sampler: Sampler[Made], run: Run, sent: Callable[[Made], Sent]
) -> Callable[[int, int, int], Generator[Sent, None, None]]:
    """What feeds a task: a sampler's batches, made ahead, each as it is `sent` to the device."""

    def batches(start: int, rank: int, count: int) -> Generator[Sent, None, None]:
        with closing(ahead(sampler, start, run.batch, rank=rank, ranks=count)) as feed:
            for batch in feed:
                yield sent(batch)

    return batches
