"""The report: whole, self-contained, and of the figures it was given."""

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import OutputError
from pleinair.metrics.plots import Histogram
from pleinair.metrics.protocols import Result
from pleinair.metrics.report import Findings, Sheet, axis_of, page, save_page
from tests.metrics.tiny import pictures

RECALL = Result(
    "recall", "<scenes>", 0.4321, 100, "photos & views", 226, "e" * 64, {"k": 5.0}, (0.4, 0.47), "d" * 64, "f" * 64
)
SHARP = Result("sharpness", "<scenes>", 2.5, 100)
EMPTY = {"meta", "img", "br", "link"}


class Reader(HTMLParser):
    """Tags in their order; complains of one that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture
def findings() -> Findings:
    values = {"scenes": np.linspace(0, 1, 9)}
    sheet = Sheet('The "first" pictures', pictures(1, 1)[0])
    return Findings([RECALL, SHARP], [Histogram("Distances <near>", values)], [sheet])


def test_the_page_holds_figures_plots_and_sheets(findings: Findings) -> None:
    reader = read(page("Scenes & photos", findings))
    words = "".join(reader.text)
    for shown in ("Scenes & photos", "recall", "0.4321", "[0.4, 0.47]", "<scenes>, n 100", "photos & views, n 226"):
        assert shown in words
    tags = [tag for tag, _ in reader.found]
    assert tags.count("svg") == 2  # an interval and a histogram; sharpness came without an interval
    assert tags.count("img") == 1
    assert tags.count("tr") == 3
    for fixed in ("k = 5", "224 px", "e" * 64, "f" * 64, "redraws", "384 px"):
        assert fixed in words


def test_the_page_loads_nothing(findings: Findings) -> None:
    text = page("x", findings)
    assert not re.search(r"https?://|url\(|@import|<script|<link", text)
    (source,) = [attributes["src"] for tag, attributes in read(text).found if tag == "img"]
    assert source is not None
    start, _, data = source.partition(",")
    assert start == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (48, 48)


def test_a_page_of_figures_only() -> None:
    reader = read(page("x", Findings([SHARP])))
    assert "img" not in [tag for tag, _ in reader.found]
    assert "Distributions" not in "".join(reader.text)


def test_each_protocol_is_said_once() -> None:
    text = page("x", Findings([RECALL, RECALL, SHARP]))
    assert text.count("<h3>recall</h3>") == 1
    assert text.count("<h3>sharpness</h3>") == 1


@pytest.mark.parametrize(
    ("result", "axis"),
    [
        (RECALL, (0, 1)),
        (Result("copies1k", "x", 0.0, 1000, interval=(0.0, 0.02)), (0, 1)),
        (SHARP, (0, 2.75)),
        (Result("kd", "x", -1.0, 5, interval=(-2.0, 3.0)), (-2, 3.5)),
        (Result("fd", "x", 0.0, 5, interval=(0.0, 0.0)), (0, 1)),
    ],
)
def test_what_a_plot_spans(result: Result, axis: tuple[float, float]) -> None:
    assert axis_of(result) == pytest.approx(axis)


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("older", encoding="utf-8")
    assert save_page("<p>é 山</p>", out) == out
    assert out.read_text(encoding="utf-8") == "<p>é 山</p>"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no.report\.html: the report cannot be written there"):
        save_page("x", tmp_path / "no" / "report.html")
