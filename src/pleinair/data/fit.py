"""Writing the pack so that it keeps to the budget, and threads that keep their order."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pleinair.data.encode import Setting, encode, ladder, sized
from pleinair.data.originals import Piece, pixels_of
from pleinair.data.pack import Entry, write
from pleinair.errors import SettingError

SAMPLED = 16  # pictures that are encoded to foresee how large the pack becomes
TOLERANCE = 1.02  # of the budget: the sample may err, and the written pack is measured anyway
AT_ONCE = 64  # pictures in flight

SMALLEST = 16  # px: below, a picture shows nothing

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]  # what is being done, pictures done, of how many


@dataclass(frozen=True)
class Wish:
    """What a pack is asked to be; a pack made by the same wish from the same files is up to date."""

    name: str
    short_side: int
    budget: int | None
    validation: float
    seed: int
    minimum: int

    def __post_init__(self) -> None:
        if self.minimum < SMALLEST:
            raise SettingError(f"the least short side must be at least {SMALLEST} px, got {self.minimum}")
        if self.short_side < self.minimum:
            raise SettingError(f"the size must be at least {self.minimum} px, got {self.short_side}")
        if not 0 <= self.validation <= 0.5:
            raise SettingError(f"the share for validation must lie between 0 and 0.5, got {self.validation}")
        if self.budget is not None and self.budget < 1:
            raise SettingError(f"the budget must be above 0 bytes, got {self.budget}")


def written(
    workers: ThreadPoolExecutor,
    pieces: Sequence[Piece],
    sides: Sequence[str],
    wish: Wish,
    path: Path,
    about: dict[str, Any],
    tell: Progress,
) -> tuple[Setting, tuple[Entry, ...]]:
    """Write the pack at the best setting that keeps the budget; a sample foresees which one that is.

    Raises SettingError if none does, PictureError if a picture has changed meanwhile, OutputError.
    """
    settings: Sequence[Setting] = ladder(wish.short_side, wish.minimum)
    if wish.budget is not None:
        settings = _foreseen(workers, pieces, settings, wish.budget)
    for setting in settings:
        stored = each(
            workers,
            partial(_stored, setting),
            list(zip(pieces, sides, strict=True)),
            partial(tell, "storing"),
        )
        remarks = {**about, "short_side": setting.short_side, "format": setting.format, "quality": setting.quality}
        entries = write(path, wish.name, stored, remarks, wish.budget)
        if entries:
            return setting, entries
    smallest = settings[-1].short_side
    raise SettingError(
        f"{len(pieces)} pictures do not fit into {wish.budget} bytes even at {smallest} px; "
        "raise the budget or leave some out"
    )


def _foreseen(
    workers: ThreadPoolExecutor, pieces: Sequence[Piece], settings: Sequence[Setting], budget: int
) -> Sequence[Setting]:
    """The settings from the first on whose pack, by a sample, does not exceed the budget by much; at least the last."""
    sample = [sized(pixels_of(one), settings[0].short_side) for one in pieces[:: max(1, len(pieces) // SAMPLED)]]

    def spared(setting: Setting) -> float:
        """Bytes that the pack would leave of the budget; more and more from setting to setting."""
        total = sum(workers.map(lambda pixels: len(encode(pixels, setting)), sample))
        return budget * TOLERANCE - total / len(sample) * len(pieces)

    first = bisect_left(settings, 0.0, key=spared)
    return settings[min(first, len(settings) - 1) :]


def _stored(setting: Setting, picture: tuple[Piece, str]) -> tuple[Entry, bytes]:
    piece, side = picture
    pixels = sized(pixels_of(piece), setting.short_side)
    height, width = pixels.shape[:2]
    return Entry(piece.name, piece.found.source, width, height, side, piece.sha), encode(pixels, setting)


def each(
    workers: ThreadPoolExecutor,
    do: Callable[[Item], Result],
    items: Sequence[Item],
    done: Callable[[int, int], None],
) -> Iterator[Result]:
    """`do` for every item, in order, side by side, only some in flight so that memory stays small."""
    rest = iter(items)
    count = 0
    while some := list(islice(rest, AT_ONCE)):
        for result in workers.map(do, some):
            count += 1
            done(count, len(items))
            yield result
