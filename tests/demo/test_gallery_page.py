"""The gallery's page: every picture inside, nothing from outside, labels exact, the legend's figures, the commands."""

import base64
import re
import shlex
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pleinair.demo.gallery_page import LEAST, Row, Stage, gallery_page, legend
from pleinair.demo.page import STYLE
from pleinair.fiction.palette import COLORS, NAMES

EMPTY = frozenset({"meta", "img", "br"})


def label_map(labels: npt.NDArray[np.integer]) -> Image.Image:
    image = Image.fromarray(labels.astype(np.uint8))
    image.putpalette([value for color in COLORS for value in color])
    return image


def row(sentence: str = "a lake", seed: int = 0, size: tuple[int, int] = (512, 320), *titles: str) -> Row:
    """A row with a label map, half water and half sky, and a plain picture for each title."""
    labels = np.repeat([[0], [2]], 4, 1)
    stages = [Stage("label map", Path("out/01/seed0000-label.png"), label_map(labels))]
    stages += [Stage(title, Path(f"out/01/{title}.png"), Image.new("RGB", (8, 6))) for title in titles]
    return Row(sentence, seed, size, ("kind lake  from: lake",), Path("out/01"), tuple(stages))


class Reader(HTMLParser):
    """Collects the tags of a page and checks that they close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_every_picture_is_inside() -> None:
    reader = Reader(gallery_page([row("a lake", 0, (8, 6), "render", "photo-like"), row()]))
    images = reader.all("img")
    assert len(images) == 4
    assert all(image["alt"] for image in images)
    for image in images:
        kind, data = str(image["src"]).split(",", 1)
        assert kind == ("data:image/png;base64" if image.get("class") == "label" else "data:image/jpeg;base64")
        with Image.open(BytesIO(base64.b64decode(data, validate=True))) as picture:
            picture.load()


def test_labels_stay_exact() -> None:
    (image,) = Reader(gallery_page([row()])).all("img")
    with Image.open(BytesIO(base64.b64decode(str(image["src"]).split(",", 1)[1]))) as labels:
        assert np.array_equal(np.asarray(labels), np.repeat([[0], [2]], 4, 1))
        assert labels.convert("RGB").getpixel((0, 1)) == COLORS[2]


def test_the_page_needs_nothing_else() -> None:
    text = re.sub(r"base64,[^\"]*", "", gallery_page([row("a lake", 3, (64, 48), "render")]))
    assert not re.search(r"https?:|//[a-z]|@import|url\(|\$", text)
    reader = Reader(text)
    assert reader.all("link") == reader.all("script") == reader.all("a") == []
    assert reader.all("html") == [{"lang": "en"}]


def test_the_page_has_the_look_of_the_demo() -> None:
    assert STYLE.read_text(encoding="utf-8") in gallery_page([row()])


@pytest.mark.parametrize("sentence", ["<script>alert(1)</script>", '"><img src=x>', "a $lake & <b>", "雪山下的湖"])
def test_sentences_are_escaped(sentence: str) -> None:
    reader = Reader(gallery_page([row(sentence, 0, (8, 6), "render")]))
    assert sentence in "".join(reader.texts)
    assert reader.all("script") == []
    assert len(reader.all("img")) == 2


def test_what_was_understood_stands_there() -> None:
    assert "kind lake  from: lake" in Reader(gallery_page([row()])).texts


@pytest.mark.parametrize(("count", "heading"), [(1, "One sentence, painted"), (8, "Eight sentences, painted")])
def test_the_heading_counts(count: int, heading: str) -> None:
    assert f"<h1>{heading}</h1>" in gallery_page([row()] * count)


@pytest.mark.parametrize("sentence", ["a lake at dusk", "it's a lake", "--help", '"$HOME" `lake`', "雪山下的湖，黄昏"])
def test_the_command_paints_the_row_from_the_pages_folder(sentence: str) -> None:
    words = shlex.split(row(sentence, 7, (64, 48)).command)
    assert words == [
        *("pleinair", "imagine", "--seeds", "7", "--stages", "--size", "64x48", "--out", "01", "--", sentence)
    ]
    assert "--size" not in row(sentence).command


def test_the_legend_names_what_is_in_the_map() -> None:
    labels = np.zeros((100, 100), np.uint8)
    labels[:60] = 7
    labels[60, :50] = 2
    labels[61, :9] = 5  # less than a thousandth
    assert legend(label_map(labels)) == [(7, 0.6), (0, 0.3941), (2, 0.005)]
    stages = (Stage("label map", Path("01/l.png"), label_map(labels)),)
    text = gallery_page([Row("a lake", 0, (100, 100), (), Path("01"), stages)])
    assert '<i style="background: #7cc83c"></i>grass 60 %' in text
    assert "water &lt; 1 %" in text
    assert "snow" not in text


@given(st.lists(st.integers(0, len(NAMES) - 1), min_size=1, max_size=60))
def test_shares_are_of_all_pixels_and_fall(labels: list[int]) -> None:
    found = legend(label_map(np.array([labels])))
    assert {name for name, _ in found} == set(labels)
    assert sum(share for _, share in found) == pytest.approx(1)
    shares = [share for _, share in found]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= LEAST
