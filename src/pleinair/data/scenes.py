"""Real scenes by domain, and what generated ones are drawn from: endless, resumable, rank-aware.

Picture number k of a training is a function of (seed, k) alone, as in `unpaired`: its domain, its crop, its kind, and
the noise of the generated picture beside it. Shapes: n pictures of the rank, s side of a crop, m marks.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from pleinair.data.gray import chance
from pleinair.data.pack import Album, Entry, Pixels
from pleinair.data.unpaired import Cut, Domain, even_draw, planned, uniform_draws, window
from pleinair.errors import DataError, SettingError
from pleinair.seeds import HALO, LATENT, NOISE, ROWS

DROPPED = 0.2  # of the pictures do not say their kind, so that a scene of no kind can be asked for
SHAKES = 12  # numbers in [0, 1) per picture for augmentation

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Plan:
    """One rank's share of a batch before any pixel is touched: `domains` (n,) of the crops, their kinds (n,), -1 where
    there is none or it is not said, and the pictures' numbers."""

    cuts: list[Cut]
    domains: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int64]
    numbers: range


@dataclass(frozen=True, eq=False)
class Drawn:
    """What does not depend on pixels: the pictures' numbers (n,), marks (n, m), latents (n, 64), noise (n, k, 4, c +
    2·HALO), numbers in [0, 1) for augmentation of generated and real pictures (n, 2, SHAKES)."""

    numbers: npt.NDArray[np.int64]
    marks: Floats
    latents: Floats
    noise: Floats
    shakes: Floats


@dataclass(frozen=True, eq=False)
class Batch:
    """One rank's share of a batch: real crops (n, 3, s, s) in 0…255, their domains (n,), and what was drawn."""

    real: Pixels
    domains: npt.NDArray[np.int64]
    drawn: Drawn


class Scenes:
    """Draws square crops of `side` pixels from domains, `weights` (d,) as often, all alike by default.

    `kinds` are the names of kinds, and `kind_of` says the kind of a picture of a pack.
    Raises SettingError for contradicting numbers and DataError for a domain without pictures.
    """

    def __init__(
        self,
        domains: Sequence[Domain],
        *,
        side: int,
        seed: int,
        kinds: Sequence[str] = (),
        named: Mapping[str, str] | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        shares = np.asarray([1.0] * len(domains) if weights is None else weights, np.float64)
        if not domains or len(shares) != len(domains) or (shares < 0).any() or shares.sum() <= 0:
            raise SettingError(f"weights of {len(domains)} domains cannot be {shares.tolist()}; give one above 0 each")
        if side % ROWS or side < ROWS or seed < 0:
            raise SettingError(f"side must be a multiple of {ROWS} and seed not negative, got {side} and {seed}")
        for domain in domains:
            if not len(domain.pictures):
                raise DataError(f"there are no pictures in {domain.name!r}; add some and prepare it again")
            if not 0 < domain.scales[0] <= domain.scales[1]:
                raise SettingError(f"scales of {domain.name!r} must rise from above 0, got {domain.scales}")
        self.domains, self.crop, self.seed, self.kinds = tuple(domains), side, seed, tuple(kinds)
        self._shares = np.cumsum(shares) / shares.sum()
        places = {kind: number for number, kind in enumerate(self.kinds)}
        self._kinds = [
            [places.get(kind_of(entry, named or {}), -1) for entry in domain.pictures.entries] for domain in domains
        ]

    @property
    def marks(self) -> int:
        """How many marks a scene has: one per domain, then one per kind."""
        return len(self.domains) + len(self.kinds)

    def plan(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Plan:
        """What the pictures numbered seen_pictures + rank, + rank + ranks, … below seen_pictures + count will be."""
        numbers = range(seen_pictures + rank, seen_pictures + count, ranks)
        plan = Plan([], np.empty(len(numbers), np.int64), np.empty(len(numbers), np.int64), numbers)
        for row, number in enumerate(numbers):
            draws = uniform_draws(self.seed, number)
            domain = min(
                int(np.searchsorted(self._shares, even_draw(self.seed, number), "right")), len(self.domains) - 1
            )
            cut = planned(self.domains[domain], self.crop, draws[2:7])
            plan.cuts.append(cut)
            plan.domains[row] = domain
            plan.kinds[row] = -1 if draws[0] < DROPPED else self._kinds[domain][cut.picture]
        return plan

    def drawn(self, plan: Plan) -> Drawn:
        """What generated pictures are made from, picture by picture."""
        count, columns = len(plan.numbers), ROWS + 2 * HALO
        marks = np.zeros((count, self.marks), np.float32)
        marks[np.arange(count), plan.domains] = 1
        said = plan.kinds >= 0
        marks[np.flatnonzero(said), len(self.domains) + plan.kinds[said]] = 1
        latents, noise = np.empty((count, LATENT), np.float32), np.empty((count, NOISE, ROWS, columns), np.float32)
        shakes = np.empty((count, 2, SHAKES), np.float32)
        for row, number in enumerate(plan.numbers):
            draw = chance("scene", self.seed, number)
            latents[row] = draw.standard_normal(LATENT)
            noise[row] = draw.standard_normal((NOISE, ROWS, columns))
            shakes[row] = draw.random_sample((2, SHAKES))
        return Drawn(np.asarray(plan.numbers, np.int64), marks, latents, noise, shakes)

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Batch:
        """The pixels of a plan."""
        plan = self.plan(seen_pictures, count, rank, ranks)
        real = [self._pixels(int(domain), cut) for domain, cut in zip(plan.domains, plan.cuts, strict=True)]
        pixels = np.stack(real) if real else np.empty((0, 3, self.crop, self.crop), np.uint8)
        return Batch(pixels, plan.domains, self.drawn(plan))

    def _pixels(self, domain: int, cut: Cut) -> Pixels:
        pixels = window(self.domains[domain].pictures.levels(cut.picture)[cut.depth], cut, self.crop)
        return (pixels[:, ::-1] if cut.mirrored else pixels).transpose(2, 0, 1)


def kind_of(entry: Entry, named: Mapping[str, str]) -> str:
    """The kind of a picture: as a table says of its file (with or without folders and ending), else the folder that it
    lay in; "" for none."""
    source = PurePosixPath(entry.source)
    for name in (entry.source, source.name, source.stem, entry.name):
        if name in named:
            return named[name]
    return source.parent.name


def kinds_in(albums: Sequence[Album], named: Mapping[str, str]) -> tuple[str, ...]:
    """All kinds that the pictures of some albums have, sorted."""
    found = {kind_of(entry, named) for album in albums for entry in album.entries}
    return tuple(sorted(found - {""}))


def read_kinds(path: Path) -> dict[str, str]:
    """A table of two columns, file name and kind. A first line `name,kind` is a heading. Raises DataError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read as a table of kinds ({reason}); give lines of name,kind") from error
    if rows and [cell.lower() for cell in rows[0]] == ["name", "kind"]:
        rows = rows[1:]
    for number, row in enumerate(rows, 1):
        if len(row) != 2 or not all(row):
            raise DataError(f"{path}: row {number} is {','.join(row)!r}; every row is name,kind, such as a.jpg,forest")
    if not rows:
        raise DataError(f"{path}: names no picture; give lines of name,kind")
    return {row[0]: row[1] for row in rows}
