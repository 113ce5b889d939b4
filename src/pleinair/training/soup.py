"""Runs of one network that went on from each other, averaged weight by weight (model soups, Wortsman et al. 2022)."""

from collections.abc import Sequence
from pathlib import Path

import torch

from pleinair.errors import OutputError, RunError
from pleinair.training.checkpoint import AVERAGE, STATE, read, write
from pleinair.training.warm import AVERAGED, MODULE


def average_runs(runs: Sequence[Path], out: Path) -> None:
    """Write the mean of the runs' averaged weights into the folder `out`, as a run that is exported and gone on from;
    all else, as critics and facts, is the last run's.

    Raises RunError for what is no run and for runs of several networks, OutputError.
    """
    found = [read(run / AVERAGE) for run in runs]
    tensors, facts = found[-1]
    shapes = [{name: value.shape for name, value in one.items()} for one, _ in found]
    if any(each != shapes[-1] for each in shapes):
        raise RunError(f"{', '.join(map(str, runs))}: not of one network; average runs that went on from each other")
    mean = {
        name: torch.stack([one[name].float() for one, _ in found]).mean(0).to(value.dtype)
        for name, value in tensors.items()
    }
    state, told = read(runs[-1] / STATE)
    state |= {f"{MODULE}{AVERAGED}/{name}": value for name, value in mean.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}); choose another place") from error
    write(out / STATE, state, told)
    write(out / AVERAGE, mean, facts)
