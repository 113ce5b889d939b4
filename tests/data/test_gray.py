"""Small gray pictures: read from any folder, seen in an order that a resumed training finds again."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.data.gray import FEWEST, gray_pictures, noise, picks
from pleinair.errors import DataError
from tests.data.pictures import folder_of, pack_of, save, scene


def gray_folder(folder: Path, count: int = FEWEST) -> np.ndarray:
    """Gray pictures of 28×28 as files; returns their pixels."""
    pixels = np.random.default_rng(0).integers(0, 256, (count, 28, 28), np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(pixels):
        Image.fromarray(one).save(folder / f"{number:03}.png")
    return pixels


def test_gray_pictures_of_the_size_keep_their_pixels(tmp_path: Path) -> None:
    pixels = gray_folder(tmp_path)
    read = gray_pictures(tmp_path, 28)
    assert read.pixels.dtype == np.uint8
    assert (read.pixels == pixels).all()
    assert read.left_out == ()


def test_colored_pictures_of_any_size_become_squares_of_luma(tmp_path: Path) -> None:
    folder_of(tmp_path, FEWEST, width=60, height=40)
    read = gray_pictures(tmp_path, 28)
    assert read.pixels.shape == (FEWEST, 28, 28)
    middle = Image.fromarray(scene(0, 60, 40)).crop((10, 0, 50, 40)).resize((28, 28), Image.Resampling.BICUBIC)
    gap = read.pixels[0].astype(int) - np.asarray(middle.convert("L"), int)
    assert abs(gap).max() <= 1


def test_a_pack_gives_all_its_pictures(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "few.pack", [(40, 40)] * 6, ["train"] * 4 + ["validation"] * 2)
    assert gray_pictures(pack.path, 28, fewest=6).pixels.shape == (6, 28, 28)


def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    gray_folder(tmp_path)
    (tmp_path / "bad.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("dear")
    read = gray_pictures(tmp_path, 28)
    assert len(read.pixels) == FEWEST
    assert len(read.left_out) == 1
    assert "bad.png" in read.left_out[0]


@pytest.mark.parametrize("kind", ["nowhere", "empty", "few", "damaged", "foreign"])
def test_what_cannot_be_learned_from_is_refused_in_one_line(tmp_path: Path, kind: str) -> None:
    place = tmp_path / kind
    if kind != "nowhere":
        place.mkdir()
    if kind == "few":
        gray_folder(place, FEWEST - 1)
    if kind == "damaged":
        for number in range(FEWEST):
            (place / f"{number}.jpg").write_bytes(b"no picture")
    if kind == "foreign":
        place = place / "letter.txt"
        place.write_text("dear")
    with pytest.raises(DataError, match=str(place)) as caught:
        gray_pictures(place, 28)
    assert "\n" not in str(caught.value)
    if kind in ("empty", "few"):
        assert "at least 32 are needed" in str(caught.value)
    if kind == "damaged":
        assert "32 cannot be read, the first: " in str(caught.value)


def test_the_fingerprint_is_of_the_pixels(tmp_path: Path) -> None:
    gray_folder(tmp_path)
    before = gray_pictures(tmp_path, 28).sha
    (tmp_path / "000.png").rename(tmp_path / "0000.png")
    assert gray_pictures(tmp_path, 28).sha == before
    save(scene(1, 28, 28), tmp_path / "001.png")
    assert gray_pictures(tmp_path, 28).sha != before


@pytest.mark.parametrize("seed", [0, 7, 2**40])
def test_every_epoch_goes_through_all_pictures(seed: int) -> None:
    first, second = picks(seed, range(10), 10), picks(seed, range(10, 20), 10)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.tolist() != second.tolist()


def test_batches_cut_anywhere_are_the_same_pictures() -> None:
    whole = picks(3, range(25), 10)
    assert np.concatenate([picks(3, range(k, k + 5), 10) for k in range(0, 25, 5)]).tolist() == whole.tolist()
    assert picks(3, range(8, 25, 2), 10).tolist() == whole[8::2].tolist()  # every second, as one of two ranks does


def test_another_seed_has_another_order() -> None:
    assert picks(0, range(50), 50).tolist() != picks(1, range(50), 50).tolist()


def test_noise_is_normal_and_belongs_to_its_place() -> None:
    z = noise(0, 32, 500, 100)
    assert z.shape == (500, 100)
    assert z.dtype == np.float32
    assert abs(float(z.mean())) < 0.02
    assert abs(float(z.std()) - 1) < 0.02
    assert (noise(0, 32, 500, 100) == z).all()
    for other in (noise(0, 64, 500, 100), noise(1, 32, 500, 100)):
        assert abs(float(np.corrcoef(other.ravel(), z.ravel())[0, 1])) < 0.02
