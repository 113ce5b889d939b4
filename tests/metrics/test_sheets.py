"""Contact sheets: where pictures stand, and how large the file may be."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import DataError, OutputError
from pleinair.metrics.sheets import GAP, contact_sheet, pairs_in_rows, save_sheet
from pleinair.metrics.squares import Pixels
from tests.metrics.tiny import pictures


def flat(level: int) -> Pixels:
    return np.full((10, 14, 3), level, np.uint8)


def test_pictures_stand_in_rows_on_white() -> None:
    sheet = contact_sheet([[flat(10), flat(20), flat(30)], [flat(40)]], 16)
    assert sheet.shape == (2 * 16 + 3 * GAP, 3 * 16 + 4 * GAP, 3)
    for row, column, level in ((0, 0, 10), (0, 1, 20), (0, 2, 30), (1, 0, 40), (1, 1, 255)):
        top, left = GAP + row * (16 + GAP), GAP + column * (16 + GAP)
        assert (sheet[top : top + 16, left : left + 16] == level).all()
    assert (sheet[:GAP] == 255).all()
    assert (sheet[:, -GAP:] == 255).all()


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(DataError, match="at least one"):
        contact_sheet([], 16)
    with pytest.raises(DataError, match="at least one"):
        contact_sheet([[]], 16)


def test_pairs_stand_side_by_side() -> None:
    before, after = [flat(level) for level in (1, 2, 3)], [flat(level) for level in (101, 102, 103)]
    levels = [[int(picture[0, 0, 0]) for picture in row] for row in pairs_in_rows(before, after)]
    assert levels == [[1, 101, 2, 102], [3, 103]]
    assert len(pairs_in_rows(before, after, pairs_a_row=3)) == 1


def test_a_sheet_is_saved_as_jpeg(tmp_path: Path) -> None:
    sheet = contact_sheet([pictures(2, 1)], 48)
    path = save_sheet(sheet, tmp_path / "new" / "sheet.jpg")
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        assert np.abs(np.asarray(picture, float) - sheet).mean() < 6
    assert [each.name for each in path.parent.iterdir()] == ["sheet.jpg"]


def test_a_sheet_keeps_within_its_bytes(tmp_path: Path) -> None:
    """Noise does not compress: quality gives way first, then size."""
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    path = save_sheet(noise, tmp_path / "sheet.jpg", 60_000)
    assert path.stat().st_size <= 60_000
    with Image.open(path) as picture:
        assert picture.size == (400, 300)
    assert save_sheet(noise, path, 12_000).stat().st_size <= 12_000
    with Image.open(path) as picture:
        assert picture.width < 400


def test_impossible_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no sheet fits"):
        save_sheet(flat(3), tmp_path / "sheet.jpg", 20)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"sheet\.jpg"):
        save_sheet(flat(3), tmp_path / "file" / "sheet.jpg")
