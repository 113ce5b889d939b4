"""Sentences → a page and a sheet on which each is a row of its stages, and the pictures themselves beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pleinair.batch.imagine import LABEL, Order, plan_imagined, write_imagined
from pleinair.batch.sheets import Sheet, check_same
from pleinair.demo.gallery_page import MARK, Row, Stage, gallery_page
from pleinair.demo.sheet import Cell, compose
from pleinair.errors import OutputError, PleinairError, SettingError
from pleinair.fiction.render import SIZE, check_size
from pleinair.images import make_folder
from pleinair.images.writing import appearing
from pleinair.imagining import PHOTO, RENDER, Heard, Look, hear, painters
from pleinair.metrics.sheets import save_sheet
from pleinair.seeds import check_seed

TITLES = {LABEL: "label map", RENDER: "render", PHOTO: "photo-like"}
ACROSS = 320  # pixels of a picture on the sheet
SHOWN = 60  # characters of a sentence in a complaint


@dataclass(frozen=True)
class Wish:
    """What every row has in common: the seed of what its sentence leaves open, pixels across and down, CPU threads, and
    whether what is there already is painted anew."""

    seed: int = 0
    size: tuple[int, int] = SIZE
    threads: int | None = None
    overwrite: bool = False

    def __post_init__(self) -> None:
        check_seed(self.seed)
        check_size(self.size)


@dataclass(frozen=True)
class Gallery:
    """What was written; how many rows were painted and how many there already; a line for each that could not be."""

    page: Path
    sheet: Path
    painted: int
    there: int
    failures: tuple[str, ...]


def make_gallery(
    sentences: Sequence[str], out: Path, wish: Wish | None = None, progress: Callable[[int], None] | None = None
) -> Gallery:
    """Write `index.html`, `sheet.jpg` and a folder for each sentence, 01, 02 …, with the PNGs of its stages.

    A sentence that cannot be painted is named in `failures`, and the others are painted. progress: told of each row
    that is finished. Raises SettingError, which names each sentence, if none can be; OutputError if page, sheet or
    folder cannot be written.
    """
    wish = wish or Wish()
    page, contact = out / "index.html", out / "sheet.jpg"
    if not wish.overwrite:
        _check_own(page, contact)
    rows, failures, painted = list[Row](), list[str](), 0
    for number, sentence in enumerate(sentences, 1):
        try:
            row, fresh = _row(sentence, out / f"{number:02}", wish)
            rows.append(row)
            painted += fresh
        except PleinairError as error:
            failures.append(f"sentence {number}, {_short(sentence)!r}: {error}")
        if progress:
            progress(1)
    if not rows:
        raise SettingError("; ".join(failures) or "there are no sentences to show")
    gallery = Gallery(page, contact, painted, len(rows) - painted, tuple(failures))
    _write(rows, gallery)
    return gallery


def _check_own(page: Path, sheet: Path) -> None:
    """Raise OutputError if a page or a sheet stands there that no gallery has written."""
    try:
        own = MARK in page.read_text(encoding="utf-8")
    except (OSError, ValueError):
        own = False
    for path in (page, sheet):
        if path.exists() and not own:
            raise OutputError(f"{path} is of something else; choose another --out, or --overwrite")


def _row(sentence: str, folder: Path, wish: Wish) -> tuple[Row, bool]:
    """A sentence's row, its files written, and whether they had to be painted."""
    heard = hear(sentence)
    heard.check()
    look = Look(heard.style or PHOTO, size=wish.size)
    order = Order(heard.spec, sentence, (), look, painters(look.style, threads=wish.threads), stages=True)
    (sheet,) = plan_imagined([wish.seed], folder, order)
    if sheet.target.exists() and not wish.overwrite:
        check_same(sheet, order)
    fresh = wish.overwrite or not sheet.done
    if fresh:
        make_folder(folder)
        write_imagined(sheet, order)
    return Row(sentence, wish.seed, wish.size, _lines(heard), folder, _stages(sheet, order)), fresh


def _lines(heard: Heard) -> tuple[str, ...]:
    """What was understood, or that all was left open."""
    return heard.lines or ("nothing in particular: all is chosen by the seed",)


def _stages(sheet: Sheet, order: Order) -> tuple[Stage, ...]:
    """The pictures of a row as they stand in its folder, from the label map to the last."""
    files = [*sheet.stages, (order.painters.style, sheet.target)]
    return tuple(Stage(TITLES.get(name, name), path, _opened(path)) for name, path in files)


def _opened(path: Path) -> Image.Image:
    """A stage in memory. Raises OutputError for what stands under its name and is no picture."""
    try:
        with Image.open(path) as image:
            image.load()
            return image.copy()
    except (OSError, ValueError, SyntaxError) as error:
        raise OutputError(f"{path} cannot be read as a picture; --overwrite paints it anew") from error


def _write(rows: Sequence[Row], gallery: Gallery) -> None:
    """Page and sheet, each whole or not at all."""
    cells = [[Cell(stage.title, stage.image) for stage in row.stages] for row in rows]
    save_sheet(np.asarray(compose(cells, width=ACROSS)), gallery.sheet)
    with appearing(gallery.page) as part:
        part.write_text(gallery_page(rows), encoding="utf-8")


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= SHOWN else f"{sentence[:SHOWN]}…"
