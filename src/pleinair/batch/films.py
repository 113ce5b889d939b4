"""A film → a painted film: frames in hand all the way, what is done kept, sound and subtitles copied."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from pleinair.batch.work import Settings
from pleinair.engine.protocol import Engine
from pleinair.errors import OutputError, PictureError, SettingError
from pleinair.images.film_codecs import Encoding, choose, encoder, suffix_for
from pleinair.images.film_colors import frame_of, layout, settled
from pleinair.images.film_facts import Facts, look
from pleinair.images.film_joining import join
from pleinair.images.film_journal import Journal, promise_of
from pleinair.images.film_reading import Reading, Still
from pleinair.images.metadata import exact
from pleinair.images.picture import Pixels
from pleinair.render.film import painted
from pleinair.render.steady import Steady, warm_up
from pleinair.render.windows import FORMER_WINDOW

Progress = Callable[[int, int], None]  # frames done, frames in all (0: not known)
Stop = Callable[[], bool]
Filter = Callable[[Pixels, Pixels], Pixels]
UNSAID = {"window": str(FORMER_WINDOW), "steady": "0"}  # what `promised` leaves out


@dataclass(frozen=True)
class FilmSettings:
    """How a film is painted and written. steady: how firmly what does not move is held, 0 … 1. lanes: frames painted
    at a time, see `render.film.lanes_of`. The others: see `film_codecs`."""

    codec: str | None = None
    crf: int | None = None
    pixel_format: str | None = None
    steady: float = 0.0
    lanes: int = 1


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


class Reel(Protocol):
    """Frames that can be read more than once: a film's, or a sequence's."""

    @property
    def trouble(self) -> str:
        """What could not be read, empty if all could."""
        ...

    def frames(self, skip: int, skipped: list[int]) -> Iterator[Still]:
        """The frames but for the first so many, whose time stamps go into the list."""
        ...


def reel_of(plan: FilmPlan) -> Reading:
    """The frames of a film."""
    return Reading(plan.facts, is_deep(plan))


def is_deep(plan: FilmPlan) -> bool:
    """Whether frames are painted in 16 bits: those of more than 8, and those to be written with more."""
    return plan.facts.bits > 8 or layout(plan.encoding.pixel_format).bits > 8


def promised(plan: FilmPlan, settings: Settings, film: FilmSettings, provenance: Mapping[str, str]) -> dict[str, str]:
    """What two runs must have in common to be parts of one film."""
    told = {**provenance, **settings.provenance()}
    if film.steady:
        told["steady"] = exact(film.steady)
    return {**told, **plan.encoding.told()}


def forget_other(plan: FilmPlan, promise: Mapping[str, str]) -> None:
    """Take away what was begun of a film with other settings. Raises OutputError."""
    path = journal_path(plan.target)
    if path.exists() and promise_of(path) != promise:
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(f"{path} cannot be taken away: {(error.strerror or str(error)).lower()}") from error


def paint_film(
    plan: FilmPlan,
    reel: Reel,
    engine: Engine,
    settings: Settings,
    film: FilmSettings,
    provenance: Mapping[str, str],
    *,
    stop: Stop = lambda: False,
    progress: Progress | None = None,
) -> Painted:
    """Paint a film, or go on with it. stop: asked after each frame whether to end here; what is painted then stands
    in `part_path`, playable, and the next call goes on from it. provenance: must tell the source and the model.

    Raises PictureError, OutputError, SettingError; what was painted before is kept.
    """
    facts, encoding, target, note = plan
    promise = promised(plan, settings, film, provenance)
    journal = Journal(journal_path(target), promise, UNSAID)
    try:
        if not journal.complete:
            work = partial(_stylized, settings=settings)
            hold = film.steady if settings.look.strength else 0.0  # where the film stays as it is, so does its flicker
            paint = partial(painted, work=work, engine=engine, lanes=film.lanes)
            _extend(journal, plan, reel, paint, hold, stop, progress)
        if not journal.stamps:
            journal.remove()
            if journal.complete:
                raise PictureError(reel.trouble or f"{facts.path} has no frames")
            return Painted(target, 0, note, reel.trouble, False)
        written = target if journal.complete else part_path(target)
        left = join(journal, encoding, written, promise, facts if facts.path.exists() else None)
        if journal.complete:
            journal.remove()
            part_path(target).unlink(missing_ok=True)
        notes = "; ".join(filter(None, (note, left)))
        return Painted(written, len(journal.stamps), notes, reel.trouble, journal.complete)
    finally:
        if journal.stamps:
            journal.close()
        else:  # what failed at once leaves nothing behind
            with suppress(OSError):
                journal.remove()


def _stylized(still: Still, engine: Engine, settings: Settings) -> tuple[Still, Pixels]:
    pixels = settings.of_frames().painted(still.pixels, engine)
    return still, pixels


def _extend(
    journal: Journal,
    plan: FilmPlan,
    reel: Reel,
    paint: Callable[[Iterator[Still]], Generator[tuple[Still, Pixels], None, None]],
    hold: float,
    stop: Stop,
    progress: Progress | None,
) -> None:
    """Paint and encode what is missing."""
    facts, encoding = plan.facts, plan.encoding
    made = encoder(encoding)
    journal.headers_of(bytes(made.extradata or b""))
    colors, turns = settled(facts.colors, facts.height), -round(facts.degrees / 90) % 4
    done, before = len(journal.stamps), list[int]()
    again = min(done, warm_up(hold))  # frames that warm the filter up
    keep: Filter = Steady(hold) if hold else lambda _, pixels: pixels
    checked = False
    duration, stopped, ahead = journal.last_duration, False, paint(reel.frames(done - again, before))
    for number, (still, pixels) in enumerate(ahead, done - again):
        kept = keep(still.pixels, pixels)
        if number < done:
            before.append(still.pts)
            continue
        checked = checked or _check_same(journal, before)
        frame = frame_of(np.ascontiguousarray(np.rot90(kept, turns)), encoding.pixel_format, colors)
        frame.colorspace = encoding.colors.matrix  # the film's own, also unsaid: ProRes says what its frames do
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
    checked = checked or (not stopped and _check_same(journal, before))
    for packet in made.encode(None):
        journal.add(packet.pts, packet.is_keyframe, bytes(packet))
    journal.end(not stopped, duration)


def _check_same(journal: Journal, before: list[int]) -> bool:
    """Raise SettingError unless the frames that are there already are the film's first ones."""
    if sorted(journal.stamps) != before:
        raise SettingError(f"{journal.path} holds other frames than the film's first; take it away to begin anew")
    return True
