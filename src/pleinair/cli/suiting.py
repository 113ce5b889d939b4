"""Options of `pleinair stylize` that only some inputs can heed, and what is said where one means nothing.

One rule for all: what can apply to none of the inputs is refused before anything is painted. What applies to some is
said in a line that names the others, which are painted without it; but an option that says what of a file is painted
has them left out, as painting something else was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pleinair.cli.films import HOLD

if TYPE_CHECKING:
    from pleinair.batch.plan import Plan
    from pleinair.cli.films import FilmOptions
    from pleinair.cli.light_options import LightOptions

FILM = "film"
RATE = Fraction(24)  # frames a second by default
NAMED = 8  # inputs that a line names


class Input(NamedTuple):
    """What an input is read from and written as: a picture's format, as `images.sniff` gives it, or FILM; and whether
    it is a picture for itself, not frames."""

    source: Path
    reads: str
    writes: str
    alone: bool


@dataclass(frozen=True)
class Rule:
    """of: in words, what the option is for. suits: whether it is for an input. without: why one that it is not for is
    left out, after its name; mostly nothing, then it is painted without it."""

    option: str
    of: str
    suits: Callable[[Input], bool]
    without: str = ""


RULES = (
    Rule(
        "--layer",
        "OpenEXR",
        lambda one: one.reads == "EXR",
        "has no layers, which only OpenEXR has; paint it without --layer",
    ),
    Rule("--exposure", "EXR and HDR", lambda one: one.reads in ("EXR", "HDR")),
    # Whether an EXR has a place for it is told when its alpha is read.
    Rule(
        "--gutter",
        "pictures with transparency (PNG, WebP, TIFF)",
        lambda one: one.reads in ("PNG", "WEBP", "TIFF", "EXR") and one.writes != FILM,
    ),
    Rule("--as-picture", "single pictures", lambda one: one.alone),
    Rule("--quality", "JPEG and WebP", lambda one: one.writes in ("JPEG", "WEBP")),
    *(
        Rule(option, "what is written as a film", lambda one: one.writes == FILM)
        for option in ("--codec", "--crf", "--pixel-format")
    ),
    Rule("--steady", "films and sequences", lambda one: not one.alone),
    Rule("--fps", "sequences written as a film", lambda one: one.reads != FILM and one.writes == FILM),
    Rule("--as", "films and sequences", lambda one: not one.alone),
)


def asked(film: FilmOptions, light: LightOptions, quality: int, as_picture: tuple[str, ...]) -> set[str]:
    """The options in RULES that were given something else than what holds by default."""
    from pleinair.images import QUALITY

    given = {
        "--layer": light.layer is not None,
        "--exposure": light.exposure is not None or light.each,
        "--gutter": bool(light.gutter),
        "--as-picture": bool(as_picture),
        "--quality": quality != QUALITY,
        "--codec": film.codec is not None,
        "--crf": film.crf is not None,
        "--pixel-format": film.pixel_format is not None,
        "--steady": film.steady != HOLD,
        "--fps": film.fps != RATE,
        "--as": film.name is not None,
    }
    return {option for option, said in given.items() if said}


def suited(
    options: Iterable[str], work: Plan, shots: Sequence[Path], name: str | None
) -> tuple[Plan, list[Path], list[str]]:
    """The plan without the pictures, and the films and sequences without those, that cannot be painted as the options
    ask, which the plan then refuses; and lines on what is painted without one. name: of what shots are written as.

    Raises UsageError for options that are for none of the inputs.
    """
    rules = [rule for rule in RULES if rule.option in options]
    pictures = [_picture(job.source, job.target) for job in work.jobs]
    there = [_picture(job.source, job.target) for job in work.done]
    moving = [one for shot in shots if (one := _shot(shot, name))]
    every = [*pictures, *there, *moving]
    needless = [rule for rule in rules if every and not any(map(rule.suits, every))]
    if needless:
        told = "; ".join(f"{rule.option} is for {rule.of}" for rule in needless)
        raise click.UsageError(f"{told}; there is no such input, so leave {_it(needless)} away")
    lines, refused = [], dict[Path, str]()
    for rule in rules:
        others = [one.source for one in (*pictures, *moving) if not rule.suits(one)]
        if rule.without:
            refused |= {source: f"{source} {rule.without}" for source in others}
        elif others := [source for source in others if source not in refused]:
            lines.append(f"{rule.option} is for {rule.of}; painted without it: {_some(others)}")
    left = replace(
        work,
        jobs=tuple(job for job in work.jobs if job.source not in refused),
        refused=(*work.refused, *refused.items()),
    )
    return left, [shot for shot in shots if shot not in refused], lines


def _picture(source: Path, target: Path) -> Input:
    from pleinair.images import format_of_suffix

    kind = format_of_suffix(target) or ""  # which the plan has made true
    return Input(source, kind, kind, True)


def _shot(shot: Path, name: str | None) -> Input | None:
    """None if the name belongs to nothing that can be read or written, of which is told when it is to be painted."""
    from pleinair.images import format_of_suffix
    from pleinair.images.film_sequences import is_sequence

    written = Path(name or shot.name)
    reads = format_of_suffix(shot) if is_sequence(shot) else FILM
    writes = format_of_suffix(written) if is_sequence(written) else FILM
    return Input(shot, reads, writes, False) if reads and writes else None


def _it(rules: Sequence[Rule]) -> str:
    return "it" if len(rules) == 1 else "them"


def _some(sources: Sequence[Path]) -> str:
    """Names in a line, not too many of them."""
    more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
    return ", ".join(map(str, sources[:NAMED])) + more
