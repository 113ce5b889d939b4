"""Which pictures show the same thing: a perceptual hash of each, and the pairs that it cannot tell apart."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SIDE = 32  # a picture is looked at as 32×32 gray values …
WAVES = 8  # … of which the 8×8 slowest waves but the mean are kept: 63 bits
NEAR = 8  # bits that may differ between near-duplicates
SURE = 0.75  # correlation of gray values from which a candidate is a twin
ALIKE = 0.22  # mean share of differing bits below which a collection is called much alike

Look = npt.NDArray[np.float32]  # (SIDE, SIDE) gray in 0…1


def signature(look: Look) -> npt.NDArray[np.float32]:
    """63 signs (±1): the slow cosine waves (DCT-II) of a picture against their median, blind to scale and exposure."""
    wave = np.cos(np.pi / SIDE * (np.arange(SIDE) + 0.5)[None] * np.arange(WAVES)[:, None])  # (WAVES, SIDE)
    waves = (wave @ look @ wave.T).reshape(-1)[1:]
    return np.where(waves > np.median(waves), 1, -1).astype(np.float32)


def near_duplicates(looks: Sequence[Look], order: Sequence[int]) -> dict[int, int]:
    """Who is whose twin: {dropped: kept}. Going by `order`, a picture that looks like one kept before is dropped.

    Candidates differ in at most NEAR of 63 bits; a candidate is a twin if the gray values also go together
    (correlation), which tells two empty skies apart. A mirrored copy is a twin too, for training mirrors.
    """
    signs = np.empty((len(order), WAVES * WAVES - 1), np.float32)  # of the kept ones
    kept: list[int] = []
    twins: dict[int, int] = {}
    for index in order:
        twin = None
        for look in (looks[index], looks[index][:, ::-1]):
            differing = (signs.shape[1] - signs[: len(kept)] @ signature(look)) / 2
            near = (kept[i] for i in np.flatnonzero(differing <= NEAR))
            twin = twin if twin is not None else next((i for i in near if correlation(look, looks[i]) >= SURE), None)
        if twin is None:
            signs[len(kept)] = signature(looks[index])
            kept.append(index)
        else:
            twins[index] = twin
    return twins


def correlation(one: Look, other: Look) -> float:
    """How two looks go together, -1 … 1; 0 if either is constant."""
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale > 1e-9 else 0.0


def mean_difference(looks: Sequence[Look], most: int = 512) -> float:
    """Mean share of differing bits over all pairs of at most `most` pictures, evenly taken; 0.5 for unrelated ones."""
    if len(looks) < 2:
        return 0.0
    chosen = [looks[i] for i in np.linspace(0, len(looks) - 1, min(len(looks), most)).round().astype(int)]
    signs = np.stack([signature(look) for look in chosen]).astype(np.float64)
    n, bits = signs.shape
    total = (bits - signs @ signs.T).sum() / 2  # the diagonal adds nothing
    return float(total / (n * (n - 1) * bits))
