"""What a translate training shows of itself: sheets and figures, on the validation split, by the users' own path."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.pack import Pack
from pleinair.errors import DataError
from pleinair.metrics.features import Extractor, load_features
from pleinair.metrics.squares import square
from pleinair.metrics.watch import Watch, overall
from pleinair.networks.frozen import QuarterVGG, pooled
from pleinair.networks.live import LiveEngine
from pleinair.spec import ModelSpec
from pleinair.training.preview import mosaic
from pleinair.training.run import Run

Pixels = npt.NDArray[np.uint8]

SIDE = 256  # of watched and previewed pictures
WATCHED, SHOWN = 24, 5  # pictures


class Watched:
    """Validation pictures of one training, and what is said of their paintings."""

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
        self.extractor = load_features(extractor) if extractor else frozen_extractor(frozen)
        self.possible = self.extractor is not None and len(content.validation) >= 3
        self._watch: Watch | None = None

    def preview(self, averaged: nn.Module) -> Pixels:
        """Rows: photos, then each style; `photo` is painted from the paintings of the other styles."""
        photos = squares(self.content, SHOWN)
        rows = [photos]
        for style in self.spec.styles:
            given = self._paintings(SHOWN) if style == "photo" else photos
            rows += [given] * (style == "photo") + [self._painted(averaged, given, style)]
        return mosaic(rows)

    def watch(self, averaged: nn.Module) -> dict[str, float]:
        """`score`, lower is better, and each style's ratio and content."""
        watch = self._watch or self._prepare()
        scores = watch.score(lambda pictures, style: self._painted(averaged, pictures, style))
        figures = {"score": overall(scores)}
        for style, each in scores.items():
            figures |= {f"{style}.ratio": each.kd_ratio, f"{style}.content": each.content}
        return {name: round(value, 4) for name, value in figures.items()}

    def _prepare(self) -> Watch:
        assert self.extractor is not None
        references = {
            style: squares(self.packs.get(style) or self.content, 200, whole=True) for style in self.spec.styles
        }
        own = {"photo": self._paintings(WATCHED)} if "photo" in self.spec.styles and len(self.spec.styles) > 1 else None
        self._watch = Watch(squares(self.content, WATCHED), references, self.extractor, own)
        return self._watch

    def _paintings(self, count: int) -> list[Pixels]:
        packs = [pack for name, pack in self.packs.items() if name != "photo"]
        found = [picture for pack in packs for picture in squares(pack, -(-count // len(packs)))]
        return found[:: max(1, len(found) // count)][:count] if found else squares(self.content, count)

    def _painted(self, averaged: nn.Module, pictures: list[Pixels], style: str) -> list[Pixels]:
        engine = LiveEngine(averaged, self.spec, style)  # type: ignore[arg-type]
        return [_paint(picture, engine) for picture in pictures]


def _paint(picture: Pixels, engine: LiveEngine) -> Pixels:
    h = engine.spec.halo
    x = (
        np.pad(picture, ((h, h), (h, h), (0, 0)), mode="reflect").astype(np.float32).transpose(2, 0, 1)[None] / 127.5
        - 1
    )
    y = engine.paint(np.ascontiguousarray(x))[0].transpose(1, 2, 0)
    return ((np.clip(y, -1, 1) + 1) * 127.5).round().astype(np.uint8)


def squares(pack: Pack, count: int, whole: bool = False) -> list[Pixels]:
    """Evenly picked validation pictures (or of the whole pack) as centered squares of SIDE pixels."""
    album = pack.train if whole else (pack.validation if len(pack.validation) else pack.train)
    if not len(album):
        raise DataError(f"pack {pack.name!r} is empty; prepare it again")
    step = max(1, len(album) // count)
    return [square(album[index], SIDE) for index in range(0, len(album), step)][:count]


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
