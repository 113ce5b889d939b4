"""Values of options that several commands take: numbers, counts, times, styles. Each raises BadParameter in a line."""

import math
import re
from pathlib import Path
from typing import Any

import click

UNITS = {"": 1, "k": 1_000, "m": 1_000_000}
SECONDS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600}
CONTENT = "content"  # what the pack of scenes is called, and so no style may be

Folders = dict[str, Path]


class Within(click.FloatRange):
    """A number of a range, whose bounds `nan` would pass, as it is neither below nor above."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number


def count(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """Pictures as 400000, 400k or 1.5M."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmM]?)", value.strip())
    if match is None or float(match[1]) <= 0:
        raise click.BadParameter(f"{value!r} is no number of pictures; write it as 400000, 400k or 1.5M")
    return round(float(match[1]) * UNITS[match[2].lower()])


def seconds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """A time as 90s, 25min or 2h, in seconds."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|sec|min|m|h)", value.strip())
    if match is None or float(match[1]) <= 0:
        raise click.BadParameter(f"{value!r} is no time; write it as 90s, 25min or 2h")
    return float(match[1]) * SECONDS[match[2]]


def styles(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> Folders:
    """NAME=DIR, each a style and the folder or pack of its pictures."""
    return _folders(values, "style", CONTENT)


def domains(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> Folders:
    """NAME=DIR, each a domain beside the photos and the folder or pack of its pictures."""
    return _folders(values, "domain", "photo")


def renders(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> Folders:
    """NAME=DIR, each a kind of renders and the folder or pack of its pictures."""
    return _folders(values, "render", CONTENT)


def _folders(values: tuple[str, ...], what: str, taken: str) -> Folders:
    folders: Folders = {}
    for value in values:
        name, sign, folder = value.partition("=")
        if not sign or not folder or not re.fullmatch(r"[\w-]+", name):
            raise click.BadParameter(
                f"{value!r} is not NAME=DIR; write for example --{what} shanshui=pictures/shanshui"
            )
        if name in folders or name == taken:
            raise click.BadParameter(f"{name!r} is taken; give each {what} a name of its own")
        folders[name] = Path(folder)
    return folders


def shares(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """NAME=SHARE, each a style and how firmly it holds the scene."""
    shares: dict[str, float] = {}
    for value in values:
        name, _, share = value.partition("=")
        if not re.fullmatch(r"\d+(\.\d+)?", share) or not name:
            raise click.BadParameter(f"{value!r} is not NAME=SHARE; write for example --hold hiroshige=0.3")
        shares[name] = float(share)
    return shares
