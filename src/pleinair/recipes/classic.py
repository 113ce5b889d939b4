"""The classic recipe: the textbook GAN (Goodfellow et al. 2014) on small gray pictures, as small as it can be read.

RECEIPT, on scikit-learn's 1,797 digits
    python examples/classic_digits.py --out digits
    2026-11-22 · one thread of a busy x86-64 CPU, fp32 · 169 seconds of CPU, looks included · 50 epochs, 89,824 pictures
    seen · a classifier is 0.9 sure of 63 of 100 samples, nine digits among them; of 74 and all ten at 14 epochs · score
    0.131, at best 0.022 (48 epochs)
"""

from collections.abc import Generator as Generating
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pleinair.data.gray import Gray, noise, picks
from pleinair.images import to_float, to_pixels
from pleinair.metrics.distances import polynomial_mmd
from pleinair.networks.classic import NOISE, Discriminator, Generator
from pleinair.objectives.classic import Classic, Draw
from pleinair.training.launch import Build
from pleinair.training.preview import mosaic
from pleinair.training.ranks import Ranks
from pleinair.training.run import Rate, Run
from pleinair.training.task import Sheet, Task
from pleinair.training.trial import Choice

Pixels = npt.NDArray[np.uint8]

EPOCHS = 50
STEADY = Rate(1e-4, warmup_pictures=0, decay_share=0.0)  # neither warmed up nor decayed
WATCHED = 500  # pictures a side
SHOWN = 10  # rows and columns of a preview


def classic(pictures: Gray, epochs: int = EPOCHS, seed: int = 0) -> Run:
    """Both players with Adam at 1e-4, 32 pictures a step, every picture once an epoch. It ends after `epochs`, or when
    the score has not improved for 30 epochs, or when one player has won for 1,000 steps."""
    count = len(pictures.pixels)
    return Run(
        recipe="classic",
        styles=("gray",),
        pictures=epochs * count,
        batch=32,
        seed=seed,
        rates={"generator": STEADY, "discriminator": STEADY},
        betas=(0.9, 0.999),
        weights={"generator.adversarial": 1.0, "discriminator.adversarial": 1.0},
        clip_norm=1e9,  # no textbook clips
        average_pictures=1,  # nor averages: the last weights are the result
        preview_pictures=5 * count,
        watch_pictures=2 * count,
        patience_pictures=30 * count,
        network={"width": 32},
        settings={"speed": "plain", "won_pictures": 32_000},
        data={"pictures": count, "sha256": pictures.sha},
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in a second."""
    return replace(run, batch=4, save_seconds=0.5, network={"width": 4})


def builder(pictures: Gray) -> Build:
    """What builds the task of a Run from its pictures, (n, 28, 28) uint8."""

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Draw]:  # noqa: ARG001
        width = int(run.network["width"])
        players = Generator(width).to(device), Discriminator(width).to(device)
        count = len(pictures.pixels)

        def batches(start: int, rank: int, ranks: int) -> Generating[Draw, None, None]:
            while True:
                numbers = range(start + rank, start + run.batch, ranks)
                real = to_float(pictures.pixels[picks(run.seed, numbers, count)])[:, None]
                z = noise(run.seed, start, run.batch, NOISE)[rank::ranks]
                yield Draw(torch.from_numpy(real).to(device), torch.from_numpy(z).to(device))
                start += run.batch

        def watch(averaged: nn.Module) -> dict[str, float]:
            return {"score": round(score(drawn(averaged, range(WATCHED)), pictures.pixels), 5)}

        facts = {"styles": list(run.styles), "network": dict(run.network)}
        return Task(Classic(*players, run.weights), batches, preview, watch, facts)

    return build


def latent(seed: int) -> npt.NDArray[np.float32]:
    """The noise (100,) of a seed, 0 to 2^32 - 1: the same on every machine, for NumPy keeps this stream frozen."""
    return np.random.RandomState(seed).standard_normal(NOISE).astype(np.float32)


@torch.no_grad()
def drawn(generator: nn.Module, seeds: Sequence[int]) -> Pixels:
    """The pictures (n, 28, 28) of some seeds. Consumes no randomness."""
    device = next(generator.parameters()).device
    z = torch.from_numpy(np.stack([latent(seed) for seed in seeds])).to(device)
    return to_pixels(generator(z)[:, 0].cpu().numpy()).astype(np.uint8)


def preview(generator: nn.Module) -> Sheet:
    """A sheet of the first 100 seeds."""
    pictures = drawn(generator, range(SHOWN * SHOWN))[..., None].repeat(3, 3)
    return mosaic([list(row) for row in pictures.reshape(SHOWN, SHOWN, *pictures.shape[1:])])


def score(fakes: Pixels, reals: Pixels) -> float:
    """How far generated pictures are from real ones, (n, 28, 28) both; lower is better, 0 is no difference to be seen.

    The polynomial MMD² of KID (Bińkowski et al. 2018) on pictures reduced to 7×7: a set that lacks a kind of picture,
    or shows one too often, is far. At most 500 real pictures, evenly taken.
    """
    taken = reals[np.linspace(0, len(reals) - 1, min(len(reals), WATCHED)).round().astype(int)]
    return polynomial_mmd(_reduced(fakes), _reduced(taken))


def _reduced(pictures: Pixels) -> npt.NDArray[np.float64]:
    """Means of 4×4 pixels in [-1, 1], (n, 49)."""
    squares = to_float(pictures).astype(np.float64).reshape(len(pictures), 7, 4, 7, 4)
    return np.asarray(squares.mean((2, 4)).reshape(len(pictures), -1), np.float64)
