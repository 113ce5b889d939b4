"""`pleinair demo`: the sheet, the page, the scenes; and what the package's own scenes are."""

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair import store
from pleinair.cli.main import main
from pleinair.demo import make
from pleinair.demo.make import SHEET_BYTES, make_demo
from pleinair.demo.page import page
from pleinair.demo.scenes import PAINTING, PHOTOS, SAMPLES, Painted, Scene, drawn_scenes, paint_scenes
from pleinair.demo.sheet import CAPTION, MARGIN, PAPER, Cell, compose
from pleinair.errors import OutputError
from pleinair.painter import Painter, load
from pleinair.spec import ModelSpec

MakeTrunk = Callable[..., Path]


@pytest.fixture(autouse=True)
def small_scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The samples at a sixth of their size, so that painting them all takes no time."""
    folder = tmp_path / "samples"
    folder.mkdir()
    for scene in (*PHOTOS, PAINTING):
        with Image.open(SAMPLES / f"{scene.name}.jpg") as picture:
            picture.reduce(6).save(folder / f"{scene.name}.jpg")
    monkeypatch.setattr("pleinair.demo.scenes.SAMPLES", folder)
    return folder


@pytest.fixture
def painter(trunk: Path) -> Painter:
    return load(trunk, threads=1)


def row(*styles: str) -> Painted:
    """A scene painted in styles, without a painter."""
    plain = Image.new("RGB", (8, 6), (90, 120, 60))
    return Painted(Scene("hill", "A <hill>", "nobody, CC0"), plain, dict.fromkeys(styles, plain))


# ── the package's scenes ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scene", [*PHOTOS, PAINTING], ids=lambda scene: scene.name)
def test_every_scene_is_a_picture_with_its_source(scene: Scene) -> None:
    path = SAMPLES / f"{scene.name}.jpg"
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        assert 512 <= max(picture.size) <= 1024
    sources = (SAMPLES / "SOURCES.md").read_text(encoding="utf-8")
    (line,) = [line for line in sources.splitlines() if line.startswith(f"| `{path.name}` |")]
    assert "CC0" in line
    assert "CC0" in scene.source


def test_there_is_no_sample_but_the_scenes() -> None:
    assert {path.stem for path in SAMPLES.glob("*.jpg")} == {scene.name for scene in (*PHOTOS, PAINTING)}


# ── painting them ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_photos_are_painted_and_the_painting_becomes_a_photo(painter: Painter) -> None:
    told: list[tuple[str, str]] = []
    rows = paint_scenes(painter, lambda scene, style: told.append((scene.name, style)))
    assert [each.scene for each in rows] == [*PHOTOS, PAINTING]
    assert [list(each.paintings) for each in rows] == [["hokusai", "shanshui"]] * 3 + [["photo"]]
    assert told == [(each.scene.name, style) for each in rows for style in each.paintings]
    for each in rows:
        assert all(painting.size == each.original.size for painting in each.paintings.values())


def test_a_painter_without_photo_leaves_the_way_back_out(make_trunk: MakeTrunk, tmp_path: Path) -> None:
    rows = paint_scenes(load(make_trunk(tmp_path / "klimt.onnx", ("klimt",))))
    assert [each.scene for each in rows] == list(PHOTOS)


def test_a_painter_of_photos_only_goes_the_way_back(make_trunk: MakeTrunk, tmp_path: Path) -> None:
    rows = paint_scenes(load(make_trunk(tmp_path / "back.onnx", ("photo",))))
    assert [each.scene for each in rows] == [PAINTING]


def test_another_may_paint_the_way_back(painter: Painter, make_trunk: MakeTrunk, tmp_path: Path) -> None:
    back = load(make_trunk(tmp_path / "back.onnx", ("photo",)))
    rows, own = paint_scenes(painter, back=back), paint_scenes(painter)
    assert [list(each.paintings) for each in rows] == [["hokusai", "shanshui"]] * 3 + [["photo"]]
    assert rows[-1].paintings["photo"].tobytes() == back.stylize(PAINTING.path).tobytes()
    assert rows[0].paintings["hokusai"].tobytes() == own[0].paintings["hokusai"].tobytes()


@pytest.mark.usefixtures("shelf")
def test_the_demo_shows_photo_as_its_style_is_painted(
    own_folder: Path, make_trunk: MakeTrunk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_trunk(own_folder / "photo.onnx", ("photo",))
    seen: list[Painter | None] = []

    def watched(painter: Painter, progress: Callable[[Scene, str], None], back: Painter | None) -> list[Painted]:
        seen.append(back)
        return paint_scenes(painter, progress, back)

    monkeypatch.setattr(make, "paint_scenes", watched)
    assert main(["demo", "--out", str(tmp_path / "a")]) == 0
    assert main(["demo", "--out", str(tmp_path / "b"), "--painter", "shanshui"]) == 0
    first, second = seen
    assert second is None
    assert first
    assert first.path == own_folder / "photo.onnx"


# ── the sheet ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sheet_has_a_place_for_every_cell() -> None:
    colors = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0), (0, 200, 200)]
    cells = [Cell(f"number {i}", Image.new("RGB", (20, 10), color)) for i, color in enumerate(colors)]
    sheet = compose([cells[:3], cells[3:]], columns=2, width=40)
    assert sheet.size == (MARGIN + 2 * (40 + MARGIN), MARGIN + 3 * (20 + CAPTION + MARGIN))
    step = 20 + CAPTION + MARGIN
    centers = [(44, 34), (108, 34), (44, 34 + step), (44, 34 + 2 * step), (108, 34 + 2 * step)]
    assert [sheet.getpixel(center) for center in centers] == colors
    assert sheet.getpixel((108, 34 + step)) == PAPER  # the first row's third cell stands alone


def test_captions_are_written_under_the_pictures() -> None:
    plain = compose([[Cell("", Image.new("RGB", (20, 10)))]], width=80)
    captioned = compose([[Cell("Hokusai", Image.new("RGB", (20, 10)))]], width=80)
    differing = np.argwhere((np.asarray(plain) != np.asarray(captioned)).any(2))
    assert len(differing) > 20
    assert differing[:, 0].min() >= MARGIN + 40


def test_pictures_of_one_row_may_differ_in_height() -> None:
    sheet = compose([[Cell("wide", Image.new("RGB", (40, 10))), Cell("high", Image.new("RGB", (10, 40)))]], width=40)
    assert sheet.height == MARGIN + 160 + CAPTION + MARGIN


def test_an_empty_sheet_is_paper() -> None:
    assert compose([]).getpixel((0, 0)) == PAPER


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Reader(HTMLParser):
    """Collects the tags of a page and checks that they close."""

    EMPTY = frozenset({"meta", "img", "input", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


SPEC = ModelSpec(name="a & b", styles=("photo", "hokusai"), stride=4, halo=4, titles={"hokusai": "Hokusai <1831>"})


def test_the_page_holds_all_its_pictures() -> None:
    reader = Reader(page(SPEC, [row("hokusai", "photo"), row("photo")], 3.21))
    sources = [str(image["src"]) for image in reader.all("img")]
    assert len(sources) == 2 + 2 + 2 + 1  # per scene the original, the stage's painting, a button each
    for source in sources:
        kind, data = source.split(",", 1)
        assert kind == "data:image/jpeg;base64"
        with Image.open(BytesIO(base64.b64decode(data, validate=True))) as picture:
            assert picture.size == (8, 6)


def test_the_page_needs_nothing_else() -> None:
    text = page(SPEC, [row("hokusai")], 1)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", re.sub(r"base64,[^\"]*", "", text))
    assert all("src" not in script for script in Reader(text).all("script"))
    assert Reader(text).all("link") == []
    assert "$" not in re.sub(r"base64,[^\"]*", "", text)


def test_the_page_names_both_who_painted() -> None:
    specs = [ModelSpec(name, ("photo",), 4, 8, license=license) for name, license in (("all", "CC0"), ("back", "MIT"))]
    row = Painted(PAINTING, Image.new("RGB", (8, 6)), {"photo": Image.new("RGB", (8, 6))})
    both = page(specs[0], [row], 1.0, back=specs[1])
    assert "<em>all</em> and <em>back</em>, small networks that learned" in both
    assert "model all, license CC0; model back, license MIT." in both
    assert "<em>all</em>, one small network that learned" in page(specs[0], [row], 1.0)


def test_names_on_the_page_are_escaped() -> None:
    text = page(SPEC, [row("hokusai")], 1)
    assert "A &lt;hill&gt;" in text
    assert "Hokusai &lt;1831&gt;" in text
    assert "a &amp; b" in text
    assert "<hill>" not in text


def test_every_picture_says_what_it_is_and_every_control_what_it_does() -> None:
    reader = Reader(page(SPEC, [row("hokusai", "photo")], 1))
    assert all(image["alt"] for image in reader.all("img"))
    assert all(control["aria-label"] for control in reader.all("input"))
    assert [button["aria-pressed"] for button in reader.all("button")] == ["true", "false"]
    assert reader.all("html")[0]["lang"] == "en"


def test_buttons_carry_the_commands() -> None:
    reader = Reader(page(SPEC, [row("hokusai", "photo")], 1))
    assert [button["data-command"] for button in reader.all("button")] == [
        "pleinair stylize hill.jpg --style hokusai --out painted",
        "pleinair stylize hill.jpg --style photo --out painted",
    ]


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        ([row("hokusai")], "One scene, one style"),
        ([row("hokusai", "photo"), row("hokusai")], "Two scenes, two styles"),
        ([row(*map(str, range(13)))], "One scene, 13 styles"),
    ],
)
def test_the_heading_counts(rows: list[Painted], heading: str) -> None:
    assert f"<h1>{heading}</h1>" in page(SPEC, rows, 1)


def test_scenes_out_of_noise_have_a_row_of_their_own() -> None:
    drawn = [Image.new("RGB", (8, 8), (10 * seed, 0, 0)) for seed in range(3)]
    reader = Reader(page(SPEC, [row("hokusai")], 1, drawn))
    alts = [image["alt"] for image in reader.all("img")]
    assert alts[-3:] == [f"A scene out of noise, seed {seed}" for seed in range(3)]
    assert len(reader.all("section")) == 1  # each of which the page's script expects a stage in
    assert "pleinair generate --seeds 0-2 --out scenes" in page(SPEC, [row("hokusai")], 1, drawn)
    assert "noise" not in page(SPEC, [row("hokusai")], 1)


# ── the verb ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf")
def test_the_demo_writes_sheet_page_and_scenes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {
        "index.html",
        "sheet.jpg",
        "lake.jpg",
        "dune.jpg",
        "tea.jpg",
        "cliff.jpg",
    }
    with Image.open(out / "sheet.jpg") as sheet:
        assert sheet.format == "JPEG"
        assert sheet.width > 1000
    assert (out / "sheet.jpg").stat().st_size <= SHEET_BYTES
    shown = capsys.readouterr()
    assert shown.out.startswith("7 pictures painted in ")
    assert str(out / "index.html") in shown.out
    assert "Lake Sherburne: hokusai" in shown.err
    assert len(Reader((out / "index.html").read_text(encoding="utf-8")).all("button")) == 7


def test_a_shipped_scene_generator_is_shown(shelf: Path, make_scene: Callable[..., Path], tmp_path: Path) -> None:
    path = make_scene(shelf / "scene.onnx")
    with (shelf / store.SUMS).open("a") as sums:
        sums.write(f"{store.sha256_of(path)}  scene.onnx\n")
    out = tmp_path / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    text = (out / "index.html").read_text(encoding="utf-8")
    assert text.count("A scene out of noise, seed ") == 4
    with Image.open(out / "sheet.jpg") as sheet:
        with_scenes = sheet.height
    path.unlink()
    assert main(["demo", "--out", str(out)]) == 0
    assert "out of noise" not in (out / "index.html").read_text(encoding="utf-8").lower()
    with Image.open(out / "sheet.jpg") as sheet:
        assert with_scenes - sheet.height == 440 + CAPTION + MARGIN


@pytest.mark.usefixtures("shelf")
def test_a_scene_generator_of_ones_own_is_not_shown(own_folder: Path, make_scene: Callable[..., Path]) -> None:
    make_scene(own_folder / "scene.onnx")
    assert drawn_scenes() == []


@pytest.mark.usefixtures("shelf")
def test_the_demo_may_be_run_again(tmp_path: Path) -> None:
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0


@pytest.mark.usefixtures("shelf")
def test_the_demo_writes_where_one_stands_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    assert (tmp_path / "pleinair-demo" / "index.html").is_file()


def test_the_demo_shows_a_painter_of_ones_own(trunk: Path, tmp_path: Path) -> None:
    assert main(["demo", "--painter", str(trunk), "--out", str(tmp_path / "demo")]) == 0
    assert "<em>tiny</em>" in (tmp_path / "demo" / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("shelf")
def test_open_opens_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["demo", "--out", str(tmp_path / "a demo"), "--open"]) == 0
    assert opened == [(tmp_path / "a demo" / "index.html").resolve().as_uri()]


@pytest.mark.usefixtures("shelf")
def test_an_unknown_painter_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--painter", "nobody", "--out", str(tmp_path / "demo")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_cannot_be_written_is_one_line(painter: Painter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="name another"):
        make_demo(painter, tmp_path / "file" / "demo")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_page_that_cannot_be_written_leaves_no_half(painter: Painter, tmp_path: Path) -> None:
    (tmp_path / "demo" / "index.html").mkdir(parents=True)
    with pytest.raises(OutputError):
        make_demo(painter, tmp_path / "demo")
    assert not list((tmp_path / "demo").glob(".*"))
