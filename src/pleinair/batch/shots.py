"""Films and sequences → films and sequences: each way, what is there already left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from pleinair.batch.exposures import exposure_of
from pleinair.batch.films import (
    FilmPlan,
    FilmSettings,
    Painted,
    Progress,
    Reel,
    Stop,
    forget_other,
    is_deep,
    paint_film,
    plan_film,
    planned,
    promised,
    reel_of,
)
from pleinair.batch.plan import Job
from pleinair.batch.sequences import Shot, check_targets, film_frames, paint_sequence, picture_frames
from pleinair.batch.work import Settings
from pleinair.engine.protocol import Engine
from pleinair.errors import OutputError, PleinairError, SettingError
from pleinair.images import format_of_suffix, read
from pleinair.images.film_facts import look
from pleinair.images.film_reading import Reading
from pleinair.images.film_sequences import PictureReading, facts_of, files_of, is_sequence, numbered
from pleinair.images.headers import LIGHT_SUFFIXES
from pleinair.images.metadata import exact
from pleinair.images.writing import check_light, format_written
from pleinair.render.steady import warm_up
from pleinair.store import sha256_of


@dataclass(frozen=True)
class Order:
    """What is wanted of every shot. told: style, model and version, for the metadata. anew: paint what is there already
    again. stop: asked after each frame whether to end there. progress: told the frames done, and those in all. say:
    takes lines on how it is painted."""

    engine: Engine
    settings: Settings
    film: FilmSettings
    told: Mapping[str, str]
    anew: bool = False
    stop: Stop = lambda: False
    progress: Progress | None = None
    say: Callable[[str], None] = lambda _: None


def check_shots(shots: Sequence[Path], name: str | None, pictures: Sequence[Job]) -> None:
    """Raise SettingError if two films or sequences would become one file, or a frame what a picture becomes, or if
    pictures cannot be written under the name. name: that which was given for all that is written."""
    names = dict[str, Path]()
    for shot in shots:
        other = names.setdefault((name or shot.name).casefold(), shot)
        if other is not shot:
            raise SettingError(f"{other} and {shot} would both become {name or shot.name}; paint them into two folders")
    for shot in shots:
        _check_written(shot, name)
    painted = {job.target.name.casefold(): job.source for job in pictures}
    for shot in shots:
        for frame in _frames_written(shot, name):
            if source := painted.get(frame.casefold()):
                raise SettingError(f"{source} and {shot} would both become {frame}; paint them into two folders")


def _check_written(shot: Path, name: str | None) -> None:
    """Raise SettingError for a name of pictures in a format that cannot be written, or cannot of this film or sequence:
    found only when the first frame is painted, that would leave an empty folder."""
    if not name or not is_sequence(Path(name)):
        return
    try:
        kind = format_written(Path(name))
        if kind in LIGHT_SUFFIXES:
            check_light(Path(name), kind, format_of_suffix(shot) if is_sequence(shot) else None)
    except OutputError as error:  # here the name was chosen
        raise SettingError(str(error)) from error


def _frames_written(shot: Path, name: str | None) -> list[str]:
    """The names of what a sequence becomes, if that is a sequence."""
    pattern = Path(name or shot.name)
    if is_sequence(shot) and is_sequence(pattern):
        with suppress(PleinairError):  # of a sequence without pictures is said when it is painted
            return [numbered(pattern, number).name for number in files_of(shot)]
    return []


def film_to_film(
    source: Path,
    out: Path,
    name: str | None,
    order: Order,
) -> Painted | None:
    """Paint a film into the folder; None if it is there already and not to be painted anew. Raises PleinairError."""
    plan = plan_film(source, out, order.film, name)
    return _film(plan, lambda: reel_of(plan), lambda: sha256_of(source), order)


def pictures_to_film(
    source: Path,
    out: Path,
    name: str,
    rate: Fraction,
    order: Order,
) -> Painted | None:
    """Paint a sequence into a film of that name, so many frames a second. Raises PleinairError."""
    files = list(files_of(source).values())
    plan = planned(
        facts_of(source, read(files[0], layer=order.settings.layer), len(files), rate), out, order.film, name
    )
    if plan.target.exists() and not order.anew:
        return None
    order = _at_one_exposure(source, order)
    notes = "; ".join(filter(None, (plan.facts.note, f"written in {plan.encoding.pixel_format}")))
    plan = plan._replace(note=notes)

    def digest() -> str:
        return sha256("".join(map(sha256_of, files)).encode()).hexdigest()

    if order.settings.exposure is not None:
        order = replace(order, told={**order.told, "exposure": exact(order.settings.exposure)})

    def reel() -> Reel:
        return PictureReading(files, is_deep(plan), order.settings.exposure, order.settings.layer)

    return _film(plan, reel, digest, order)


def pictures_to_pictures(
    source: Path,
    pattern: Path,
    order: Order,
) -> tuple[int, int, str]:
    """Paint a sequence into one: frames painted, frames in all, no trouble. Raises PleinairError."""
    files = files_of(source)
    check_targets(files, pattern)
    done = set() if order.anew else {number for number in files if numbered(pattern, number).exists()}
    if len(done) < len(files):
        order = _at_one_exposure(source, order, [numbered(pattern, number) for number in sorted(done)])
    settings = order.settings
    shots = picture_frames(files, pattern, done, warm_up(order.film.steady), settings.exposure, settings.layer)
    return _pictures(shots, order, order.told, len(files) - len(done)), len(files), ""


def film_to_pictures(
    source: Path,
    pattern: Path,
    order: Order,
) -> tuple[int, int, str]:
    """Paint a film into a sequence, numbered from 1: frames painted, frames known of, what went wrong."""
    facts = look(source)
    reading = Reading(facts, facts.bits > 8)
    done = set[int]()
    while not order.anew and numbered(pattern, len(done) + 1).exists():
        done.add(len(done) + 1)
    shots = film_frames(reading, pattern, done, warm_up(order.film.steady))
    painted = _pictures(shots, order, {**order.told, "sourceSha256": sha256_of(source)}, facts.frames)
    return painted, max(facts.frames, painted + len(done)), reading.trouble


def _at_one_exposure(source: Path, order: Order, there: Sequence[Path] = ()) -> Order:
    """The order with an exposure for all frames of a sequence of light, unless it has one or each is to have its own.
    there: frames painted before."""
    settings = order.settings
    if settings.exposure is not None or settings.own_exposure or format_of_suffix(source) not in LIGHT_SUFFIXES:
        return order
    found = exposure_of(str(source), list(files_of(source).values()), settings.layer, there, order.say)
    return replace(order, settings=replace(settings, exposure=found))


def _film(
    plan: FilmPlan,
    reel: Callable[[], Reel],
    digest: Callable[[], str],
    order: Order,
) -> Painted | None:
    if plan.target.exists() and not order.anew:
        return None
    told = {**order.told, "sourceSha256": digest()}
    if order.anew:
        forget_other(plan, promised(plan, order.settings, order.film, told))
    stop, progress = order.stop, order.progress
    return paint_film(plan, reel(), order.engine, order.settings, order.film, told, stop=stop, progress=progress)


def _pictures(shots: Iterator[Shot], order: Order, told: Mapping[str, str], total: int) -> int:
    hold = order.film.steady if order.settings.look.strength else 0.0
    stop, progress, lanes = order.stop, order.progress, order.film.lanes
    return paint_sequence(
        shots, order.engine, order.settings, hold, told, total, lanes=lanes, stop=stop, progress=progress
    )
