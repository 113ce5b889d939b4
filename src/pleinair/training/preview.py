"""Sheets of what a training paints, written atomically as JPEG. Shapes: h×w pixels."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.images.files import written_whole
from pleinair.images.writing import appearing, make_folder


def write_sheet(path: Path, sheet: npt.NDArray[np.uint8]) -> None:
    """A sheet (h, w, 3) as JPEG, quality 88. Raises OutputError."""
    from PIL import Image

    make_folder(path.parent)
    with appearing(path) as part, written_whole(part) as file:
        Image.fromarray(sheet).save(file, "JPEG", quality=88)


def mosaic(rows: list[list[npt.NDArray[np.uint8]]], gap: int = 4) -> npt.NDArray[np.uint8]:
    """Rows of pictures (h, w, 3) of one size → one white-framed sheet."""
    height, width = rows[0][0].shape[:2]
    columns = max(len(row) for row in rows)
    sheet = np.full((len(rows) * (height + gap) + gap, columns * (width + gap) + gap, 3), 255, np.uint8)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            y, x = gap + i * (height + gap), gap + j * (width + gap)
            sheet[y : y + height, x : x + width] = picture
    return sheet
