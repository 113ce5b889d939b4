"""A pack: what is written is what is opened, memory is kept, damage is named, nothing is half-written."""

import io
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.data.encode import Setting, encode
from pleinair.data.pack import HEAD, SMALLEST_LEVEL, TRAIN, VALIDATION, Entry, Pack, halvings, read_index, write
from pleinair.errors import DataError, OutputError
from tests.data.pictures import pack_of, scene

SIZES = [(90, 70), (64, 128), (40, 40)]


def test_pictures_come_back_as_they_were_coded(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "a.pack", SIZES)
    assert (pack.name, len(pack.train), len(pack.validation)) == ("a", 3, 0)
    for i, (width, height) in enumerate(SIZES):
        pixels = pack.train[i]
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8
        coded = Image.open(io.BytesIO(encode(scene(i, width, height), Setting(10_000))))
        np.testing.assert_array_equal(pixels, np.asarray(coded))
        assert np.abs(pixels.astype(int) - scene(i, width, height)).mean() < 4


def test_both_sides_of_the_split_are_sequences(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "a.pack", SIZES, [TRAIN, VALIDATION, TRAIN])
    assert [entry.name for entry in pack.train.entries] == ["work0", "work2"]
    assert [entry.name for entry in pack.validation.entries] == ["work1"]
    assert len(list(pack.train)) == 2
    assert pack.train[-1].shape == (40, 40, 3)
    assert [entry.name for entry in pack.train[1:].entries] == ["work2"]
    with pytest.raises(IndexError):
        pack.validation[1]


def test_pictures_are_read_only(tmp_path: Path) -> None:
    pixels = pack_of(tmp_path / "a.pack", SIZES).train[0]
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 0


def test_a_decoded_picture_stays_until_memory_is_needed(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", [(64, 64)] * 4)
    roomy = Pack.open(tmp_path / "a.pack")
    assert roomy.train[0] is roomy.train[0]
    with_levels = sum(level.nbytes for level in roomy.train.levels(0))
    tight = Pack.open(tmp_path / "a.pack", memory=2 * with_levels)
    first, second = tight.train[0], tight.train[1]
    assert tight.train[0] is first  # used again, so the second is the longest unused
    tight.train[2]
    assert tight.train[0] is first
    again = tight.train[1]
    assert again is not second
    np.testing.assert_array_equal(again, second)


def test_memory_is_bounded(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", [(256, 256)] * 12)
    pack = Pack.open(tmp_path / "a.pack", memory=2 * 256 * 256 * 4)
    pack.train[0]
    tracemalloc.start()
    for i in range(12):
        pack.train[i]
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 4 * 256 * 256 * 4


def test_a_pack_can_be_used_by_many_threads(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", [(80, 60)] * 6)
    calm = Pack.open(tmp_path / "a.pack")
    pack = Pack.open(tmp_path / "a.pack", memory=80 * 60 * 4 * 2)
    with ThreadPoolExecutor(8) as workers:
        for i, pixels in enumerate(workers.map(lambda i: pack.train[i % 6], range(120))):
            np.testing.assert_array_equal(pixels, calm.train[i % 6])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 200), st.integers(1, 200))
def test_levels_halve_down_to_a_small_side(width: int, height: int) -> None:
    levels = halvings(scene(1, width, height))
    for larger, smaller in pairwise(levels):
        assert smaller.shape[:2] == (-(-larger.shape[0] // 2), -(-larger.shape[1] // 2))
    assert min(levels[-1].shape[:2]) < 2 * SMALLEST_LEVEL
    assert min(levels[-1].shape[:2]) >= min(SMALLEST_LEVEL, width, height)


def test_a_level_is_the_mean_of_four_pixels() -> None:
    picture = scene(3, 64, 64)
    mean = picture.reshape(32, 2, 32, 2, 3).mean((1, 3))
    assert np.abs(halvings(picture)[1] - mean).max() <= 0.5


def test_the_index_knows_names_sizes_and_remarks(tmp_path: Path) -> None:
    pack_of(tmp_path / "Ölbilder.pack", SIZES)
    name, entries, about = read_index(tmp_path / "Ölbilder.pack")
    assert name == "Ölbilder"
    assert about == {"seed": 0}
    assert [(entry.width, entry.height) for entry in entries] == SIZES
    assert [entry.short_side for entry in entries] == [70, 64, 40]
    assert pack_of(tmp_path / "b.pack", SIZES).train.decoded_bytes == 4 * sum(w * h for w, h in SIZES)


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    pack_of(tmp_path / "one/a.pack", SIZES)
    pack_of(tmp_path / "two/a.pack", SIZES)
    assert (tmp_path / "one/a.pack").read_bytes() == (tmp_path / "two/a.pack").read_bytes()


def test_a_missing_pack_is_named_with_the_command_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no pack .*monet.pack; make one: pleinair prepare FOLDER"):
        Pack.open(tmp_path / "monet.pack")


@pytest.mark.parametrize("content", [b"", b"pleinair", b"\xff\xd8\xff" + bytes(100), b"x" * 4000])
def test_what_is_no_pack_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pack").write_bytes(content)
    with pytest.raises(DataError, match="is not a pack"):
        Pack.open(tmp_path / "a.pack")


def test_a_folder_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        Pack.open(tmp_path)


@pytest.mark.parametrize("keep", [HEAD.size, 500, -1])
def test_a_pack_cut_off_is_refused(tmp_path: Path, keep: int) -> None:
    pack_of(tmp_path / "a.pack", SIZES)
    path = tmp_path / "cut.pack"
    path.write_bytes((tmp_path / "a.pack").read_bytes()[:keep])
    with pytest.raises(DataError, match="cut off"):
        Pack.open(path)


def test_a_newer_format_asks_for_an_upgrade(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", SIZES)
    raw = (tmp_path / "a.pack").read_bytes()
    path = tmp_path / "new.pack"
    path.write_bytes(raw.replace(b"pleinair pack 1\n", b"pleinair pack 2\n", 1))
    with pytest.raises(DataError, match="newer pleinair"):
        Pack.open(path)


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", SIZES)
    raw = (tmp_path / "a.pack").read_bytes()
    for old, new in (
        (b'"pictures"', b'"picturez"'),
        (b'"name": "a"', b'"name"; "a"'),
        (b'"offset": 32', b'"offset": -2'),
    ):
        path = tmp_path / "bad.pack"
        path.write_bytes(raw.replace(old, new))
        with pytest.raises(DataError, match="damaged"):
            Pack.open(path)


def test_a_damaged_picture_is_named_when_it_is_used(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", SIZES)
    raw = bytearray((tmp_path / "a.pack").read_bytes())
    raw[HEAD.size + 900] ^= 0xFF
    path = tmp_path / "bad.pack"
    path.write_bytes(raw)
    pack = Pack.open(path)
    assert pack.train[1].shape == (128, 64, 3)
    with pytest.raises(DataError, match="'work0' is damaged"):
        pack.train[0]


def test_a_picture_of_another_size_than_its_index_says_is_refused(tmp_path: Path) -> None:
    entry = Entry("a", "a.png", 50, 40, TRAIN, "")
    write(tmp_path / "a.pack", "a", [(entry, encode(scene(0, 60, 40), Setting(100)))], {})
    with pytest.raises(DataError, match="another size"):
        Pack.open(tmp_path / "a.pack").train[0]


def test_nothing_is_left_of_a_pack_that_failed(tmp_path: Path) -> None:
    pack_of(tmp_path / "a.pack", SIZES)
    before = (tmp_path / "a.pack").read_bytes()

    def failing() -> Iterator[tuple[Entry, bytes]]:
        yield Entry("a", "a.png", 1, 1, TRAIN, ""), b"1234"
        raise RuntimeError("the picture went away")

    with pytest.raises(RuntimeError):
        write(tmp_path / "a.pack", "a", failing(), {})
    assert [path.name for path in tmp_path.iterdir()] == ["a.pack"]
    assert (tmp_path / "a.pack").read_bytes() == before


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "file/a.pack", "a", [], {})


def test_the_index_counts_toward_the_budget(tmp_path: Path) -> None:
    pictures = [(Entry("a", "a.png", 1, 1, TRAIN, ""), bytes(500))]
    write(tmp_path / "a.pack", "a", pictures, {})
    size = (tmp_path / "a.pack").stat().st_size
    assert write(tmp_path / "b.pack", "a", pictures, {}, size)
    assert not write(tmp_path / "c.pack", "a", pictures, {}, size - 1)
    assert not (tmp_path / "c.pack").exists()


@settings(max_examples=25, deadline=None)
@given(budget=st.integers(1, 20_000))
def test_a_pack_is_never_larger_than_its_budget(tmp_path_factory: pytest.TempPathFactory, budget: int) -> None:
    path = tmp_path_factory.mktemp("budget") / "a.pack"
    pictures = [(Entry(f"{i}", f"{i}.png", 1, 1, TRAIN, ""), bytes(1500)) for i in range(6)]
    entries = write(path, "a", pictures, {}, budget)
    assert path.exists() == (len(entries) == 6)
    assert not entries or path.stat().st_size <= budget
    assert not list(path.parent.glob(".*"))
