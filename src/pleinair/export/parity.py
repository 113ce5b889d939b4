"""Does the file paint what the network paints? Checked at every export, on real pictures, through the users' engine."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from pleinair.engine.ort import load, read_spec
from pleinair.engine.protocol import Array
from pleinair.errors import DataError, ParityError, PictureError
from pleinair.images import format_of_suffix, read, to_float
from pleinair.networks.translator import Translator

SAMPLES = Path(__file__).parents[1] / "samples"
LARGEST_DIFFERENCE = 0.5  # in steps of 8 bits, 1/255, with weights in fp32
LARGEST_DIFFERENCE_HALF = 3.0  # the same with weights in fp16, against the network in fp32
SHOWN = 3  # pictures
LONG_SIDE, SHORT_SIDE = 192, 140  # pixels of the part of a picture that is painted
MIX = "mix"  # what the mix of two styles is called among the figures


def parity(translator: Translator, styles: Sequence[str], path: Path, pictures: Sequence[Array]) -> dict[str, float]:
    """The worst difference between the file and the network in fp32, in steps of 1/255, for each style of the file and,
    if there are two, for a mix.

    styles: names of the network's styles, in its order; a file of a single style has one of them. pictures: (3, h, w)
    in [-1, 1], of any size. The paintings are compared before they are clipped.
    """
    spec = read_spec(path)
    mixes = {style: {style: 1.0} for style in spec.styles}
    if len(spec.styles) > 1:
        mixes[MIX] = {spec.styles[0]: 0.4, spec.styles[-1]: 0.6}
    padded = [surrounded(picture, spec.halo, spec.stride)[None] for picture in pictures]
    worst: dict[str, float] = {}
    for name, mix in mixes.items():
        engine = load(path, mix)
        weights = torch.tensor([[mix.get(style, 0.0) for style in styles]])
        differences = [
            np.abs(engine.paint(picture) - _painted(translator, picture, weights)).max() for picture in padded
        ]
        worst[name] = float(np.max(differences)) / 2 * 255
    return worst


def refuse(differences: dict[str, float], *, half: bool) -> None:
    """Raise ParityError if a difference is above the bar for the file's kind of weights, or is no number."""
    bar = LARGEST_DIFFERENCE_HALF if half else LARGEST_DIFFERENCE
    style, worst = max(differences.items(), key=lambda item: float(np.nan_to_num(item[1], nan=np.inf)))
    if not worst <= bar:
        advice = "try --full-precision" if half else "train on and export again"
        raise ParityError(
            f"the file would paint {style!r} {worst:.2f}/255 off its network, more than {bar}/255; {advice}"
        )


def pictures_of(folder: Path = SAMPLES) -> list[Array]:
    """Parts of the first pictures of a folder, (3, h, w) in [-1, 1]. Raises DataError if there are none."""
    found: list[Array] = []
    for path in sorted(folder.glob("*")):
        if len(found) < SHOWN and format_of_suffix(path):
            try:
                pixels = read(path).pixels
            except PictureError:
                continue
            # Upright and lying parts in turn, so that height and width cannot be mixed up without being seen.
            high, wide = (LONG_SIDE, SHORT_SIDE) if len(found) % 2 else (SHORT_SIDE, LONG_SIDE)
            top, left = max(0, (pixels.shape[0] - high) // 2), max(0, (pixels.shape[1] - wide) // 2)
            found.append(to_float(pixels[top : top + high, left : left + wide].transpose(2, 0, 1)))
    if not found:
        raise DataError(f"{folder} has no pictures to compare paintings by; give a folder of some by --pictures")
    return found


def surrounded(picture: Array, halo: int, stride: int) -> Array:
    """(3, h, w) → (3, h' + 2·halo, w' + 2·halo), reflected, h' and w' rounded up to the stride."""
    rest = [(halo, halo + -size % stride) for size in picture.shape[1:]]
    return np.pad(picture, ((0, 0), *rest), mode="reflect")


@torch.no_grad()
def _painted(translator: Translator, pictures: Array, mix: torch.Tensor) -> Array:
    painted: Array = translator(torch.from_numpy(pictures), mix).numpy()
    return painted
