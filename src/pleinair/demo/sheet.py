"""A contact sheet with captions: pictures of any shape in columns, for people to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

PAPER, INK = (247, 244, 238), (56, 52, 47)
MARGIN = 24  # pixels around the sheet and between its cells
CAPTION = 30  # pixels of height under each picture
TEXT = 17  # pixels of height of the caption's letters


@dataclass(frozen=True)
class Cell:
    """A picture and the words under it."""

    caption: str
    picture: Image.Image


def compose(rows: Sequence[Sequence[Cell]], *, columns: int = 4, width: int = 440) -> Image.Image:
    """One RGB picture of all cells, each `width` px wide. A row begins on a new line and goes on after `columns`."""
    lines = [row[i : i + columns] for row in rows for i in range(0, len(row), columns)]
    scaled = [[(cell.caption, _fitted(cell.picture, width)) for cell in line] for line in lines]
    heights = [max(picture.height for _, picture in line) + CAPTION for line in scaled]
    across = max((len(line) for line in lines), default=1)
    sheet = Image.new("RGB", (across * (width + MARGIN) + MARGIN, sum(heights) + MARGIN * (len(lines) + 1)), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT)
    y = MARGIN
    for line, height in zip(scaled, heights, strict=True):
        for column, (caption, picture) in enumerate(line):
            x = MARGIN + column * (width + MARGIN)
            sheet.paste(picture, (x, y))
            draw.text((x, y + picture.height + 6), caption, fill=INK, font=font)
        y += height + MARGIN
    return sheet


def _fitted(picture: Image.Image, width: int) -> Image.Image:
    height = max(1, round(picture.height * width / picture.width))
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
