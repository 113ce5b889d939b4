"""What stands still is held, what moves is carried, nothing that is gone is seen, a cut begins anew; cuts are found."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import SettingError
from pleinair.images.picture import Pixels
from pleinair.render.cuts import Cuts, small_gray

pytest.importorskip("cv2")
from pleinair.render.steady import LEFT, Steady, warm_up


def scene(seed: int, height: int = 96, width: int = 128) -> Pixels:
    """Smooth random hills, full of detail at 8 pixels."""
    from PIL import Image

    coarse = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def flickering(frames: list[Pixels], amount: float = 12.0) -> Iterator[Pixels]:
    """A painting of frames that differs by noise each time."""
    for number, frame in enumerate(frames):
        noise = np.random.default_rng(number).normal(0, amount, frame.shape)
        yield np.clip(frame + noise, 0, 255).astype(np.uint8)


def test_what_stands_still_is_held() -> None:
    frames = [scene(1)] * 12
    painted = list(flickering(frames))
    keep = Steady(0.8)
    kept = [keep(frame, each) for frame, each in zip(frames, painted, strict=True)]
    change = [np.abs(b.astype(float) - a).mean() for a, b in ((painted[-2], painted[-1]), (kept[-2], kept[-1]))]
    assert change[1] < change[0] / 3
    assert (
        np.abs(kept[-1].astype(float) - frames[-1]).mean() < np.abs(painted[-1].astype(float) - frames[-1]).mean() / 2
    )


@pytest.mark.parametrize("hold", [0.8, 0.95])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_what_was_brighter_once_is_forgotten(hold: float, kind: type) -> None:
    """Wholly, though the last levels go by less than half of one a frame."""
    frame: Pixels = scene(1).astype(kind)
    painted: Pixels = (frame // 2).astype(kind)
    brighter: Pixels = (painted + 20).astype(kind)
    keep = Steady(hold)
    kept = [keep(frame, each) for each in (brighter, *[painted] * (2 * warm_up(hold)))]
    assert np.abs(kept[2].astype(int) - painted).max() > 5
    assert np.array_equal(kept[-1], painted)


def test_what_moves_is_carried_along() -> None:
    wide = scene(2, 96, 200)
    frames = [np.ascontiguousarray(wide[:, 3 * n : 3 * n + 128]) for n in range(12)]
    painted = list(flickering(frames))
    keep = Steady(0.8)
    kept = [keep(frame, each) for frame, each in zip(frames, painted, strict=True)]
    inner = np.s_[:, 8:-40]
    errors = [np.abs(each[-1].astype(float) - frames[-1])[inner].mean() for each in (painted, kept)]
    assert errors[1] < errors[0] / 1.5


def test_no_ghosts() -> None:
    """A bright square crosses quickly: where it was, and where it is, the painting is what it is without holding."""
    ground = scene(3)
    frames = []
    for n in range(10):
        frame = ground.copy()
        frame[30:60, 10 * n : 10 * n + 20] = 250
        frames.append(frame)
    keep = Steady(0.9)
    kept = [keep(frame, frame) for frame in frames]
    off = [np.abs(each.astype(int) - frame) for each, frame in zip(kept, frames, strict=True)]
    left = [each[30:60, 10 * n - 10 : 10 * n] for n, each in enumerate(off) if n]  # what the square has just uncovered
    assert max(each.mean() for each in left) < 2
    assert max(each.mean() for each in off) < 4


def test_a_fade_is_followed() -> None:
    frames = [(scene(4) * (1 - n / 12)).astype(np.uint8) for n in range(10)]
    keep = Steady(0.8)
    kept = [keep(frame, frame) for frame in frames]
    assert abs(float(kept[-1].mean()) - float(frames[-1].mean())) < 6


def test_a_cut_begins_anew() -> None:
    keep, one, other = Steady(0.9), scene(5), 255 - scene(6) // 3
    for _ in range(4):
        keep(one, one)
    assert np.array_equal(keep(other, other), other)


def test_the_first_frame_and_hold_zero_are_as_painted() -> None:
    frame, painted = scene(7), scene(8)
    keep = Steady(0.0)
    for _ in range(3):
        assert np.abs(keep(frame, painted).astype(int) - painted).max() == 0


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([np.uint8, np.uint16]))
def test_any_size_and_depth(height: int, width: int, kind: type) -> None:
    rng = np.random.default_rng(0)
    keep = Steady(0.8)
    for _ in range(3):
        frame = rng.integers(0, 256, (height, width, 3)).astype(kind) * kind(257 if kind is np.uint16 else 1)
        kept = keep(frame, frame)
        assert (kept.shape, kept.dtype) == (frame.shape, frame.dtype)


def test_a_share_that_cannot_be() -> None:
    with pytest.raises(SettingError, match=r"0 to 0\.95"):
        Steady(1.0)


def test_cuts_are_found_and_pans_are_none() -> None:
    wide = scene(9, 96, 300)
    pan = [wide[:, 4 * n : 4 * n + 128] for n in range(12)]
    other = [255 - scene(10) // 3 for _ in range(6)]
    cuts = Cuts()
    found = [number for number, frame in enumerate([*pan, *other, *pan]) if cuts(frame)]
    assert found == [12, 18]


def test_a_slow_fade_is_no_cut() -> None:
    frames = [(scene(11) * (1 - n / 30)).astype(np.uint8) for n in range(25)]
    cuts = Cuts()
    assert not any(cuts(frame) for frame in frames)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 200), st.integers(1, 200))
def test_small_copies_of_any_size(height: int, width: int) -> None:
    gray = small_gray(np.full((height, width, 3), 51, np.uint8))
    assert np.allclose(gray, 0.2)
    assert max(gray.shape) <= 96


@pytest.mark.parametrize("hold", [0.3, 0.8, 0.85, 0.95])
def test_warmed_up_little_is_left_of_what_was_before(hold: float) -> None:
    assert hold ** warm_up(hold) <= LEFT < hold ** (warm_up(hold) - 1)


def test_nothing_warms_up_where_nothing_is_held() -> None:
    assert warm_up(0) == 0
