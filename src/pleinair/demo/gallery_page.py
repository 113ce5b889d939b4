"""The gallery's page: one HTML file, each sentence a row of its stages, with every picture inside."""

import shlex
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image

from pleinair.demo.page import STYLE, count, data_uri
from pleinair.fiction.palette import COLORS, NAMES
from pleinair.fiction.render import SIZE
from pleinair.version import __version__

TEMPLATE = Path(__file__).with_name("gallery.html")
MARK = '<meta name="generator" content="pleinair gallery">'  # by which a page is known as one of these
LEAST = 0.001  # share of the pixels from which a class stands in the legend


@dataclass(frozen=True, eq=False)
class Stage:
    """A picture of a row: what it is, its file, and the picture; a label map is in mode P, its pixels the classes."""

    title: str
    path: Path
    image: Image.Image


@dataclass(frozen=True, eq=False)
class Row:
    """A sentence, the seed and the pixels across and down it was painted with, what was understood of it, its folder,
    and its pictures from the label map to the last."""

    sentence: str
    seed: int
    size: tuple[int, int]
    lines: tuple[str, ...]
    folder: Path
    stages: tuple[Stage, ...]

    @property
    def command(self) -> str:
        """What paints this row alone, in a POSIX shell, from the folder of the page."""
        words = ["pleinair", "imagine", "--seeds", str(self.seed), "--stages"]
        if self.size != SIZE:
            words += ["--size", f"{self.size[0]}x{self.size[1]}"]
        return shlex.join([*words, "--out", self.folder.name, "--", self.sentence])


def gallery_page(rows: Sequence[Row]) -> str:
    """The whole page as HTML."""
    pictures = count(sum(len(row.stages) for row in rows), "picture").capitalize()
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        mark=MARK,
        style=STYLE.read_text(encoding="utf-8"),
        heading=f"{count(len(rows), 'sentence')}, painted".capitalize(),
        lead=f"{pictures}: what each sentence was understood to say becomes a world computed by rules, the render "
        "becomes photo-like, and the photo a painting.",
        rows="\n".join(map(_row, rows)),
        facts=f"<p>pleinair {__version__}. Every picture stands beside this page as a PNG that says how it was made: "
        f"<code>pleinair again {escape(f'{rows[0].folder.name}/{rows[0].stages[-1].path.name}')} --out same</code></p>",
    )


def legend(labels: Image.Image) -> list[tuple[int, float]]:
    """The classes of a label map (mode P) and their shares of its pixels, the largest first."""
    shares = np.bincount(np.asarray(labels).ravel(), minlength=len(NAMES))[: len(NAMES)] / np.asarray(labels).size
    return [(int(name), float(shares[name])) for name in np.argsort(-shares, kind="stable") if shares[name] >= LEAST]


def _row(row: Row) -> str:
    """A sentence, what was understood of it, its pictures, the legend and the command."""
    lines = "\n".join(f"<li>{escape(line)}</li>" for line in row.lines)
    stages = "\n".join(_stage(row, stage) for stage in row.stages)
    return f"""<section class="row">
<h2>{escape(row.sentence)}</h2>
<ul class="soft">
{lines}
</ul>
<figure>
<div class="stages">
{stages}
</div>
<p class="soft legend">{" ".join(map(_class, legend(row.stages[0].image)))}</p>
<figcaption><code>{escape(row.command)}</code></figcaption>
</figure>
</section>"""


def _stage(row: Row, stage: Stage) -> str:
    """A picture and its title; labels stay exact, for a JPEG would blur what belongs to which."""
    plan = stage.image.mode == "P"
    source, look = (_png_uri(stage.image), ' class="label"') if plan else (data_uri(stage.image), "")
    alt = escape(f"{row.sentence}: {stage.title}")
    return f'<div><img{look} src="{source}" alt="{alt}"><span>{escape(stage.title)}</span></div>'


def _class(found: tuple[int, float]) -> str:
    name, share = found
    percent = f"{100 * share:.0f} %" if share >= 0.01 else "< 1 %"
    color = "#{:02x}{:02x}{:02x}".format(*COLORS[name])
    return f'<span><i style="background: {color}"></i>{NAMES[name]} {escape(percent)}</span>'


def _png_uri(image: Image.Image) -> str:
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
