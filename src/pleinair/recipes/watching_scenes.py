"""What a scene training shows of itself: the first seeds as a sheet, and figures against the validation split.

Shapes: n pictures of s×s pixels.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.pack import Album, Pack
from pleinair.data.unpaired import Domain, planned, uniform_draws, window
from pleinair.images import to_pixels
from pleinair.metrics.distances import kernel_distance
from pleinair.metrics.diversity import diversity_of
from pleinair.metrics.features import Extractor, Matrix, features_of
from pleinair.metrics.neighbors import K, neighbors_of
from pleinair.metrics.sharpness import sharpness_of
from pleinair.seeds import HALO, ROWS, columns, latent
from pleinair.training.preview import mosaic

Pixels = npt.NDArray[np.uint8]

SHOWN = 8  # rows and columns of a preview
WATCHED = 200  # pictures a side
CROPS = 12  # of one validation picture at most
BATCH = 20  # pictures drawn at once
SEED = 20_240  # of the crops compared with


class WatchedScenes:
    """The first domain of a training, on its validation pictures. Consumes no randomness."""

    def __init__(self, pack: Pack, side: int, scales: tuple[float, float], extractor: Extractor | None) -> None:
        self.album = pack.validation if len(pack.validation) else pack.train
        self.side, self.scales, self.extractor = side, scales, extractor
        self._references: list[Pixels] = []
        self._features: Matrix | None = None

    @property
    def possible(self) -> bool:
        """Whether there is something to judge by, and enough to compare with."""
        return self.extractor is not None and min(len(self.album) * CROPS, WATCHED) > K + 1

    def preview(self, averaged: nn.Module) -> Pixels:
        """A sheet of the first seeds, unpicked."""
        pictures = drawn(averaged, range(SHOWN * SHOWN))
        return mosaic([pictures[row * SHOWN : (row + 1) * SHOWN] for row in range(SHOWN)])

    def watch(self, averaged: nn.Module) -> dict[str, float]:
        """`score`: kernel distance ×1000 of generated pictures to crops of the validation split, lower is better;
        recall, precision, share of near-duplicates, sharpness in that of the real ones."""
        assert self.extractor is not None
        if self._features is None:
            self._references = crops(self.album, self.side, self.scales, WATCHED)
            self._features = features_of(self._references, self.extractor)
        pictures = drawn(averaged, range(WATCHED))
        features = features_of(pictures, self.extractor)
        near = neighbors_of(features, self._features)
        figures = {
            "score": kernel_distance(features, self._features).value,
            "recall": float(near.recalled.mean()),
            "precision": float(near.precise.mean()),
            "near_duplicates": diversity_of(features).near_duplicates,
            "sharpness": sharpness_of(pictures) / max(sharpness_of(self._references), 1e-6),
        }
        return {name: round(value, 4) for name, value in figures.items()}


@torch.no_grad()
def drawn(generator: nn.Module, seeds: Sequence[int], domain: int = 0) -> list[Pixels]:
    """The square pictures (s, s, 3) of some seeds in one domain, of no kind."""
    own, halo = next(generator.parameters()), int(getattr(generator, "halo", HALO))
    marks = torch.zeros(1, int(getattr(generator, "marks", 1)), device=own.device)
    marks[:, domain] = 1
    pictures: list[Pixels] = []
    for start in range(0, len(seeds), BATCH):
        some = seeds[start : start + BATCH]
        z, cells = (np.stack(rows) for rows in ([latent(s) for s in some], [columns(s, ROWS, halo=halo) for s in some]))
        latents, noise = (torch.from_numpy(x).to(own.device) for x in (z, cells))
        batch = generator(latents, noise, marks.expand(len(some), -1))
        pictures += list(to_pixels(batch.float().cpu().permute(0, 2, 3, 1).numpy()).astype(np.uint8))
    return pictures


def crops(album: Album, side: int, scales: tuple[float, float], count: int) -> list[Pixels]:
    """At most `count` square crops (s, s, 3), equally many of each picture but for the last, cut as for training."""
    domain = Domain(album.name, album, scales, flip=False)
    found: list[Pixels] = []
    for number in range(min(count, CROPS * len(album))):
        draws = uniform_draws(SEED, number)[2:7]
        draws[0] = (number % len(album) + 0.5) / len(album)
        cut = planned(domain, side, draws)
        found.append(window(album.levels(cut.picture)[cut.depth], cut, side))
    return found
