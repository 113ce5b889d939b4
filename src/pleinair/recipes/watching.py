"""What a translate training shows of itself: sheets and figures, on the validation split, by the users' own path.

Shapes: h×w pixels, n pictures, d features.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.pack import Album, Pack
from pleinair.errors import DataError
from pleinair.metrics.features import Extractor, load_features
from pleinair.metrics.squares import square
from pleinair.metrics.watch import StyleScore, Watch, overall
from pleinair.networks.frozen import QuarterVGG, pooled
from pleinair.networks.live import LiveEngine
from pleinair.render.still import stylize
from pleinair.spec import ModelSpec
from pleinair.training.preview import mosaic
from pleinair.training.run import Run

Pixels = npt.NDArray[np.uint8]

SIDE = 384  # of watched and previewed pictures
WATCHED, SHOWN = 24, 5  # pictures
REFERENCES = 100  # of each style, to be compared with; their features are taken once


class Watched:
    """Validation pictures of one training, and what is said of their paintings. Consumes no randomness."""

    def __init__(
        self,
        run: Run,
        spec: ModelSpec,
        content: Pack,
        styles: Mapping[str, Pack],
        frozen: QuarterVGG | None,
        extractor: Path | None,
    ) -> None:
        self.run, self.spec, self.content, self.packs = run, spec, content, styles
        self.extractor = extractor_of(extractor, frozen)
        self.possible = self.extractor is not None and len(content.validation) >= 3
        self._watches: list[Watch] | None = None

    def preview(self, averaged: nn.Module) -> Pixels:
        """Rows: photos, then each style; `photo` is painted from the paintings of the other styles."""
        photos = squares(self.content, SHOWN)
        rows = [photos]
        for style in self.spec.styles:
            given = self._paintings(SHOWN) if style == "photo" else photos
            rows += [given] * (style == "photo") + [self._painted(averaged, given, style)]
        return mosaic(rows)

    def watch(self, averaged: nn.Module) -> dict[str, float]:
        """`score`, lower is better, and each style's ratio and content. Styles that the photos cannot be told from, as
        far as so few pictures can say, are left out; nothing is said where that leaves none."""
        if self._watches is None:
            self._watches = self._prepared()
        scores: dict[str, StyleScore] = {}
        for watch in self._watches:
            scores |= watch.score(lambda pictures, style: self._painted(averaged, pictures, style))
        if not scores:
            return {}
        figures = {"score": overall(scores)}
        for style, each in scores.items():
            figures |= {f"{style}.ratio": each.kd_ratio, f"{style}.content": each.content}
        return {name: round(value, 4) for name, value in figures.items()}

    def _prepared(self) -> list[Watch]:
        assert self.extractor is not None
        watches = []
        for style in self.spec.styles:
            reverse = style == "photo" and any(name != "photo" for name in self.packs)
            given = self._paintings(WATCHED) if reverse else squares(self.content, WATCHED)
            references = evenly((self.packs.get(style) or self.content).train, REFERENCES)
            with suppress(DataError):
                watches.append(Watch(given, {style: references}, self.extractor))
        return watches

    def _paintings(self, count: int) -> list[Pixels]:
        packs = [pack for name, pack in self.packs.items() if name != "photo"]
        found = [picture for pack in packs for picture in squares(pack, -(-count // len(packs)))]
        return found[:: max(1, len(found) // count)][:count] if found else squares(self.content, count)

    def _painted(self, averaged: nn.Module, pictures: list[Pixels], style: str) -> list[Pixels]:
        engine = LiveEngine(averaged, self.spec, style)  # type: ignore[arg-type]
        return [stylize(picture, engine, working_size=None).astype(np.uint8) for picture in pictures]


def squares(pack: Pack, count: int) -> list[Pixels]:
    """Evenly picked validation pictures, or where none are set aside training ones, as squares of SIDE pixels."""
    return evenly(pack.validation if len(pack.validation) else pack.train, count)


def evenly(album: Album, count: int) -> list[Pixels]:
    """At most `count` pictures, evenly picked, as centered squares of SIDE pixels."""
    if not len(album):
        raise DataError(f"pack {album.name!r} is empty; prepare it again")
    picked = {index * len(album) // count for index in range(count)}
    return [square(album[index], SIDE) for index in sorted(picked)]


def extractor_of(judge: Path | None, frozen: QuarterVGG | None) -> Extractor | None:
    """The feature network of a file, else what the training itself sees with, if it sees."""
    return load_features(judge) if judge else frozen_extractor(frozen)


def frozen_extractor(frozen: QuarterVGG | None) -> Extractor | None:
    """Pooled activations of the training's own frozen network, where no independent features are given."""
    if frozen is None:
        return None

    def extract(pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        device = next(frozen.parameters()).device
        with torch.no_grad():
            features: npt.NDArray[np.float32] = pooled(frozen(torch.from_numpy(pictures).to(device))).cpu().numpy()
        return features

    return extract
