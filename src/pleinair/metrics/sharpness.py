"""How sharp pictures are: a blurred painting may hold its contours and match its style, and gives itself away here."""

from collections.abc import Sequence

import numpy as np

from pleinair.errors import DataError
from pleinair.metrics.distances import Doubles
from pleinair.metrics.squares import Source, log_gradient, luma

SIZE = 384


def sharpness_of(sources: Sequence[Source]) -> float:
    """Mean log-gradient of the luma at 384 px over all pictures, 0 (flat) to about 4. Raises DataError for none.

    Compare only pictures brought to the same size first: enlarging lowers it.
    """
    return float(sharpness_of_each(sources).mean())


def sharpness_of_each(sources: Sequence[Source]) -> Doubles:
    """Mean log-gradient (n,) of each picture. Raises DataError for none."""
    if not sources:
        raise DataError("no pictures to measure the sharpness of; give at least one")
    return np.asarray([log_gradient(luma(source, SIZE)).mean() for source in sources], np.float64)
