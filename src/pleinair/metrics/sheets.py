"""Contact sheets: what no figure shows. Rows of squares on white, saved as a JPEG of bounded size.

Shapes: s×s px squares, uint8 RGB.
"""

import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pleinair.errors import DataError, OutputError
from pleinair.metrics.squares import Pixels, square

GAP = 8  # white pixels between squares
LIMIT_BYTES = 300_000
QUALITIES = (
    90,
    85,
    80,
    75,
    70,
    65,
)  # below, the sheet is made smaller: artifacts of JPEG are not to be taken for the painter's


def contact_sheet(rows: Sequence[Sequence[Pixels]], size: int) -> Pixels:
    """Rows of pictures, each brought to a square of `size` px, on a white sheet; short rows are left open at the right.

    Raises DataError when there is nothing to show.
    """
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        raise DataError("no pictures for a contact sheet; choose at least one")
    step = size + GAP
    sheet: Pixels = np.full((len(rows) * step + GAP, columns * step + GAP, 3), 255, np.uint8)
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            top, left = GAP + y * step, GAP + x * step
            sheet[top : top + size, left : left + size] = square(picture, size)
    return sheet


def pairs_in_rows(before: Sequence[Pixels], after: Sequence[Pixels], pairs_a_row: int = 2) -> list[list[Pixels]]:
    """photo | painted | photo | painted … in rows of so many pairs."""
    line = [picture for pair in zip(before, after, strict=True) for picture in pair]
    width = 2 * pairs_a_row
    return [line[start : start + width] for start in range(0, len(line), width)]


def save_sheet(sheet: Pixels, path: Path, limit_bytes: int = LIMIT_BYTES) -> Path:
    """Save as JPEG of at most `limit_bytes`, at the best quality that fits, else smaller. Raises OutputError."""
    blob = jpeg_within(sheet, limit_bytes)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(blob)
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot write the sheet there ({error.strerror}); choose another folder") from error
    return path


def jpeg_within(sheet: Pixels, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """A JPEG of at most `limit_bytes`, at the best quality that fits, else smaller. Raises OutputError for too few."""
    from PIL import Image

    picture = Image.fromarray(sheet)
    while True:
        for quality in QUALITIES:
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
            if buffer.tell() <= limit_bytes:
                return buffer.getvalue()
        if min(picture.size) <= 16:
            raise OutputError(f"no sheet fits into {limit_bytes} bytes; allow more")
        smaller = (max(16, picture.width * 85 // 100), max(16, picture.height * 85 // 100))
        picture = picture.resize(smaller, Image.Resampling.LANCZOS)
