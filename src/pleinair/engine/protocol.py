"""Engine: whatever paints float pictures. Rendering knows this protocol and nothing of the runtime behind it."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from pleinair.spec import ModelSpec

Array = npt.NDArray[np.float32]


class Engine(Protocol):
    """A model with one style, or one mix of styles, chosen."""

    @property
    def spec(self) -> ModelSpec:
        """What the model eats and gives."""
        ...

    def paint(self, pictures: Array) -> Array:
        """Paint n pictures that the caller has padded by the halo on every side.

        pictures: float32 (n, 3, h + 2·halo, w + 2·halo) in [-1, 1], h and w multiples of `spec.stride`.
        Returns float32 (n, 3, h, w), not clipped to [-1, 1].
        """
        ...
