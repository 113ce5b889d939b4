"""A report: one HTML page that holds all of itself, figures with their intervals, plots, and sheets of pictures."""

import os
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from pleinair.errors import OutputError
from pleinair.metrics.plots import Histogram, histogram_svg, interval_svg
from pleinair.metrics.protocols import Result, base_of, protocol
from pleinair.metrics.sheets import jpeg_within
from pleinair.metrics.squares import Pixels
from pleinair.version import __version__

SHARES = ("precision", "recall", "coverage", "near_duplicates", "copies")  # figures of 0 … 1
STYLE = """
:root { color-scheme: light dark; --paper: #f7f4ee; --ink: #2b2926; --soft: #756e64; --line: #d9d2c6; --mark: #b4552d;
  --one: #2f6f8f; --two: #b08a2e; --three: #6d5a8c; }
@media (prefers-color-scheme: dark) { :root { --paper: #191816; --ink: #ece7de; --soft: #a39b8e; --line: #3a3733;
  --mark: #e08a5d; --one: #7fb5d0; --two: #d9b968; --three: #b3a0d6; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 Georgia, "Noto Serif", serif; }
main { max-width: 1080px; margin: 0 auto; padding: 2.5rem 1.25rem; }
h1, h2 { font-weight: normal; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: normal; color: var(--soft); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; }
svg text { font: 12px Georgia, serif; }
img { max-width: 100%; }
.soft, dl { color: var(--soft); font-size: .88rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
"""


@dataclass(frozen=True, eq=False)
class Sheet:
    """Pictures (h, w, 3) to look at, and what they show."""

    title: str
    pixels: Pixels


@dataclass(eq=False)
class Findings:
    """What a judging came to: figures, and what there is to see of them."""

    results: list[Result] = field(default_factory=list)
    histograms: list[Histogram] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    pairs: list[tuple[Pixels, Pixels]] = field(
        default_factory=list
    )  # output and nearest crop, nearest first; not shown


def page(title: str, found: Findings) -> str:
    """The whole page as HTML, which loads nothing. What comes from file names is escaped."""
    parts = [f"<h1>{escape(title)}</h1>", _table(found.results)]
    if found.histograms:
        parts.append("<h2>Distributions</h2>")
        parts += [f"<h3>{escape(each.title)}</h3>\n{histogram_svg(each)}" for each in found.histograms]
    for sheet in found.sheets:
        source = f"data:image/jpeg;base64,{b64encode(jpeg_within(sheet.pixels)).decode()}"
        parts.append(f'<h2>{escape(sheet.title)}</h2>\n<img src="{source}" alt="{escape(sheet.title)}">')
    parts += ["<h2>Protocols</h2>", *_protocols(found.results)]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>pleinair: {escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + f'\n<p class="soft">pleinair {__version__}</p>\n</main>\n</body>\n</html>\n'
    )


def save_page(text: str, path: Path) -> Path:
    """Write a page whole or not at all. Raises OutputError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"{path}: the report cannot be written there ({error.strerror}); choose another") from error
    return path


def axis_of(result: Result) -> tuple[float, float]:
    """What a figure's plot spans: 0 … 1 for a share, else from 0, or below it, to a little more than is there."""
    if base_of(result.protocol) in SHARES:
        return 0.0, 1.0
    ends = (0.0, result.value, *(result.interval or ()))
    low, high = min(ends), max(ends)
    return (low, high + 0.1 * (high - low)) if high > low else (low, low + 1.0)


def _table(results: Sequence[Result]) -> str:
    head = ("figure", "value", "95 %", "", "pictures", "against")
    rows = ["".join(f"<th>{cell}</th>" for cell in head)]
    for each in results:
        spread = "[{:.4g}, {:.4g}]".format(*each.interval) if each.interval else ""
        plot = interval_svg(each.value, each.interval, axis_of(each)) if each.interval else ""
        against = f"{each.reference}, n {each.reference_pictures}" if each.reference else ""
        further = ", ".join(f"{name} {value:.4g}" for name, value in each.details.items())
        cells = (
            f'{escape(each.protocol)}<div class="soft">{escape(further)}</div>',
            f"{each.value:.4g}",
            spread,
            plot,
            f"{escape(each.subject)}, n {each.pictures}",
            escape(against),
        )
        rows.append("".join(f"<td{' class=number' if at == 1 else ''}>{cell}</td>" for at, cell in enumerate(cells)))
    return '<div class="wide"><table>\n' + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table></div>"


def _protocols(results: Sequence[Result]) -> list[str]:
    """What each protocol among the results fixes, once."""
    lines = []
    for name in dict.fromkeys(each.protocol for each in results):
        fixed = protocol(name)
        of = [each for each in results if each.protocol == name]
        facts = {
            "count": fixed.count,
            "resize": fixed.resize,
            "extractor": " ".join((fixed.extractor, *sorted({each.extractor for each in of if each.extractor}))),
            "reference": " ".join((fixed.reference, *sorted({e.reference_digest for e in of if e.reference_digest}))),
            "interval": fixed.interval,
        }
        terms = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in facts.items() if text)
        lines.append(f"<h3>{escape(name)}</h3>\n<dl>{terms}</dl>")
    return lines
