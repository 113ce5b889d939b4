"""Sheets of what a training paints, written atomically as JPEG. Shapes: h×w pixels."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.errors import OutputError


def write_sheet(path: Path, sheet: npt.NDArray[np.uint8]) -> None:
    """A sheet (h, w, 3) as JPEG, quality 88."""
    from PIL import Image

    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(sheet).save(beside, "JPEG", quality=88)
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); make room") from error


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
