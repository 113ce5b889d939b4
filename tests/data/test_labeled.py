"""Scenes with label maps: read as fiction writes them, cut with both halves in step, functions of seed and number."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.data.labeled import (
    LabeledCrops,
    LabeledScene,
    at_short_side,
    read_labels,
    read_scenes,
    split,
    windowed,
)
from pleinair.errors import DataError, PictureError, SettingError
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.layouts import layout_of
from tests.labels import striped, write_scene, write_scenes

numbers = st.integers(0, 2**40)


def test_what_fiction_writes_is_read(tmp_path: Path) -> None:
    scenes = read_scenes(write_scenes(tmp_path), 100)
    assert len(scenes) == 5
    for number, scene in enumerate(scenes):
        np.testing.assert_array_equal(scene.labels, striped(first=number).labels)
        np.testing.assert_array_equal(scene.picture, striped(first=number).picture)


def test_large_scenes_are_reduced_small_ones_stay(tmp_path: Path) -> None:
    assert {scene.labels.shape for scene in read_scenes(write_scenes(tmp_path), 15)} == {(15, 24)}
    assert {scene.picture.shape for scene in read_scenes(tmp_path, 999)} == {(30, 48, 3)}


def test_few_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has 3 scenes with label maps, 4 are needed .* --maps label --out"):
        read_scenes(write_scenes(tmp_path / "few", 3), 64)
    with pytest.raises(DataError, match="has 0 scenes"):
        read_scenes(tmp_path / "nowhere", 64)
    folder = write_scenes(tmp_path / "foreign")
    label = folder / "seed0002-label.png"
    Image.new("RGB", (48, 30)).save(label)
    with pytest.raises(DataError, match="no label map of 12 classes"):
        read_scenes(folder, 64)
    label.write_bytes(label.read_bytes()[:40])
    with pytest.raises(PictureError, match="damaged or cut short"):
        read_scenes(folder, 64)
    write_scene(folder, "seed0002", striped(20))
    Image.fromarray(striped(21).picture).save(folder / "seed0002.png")
    with pytest.raises(DataError, match="of another size than its picture"):
        read_scenes(folder, 64)
    (folder / "seed0002.png").unlink()
    with pytest.raises(PictureError):
        read_scenes(folder, 64)


def test_a_class_that_there_is_not_is_refused(tmp_path: Path) -> None:
    image = Image.fromarray(np.full((3, 4), len(NAMES), np.uint8))
    image.putpalette([value for color in (*COLORS, (1, 2, 3)) for value in color])
    image.save(tmp_path / "a.png")
    with pytest.raises(DataError, match="no label map"):
        read_labels(tmp_path / "a.png")
    image = Image.fromarray(np.full((3, 4), len(NAMES) - 1, np.uint8))
    image.putpalette([value for color in COLORS for value in color])
    image.save(tmp_path / "a.png")
    labels = read_labels(tmp_path / "a.png")
    assert labels.dtype == np.uint8
    assert (labels == len(NAMES) - 1).all()


def test_the_same_numbers_in_other_colors_are_refused(tmp_path: Path) -> None:
    """As a painting program may write them, which puts the colors of a palette in an order of its own."""
    image = Image.fromarray(striped().labels)
    image.putpalette([value for color in reversed(COLORS) for value in color])
    image.save(tmp_path / "a.png")
    with pytest.raises(DataError, match="no label map of 12 classes"):
        read_labels(tmp_path / "a.png")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(height=st.integers(1, 40), width=st.integers(1, 40), first=st.integers(0, 11))
def test_numbers_and_colors_of_a_map_say_the_same(tmp_path: Path, height: int, width: int, first: int) -> None:
    """What is trained on is read as what is painted from."""
    write_scene(tmp_path, "a", striped(height, width, first))
    labels = read_labels(tmp_path / "a-label.png")
    np.testing.assert_array_equal(labels, layout_of(tmp_path / "a-label.png").labels)
    np.testing.assert_array_equal(labels, striped(height, width, first).labels)


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 60), width=st.integers(1, 60), side=st.integers(1, 70))
def test_reduced_scenes_keep_their_shape(height: int, width: int, side: int) -> None:
    small = at_short_side(striped(height, width), side)
    assert small.labels.shape == small.picture.shape[:2]
    assert min(small.labels.shape) == min(height, width, side)
    assert abs(small.labels.shape[1] - width * small.labels.shape[0] / height) <= max(1, width / height)


@settings(max_examples=40, deadline=None)
@given(left=st.floats(0, 24), span=st.floats(2, 24), size=st.integers(1, 40))
def test_both_halves_of_a_window_show_the_same(left: float, span: float, size: int) -> None:
    """In a ramp of classes the colors, blurred as they are, stay beside what the classes say."""
    scene = striped(30, 480, 0)
    scene = LabeledScene(scene.picture, scene.labels)
    cut = windowed(scene, (10 * left, 0, 10 * (left + span), 30), (size, 7))
    assert cut.labels.shape == (7, size)
    known = 20.0 * cut.labels.astype(float)
    assert np.abs(cut.picture[..., 0].astype(float) - known).mean() <= 20 * max(1.0, 12 * 10 * span / 480 / size)


@settings(max_examples=30, deadline=None)
@given(number=numbers, seed=st.integers(0, 99))
def test_the_same_number_gives_the_same_crop(number: int, seed: int) -> None:
    scenes = [striped(first=first) for first in range(4)]
    crops = [LabeledCrops(scenes, side=12, scales=(12, 24), seed=seed) for _ in range(2)]
    one, two = (each.batch(number, 3) for each in crops)
    for name in one.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.pixels.shape == one.grain.shape == (3, 3, 12, 12)
    assert one.labels.shape == (3, 12, 12)
    assert 0 <= one.draws.min() < one.draws.max() < 1


@settings(max_examples=20, deadline=None)
@given(start=numbers, ranks=st.integers(1, 4))
def test_ranks_together_see_one_batch(start: int, ranks: int) -> None:
    crops = LabeledCrops([striped(first=first) for first in range(4)], side=8, scales=(8, 16), seed=3)
    whole = crops.batch(start, 4)
    for rank in range(ranks):
        share = crops.batch(start, 4, rank, ranks)
        np.testing.assert_array_equal(share.pixels, whole.pixels[rank::ranks])
        np.testing.assert_array_equal(share.grain, whole.grain[rank::ranks])
        assert share.numbers.tolist() == list(range(start + rank, start + 4, ranks))


def test_some_crops_are_mirrored_some_are_not_and_all_scenes_come_up() -> None:
    crops = LabeledCrops([striped(30, 30)], side=30, scales=(30, 30), seed=0)
    found = {crops.crop(number).labels[0, 0] for number in range(20)}
    assert found == {0, len(NAMES) - 1}
    many = LabeledCrops([LabeledScene(np.full((9, 9, 3), i, np.uint8), np.zeros((9, 9), np.uint8)) for i in range(5)],
                        side=4, scales=(4, 9), seed=0)  # fmt: skip
    assert {int(many.crop(number).picture[0, 0, 0]) for number in range(60)} == set(range(5))


def test_crops_are_named_for_their_scenes(tmp_path: Path) -> None:
    for number, stem in enumerate(("a", "b-c", "d", "e")):
        write_scene(tmp_path, stem, striped(60, 90, number))
    scenes = read_scenes(tmp_path, 20)
    assert [scene.name for scene in scenes] == ["a", "b-c", "d", "e"]
    crops = LabeledCrops(scenes, side=8, scales=(8, 16), seed=1)
    names = [crops.crop(number).name for number in range(40)]
    assert names == [crops.scene(number).name for number in range(40)]
    assert set(names) == {"a", "b-c", "d", "e"}


def test_contradictions_are_refused() -> None:
    with pytest.raises(DataError, match="no scenes"):
        LabeledCrops([], side=8, scales=(8, 8), seed=0)
    for side, scales, seed in ((0, (1, 2), 0), (8, (4, 9), 0), (8, (16, 9), 0), (8, (8, 9), -1)):
        with pytest.raises(SettingError, match=f"crops of {side} pixels"):
            LabeledCrops([striped()], side=side, scales=scales, seed=seed)


@given(count=st.integers(2, 60))
def test_held_out_scenes_are_not_trained_on(count: int) -> None:
    scenes = [striped(2, 2) for _ in range(count)]
    trained, held = split(scenes)
    assert len(trained) + len(held) == count
    assert held
    assert trained
    assert not {id(scene) for scene in trained} & {id(scene) for scene in held}
