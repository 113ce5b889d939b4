"""A smooth, looping walk between seeds: from scene to scene and back to the first, slowing down at each.

Normal numbers are turned into one another (Shoemake 1985) rather than mixed: a mix would be nearer to the mean than any
seed is, and so duller. The latent turns as a whole, the noise column by column, so that a wide picture's parts do too.
"""

from collections.abc import Iterator, Sequence
from math import cos, pi

import numpy as np

from pleinair.engine.protocol import Array
from pleinair.errors import SettingError
from pleinair.render.scenes import Frame, Scene, seeded

FEWEST = 2  # seeds
PARALLEL = 1e-4  # sine of the angle below which turning and mixing are the same


def walk(seeds: Sequence[int], frames: int, frame: Frame, truncation: float = 1.0) -> Iterator[Scene]:
    """So many scenes on the way through the seeds and back to the first, which would come next. Raises SettingError."""
    if len(seeds) < FEWEST:
        raise SettingError(f"a walk goes between two seeds or more, not {len(seeds)}; give for example --seeds 0-7")
    if frames < len(seeds):
        raise SettingError(f"a walk through {len(seeds)} seeds in {frames} frames would skip some; make it longer")
    return _steps(seeds, frames, frame, truncation)


def _steps(seeds: Sequence[int], frames: int, frame: Frame, truncation: float) -> Iterator[Scene]:
    before, one, other = -1, Scene(*2 * (np.empty(0, np.float32),)), Scene(*2 * (np.empty(0, np.float32),))
    for index in range(frames):
        leg, rest = divmod(index * len(seeds), frames)
        if leg != before:
            before = leg
            one, other = (seeded(seeds[place % len(seeds)], frame, truncation) for place in (leg, leg + 1))
        share = (1 - cos(pi * rest / frames)) / 2  # at rest at each seed, so that no bend is seen
        yield Scene(turned(one.latent, other.latent, share), turned(one.noise, other.noise, share))


def turned(one: Array, other: Array, share: float) -> Array:
    """Spherical interpolation of vectors (v,) or of columns (k, ROWS, c), each column for itself; share 0 is one, 1 the
    other."""
    flat, flat_other = (values.reshape(-1, values.shape[-1] if values.ndim > 1 else 1) for values in (one, other))
    lengths = np.linalg.norm(flat, axis=0) * np.linalg.norm(flat_other, axis=0)
    cosine = (flat * flat_other).sum(0) / np.maximum(lengths, np.finfo(np.float32).tiny)
    angle = np.arccos(np.clip(cosine, -1, 1))
    sine = np.sin(angle)
    flatly = sine < PARALLEL
    sine = np.where(flatly, 1, sine)
    weight = np.where(flatly, 1 - share, np.sin((1 - share) * angle) / sine)
    weight_other = np.where(flatly, share, np.sin(share * angle) / sine)
    return np.asarray(flat * weight + flat_other * weight_other, np.float32).reshape(one.shape)
