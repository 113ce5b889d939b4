"""Ground that tiles: the far edge goes on where the near one begins, in every map."""

import numpy as np
import pytest

from pleinair.errors import SettingError
from pleinair.fiction.palette import Label
from pleinair.fiction.spec import KINDS, Camera, SceneSpec
from pleinair.fiction.texture import tileable


@pytest.mark.parametrize("kind", KINDS)
def test_edges_meet(kind: str) -> None:
    found = tileable(SceneSpec(kind=kind, seed=3, time="noon", weather="clear"), (96, 64))
    pixels = found.picture.astype(float)
    for axis, first, last in ((1, pixels[:, 0], pixels[:, -1]), (0, pixels[0], pixels[-1])):
        assert np.abs(first - last).mean() < 1.8 * np.abs(np.diff(pixels, axis=axis)).mean() + 0.5
    assert pixels.std() > 3


def test_maps_are_registered() -> None:
    found = tileable(SceneSpec(kind="meadow", season="spring", seed=3), (64, 48))
    assert found.picture.shape == found.albedo.shape == found.normals.shape == (48, 64, 3)
    assert found.labels.shape == found.depth.shape == (48, 64)
    assert set(np.unique(found.labels)) <= {Label.GRASS, Label.PATH}
    assert np.allclose((found.normals**2).sum(-1), 1, atol=1e-4)
    assert 8 < found.depth.min() <= found.depth.max() < 11


@pytest.mark.parametrize(
    ("kind", "label"), [("desert", Label.SAND), ("canyon", Label.ROCK), ("glacier", Label.SNOW), ("coast", Label.SAND)]
)
def test_grounds_of_kinds(kind: str, label: Label) -> None:
    found = tileable(SceneSpec(kind=kind, season="summer", weather="clear", seed=1), (32, 32))
    assert (found.labels == label).all()


def test_snow_lies_in_winter() -> None:
    found = tileable(SceneSpec(kind="meadow", season="winter", weather="clear", seed=1), (64, 64))
    assert (found.labels == Label.SNOW).mean() > 0.05


def test_seeds_differ_and_repeat() -> None:
    one, same, other = (tileable(SceneSpec(kind="meadow", seed=seed), (32, 32)).picture for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_texture_is_seen_from_above_only() -> None:
    with pytest.raises(SettingError, match="straight above"):
        tileable(SceneSpec(camera=Camera(pitch=4)), (32, 32))
    with pytest.raises(SettingError, match="8 pixels or more"):
        tileable(SceneSpec(), (4, 4))
