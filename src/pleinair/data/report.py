"""What preparing a pack found: kept, skipped and why, twins, sizes, warnings; as JSON and as a table to read."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from pleinair.data.pack import TRAIN, VALIDATION
from pleinair.errors import OutputError


@dataclass(frozen=True)
class Kept:
    """A picture in the pack; sizes are (width, height) in pixels of the file and as stored."""

    name: str
    source: str
    original: tuple[int, int]
    stored: tuple[int, int]
    split: str
    note: str = ""


@dataclass(frozen=True)
class Skipped:
    """A picture left out; `twin` names the picture it duplicates, if that is why."""

    source: str
    reason: str
    twin: str = ""


@dataclass(frozen=True)
class Report:
    """All of it; `difference` is the mean share of differing hash bits: about 0.5 for unrelated pictures."""

    name: str
    pack: str
    kept: tuple[Kept, ...]
    skipped: tuple[Skipped, ...]
    other_files: int
    difference: float
    pack_bytes: int
    short_side: int
    format: str
    quality: int
    warnings: tuple[str, ...] = ()
    up_to_date: bool = False

    @property
    def train(self) -> int:
        return sum(kept.split == TRAIN for kept in self.kept)

    @property
    def validation(self) -> int:
        return sum(kept.split == VALIDATION for kept in self.kept)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    def table(self, most: int = 12) -> str:
        """Lines to print; of each kind of skipped pictures at most `most` are named, the file has them all."""
        found = len(self.kept) + len(self.skipped)
        rows = [("pictures found", f"{found}" + (f" (and {self.other_files} other files)" if self.other_files else ""))]
        rows.append(("kept", f"{len(self.kept)}: {self.train} to train on, {self.validation} for validation"))
        rows += [(f"skipped, {reason}", str(n)) for reason, n in Counter(s.reason for s in self.skipped).most_common()]
        rows.append(("short sides", sizes(self.kept)))
        rows.append(("difference", f"{self.difference:.2f} (unrelated pictures: about 0.5, all the same: 0)"))
        rows.append(("stored", f"short side up to {self.short_side} px, {self.format} of quality {self.quality}"))
        rows.append(("pack", f"{self.pack}, {self.pack_bytes / 2**20:.1f} MiB"))
        width = max(len(label) for label, _ in rows)
        lines = [f"{label:<{width}}  {value}" for label, value in rows]
        shown: Counter[str] = Counter()
        for skipped in self.skipped:
            shown[skipped.reason] += 1
            if shown[skipped.reason] <= most:
                lines.append(f"  - {skipped.source}: {skipped.reason}" + (f" of {skipped.twin}" * bool(skipped.twin)))
        lines += [f"  - … and {n - most} more: {reason}" for reason, n in shown.items() if n > most]
        lines += [f"Note: {warning}" for warning in self.warnings]
        return "\n".join(lines)


def sizes(kept: tuple[Kept, ...]) -> str:
    """Smallest, median and largest short side, as stored, in words."""
    sides = sorted(min(k.stored) for k in kept)
    return f"{sides[0]} … {sides[len(sides) // 2]} … {sides[-1]} px (smallest, median, largest)" if sides else "none"


def report_path(pack: Path) -> Path:
    """Where the report of a pack lies: `NAME.report.json` beside `NAME.pack`."""
    return pack.with_name(f"{pack.stem}.report.json")


def save(report: Report, path: Path) -> None:
    """Write the JSON. Raises OutputError."""
    try:
        path.write_text(report.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error}); choose another --out") from error


def load(path: Path) -> Report | None:
    """The report that was saved there; None if there is none or it is of another version."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        pairs = ("original", "stored")
        kept = tuple(Kept(**{**one, **{key: tuple(one[key]) for key in pairs}}) for one in raw["kept"])
        skipped = tuple(Skipped(**one) for one in raw["skipped"])
        return Report(**{**raw, "kept": kept, "skipped": skipped, "warnings": tuple(raw["warnings"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
