"""Seeds → sheets: the files that a seed's picture and its stages become; what was made otherwise is not overwritten."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pleinair.errors import OutputError, PleinairError
from pleinair.images.told import told as told_by


@dataclass(frozen=True)
class Sheet:
    """A seed and the files that it becomes: the stages by name, and the picture."""

    seed: int
    target: Path
    stages: tuple[tuple[str, Path], ...] = ()

    @property
    def done(self) -> bool:
        return self.target.exists() and all(path.exists() for _, path in self.stages)


class Asked(Protocol):
    """What is asked for, beside the seed."""

    def told(self, seed: int) -> dict[str, str]:
        """How the picture of a seed is made."""
        ...


def plan_sheets(seeds: Sequence[int], out: Path, stages: Sequence[str]) -> list[Sheet]:
    """The files of each seed in the folder `out`; stages: the names of those wanted beside the pictures."""
    return [
        Sheet(seed, out / f"seed{seed:04}.png", tuple((stage, out / f"seed{seed:04}-{stage}.png") for stage in stages))
        for seed in seeds
    ]


def check_same(sheet: Sheet, order: Asked) -> None:
    """Raise OutputError, which names the differences, if a picture stands there that was made otherwise."""
    found: dict[str, str] = {}
    with suppress(PleinairError):  # what cannot be read was made otherwise, too
        found = told_by(sheet.target)
    wanted = order.told(sheet.seed)
    other = {key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)}
    if other:
        names = sorted({"layout" if key == "layoutSha256" else key for key in other})
        differs = f"another {', '.join(names)}" if found else "something else"
        raise OutputError(f"{sheet.target} is of {differs}; choose another --out, or --overwrite")
