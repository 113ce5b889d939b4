"""Features by an .onnx file: what goes in, what comes out, what is kept, what is refused."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pleinair.errors import DataError, ModelError, OutputError, PictureError, PleinairError
from pleinair.metrics.features import (
    SIZE,
    VARIABLE,
    Features,
    digest_of,
    feature_set,
    features_of,
    load_features,
)
from pleinair.metrics.squares import Array, square
from tests.metrics.tiny import FEATURES, pictures, quarters, save, write_extractor


def by_hand(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Array:
    """Means of the quarters of the square, per channel, in [-1, 1]."""
    fitted = square(picture, SIZE).astype(np.float64) / 127.5 - 1
    half = SIZE // 2
    parts = [fitted[y : y + half, x : x + half] for y in (0, half) for x in (0, half)]
    return np.array([part[:, :, channel].mean() for channel in range(3) for part in parts], np.float32)


def test_features_are_the_networks(extractor: Features) -> None:
    scenes = pictures(3, 1)
    rows = features_of(scenes, extractor)
    assert rows.shape == (3, FEATURES)
    assert rows.dtype == np.float64
    assert rows == pytest.approx(np.stack([by_hand(scene) for scene in scenes]), abs=1e-5)


def test_any_callable_extracts() -> None:
    seen: list[tuple[int, ...]] = []

    def look(batch: Array) -> Array:
        seen.append(batch.shape)
        assert batch.dtype == np.float32
        assert batch.min() >= -1
        assert batch.max() <= 1
        return quarters(batch)

    rows = features_of(iter(pictures(19, 1)), look)
    assert seen == [(16, 3, SIZE, SIZE), (3, 3, SIZE, SIZE)]
    assert rows == pytest.approx(np.stack([by_hand(scene) for scene in pictures(19, 1)]), abs=1e-5)


def test_batches_change_nothing(extractor: Features) -> None:
    scenes = pictures(18, 1)
    assert features_of(scenes, extractor)[17:] == pytest.approx(features_of(scenes[17:], extractor), abs=1e-6)


def test_files_and_arrays_are_alike(extractor: Features, tmp_path: Path) -> None:
    scenes = pictures(2, 1)
    files = sorted(save(tmp_path, scenes).iterdir())
    assert (features_of(files, extractor) == features_of(scenes, extractor)).all()


def test_no_pictures_no_features(extractor: Features) -> None:
    with pytest.raises(DataError, match="at least one"):
        features_of([], extractor)


def test_the_file_is_named_by_its_hash(extractor: Features, extractor_file: Path) -> None:
    assert extractor.sha256 == hashlib.sha256(extractor_file.read_bytes()).hexdigest()
    found = feature_set("scenes", pictures(2, 1), extractor)
    assert (found.name, found.extractor) == ("scenes", extractor.sha256)


def test_the_environment_says_where_the_file_is(extractor_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(extractor_file))
    assert load_features(threads=1).sha256 == Features(extractor_file).sha256
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(ModelError, match=VARIABLE):
        load_features()


def test_an_argument_goes_before_the_environment(extractor_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "nowhere.onnx")
    assert load_features(extractor_file).sha256


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx"):
        Features(tmp_path / "nowhere.onnx")


@pytest.mark.parametrize("blob", [b"", b"not a network", bytes(4000)])
def test_a_corrupt_file_is_named(tmp_path: Path, blob: bytes) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(blob)
    with pytest.raises(ModelError, match=r"broken\.onnx") as caught:
        Features(broken)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_named(tmp_path: Path, extractor_file: Path) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(extractor_file.read_bytes()[:-40])
    with pytest.raises(ModelError, match=r"cut\.onnx"):
        Features(cut)


@pytest.mark.parametrize(("size", "flat"), [(448, True), (224, False)])
def test_a_network_of_another_shape_is_refused(tmp_path: Path, size: int, flat: bool) -> None:
    with pytest.raises(ModelError, match="not a feature network"):
        Features(write_extractor(tmp_path / "other.onnx", size, flat))


def test_progress_counts_every_picture(extractor: Features) -> None:
    done: list[int] = []
    feature_set("scenes", pictures(20, 1), extractor, progress=done.append)
    assert done == [16, 4]


def test_a_cache_is_asked_first(extractor: Features, tmp_path: Path) -> None:
    scenes = pictures(3, 1)
    first = feature_set("scenes", scenes, extractor, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    np.save(kept, first.rows + 1)
    assert feature_set("scenes", scenes, extractor, tmp_path / "cache").rows == pytest.approx(first.rows + 1)


def test_a_cache_knows_its_pictures(extractor: Features, tmp_path: Path) -> None:
    """Other pictures, another order, the same file painted over: each is another key."""
    scenes, cache = pictures(3, 1), tmp_path / "cache"
    folder = save(tmp_path / "files", scenes)
    files = sorted(folder.iterdir())
    for sources in (scenes, scenes[::-1], scenes[:2], files):
        assert (feature_set("s", sources, extractor, cache).rows == features_of(sources, extractor)).all()
    save(folder, pictures(3, 9))
    assert (feature_set("s", files, extractor, cache).rows == features_of(files, extractor)).all()
    assert len(list(cache.iterdir())) == 5


def test_a_damaged_cache_is_made_anew(extractor: Features, tmp_path: Path) -> None:
    scenes = pictures(3, 1)
    whole = feature_set("scenes", scenes, extractor, tmp_path).rows
    (kept,) = tmp_path.iterdir()
    for damage in (kept.read_bytes()[:100], b"", b"rubbish"):
        kept.write_bytes(damage)
        assert (feature_set("scenes", scenes, extractor, tmp_path).rows == whole).all()
    assert (np.load(kept) == whole).all()


def test_a_cache_that_cannot_be_written_is_named(extractor: Features, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot keep features"):
        feature_set("scenes", pictures(2, 1), extractor, tmp_path / "file" / "cache")


def test_every_complaint_is_pleinairs_own(tmp_path: Path) -> None:
    with pytest.raises(PleinairError):
        load_features(tmp_path)


class Coarse:
    """An extractor that looks at squares of 16 px."""

    sha256, size = "c" * 64, 16

    def __call__(self, these: Array) -> Array:
        assert these.shape[1:] == (3, 16, 16)
        return np.asarray(these.mean(axis=(2, 3)), np.float32)


def test_an_extractor_says_how_large_it_wants_its_squares(tmp_path: Path) -> None:
    these = pictures(3, 1)
    found = feature_set("x", these, Coarse(), tmp_path)
    expected = np.stack([square(picture, 16).mean(axis=(0, 1)) / 127.5 - 1 for picture in these])
    assert found.rows == pytest.approx(expected, abs=1e-5)
    assert found.extractor == "c" * 64
    assert (feature_set("x", these, Coarse(), tmp_path).rows == found.rows).all()


def test_the_digest_is_of_the_pictures_and_their_order(extractor: Features, tmp_path: Path) -> None:
    these = pictures(3, 1)
    digest = feature_set("x", these, extractor).digest
    assert digest == digest_of(these) == feature_set("another name", these, Coarse(), tmp_path).digest
    assert len(digest) == 64
    changed = [*these[:2], these[2].copy()]
    changed[2][0, 0, 0] ^= 1
    others = (these[::-1], these[:2], changed, [picture.reshape(-1, 24, 3) for picture in these])
    assert digest not in {digest_of(other) for other in others}


def test_the_digest_of_files_is_of_their_bytes(tmp_path: Path) -> None:
    one, other = (save(tmp_path / name, pictures(2, 1)) for name in ("one", "other"))
    assert digest_of(sorted(one.iterdir())) == digest_of(sorted(other.iterdir()))
    with pytest.raises(PictureError, match=r"none\.png: cannot be read"):
        digest_of([tmp_path / "none.png"])
