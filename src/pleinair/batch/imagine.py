"""Imagined scenes → files: a picture for each seed, its stages beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pleinair.batch.sheets import Sheet, plan_sheets
from pleinair.fiction.palette import COLORS
from pleinair.fiction.spec import SceneSpec
from pleinair.images import Picture, write
from pleinair.images.maps import write_classes
from pleinair.imagining import PHOTO, RENDER, Look, Painters, before, paint, provenance

LABEL = "label"


@dataclass(frozen=True)
class Order:
    """What is asked for, beside the seed: the scene, the sentence and the edits that tell of it, the look, who paints,
    and whether the stages are wanted too."""

    spec: SceneSpec
    sentence: str
    edits: tuple[str, ...]
    look: Look
    painters: Painters
    stages: bool = False

    def told(self, seed: int) -> dict[str, str]:
        """How the picture of a seed is made."""
        return provenance(self.spec.seeded(seed), self.look, self.painters, self.sentence, self.edits)


def plan_imagined(seeds: Sequence[int], out: Path, order: Order) -> list[Sheet]:
    """The files of each seed in the folder `out`."""
    stages: tuple[str, ...] = ()
    if order.stages:
        last = order.painters.style
        stages = (LABEL, *(stage for stage in (RENDER, PHOTO) if last not in (RENDER, stage)))
    return plan_sheets(seeds, out, stages)


def write_imagined(sheet: Sheet, order: Order) -> None:
    """Paint a seed and write its files, each whole or not at all. Raises SettingError, ModelError, OutputError."""
    spec = order.spec.seeded(sheet.seed)
    shown = paint(spec, order.look, order.painters)
    for stage, path in sheet.stages:
        look, who = before(order.look, order.painters, RENDER if stage == LABEL else stage)
        told = provenance(spec, look, who, order.sentence, order.edits)
        if stage == LABEL:
            write_classes(shown.rendering.labels, COLORS, path, {**told, "map": LABEL})
            continue
        pixels = shown.rendering.picture if stage == RENDER else shown.photo
        assert pixels is not None
        write(Picture(pixels), path, told)
    write(Picture(shown.picture), sheet.target, order.told(sheet.seed))
