"""Content of a training, a share of it as plain cameras see scenes."""

from collections.abc import Generator, Iterable
from dataclasses import replace
from itertools import count

import numpy as np
import numpy.typing as npt
import torch

from pleinair.data.unpaired import uniform_draws
from pleinair.networks.plainer import DRAWS, plainer
from pleinair.objectives.translate import Pictures
from pleinair.training.run import Run

STREAM = 1  # of the pictures' numbers
PHOTO = "photo"  # the style that photographs are of; it needs no pack of its own where content is given


def plainly(
    run: Run, batches: Iterable[Pictures], start: int, rank: int, ranks: int
) -> Generator[Pictures, None, None]:
    """This rank's batches, from picture number `start` on, seen plainly."""
    for begin, pictures in zip(count(start, run.batch), batches, strict=False):
        yield plain(run, pictures, range(begin + rank, begin + run.batch, ranks))


def plain(run: Run, pictures: Pictures, numbers: range) -> Pictures:
    """The pictures of these numbers, their photos softened or in other tones. What already is of the style asked for
    stays as it is, and so do paintings and renders that are to become photos: people bring these as they are."""
    share = float(run.data.get("plain", 0.0))
    if not share:
        return pictures
    draws = torch.from_numpy(plain_draws(run.seed, numbers)).to(pictures.content.device)
    dull = plainer(pictures.content, draws, share)
    photos = run.styles.index(PHOTO) if PHOTO in run.styles else len(run.styles)  # else a domain of its own
    dulled = (pictures.sources == photos) & ~pictures.kept
    content = torch.where(dulled[:, None, None, None], dull, pictures.content)
    channels_last = pictures.content.is_contiguous(memory_format=torch.channels_last)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    return replace(pictures, content=content.contiguous(memory_format=layout))


def plain_draws(seed: int, numbers: range) -> npt.NDArray[np.float32]:
    """The draws (n, DRAWS) of the pictures of a training with these numbers: a function of seed and number alone."""
    rows = [uniform_draws(seed, number, STREAM, DRAWS) for number in numbers]
    return np.array(rows, np.float32).reshape(-1, DRAWS)
