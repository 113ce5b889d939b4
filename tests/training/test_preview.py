"""Sheets of what a training paints."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import OutputError
from pleinair.training.preview import mosaic, write_sheet


def test_a_mosaic_frames_rows_of_different_lengths() -> None:
    red, blue = (np.full((4, 6, 3), color, np.uint8) for color in ((255, 0, 0), (0, 0, 255)))
    sheet = mosaic([[red, red, blue], [blue]], gap=2)
    assert sheet.shape == (2 * 6 + 2, 3 * 8 + 2, 3)
    assert (sheet[2:6, 2:8] == red).all()
    assert (sheet[2:6, 18:24] == blue).all()
    assert (sheet[8:12, 2:8] == blue).all()
    assert (sheet[8:12, 10:] == 255).all()
    assert (sheet[:2] == 255).all()


def test_a_sheet_is_written_whole_into_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "previews" / "000000012.jpg"
    write_sheet(path, np.full((8, 12, 3), 130, np.uint8))
    with Image.open(path) as image:
        assert (image.format, image.size) == ("JPEG", (12, 8))
        assert abs(int(np.asarray(image)[0, 0, 0]) - 130) <= 2
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_sheet_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "previews").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        write_sheet(tmp_path / "previews" / "1.jpg", np.zeros((8, 8, 3), np.uint8))
