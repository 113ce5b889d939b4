"""Engines without a network, for tests: local, deterministic, and as strict about shapes as real ones.

Shapes: n pictures, 3 channels, h×w pixels without the halo, H×W with it.
"""

from collections.abc import Callable

import numpy as np

from pleinair.engine.opening import SCENE
from pleinair.engine.protocol import Array
from pleinair.engine.scene import checked_columns
from pleinair.seeds import HALO, ROWS
from pleinair.spec import ModelSpec

Function = Callable[[Array], Array]


class FakeEngine:
    """Applies `function` to the padded pictures (n, 3, H, W) → (n, 3, H, W) and cuts the halo off.

    The function may look at most `halo` pixels far and may depend on a pixel's place modulo `stride`, as a network
    with strides does. Without one, the engine paints `patchwork`, which uses all of both. `calls` keeps the shapes.
    """

    def __init__(
        self, stride: int = 4, halo: int = 8, function: Function | None = None, styles: tuple[str, ...] = ("fake",)
    ) -> None:
        self._spec = ModelSpec(name="fake", styles=styles, stride=stride, halo=halo, license="Apache-2.0")
        self._function = function or (lambda pictures: patchwork(pictures, stride, halo))
        self.calls: list[tuple[int, ...]] = []

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    def paint(self, pictures: Array) -> Array:
        """float32 (n, 3, h + 2·halo, w + 2·halo) → float32 (n, 3, h, w). Raises ValueError for other shapes, types."""
        halo, stride = self._spec.halo, self._spec.stride
        height, width = (size - 2 * halo for size in pictures.shape[-2:])
        if pictures.ndim != 4 or pictures.shape[1] != 3 or pictures.dtype != np.float32:
            raise ValueError(f"expected float32 (n, 3, h, w), got {pictures.dtype} {pictures.shape}")
        if height < stride or width < stride or height % stride or width % stride:
            raise ValueError(f"{height}×{width} without the halo is no multiple of the stride {stride}")
        self.calls.append(pictures.shape)
        return self._function(pictures)[:, :, halo : halo + height, halo : halo + width].astype(np.float32)


def patchwork(pictures: Array, stride: int, halo: int) -> Array:
    """Half the picture, half the mean of the four patches of stride×stride pixels that lie exactly one halo away."""
    n, c, height, width = pictures.shape
    patches = pictures.reshape(n, c, height // stride, stride, width // stride, stride).mean((3, 5))
    reach = halo // stride
    far = (np.roll(patches, reach, 2) + np.roll(patches, -reach, 2)) / 4
    far += (np.roll(patches, reach, 3) + np.roll(patches, -reach, 3)) / 4
    return np.asarray(0.5 * pictures + 0.5 * far.repeat(stride, 2).repeat(stride, 3), np.float32)


class FakeSceneEngine:
    """Draws scenes without a network: each column of a picture depends on the noise of the columns up to a halo away,
    each picture on its latent and marks. `calls` keeps the shapes of the noise."""

    def __init__(
        self, side: int = 16, styles: tuple[str, ...] = ("photo", "hiroshige"), kinds: tuple[str, ...] = ()
    ) -> None:
        self._spec = ModelSpec(
            "fake-scene", styles, 1, 0, kind=SCENE, side=side, kinds=kinds, license="Apache-2.0", version="0"
        )
        self.calls: list[tuple[int, ...]] = []

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    def draw(self, latents: Array, noise: Array, marks: Array) -> Array:
        """As engine.scene.SceneEngine says. Raises SettingError for other shapes."""
        columns, side = checked_columns(self._spec, latents, noise, marks), self._spec.side
        self.calls.append(noise.shape)
        tint = latents[:, :3] + 2 * (marks @ np.arange(1.0, 1.0 + marks.shape[1], dtype=np.float32))[:, None]  # (n, 3)
        seen = noise[:, :3] + 0.5 * (np.roll(noise[:, 3:6], HALO, 3) + np.roll(noise[:, 3:6], -HALO, 3))
        cells = 0.3 * seen[..., HALO : HALO + columns] + 0.2 * tint[:, :, None, None]
        step = side // ROWS
        grain = np.linspace(-0.2, 0.2, step * step, dtype=np.float32).reshape(step, step)
        grain = np.tile(grain, (ROWS, columns))  # so that no two pixels of a cell are alike
        return np.asarray(cells.repeat(step, 2).repeat(step, 3) + grain, np.float32)
