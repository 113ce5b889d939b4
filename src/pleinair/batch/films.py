"""A film → a painted film: frames in hand all the way, what is done kept, sound and subtitles copied."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pleinair.batch.work import Settings
from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError, SettingError
from pleinair.images.film_codecs import Encoding, choose, encoder, suffix_for
from pleinair.images.film_colors import frame_of, layout, settled
from pleinair.images.film_facts import Facts, look
from pleinair.images.film_joining import join
from pleinair.images.film_journal import Journal
from pleinair.images.film_reading import Reading, Still
from pleinair.images.picture import Pixels
from pleinair.render.film import Turns, overlapped
from pleinair.render.steady import WARM_UP, Steady
from pleinair.render.still import stylize
from pleinair.store import sha256_of

Progress = Callable[[int, int], None]  # frames done, frames in all (0: not known)
Stop = Callable[[], bool]
Filter = Callable[[Pixels, Pixels], Pixels]


@dataclass(frozen=True)
class FilmSettings:
    """How a film is written. steady: how firmly what does not move is held, 0 … 1; the others: see `film_codecs`."""

    codec: str | None = None
    crf: int | None = None
    pixel_format: str | None = None
    steady: float = 0.0


class Painted(NamedTuple):
    """What came of it: the file, how many frames it has, what to know, what went wrong, and whether it is all done."""

    target: Path
    frames: int
    note: str
    trouble: str
    finished: bool


class FilmPlan(NamedTuple):
    """A film looked at, and what it becomes."""

    facts: Facts
    encoding: Encoding
    target: Path
    note: str


def plan_film(source: Path, out: Path, film: FilmSettings, name: str | None = None) -> FilmPlan:
    """Look at a film and settle what it becomes in the folder `out`. name: of the file; by default the source's with
    a suffix that can hold it. Raises PictureError, SettingError, OutputError, MissingExtraError."""
    facts = look(source)
    return planned(facts, out, film, name)


def planned(facts: Facts, out: Path, film: FilmSettings, name: str | None = None) -> FilmPlan:
    """As `plan_film`, of a film that was looked at."""
    encoding, note = choose(facts, film.codec, film.crf, film.pixel_format)
    settled(facts.colors, facts.height)
    target = out / (name or facts.path.name)
    target = target.with_suffix(suffix_for(facts, encoding.codec, target.suffix if name else None))
    if target.exists() and facts.path.exists() and target.samefile(facts.path):
        raise SettingError(f"{target} is the film itself and would be overwritten; name another --out")
    if target.suffix.lower() != facts.path.suffix.lower() and not name:
        note = "; ".join(filter(None, (note, f"written as {target.suffix}")))
    return FilmPlan(facts, encoding, target, "; ".join(filter(None, (facts.note, note))))


def journal_path(target: Path) -> Path:
    """Where the packets of an unfinished film are kept."""
    return target.with_name(f".{target.name}.unfinished")


def part_path(target: Path) -> Path:
    """The film as far as it is painted, to look at."""
    return target.with_name(f"{target.stem}.part{target.suffix}")


def paint_film(
    plan: FilmPlan,
    engine: Engine,
    settings: Settings,
    film: FilmSettings,
    provenance: Mapping[str, str],
    *,
    stop: Stop = lambda: False,
    progress: Progress | None = None,
) -> Painted:
    """Paint a film, or go on with it. stop: asked before each frame whether to end here; what is painted then stands
    in `part_path`, playable, and the next call goes on from it.

    Raises PictureError, OutputError, SettingError; what was painted before is kept.
    """
    facts, encoding, target, note = plan
    deep = facts.bits > 8 or layout(encoding.pixel_format).bits > 8
    reading = Reading(facts, deep)
    told = {**provenance, **settings.provenance(), "steady": f"{film.steady:g}"}
    told |= {"source": facts.path.name, "sourceSha256": sha256_of(facts.path)}
    journal = Journal(journal_path(target), {**told, **encoding.told()})
    try:
        if not journal.complete:
            paint = partial(_stylized, engine=Turns(engine), settings=settings)
            _extend(journal, plan, reading.frames, paint, film.steady, stop, progress)
        if not journal.stamps:
            journal.remove()
            if journal.complete:
                raise PictureError(reading.trouble or f"{facts.path} has no frames")
            return Painted(target, 0, note, reading.trouble, False)
        written = target if journal.complete else part_path(target)
        left = join(journal, encoding, written, told, facts if facts.path.exists() else None)
        if journal.complete:
            journal.remove()
            part_path(target).unlink(missing_ok=True)
        notes = "; ".join(filter(None, (note, left)))
        return Painted(written, len(journal.stamps), notes, reading.trouble, journal.complete)
    finally:
        journal.close()


def _stylized(still: Still, engine: Engine, settings: Settings) -> tuple[Still, Pixels]:
    pixels = stylize(
        still.pixels,
        engine,
        strength=settings.strength,
        keep_colors=settings.keep_colors,
        working_size=settings.working_size,
        wrap=settings.wrap,
        window=settings.window,
    )
    return still, pixels


def _extend(
    journal: Journal,
    plan: FilmPlan,
    frames: Callable[[int, list[int]], Iterator[Still]],
    paint: Callable[[Still], tuple[Still, Pixels]],
    hold: float,
    stop: Stop,
    progress: Progress | None,
) -> None:
    """Paint and encode what is missing. `frames` gives those after the first so many, whose time stamps it lists."""
    facts, encoding = plan.facts, plan.encoding
    made = encoder(encoding)
    journal.headers_of(bytes(made.extradata or b""))
    colors, turns = settled(facts.colors, facts.height), -round(facts.degrees / 90) % 4
    done, before = len(journal.stamps), list[int]()
    warm_up = min(done, WARM_UP) if hold else 0
    keep: Filter = Steady(hold) if hold else lambda _, painted: painted
    duration, stopped, ahead = journal.last_duration, False, overlapped(frames(done - warm_up, before), paint)
    for number, (still, painted) in enumerate(ahead, done - warm_up):
        kept = keep(still.pixels, painted)
        if number < done:
            before.append(still.pts)
            continue
        if number == done:
            _check_same(journal, before)
        frame = frame_of(np.ascontiguousarray(np.rot90(kept, turns)), encoding.pixel_format, colors)
        frame.pts, frame.time_base, frame.duration = still.pts, encoding.time_base, still.duration
        for packet in made.encode(frame):
            journal.add(packet.pts, packet.is_keyframe, bytes(packet))
        duration = still.duration
        if progress:
            progress(number + 1, facts.frames)
        if stop():
            stopped = True
            break
    ahead.close()
    for packet in made.encode(None):
        journal.add(packet.pts, packet.is_keyframe, bytes(packet))
    journal.end(not stopped, duration)


def _check_same(journal: Journal, before: list[int]) -> None:
    """The frames that are there are the film's first ones. Raises SettingError."""
    if sorted(journal.stamps) != before:
        raise SettingError(f"{journal.path.name} holds other frames than the film's first; --overwrite begins anew")
