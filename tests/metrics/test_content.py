"""Contours kept: what they do and do not see."""

import numpy as np
import pytest

from pleinair.errors import DataError
from pleinair.metrics.content import content_of, contours, correlation, summarized
from pleinair.metrics.squares import Pixels
from tests.metrics.tiny import pictures


def by_hand(before: Pixels, after: Pixels) -> float:
    """The definition, pixel by pixel, for gray pictures of 192 px."""
    maps = []
    for picture in (before, after):
        gray = picture[:, :, 0].astype(np.float64)
        strength = np.zeros((192, 192))
        for y in range(192):
            for x in range(192):
                up, down = max(y - 1, 0), min(y + 1, 191)
                left, right = max(x - 1, 0), min(x + 1, 191)
                dy = (gray[down, x] - gray[up, x]) / (down - up)
                dx = (gray[y, right] - gray[y, left]) / (right - left)
                strength[y, x] = np.log(1 + np.sqrt(dx * dx + dy * dy))
        blocks = [[strength[4 * r : 4 * r + 4, 4 * c : 4 * c + 4].mean() for c in range(48)] for r in range(48)]
        maps.append(np.ravel(blocks))
    return float(np.corrcoef(maps)[0, 1])


def gray(seed: int) -> Pixels:
    return np.repeat(np.random.default_rng(seed).integers(0, 256, (192, 192, 1)), 3, axis=2).astype(np.uint8)


def test_content_is_the_correlation_of_contour_maps() -> None:
    one, other = gray(1), gray(2)
    mixed = (0.7 * one + 0.3 * other).astype(np.uint8)
    assert content_of([one], [mixed]).mean == pytest.approx(by_hand(one, mixed), abs=1e-5)


def test_a_picture_keeps_all_of_itself() -> None:
    scenes = pictures(3, 1)
    kept = content_of(scenes, scenes)
    assert kept.mean == pytest.approx(1)
    assert kept.worst == pytest.approx(1)
    assert kept.pairs == 3


def test_colors_and_tones_are_no_content() -> None:
    scene = pictures(1, 1)[0]
    assert content_of([scene], [(255 - scene).astype(np.uint8)]).mean == pytest.approx(1, abs=0.01)
    assert content_of([scene], [(scene // 2 + 60).astype(np.uint8)]).mean > 0.9


def test_another_scene_keeps_little() -> None:
    assert abs(content_of([gray(1)], [gray(2)]).mean) < 0.1


def test_a_flat_picture_keeps_nothing() -> None:
    flat: Pixels = np.full((32, 32, 3), 90, np.uint8)
    assert content_of([pictures(1, 1)[0]], [flat]).mean == 0
    assert correlation(contours(flat), contours(flat)) == 0


def test_contours_have_mean_zero() -> None:
    found = contours(pictures(1, 5)[0])
    assert found.shape == (48 * 48,)
    assert found.mean() == pytest.approx(0, abs=1e-9)


def test_the_summary_is_of_the_pairs() -> None:
    values = [0.9, 0.8, 0.1, 0.7]
    found = summarized(values)
    assert found.mean == pytest.approx(0.625)
    assert found.percentile5 == pytest.approx(0.1 + 0.15 * 0.6)
    assert found.worst == 0.1


def test_pairs_must_be_pairs() -> None:
    scenes = pictures(3, 1)
    with pytest.raises(DataError, match="3 and 2"):
        content_of(scenes, scenes[:2])
    with pytest.raises(DataError, match="no pairs"):
        content_of([], [])
