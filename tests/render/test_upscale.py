"""A painting of a reduced picture, brought up to size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.images.picture import Pixels
from pleinair.render.borders import WRAPS, Wrap
from pleinair.render.colors import overlaid
from pleinair.render.resampling import shrunk
from pleinair.render.upscale import carried_up
from tests.images.pictures import noise, smooth


def painted_only(original: np.ndarray, painted: np.ndarray) -> np.ndarray:
    assert original.shape == painted.shape
    return painted


def up(pixels: Pixels, reduced: Pixels, painted: Pixels, wrap: Wrap = "none") -> Pixels:
    return carried_up(pixels, reduced, painted, finish=painted_only, wrap=wrap)


def edge(height: int, width: int, place: float, left: int = 60, right: int = 200) -> Pixels:
    """Two plains with a straight edge, slanted, so that it meets the reduced pixels at every phase."""
    y, x = np.mgrid[:height, :width]
    line = (x - place - 0.2 * (y - height / 2)).clip(-0.5, 0.5) + 0.5
    return np.repeat(np.rint(left + (right - left) * line)[:, :, None], 3, 2).astype(np.uint8)


@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    scale=st.floats(0.1, 1.0),
    wrap=st.sampled_from(WRAPS),
    deep=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_where_nothing_was_painted_nothing_changes(
    height: int, width: int, scale: float, wrap: Wrap, deep: bool
) -> None:
    pixels = noise(height, width).astype(np.uint16) * 257 if deep else noise(height, width)
    reduced = shrunk(pixels, max(1, round(height * scale)), max(1, round(width * scale)), wrap)
    kept = up(pixels, reduced, reduced, wrap)
    assert kept.dtype == pixels.dtype
    assert np.abs(kept.astype(int) - pixels).max() <= (257 if deep else 1)


@given(color=st.integers(0, 255), scale=st.floats(0.1, 0.9))
@settings(max_examples=20, deadline=None)
def test_a_plain_painted_over_stays_plain(color: int, scale: float) -> None:
    """Detail that the painting does not show must not come back from the photo."""
    pixels = noise(60, 80)
    low = shrunk(pixels, round(60 * scale), round(80 * scale))
    painted = up(pixels, low, np.full_like(low, color))
    assert np.abs(painted.astype(int) - color).max() <= 6


def test_a_recolored_edge_is_as_crisp_as_the_original() -> None:
    pixels = edge(96, 160, 80.3)
    low = shrunk(pixels, 24, 40)
    for share, level in ((0.6, 20), (0.5, 90), (1.2, 0)):
        recolored = np.rint(low * share + level).astype(np.uint8)
        error = np.abs(up(pixels, low, recolored) - (pixels * share + level))
        assert error[8:-8, 8:-8].max() <= 4


def test_an_edge_turned_around_has_no_halo() -> None:
    """Painted dark where it was light: the photo's own, opposite, edge must not shine through beside it."""
    pixels = edge(96, 160, 80.3)
    low = shrunk(pixels, 24, 40)
    painted = up(pixels, low, 255 - low).astype(int)
    assert painted.min() >= 55 - 12
    assert painted.max() <= 195 + 12


def test_strokes_come_up_whole() -> None:
    """Stripes painted on a plain sky have their full contrast at full size."""
    pixels = np.full((120, 160, 3), 140, np.uint8)
    low = shrunk(pixels, 30, 40)
    strokes = low.copy()
    strokes[::6], strokes[1::6], strokes[2::6] = 180, 180, 180
    painted = up(pixels, low, strokes)[16:-16, 16:-16, 0].astype(int)
    assert painted.max() >= 178
    assert painted.min() <= 142
    assert np.abs(np.diff(painted, axis=1)).max() == 0  # nothing across them


def test_a_moved_edge_leaves_no_line_where_it_was() -> None:
    """The painting put the edge 5 reduced pixels, 20 pixels, farther right; the photo's own line must not show."""
    pixels, moved = edge(96, 200, 90), edge(96, 200, 110)
    low, painted_low = shrunk(pixels, 24, 50), shrunk(moved, 24, 50)
    painted = up(pixels, low, painted_low).astype(int)
    plain = np.abs(painted[40:56, 80:98] - 60)  # between the old edge and where the new one begins
    assert plain.max() <= 12


@pytest.mark.parametrize("scale", [0.13, 0.5, 0.97])
def test_bands_and_spans_leave_no_seams(monkeypatch: pytest.MonkeyPatch, scale: float) -> None:
    pixels = noise(150, 190)
    low = shrunk(pixels, round(150 * scale), round(190 * scale))
    painted = noise(*low.shape[:2], seed=5)
    whole = up(pixels, low, painted).astype(int)
    monkeypatch.setattr("pleinair.render.upscale.BAND", 17)
    monkeypatch.setattr("pleinair.render.upscale.SPAN", 23)
    assert np.abs(up(pixels, low, painted) - whole).max() <= 1


@pytest.mark.parametrize("wrap", ["x", "xy"])
def test_what_goes_around_may_start_anywhere(wrap: Wrap) -> None:
    pixels, painted = noise(64, 128), noise(16, 32, seed=9)
    shift = (16 if wrap == "xy" else 0, 48)
    low = shrunk(pixels, 16, 32, wrap)
    moved = up(
        np.roll(pixels, shift, (0, 1)),
        np.roll(low, (shift[0] // 4, shift[1] // 4), (0, 1)),
        np.roll(painted, (shift[0] // 4, shift[1] // 4), (0, 1)),
        wrap,
    )
    straight = np.roll(up(pixels, low, painted, wrap), shift, (0, 1))
    assert np.abs(moved.astype(int) - straight).max() <= 1


def test_the_finish_is_heeded() -> None:
    pixels = smooth(40, 60)
    low = shrunk(pixels, 10, 15)

    def nothing(original: np.ndarray, painted: np.ndarray) -> np.ndarray:
        return overlaid(original, painted, 0.0, False)

    assert np.array_equal(carried_up(pixels, low, noise(10, 15), finish=nothing), pixels)


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    pixels = smooth(300, 40)
    low = shrunk(pixels, 30, 4)
    carried_up(pixels, low, low, finish=painted_only, progress=told.append)
    assert told == sorted(told)
    assert len(told) == 3
    assert told[-1] == 1
