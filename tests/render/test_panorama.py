"""Pictures that go around: the cut, the poles, what turns with the picture."""

from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine.fake import FakeEngine
from pleinair.engine.protocol import Array
from pleinair.images.picture import Pixels
from pleinair.render.panorama import BLEND_FROM, BLEND_TO, blend_of, finished, paint_around
from pleinair.render.sphere import latitudes
from pleinair.render.windows import paint
from tests.images.pictures import noise, smooth
from tests.render.engines import copying, washing


def cells(pictures: Array) -> Array:
    """A painter whose cells of 2 pixels all differ: what lies within one is equal."""
    height, width = pictures.shape[2:]
    means = pictures.reshape(*pictures.shape[:2], height // 2, 2, width // 2, 2).mean((3, 5))
    return np.asarray(means.repeat(2, 2).repeat(2, 3), np.float32)


@pytest.mark.parametrize(("wrap", "axes"), [("x", (1,)), ("xy", (0, 1))])
def test_the_cut_lies_within_a_cell(wrap: str, axes: tuple[int, ...]) -> None:
    painted = paint_around(noise(48, 64), FakeEngine(8, 8, cells), wrap=wrap)  # type: ignore[arg-type]
    for axis in axes:
        assert np.array_equal(np.take(painted, 0, axis), np.take(painted, -1, axis))
    assert not np.array_equal(painted[:, 1], painted[:, 0])


@given(columns=st.integers(-12, 12), deep=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_turned_sphere_gives_the_turned_painting_within_60_degrees(columns: int, deep: bool) -> None:
    pixels = noise(96, 192)
    if deep:
        pixels = pixels.astype(np.uint16) * 257  # type: ignore[assignment]
    turned = paint_around(np.roll(pixels, 4 * columns, 1), FakeEngine(), wrap="x", window=64)
    expected = np.roll(paint_around(pixels, FakeEngine(), wrap="x", window=64), 4 * columns, 1)
    assert np.array_equal(turned[16:80], expected[16:80])
    assert turned.dtype == pixels.dtype


def test_the_poles_are_painted_in_views_of_their_own() -> None:
    """A painter that draws stripes across: at the poles they are straight, not a star of rays around it."""

    def stripes(pictures: Array) -> Array:
        result = np.zeros_like(pictures)
        result[..., 1::2] = 0.5
        return result

    painted = paint_around(noise(128, 256), FakeEngine(4, 8, stripes), wrap="x")
    flat = paint(noise(128, 256), FakeEngine(4, 8, stripes))
    assert np.abs(np.diff(flat[0].astype(int), axis=0)).min() > 50
    assert np.abs(np.diff(painted[0].astype(int), axis=0)).max() < 20
    within = np.abs(latitudes(128)) <= BLEND_FROM
    assert np.array_equal(painted[within], np.roll(flat, 1, 1)[within])


@pytest.mark.parametrize("height", [64, 97, 128])
def test_a_sphere_that_is_copied_stays_what_it_was(height: int) -> None:
    width = 2 * height + height % 2
    y, x = np.mgrid[:height, :width]
    wave = np.cos(x * (2 * np.pi / width)) * np.cos((y + 0.5 - height / 2) / height * np.pi)
    pixels = np.stack((128 + 80 * wave, 128 - 60 * wave, 90 + 30 * wave), 2).astype(np.uint8)
    painted = paint_around(pixels, copying(), wrap="x", window=64)
    assert np.abs(painted.astype(int) - pixels).max() <= 3


def test_strips_and_tiny_spheres_have_no_poles() -> None:
    for shape in ((40, 80), (64, 200)):
        engine = washing()
        paint_around(smooth(*shape), engine, wrap="x")
        assert len(engine.calls) == 1


def test_how_the_views_are_blended() -> None:
    angles = np.radians(np.linspace(-90, 90, 181))
    share = blend_of(angles)
    assert np.array_equal(share, share[::-1])
    assert not share[np.abs(angles) <= radians(60)].any()
    assert (share[np.abs(angles) >= BLEND_TO] == 1).all()
    assert (np.diff(share[angles >= 0]) >= 0).all()


def test_what_is_finished_gets_both() -> None:
    pixels, painted = noise(150, 20), noise(150, 20, seed=1)
    kept: Pixels = finished(pixels, painted, lambda original, _: original)
    assert np.array_equal(kept, pixels)
    assert np.array_equal(finished(pixels, painted, lambda _, other: other), painted)


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    paint_around(noise(96, 192), FakeEngine(), wrap="x", window=64, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
