"""Styles of several runs of one trunk, put together: each from the run that painted it best."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from pleinair.errors import RunError, SettingError
from pleinair.networks.translator import translator_of
from pleinair.training import checkpoint
from pleinair.training.warm import AVERAGED, MODULE, RAW, per_style

OWN_OUT, OWN_IN = "own_out", "own_in"  # a style's own weights are their product: with no OWN_OUT there are none
Saving = tuple[dict[str, Tensor], list[str]]


def merge(run: Path, others: Mapping[str, Path], out: Path, share: float = 1.0) -> None:
    """Write into the folder `out` what `run` has learned, each style named in `others` as that run paints it, or by a
    `share` above 0 and below 1 between the two: numbers are averaged (Wortsman et al., Model soups, 2022), which lies
    between them in what is painted as well, if one of the runs went on from the other.

    The runs must share their trunk: they trained `--only` some of its styles, or let new ones `--join`. What judges is
    the first run's. A run from before styles had weights of their own gives a style without them. Raises RunError for
    a run that cannot be read, does not know the style, or whose trunk is another,
    SettingError, OutputError.
    """
    if not 0 < share <= 1:
        raise SettingError(f"a share is above 0 and up to 1, not {share:g}; 1 takes the style whole")
    tensors, facts = checkpoint.read(run / checkpoint.STATE)
    average, shown = checkpoint.read(run / checkpoint.AVERAGE)
    styles = _styles(run, facts)
    rows = {name.rpartition(".")[2] for name in per_style(translator_of(len(styles), facts["network"]))}
    for style, other in others.items():
        if style not in styles:
            raise RunError(f"{run} does not know {style!r}; it knows {', '.join(styles)}")
        given, said = checkpoint.read(other / checkpoint.STATE)
        seen, _ = checkpoint.read(other / checkpoint.AVERAGE)
        known = _styles(other, said)
        if style not in known:
            raise RunError(f"{other} does not know {style!r}; it knows {', '.join(known)}")
        places = styles.index(style), known.index(style)
        _check_trunk(run, other, average, seen, rows)
        _put(average, seen, places, rows, share)
        for part in (RAW, AVERAGED):
            _put(_part(tensors, part), _part(given, part), places, rows, share)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint.write(out / checkpoint.AVERAGE, average, shown)
    checkpoint.write(out / checkpoint.STATE, tensors, facts)


def _styles(run: Path, facts: Mapping[str, object]) -> list[str]:
    styles, network = facts.get("styles"), facts.get("network")
    if not isinstance(styles, list) or not isinstance(network, dict) or "side" in network:
        raise RunError(f"{run} is no training of a painter; give the folder of one")
    return styles


def _part(tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    """The tensors of one network, by its own names; the same tensors, so that writing into them changes the saving."""
    head = f"{MODULE}{part}/"
    return {name.removeprefix(head): value for name, value in tensors.items() if name.startswith(head)}


def _is_row(name: str, rows: set[str]) -> bool:
    return name.rpartition(".")[2] in rows


def _check_trunk(
    run: Path, other: Path, mine: Mapping[str, Tensor], theirs: Mapping[str, Tensor], rows: set[str]
) -> None:
    for name, value in mine.items():
        if not _is_row(name, rows) and not (name in theirs and torch.equal(value, theirs[name])):
            raise RunError(
                f"{other} has another trunk than {run}; styles can be exchanged between runs that trained --only "
                "styles, or let them --join"
            )


@torch.no_grad()
def _put(
    mine: Mapping[str, Tensor], theirs: Mapping[str, Tensor], places: tuple[int, int], rows: set[str], share: float
) -> None:
    """Write their row of a style into mine, or the mean of both by a share."""
    to, of = places
    for name, value in mine.items():
        if not _is_row(name, rows):
            continue
        if name in theirs and theirs[name].shape[1:] == value.shape[1:]:
            value[to] = theirs[name][of] if share == 1 else torch.lerp(value[to], theirs[name][of], share)
        elif name.endswith(OWN_OUT):
            value[to] *= 1 - share
        elif not name.endswith(OWN_IN):
            raise RunError(f"{name} of the two runs is of different shapes; they cannot share styles")
