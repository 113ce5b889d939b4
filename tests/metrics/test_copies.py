"""Copies: crops that cover, a planted copy found with its place, and the measure of held-out pictures."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import DataError, SettingError
from pleinair.metrics.copies import (
    SCALES,
    STEP,
    Copies,
    Nearest,
    beside_nearest,
    boxes,
    crops,
    find_copies,
    reduced,
    share_interval,
    with_mirrored,
)
from pleinair.metrics.features import Features, FeatureSet, feature_set
from pleinair.metrics.squares import Array, Pixels, square
from tests.metrics.tiny import pictures


class Blocks:
    """An extractor that tells places apart: each channel over 8×8 blocks, without the picture's mean."""

    sha256, size = "b" * 64, 32

    def __call__(self, these: Array) -> Array:
        means = these.reshape(len(these), 3, 8, 4, 8, 4).mean(axis=(3, 5))
        means -= means.mean(axis=(2, 3), keepdims=True)
        return np.asarray(means.reshape(len(these), -1), np.float32)


def scenes(count: int, seed: int, height: int = 96, width: int = 144) -> list[Pixels]:
    """Wide pictures with nothing in common."""
    draw = np.random.default_rng(seed)
    return [
        np.kron(draw.integers(0, 256, (height // 12, width // 12, 3)), np.ones((12, 12, 1))).astype(np.uint8)
        for _ in range(count)
    ]


def search(outputs: list[Pixels], held_out: list[Pixels], training: list[Pixels]) -> Copies:
    network = Blocks()
    ours, theirs = (with_mirrored(name, these, network) for name, these in (("ours", outputs), ("theirs", held_out)))
    return find_copies(ours, theirs, training, network)


@given(st.integers(1, 400), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_the_crops_of_each_scale_cover_the_picture(width: int, height: int) -> None:
    found = boxes(width, height)
    sides = sorted({side for _, _, side in found}, reverse=True)
    assert sides == sorted({max(1, round(scale * min(width, height))) for scale in SCALES}, reverse=True)
    for side in sides:
        for axis, length in ((0, width), (1, height)):
            starts = sorted({box[axis] for box in found if box[2] == side})
            assert starts[0] == 0
            assert any(abs(start - (length - side) / 2) <= 0.5 for start in starts)
            assert starts[-1] == length - side
            assert max(np.diff(starts), default=0) <= STEP * side + 1


def test_the_largest_crops_come_first() -> None:
    found = boxes(200, 100, (1.0, 0.5), 0.5)
    assert found[:3] == [(0, 0, 100), (50, 0, 100), (100, 0, 100)]
    assert len(found) == 3 + 7 * 3
    assert boxes(64, 64, (1.0,)) == [(0, 0, 64)]


@pytest.mark.parametrize(("scales", "step"), [((0.0,), 0.5), ((1.2,), 0.5), ((1.0,), 0.0)])
def test_crops_out_of_range_are_refused(scales: tuple[float, ...], step: float) -> None:
    with pytest.raises(SettingError, match="crops have scales"):
        boxes(10, 10, scales, step)


def test_crops_are_where_the_boxes_say() -> None:
    (picture,) = scenes(1, 1)
    for crop, (left, top, side) in zip(crops(picture), boxes(144, 96), strict=True):
        assert crop.shape == (side, side, 3)
        assert (crop == picture[top : top + side, left : left + side]).all()


@given(st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=20, deadline=None)
def test_a_picture_is_reduced_until_its_smallest_crop_is_what_is_looked_at(width: int, height: int) -> None:
    found = reduced(np.zeros((height, width, 3), np.uint8), 32)
    shorter = round(32 / min(SCALES))
    assert min(found.shape[:2]) == min(shorter, width, height)
    assert found.shape[1] / found.shape[0] == pytest.approx(width / height, rel=0.1, abs=0.02)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_copied_crop_is_found_with_its_place(mirrored: bool) -> None:
    training, held_out, outputs = scenes(4, 1), scenes(12, 2), scenes(5, 3)
    left, top, side = next(box for box in boxes(144, 96) if box[2] < 60 and box[0] > 0)
    crop = training[2][top : top + side, left : left + side]
    outputs[3] = np.ascontiguousarray(crop[:, ::-1] if mirrored else crop)
    found = search(outputs, held_out, training)
    assert found.copied.tolist() == [0, 0, 0, 1, 0]
    assert found.outputs.picture[3] == 2
    assert found.outputs.apart[3] < 0.01 < found.threshold
    x, y, size = found.outputs.box[3]
    scale = reduced(training[2], 32).shape[0] / 96
    assert (x / scale, y / scale, size / scale) == pytest.approx((left, top, side), abs=2)


def test_the_threshold_is_the_first_percentile_of_held_out_pictures() -> None:
    found = search(scenes(3, 3), scenes(20, 2), scenes(3, 1))
    assert found.threshold == pytest.approx(np.percentile(found.held_out.apart, 1))
    assert len(found.outputs.apart) == 3
    assert len(found.held_out.apart) == 20


def test_distances_are_the_least_over_every_crop_and_both_ways_round() -> None:
    training, outputs, network = scenes(2, 1), scenes(3, 3), Blocks()
    found = search(outputs, scenes(4, 2), training)
    every = [crop for picture in training for crop in crops(reduced(picture, 32))]
    seen = feature_set("crops", every, network).rows
    for index, output in enumerate(outputs):
        either = feature_set("one", [output, square(output, 32)[:, ::-1].copy()], network).rows
        lengths = np.linalg.norm(either, axis=1)[:, None] * np.linalg.norm(seen, axis=1)
        assert found.outputs.apart[index] == pytest.approx((1 - either @ seen.T / lengths).min(), abs=1e-6)


def test_outputs_like_the_held_out_ones_are_seldom_copies() -> None:
    found = search(scenes(60, 3), scenes(60, 2), scenes(3, 1))
    assert found.copied.mean() <= 0.1
    low, high = share_interval(found)
    assert 0 <= low <= found.copied.mean() <= high <= 0.3


def test_the_interval_knows_that_the_threshold_is_a_guess() -> None:
    places = ((0, 0, 1),) * 40
    draw = np.random.default_rng(1)
    ours, theirs = (Nearest(draw.uniform(0.1, 0.9, 40), (0,) * 40, places) for _ in range(2))
    sure = Nearest(np.full(40, 0.05), (0,) * 40, places)
    assert share_interval(Copies(sure, theirs, 0.1)) == (1.0, 1.0)
    low, high = share_interval(Copies(ours, theirs, float(np.percentile(theirs.apart, 1))))
    assert low == 0
    assert high > 0.02


def test_pairs_are_shown_nearest_first() -> None:
    training, outputs = scenes(3, 1), scenes(4, 3)
    outputs[2] = training[1]
    found = search(outputs, scenes(8, 2), training)
    pairs = beside_nearest(found.outputs, outputs, training, 32, 24)
    assert len(pairs) == 4
    assert all(picture.shape == (24, 24, 3) for pair in pairs for picture in pair)
    first, nearest = pairs[0]
    assert (first == square(outputs[2], 24)).all()
    assert np.abs(first.astype(int) - nearest).mean() < 12
    assert len(beside_nearest(found.outputs, outputs, training, 32, 24, 2)) == 2


def test_files_do_as_pictures_do(tmp_path: Path) -> None:
    from PIL import Image

    training = scenes(2, 1)
    files = []
    for index, picture in enumerate(training):
        files.append(tmp_path / f"{index}.png")
        Image.fromarray(picture).save(files[-1])
    network = Blocks()
    ours, theirs = with_mirrored("ours", scenes(2, 3), network), with_mirrored("theirs", scenes(3, 2), network)
    of_files = find_copies(ours, theirs, files, network, tmp_path / "cache")
    again = find_copies(ours, theirs, files, network, tmp_path / "cache")
    of_arrays = find_copies(ours, theirs, training, network)
    assert of_files.outputs.apart.tolist() == of_arrays.outputs.apart.tolist() == again.outputs.apart.tolist()
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_mirror_images_follow(extractor: Features) -> None:
    these = pictures(3, 1)
    both = with_mirrored("both", these, extractor)
    assert both.rows.shape == (6, 12)
    assert both.rows[:3] == pytest.approx(feature_set("as they are", these, extractor).rows)
    left_right = both.rows[:3].reshape(3, 3, 2, 2)[..., ::-1].reshape(3, 12)
    assert both.rows[3:] == pytest.approx(left_right, abs=1e-5)


def test_progress_counts_training_pictures() -> None:
    network, done = Blocks(), list[int]()
    ours = with_mirrored("ours", scenes(2, 3), network)
    find_copies(ours, with_mirrored("theirs", scenes(2, 2), network), scenes(3, 1), network, progress=done.append)
    assert done == [1, 1, 1]


def test_what_cannot_be_searched_is_refused() -> None:
    network, training = Blocks(), scenes(3, 1)
    ours, theirs = with_mirrored("ours", scenes(2, 3), network), with_mirrored("theirs", scenes(2, 2), network)
    with pytest.raises(DataError, match="no training pictures"):
        find_copies(ours, theirs, [], network)
    with pytest.raises(SettingError, match="one extractor"):
        find_copies(ours, FeatureSet("theirs", theirs.rows, "c" * 64), training, network)
    kept = scenes(1, 5)
    with pytest.raises(DataError, match="1 of the held-out pictures are training pictures too"):
        find_copies(ours, with_mirrored("theirs", [*kept, *scenes(2, 2)], network), [kept[0], *training], network)
