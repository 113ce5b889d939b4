"""The demo's page: one HTML file with every picture inside, for any browser, without a server or a network."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template

from PIL import Image

from pleinair.demo.scenes import Painted
from pleinair.spec import ModelSpec
from pleinair.version import __version__

TEMPLATE = Path(__file__).with_name("page.html")
STYLE = Path(__file__).with_name("page.css")  # of every page that the package writes
QUALITY = 88
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def page(
    spec: ModelSpec,
    rows: Sequence[Painted],
    seconds: float,
    drawn: Sequence[Image.Image] = (),
    back: ModelSpec | None = None,
) -> str:
    """The whole page as HTML. seconds: how long all the paintings took together. drawn: scenes out of noise. back: of
    who painted the photo, if it is another."""
    specs = [spec, *([back] if back else [])]
    names = " and ".join(f"<em>{escape(each.name)}</em>" for each in specs)
    networks = "small networks that learned" if back else "one small network that learned"
    paintings = sum(len(row.paintings) for row in rows)
    styles = list(dict.fromkeys(style for row in rows for style in row.paintings))
    heading = f"{count(len(rows), 'scene')}, {count(len(styles), 'style')}".capitalize()
    lead = (
        f"{count(paintings, 'picture').capitalize()}, painted on this machine in {seconds:.1f} seconds by "
        f"{names}, {networks} every style here from a folder of pictures."
    )
    rights = "".join(f"<p>{escape(row.scene.title)}: {escape(row.scene.source)}.</p>\n" for row in rows)
    models = "; ".join(f"model {escape(each.name)}, license {escape(each.license or 'not said')}" for each in specs)
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        style=STYLE.read_text(encoding="utf-8"),
        heading=heading,
        lead=lead,
        sections="\n".join([*(_section(spec, row) for row in rows), *([_out_of_noise(drawn)] if drawn else [])]),
        facts=f"<p>pleinair {__version__}; {models}.</p>\n{rights}",
    )


def _section(spec: ModelSpec, row: Painted) -> str:
    """A scene: the stage with the line across it, the command, and a button per style."""
    first = next(iter(row.paintings))
    sources = {style: data_uri(painting) for style, painting in row.paintings.items()}
    buttons = "\n".join(_button(spec, row, style, source, style == first) for style, source in sources.items())
    return f"""<section>
<h2>{escape(row.scene.title)}</h2>
<figure>
<div class="stage">
<img src="{data_uri(row.original)}" alt="{escape(row.scene.title)}, as it was">
<img class="over" src="{sources[first]}" alt="{escape(_alt(spec, row, first))}">
<input type="range" min="0" max="100" value="50" aria-label="How much of the original to show">
</div>
<div class="styles">
{buttons}
</div>
<figcaption><code>{escape(_command(row, first))}</code></figcaption>
</figure>
</section>"""


def _out_of_noise(drawn: Sequence[Image.Image]) -> str:
    """Scenes that were no picture before, in a row; no section, for there is nothing to compare."""
    images = "\n".join(
        f'<span><img src="{data_uri(picture)}" alt="A scene out of noise, seed {seed}">seed {seed}</span>'
        for seed, picture in enumerate(drawn)
    )
    return f"""<h2>Out of noise</h2>
<figure>
<div class="styles">
{images}
</div>
<figcaption><code>pleinair generate --seeds 0-{len(drawn) - 1} --out scenes</code></figcaption>
</figure>"""


def _button(spec: ModelSpec, row: Painted, style: str, source: str, pressed: bool) -> str:
    """A painting, small, to be put on the stage."""
    state = f'aria-pressed="{str(pressed).lower()}" data-command="{escape(_command(row, style))}"'
    image = f'<img src="{source}" alt="{escape(_alt(spec, row, style))}">'
    return f'<button type="button" {state}>{image}<span>{escape(_title(spec, style))}</span></button>'


def _title(spec: ModelSpec, style: str) -> str:
    return spec.titles.get(style, style)


def _command(row: Painted, style: str) -> str:
    return f"pleinair stylize {row.scene.name}.jpg --style {style} --out painted"


def _alt(spec: ModelSpec, row: Painted, style: str) -> str:
    return f"{row.scene.title}, painted as {_title(spec, style)}"


def data_uri(picture: Image.Image) -> str:
    """A picture as the source of an `img`: a JPEG within the page."""
    buffer = BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return f"data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()}"


def count(number: int, noun: str) -> str:
    """Such as `one scene`, `40 pictures`."""
    return f"{WORDS[number] if number < len(WORDS) else number} {noun}{'' if number == 1 else 's'}"
