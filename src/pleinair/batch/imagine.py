"""Imagined scenes → files: a picture for each seed, its stages beside it; what is of another is not overwritten."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pleinair.errors import OutputError, PleinairError
from pleinair.fiction.palette import COLORS
from pleinair.fiction.spec import SceneSpec
from pleinair.images import Picture, write
from pleinair.images.maps import write_classes
from pleinair.images.told import told as told_by
from pleinair.imagining import PHOTO, RENDER, Look, Painters, before, paint, provenance

LABEL = "label"


@dataclass(frozen=True)
class Order:
    """What is asked for, beside the seed: the sentence and its edits, the look, who paints, and whether the stages are
    wanted too."""

    sentence: str
    edits: tuple[str, ...]
    look: Look
    painters: Painters
    stages: bool = False

    def told(self, spec: SceneSpec) -> dict[str, str]:
        """How the picture of a spec is made."""
        return provenance(spec, self.look, self.painters, self.sentence, self.edits)


@dataclass(frozen=True)
class Sheet:
    """A spec and the files that it becomes: the stages by name, the picture last."""

    spec: SceneSpec
    target: Path
    stages: tuple[tuple[str, Path], ...] = ()

    @property
    def done(self) -> bool:
        return self.target.exists() and all(path.exists() for _, path in self.stages)


def plan_imagined(specs: Sequence[SceneSpec], out: Path, order: Order) -> list[Sheet]:
    """The files of each spec in the folder `out`."""
    stages: tuple[str, ...] = ()
    if order.stages:
        last = order.painters.style
        stages = (LABEL, *(stage for stage in (RENDER, PHOTO) if last not in (RENDER, stage)))
    return [
        Sheet(
            spec,
            out / f"seed{spec.seed:04}.png",
            tuple((stage, out / f"seed{spec.seed:04}-{stage}.png") for stage in stages),
        )
        for spec in specs
    ]


def check_same(sheet: Sheet, order: Order) -> None:
    """Raise OutputError, which names the differences, if a file stands there that was made otherwise."""
    found: dict[str, str] = {}
    with suppress(PleinairError):  # what cannot be read was made otherwise, too
        found = told_by(sheet.target)
    wanted = order.told(sheet.spec)
    other = sorted(key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key))
    if other:
        differs = f"another {', '.join(other)}" if found else "something else"
        raise OutputError(f"{sheet.target} is of {differs}; choose another --out, or --overwrite")


def write_imagined(sheet: Sheet, order: Order) -> None:
    """Paint a spec and write its files, each whole or not at all. Raises SettingError, ModelError, OutputError."""
    shown = paint(sheet.spec, order.look, order.painters)
    for stage, path in sheet.stages:
        look, who = before(order.look, order.painters, RENDER if stage == LABEL else stage)
        told = provenance(sheet.spec, look, who, order.sentence, order.edits)
        if stage == LABEL:
            write_classes(shown.rendering.labels, COLORS, path, {**told, "map": LABEL})
            continue
        pixels = shown.rendering.picture if stage == RENDER else shown.photo
        assert pixels is not None
        write(Picture(pixels), path, told)
    write(Picture(shown.picture), sheet.target, order.told(sheet.spec))
