"""From folders of any pictures to one pack to train on, and a report of what was done."""

import hashlib
import json
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pleinair.data.duplicates import ALIKE, mean_difference, near_duplicates
from pleinair.data.encode import Setting
from pleinair.data.fit import Progress, Wish, each, written
from pleinair.data.originals import Examined, Found, Piece, examine, listed, sha_of
from pleinair.data.pack import VALIDATION, Entry, read_index
from pleinair.data.report import Kept, Report, Skipped, load, report_path, save
from pleinair.data.split import splits, work_of
from pleinair.errors import DataError, OutputError

RULES = 1  # raised when the rules of preparing change, so that packs made by the old ones are made anew
FEWEST = 8  # pictures: below, nothing can be learned
FEW = 40  # pictures: below, say so
SUFFIX = ".pack"


def prepare(
    inputs: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    name: str | None = None,
    short_side: int = 512,
    budget: int | None = None,
    validation: float = 0.1,
    seed: int = 0,
    minimum: int = 128,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Make the pack `out` (and its report beside it) from all pictures in the folders `inputs`.

    Unreadable, small (short side below `minimum` px) and one-colored pictures are left out, and of near-duplicates all
    but the largest; even borders are cut off, strips cut into pieces; the short side is brought to `short_side` px at
    most. `validation` is the share of works set aside to judge training by, chosen by the hash of their names with
    `seed`. With a `budget` (bytes of the pack), quality and then size are lowered until it is kept. A pack that is
    up to date is left as it is unless `overwrite`; `name` defaults to the file's.
    Raises DataError (nothing to read, fewer than 8 good pictures), SettingError, PictureError and OutputError.
    """
    out = pack_path(out)
    wish = Wish(name or out.stem, short_side, budget, validation, seed, minimum)
    tell = progress or _silent
    found, others = listed(inputs)
    where = ", ".join(map(str, inputs))
    if not found:
        raise DataError(f"there are no pictures in {where}; JPEG, PNG, WebP and TIFF are read")
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as workers:
        shas = list(each(workers, sha_of, found, _silent_count))
        fingerprint = _fingerprint(wish, found, shas)
        if not overwrite and (ready := _up_to_date(out, fingerprint)):
            return ready
        pairs = list(zip(found, shas, strict=True))
        looked = each(workers, lambda pair: examine(*pair, minimum), pairs, lambda n, of: tell("looking", n, of))
        good, skipped = _sorted_out(list(looked))
        _refuse_few(good, skipped, where)
        sides = splits([work_of(piece.name) for piece in good], validation, seed)
        about = {"fingerprint": fingerprint, "validation": validation, "seed": seed}
        setting, entries = written(workers, good, sides, wish, out, about, tell)
    report = _reported(wish, out, setting, entries, good, skipped, others)
    save(report, report_path(out))
    return report


def pack_path(out: str | os.PathLike[str]) -> Path:
    """Where the pack goes: `out` with the suffix .pack. Raises OutputError rather than write over something else."""
    out = Path(out)
    if out.is_dir():
        raise OutputError(f"{out} is a folder; give the pack a name: {out / ('NAME' + SUFFIX)}")
    out = out if out.suffix == SUFFIX else out.with_name(out.name + SUFFIX)
    if out.exists():
        try:
            read_index(out)
        except DataError as error:
            raise OutputError(f"{out} is there and is no whole pack; delete it or choose another name") from error
    return out


def _sorted_out(examined: Sequence[Examined]) -> tuple[list[Piece], list[Skipped]]:
    """The pieces to keep, in the order of their names, and the others with reasons and twins."""
    skipped = [Skipped(one.found.source, one.reason) for one in examined if one.reason]
    first: dict[str, str] = {}
    unique: list[Piece] = []
    for one in examined:
        if not one.pieces:
            continue
        sha, source = one.pieces[0].sha, one.found.source
        if sha in first:
            skipped.append(Skipped(source, "exact copy", first[sha]))
        else:
            first[sha] = source
            unique.extend(one.pieces)
    order = sorted(range(len(unique)), key=lambda i: (-math.prod(unique[i].size), unique[i].found.source, i))
    twins = near_duplicates([one.look for one in unique], order)
    for late, early in sorted(twins.items()):
        skipped.append(Skipped(unique[late].found.source, "near-duplicate", unique[early].found.source))
    return [one for index, one in enumerate(unique) if index not in twins], skipped


def _refuse_few(good: Sequence[Piece], skipped: Sequence[Skipped], where: str) -> None:
    if len(good) >= FEWEST:
        return
    twins = sum(bool(one.twin) for one in skipped)
    found = len(good) + len(skipped)
    if twins > found / 2:
        raise DataError(
            f"the pictures in {where} are all alike: {twins} of {found} are copies or near-duplicates and {len(good)} "
            f"remain; gather at least {FEWEST} different ones, better {FEW}"
        )
    first = f", the first: {skipped[0].source}: {skipped[0].reason}" if skipped else ""
    raise DataError(
        f"{where} has {len(good)} usable pictures ({len(skipped)} skipped{first}); "
        f"at least {FEWEST} are needed, better {FEW}"
    )


def _reported(
    wish: Wish,
    out: Path,
    setting: Setting,
    entries: Sequence[Entry],
    good: Sequence[Piece],
    skipped: Sequence[Skipped],
    others: int,
) -> Report:
    difference = mean_difference([one.look for one in good])
    kept = tuple(
        Kept(one.name, one.found.source, one.whole, (entry.width, entry.height), entry.split, one.note)
        for entry, one in zip(entries, good, strict=True)
    )
    return Report(
        name=wish.name,
        pack=out.name,
        kept=kept,
        skipped=tuple(skipped),
        other_files=others,
        difference=round(difference, 4),
        pack_bytes=out.stat().st_size,
        short_side=setting.short_side,
        format=setting.format,
        quality=setting.quality,
        warnings=tuple(_warnings(kept, skipped, difference, setting, wish)),
    )


def _warnings(
    kept: Sequence[Kept], skipped: Sequence[Skipped], difference: float, setting: Setting, wish: Wish
) -> list[str]:
    """What to know before training starts, in plain words."""
    said = []
    if len(kept) < FEW:
        said.append(
            f"{len(kept)} pictures are few: a painter may learn them by heart. {FEW} or more serve better; "
            "crops of the larger works (NAME_c0, NAME_c1, …) help too."
        )
    if difference < ALIKE:
        said.append(
            f"the pictures are much alike (difference {difference:.2f}; unrelated ones: 0.5): "
            "a painter will know little else. Add other subjects."
        )
    if wish.validation and all(one.split != VALIDATION for one in kept):
        said.append("all pictures are crops of one work or two, so none are set aside to judge training by.")
    if setting.short_side < wish.short_side:
        said.append(f"to keep the budget, pictures were reduced to a short side of {setting.short_side} px.")
    unreadable = sum(one.reason.startswith("cannot be read") for one in skipped)
    if unreadable:
        said.append(f"{unreadable} file{'s' * (unreadable > 1)} could not be read; see above.")
    return said


def _fingerprint(wish: Wish, found: Sequence[Found], shas: Sequence[str]) -> str:
    """Equal for the same wish, the same files and the same rules."""
    facts = [RULES, repr(wish), [[one.source, sha] for one, sha in zip(found, shas, strict=True)]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _up_to_date(out: Path, fingerprint: str) -> Report | None:
    """The report of the pack that is there, if it was made from the same files by the same wish."""
    try:
        _, _, about = read_index(out)
    except DataError:
        return None
    report = load(report_path(out))
    return replace(report, up_to_date=True) if report and about.get("fingerprint") == fingerprint else None


def _silent(what: str, done: int, of: int) -> None:
    """The progress that nobody asked for."""


def _silent_count(done: int, of: int) -> None:
    """Likewise."""
