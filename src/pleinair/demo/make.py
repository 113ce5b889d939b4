"""Paint the sample scenes and write what there is to see."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pleinair.demo.page import page
from pleinair.demo.scenes import PAINTING, PHOTOS, Scene, paint_scenes
from pleinair.demo.sheet import Cell, compose
from pleinair.errors import OutputError
from pleinair.images import make_folder
from pleinair.metrics.sheets import save_sheet
from pleinair.painter import Painter

SHEET_BYTES = 900_000  # six styles of three scenes at 440 pixels are to be looked at, not to be sent


@dataclass(frozen=True)
class Demo:
    """What was written, and how long the painting took."""

    page: Path
    sheet: Path
    pictures: int
    seconds: float


def make_demo(
    painter: Painter,
    out: Path,
    progress: Callable[[Scene, str], None] | None = None,
    drawn: Sequence[Image.Image] = (),
    back: Painter | None = None,
) -> Demo:
    """Write `index.html`, `sheet.jpg` and the sample scenes themselves into the folder.

    progress: told of each scene and style before it is painted. drawn: scenes out of noise, of seeds 0, 1 …, shown in a
    row of their own. back: who paints the photo, by default the painter. Raises OutputError if the folder cannot be
    written.
    """
    make_folder(out)
    try:
        for scene in (*PHOTOS, PAINTING):
            shutil.copyfile(scene.path, out / scene.path.name)  # so that the page's commands can be tried at once
        start = time.perf_counter()
        rows = paint_scenes(painter, progress, back)
        demo = Demo(
            out / "index.html", out / "sheet.jpg", sum(len(row.paintings) for row in rows), time.perf_counter() - start
        )
        titles = painter.spec.titles
        cells = [
            [
                Cell(row.scene.title, row.original),
                *(Cell(titles.get(style, style), shown) for style, shown in row.paintings.items()),
            ]
            for row in rows
        ]
        if drawn:
            cells.append([Cell(f"out of noise, seed {seed}", shown) for seed, shown in enumerate(drawn)])
        save_sheet(np.asarray(compose(cells)), demo.sheet, SHEET_BYTES)
        other = back.spec if back and back.path != painter.path else None
        _write_whole(page(painter.spec, rows, demo.seconds, drawn, other), demo.page)
    except OSError as error:
        raise OutputError(f"the folder {out} cannot be written: {error.strerror}; name another") from error
    return demo


def _write_whole(text: str, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
