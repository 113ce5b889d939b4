"""A world that is drawn in a millisecond, for tests of what is done with renders: bands of color that depend on the
whole of a spec, and on nothing else."""

import zlib

import numpy as np
import pytest

from pleinair import imagining, remaking
from pleinair.fiction.render import SIZE, Rendering
from pleinair.fiction.spec import SceneSpec

__all__ = ["quick_world"]


@pytest.fixture
def quick_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renders come from here instead of from the procedural world."""
    monkeypatch.setattr(imagining, "render", drawn)
    monkeypatch.setattr(remaking, "render", drawn)


def drawn(spec: SceneSpec, size: tuple[int, int] = SIZE, wrap: str = "none") -> Rendering:
    """What stands in for `fiction.render`."""
    width, height = size
    draw = np.random.default_rng(zlib.crc32(f"{spec.to_json()} {wrap}".encode()))
    picture = draw.integers(0, 256, (height, 1, 3)).repeat(width, 1).astype(np.uint8)
    picture[:, ::3] //= 2
    labels = draw.integers(0, 12, (height, width)).astype(np.uint8)
    depth = draw.uniform(1, 900, (height, width)).astype(np.float32)
    normals = np.zeros((height, width, 3), np.float32)
    anchors = np.zeros((height, width, 4), np.float32)
    return Rendering(picture, labels, depth, normals, 255 - picture, anchors, depth)
