"""Films and sequences on the command line of `pleinair stylize`: their options, progress, and how Ctrl-C ends them."""

import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pleinair.cli.values import Within

if TYPE_CHECKING:
    from pleinair.batch.films import Painted
    from pleinair.batch.shots import Order
    from pleinair.batch.work import Settings
    from pleinair.engine.protocol import Engine

HOLD = 0.85  # of `render.steady`, which a help page cannot ask
CODECS = ("h264", "hevc", "vp9", "av1", "prores")
RECENT = 16  # frames over which their number a second is told


@dataclass(frozen=True)
class FilmOptions:
    """What was said of films: codec, crf, pixel format, hold, frames a second of sequences, name of what is written."""

    codec: str | None
    crf: int | None
    pixel_format: str | None
    steady: float
    fps: Fraction
    name: str | None


def _rate(_ctx: click.Context, _param: click.Parameter, value: str) -> Fraction:
    """Frames a second as 24, 23.976 or 24000/1001."""
    try:
        rate = Fraction(value)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1000:
        raise click.BadParameter(f"{value!r} is no number of frames a second; write it as 24, 29.97 or 24000/1001")
    return rate


def _name(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The name of a file in the folder of --out, which alone says where anything is written."""
    if value is None:
        return None
    if Path(value).name != value or "\\" in value or value in ("", ".."):
        raise click.BadParameter(f"{value!r} is no name of a file; write it as shot.mp4, and the folder by --out")
    return value


def film_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of films to a command, which gets them together as `film`."""

    @wraps(command)
    def with_film(**words: Any) -> None:
        names = ("codec", "crf", "pixel_format", "steady", "fps", "film_name")
        command(film=FilmOptions(*(words.pop(name) for name in names)), **words)

    options = (
        click.option("--codec", type=click.Choice(CODECS), help="Of films.  [default: the source's, or h264]"),
        click.option("--crf", type=click.IntRange(0), metavar="N", help="Of films: less is finer and larger."),
        click.option("--pixel-format", metavar="NAME", help="Of films, as yuv420p10le.  [default: the source's]"),
        click.option(
            "--steady",
            type=Within(0, 0.95),
            default=HOLD,
            show_default=True,
            help="Of films: how firmly what does not change is held, 0 to 0.95.",
        ),
        click.option(
            "--fps", callback=_rate, metavar="N", default="24", show_default=True, help="Frames a second of a sequence."
        ),
        click.option(
            "--as",
            "film_name",
            callback=_name,
            metavar="NAME",
            help="Write a film as shot.mp4 or as pictures, shot.%04d.png.",
        ),
    )
    for option in reversed(options):
        with_film = option(with_film)
    return with_film


def shots_among(inputs: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Films and sequences, and all else."""
    from pleinair.images.film_facts import is_film
    from pleinair.images.film_sequences import is_sequence

    shots = [path for path in inputs if is_film(path) or (is_sequence(path) and not path.exists())]
    return shots, [path for path in inputs if path not in shots]


def paint_shots(
    shots: Sequence[Path],
    out: Path,
    engine: "Engine",
    settings: "Settings",
    film: FilmOptions,
    provenance: Mapping[str, str],
    anew: bool,
    lanes: int,
) -> tuple[int, list[Path]]:
    """Paint films and sequences one after another, saying of each in one line what came of it, and return how many
    were painted and those that were not. anew: again what is there already. lanes: frames painted at a time. Raises
    Abort after Ctrl-C."""
    from pleinair.batch.films import FilmSettings
    from pleinair.batch.shots import Order
    from pleinair.errors import PleinairError

    painted, failed = 0, list[Path]()
    written = FilmSettings(film.codec, film.crf, film.pixel_format, film.steady, lanes)
    with stoppable() as stop:
        for source in shots:
            try:
                order = Order(engine, settings, written, {**provenance, "source": source.name}, anew, stop, say=_say)
                line, trouble, new = _paint_shot(source, out, film, order)
                click.echo(line)
                if trouble:
                    raise PleinairError(trouble)
                painted += new
            except PleinairError as error:
                failed.append(source)
                click.echo(f"pleinair: {error}", err=True)
            if stop():
                raise click.Abort
    return painted, failed


def _paint_shot(source: Path, out: Path, film: FilmOptions, order: "Order") -> tuple[str, str, bool]:
    """What to say of a film or sequence, what went wrong with it, mostly nothing, and whether anything was painted."""
    from pleinair.batch.shots import film_to_film, film_to_pictures, pictures_to_film, pictures_to_pictures
    from pleinair.images.film_sequences import is_sequence

    pictures_in, name = is_sequence(source), film.name
    with _display(source.name) as progress:
        order = replace(order, progress=progress)
        if is_sequence(Path(name)) if name else pictures_in:
            pattern = out / (name or source.name)
            paint = pictures_to_pictures if pictures_in else film_to_pictures
            done, total, trouble = paint(source, pattern, order)
            there = f" of {total}; the others are there already, or the same command goes on" if total > done else ""
            return f"{pattern}: {done} frames{there}", trouble, done > 0
        if pictures_in:
            result = pictures_to_film(source, out, name or "", film.fps, order)
        else:
            result = film_to_film(source, out, name, order)
    if result is None:
        return f"{source.name}: there already (--overwrite paints anew)", "", False
    return _told(source, result), result.trouble, result.finished


def _say(line: str) -> None:
    click.echo(line, err=True)


def _told(source: Path, result: "Painted") -> str:
    notes = f" ({result.note})" if result.note else ""
    if result.finished:
        return f"{result.target}: {result.frames} frames{notes}"
    part = f"; as far as it goes: {result.target}" if result.frames else ""
    return f"{source.name}: stopped after {result.frames} frames, the same command goes on{part}"


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks to stop after the frame in hand, a second one stops at once. Gives whether it was asked for."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(_number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        print("stopping after the frame in hand; Ctrl-C again stops at once", file=sys.stderr)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _display(name: str) -> "Iterator[Callable[[int, int], None] | None]":
    """A bar with frames, frames a second and the time left, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    speed = Speed()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=120) as bar:
        task = bar.add_task(name, total=None, speed="")

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, speed=f"{speed(time.monotonic()):.1f} fps")

        yield advance


class Speed:
    """Frames a second, over the last few."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=RECENT)

    def __call__(self, now: float) -> float:
        """Told the time in seconds at which a frame is done."""
        self._times.append(now)
        span = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / span if span > 0 else 0.0
