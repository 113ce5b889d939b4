"""`pleinair models`: the list, the card, JSON for other programs, fetching."""

import hashlib
import http.server
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pleinair.cli.main import main
from pleinair.cli.models import _scores, _size
from pleinair.spec import ModelSpec, Score

MakeTrunk = Callable[..., Path]


@pytest.mark.usefixtures("shelf")
def test_the_list_names_styles_size_license_data_and_score(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert lines[0] == f"landscape · shipped · {lines[0].split(' · ')[2]} · Apache-2.0"
    assert lines[0].split(" · ")[2].endswith(" KiB")
    row = next(line for line in lines if line.split()[:2] == ["painter", "hokusai"])
    for part in ("Katsushika Hokusai", "Views of Mount Fuji", "41", "public domain", "kd_ratio 0.41"):
        assert part in row
    assert "not measured" in next(line for line in lines if line.split()[:2] == ["painter", "shanshui"])


@pytest.mark.usefixtures("shelf")
def test_the_users_models_are_listed_too(
    own_folder: Path, make_trunk: MakeTrunk, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trunk(own_folder / "klimt.onnx", ("klimt",))
    assert main(["models"]) == 0
    assert "klimt · local · " in capsys.readouterr().out


@pytest.mark.usefixtures("shelf")
def test_a_file_that_cannot_be_used_is_said_on_stderr(own_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own_folder / "bad.onnx").write_bytes(b"nothing")
    assert main(["models"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("landscape · ")
    assert shown.err.startswith("pleinair: ")
    assert "bad.onnx" in shown.err
    assert shown.err.count("\n") == 1


def test_no_models_says_what_to_do(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "landscape.onnx").unlink()
    assert main(["models"]) == 0
    assert "pleinair train --help" in capsys.readouterr().out


def test_the_list_as_json(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)
    assert model["name"] == "landscape"
    assert model["origin"] == "shipped"
    assert model["path"] == str(shelf / "landscape.onnx")
    assert model["size_bytes"] == (shelf / "landscape.onnx").stat().st_size
    assert model["license"] == "Apache-2.0"
    assert model["styles"] == ["photo", "hokusai", "shanshui"]
    assert model["data"][0]["pictures"] == 41
    assert model["scores"][0]["value"] == 0.41


@pytest.mark.parametrize("name", ["landscape", "shanshui"])
def test_info_shows_the_facts_and_the_card(shelf: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "info", name]) == 0
    shown = capsys.readouterr().out
    digest = hashlib.sha256((shelf / "landscape.onnx").read_bytes()).hexdigest()
    for part in (
        str(shelf / "landscape.onnx"),
        digest,
        "license:  Apache-2.0",
        "styles:   photo, hokusai (Katsushika Hokusai), shanshui",
        "trained:  1,200 pictures seen, recipe translate",
        "data:     Views of Mount Fuji, 41 pictures, public domain",
        "score:    hokusai kd_ratio 0.41 (118 pictures)",
        "fails:    Faces are painted as rocks.",
        "\n# landscape\n\nPaints landscapes. 山水\n",
    ):
        assert part in shown
    assert "receipt" not in shown  # this trunk has none


@pytest.mark.usefixtures("shelf")
def test_scene_generators_are_listed_as_such(
    own_folder: Path, make_scene: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    make_scene(own_folder / "alps.onnx")
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("alps · local · "))
    assert lines[start + 1].split()[:3] == ["kind", "domain", "title"]
    assert lines[start + 2].split()[:3] == ["scenes", "photo", "photos"]
    assert lines[start + 3].split()[:2] == ["scenes", "hiroshige"]
    assert lines[start + 4].strip() == "draws forest, lake (--kind)"
    assert main(["models", "--json"]) == 0
    listed = {model["name"]: model for model in json.loads(capsys.readouterr().out)}
    assert (listed["alps"]["kind"], listed["alps"]["kinds"]) == ("scenes", ["forest", "lake"])
    assert (listed["landscape"]["kind"], listed["landscape"]["kinds"]) == ("painter", [])


@pytest.mark.usefixtures("shelf")
def test_info_of_a_scene_generator(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "info", str(scene)]) == 0
    shown = capsys.readouterr().out
    for part in (
        "makes:    scenes",
        "domains:  photo (photos), hiroshige",
        "kinds:    forest, lake",
        "draws:    pictures up to 32 pixels high, of any width",
        "data:     Landscapes, 226 pictures, CC0",
    ):
        assert part in shown
    assert "strokes" not in shown
    assert "styles" not in shown


@pytest.mark.usefixtures("shelf")
def test_info_of_a_file_without_a_card(trunk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "info", str(trunk)]) == 0
    assert "# " not in capsys.readouterr().out


def test_info_as_json(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "info", "landscape", "--json"]) == 0
    model = json.loads(capsys.readouterr().out)
    assert model["card"] == (shelf / "landscape.md").read_text(encoding="utf-8")
    assert model["spec"]["stride"] == 4
    assert model["spec"]["known_failures"] == ["Faces are painted as rocks."]
    assert len(model["sha256"]) == 64


@pytest.mark.usefixtures("shelf")
def test_info_of_nothing_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "info", "hokusia"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("pleinair: there is no model or style named 'hokusia'; did you mean 'hokusai'?")
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.usefixtures("shelf")
def test_square_brackets_are_no_markup(
    own_folder: Path, make_trunk: MakeTrunk, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trunk(own_folder / "a[bold]b.onnx", ("[red]x",))
    assert main(["models"]) == 0
    shown = capsys.readouterr().out
    assert "a[bold]b · local" in shown
    assert "[red]x" in shown


def test_fetch_says_what_came(own_folder: Path, trunk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = trunk.read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/alps.onnx"
        code = main(["models", "fetch", url, "--sha256", hashlib.sha256(data).hexdigest()])
        server.shutdown()
        thread.join()
    assert code == 0
    assert capsys.readouterr().out.startswith("alps: photo, hokusai, shanshui (")
    assert (own_folder / "alps.onnx").read_bytes() == data


@pytest.mark.usefixtures("own_folder")
def test_fetch_needs_the_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "fetch", "http://127.0.0.1:9/alps.onnx"]) == 2
    assert "--sha256" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("size", "text"), [(500, "0.5 KiB"), (4313, "4.2 KiB"), (2**20, "1.00 MiB"), (1_500_000, "1.43 MiB")]
)
def test_sizes_are_written_for_people(size: int, text: str) -> None:
    assert _size(size) == text


def test_figures_of_several_sets_stand_in_a_line_each() -> None:
    scores = (
        Score("kd_ratio", "photo", 0.5, "from monet, 75 pictures"),
        Score("content", "photo", 0.8, "from monet, 75 pictures"),
        Score("kd_ratio", "photo", 0.91, "from vangogh, 75 pictures"),
        Score("kd_ratio", "monet", 0.3, "118 pictures"),
    )
    spec = ModelSpec("x", ("photo", "monet", "hokusai"), 8, 8, scores=scores)
    assert _scores(spec, "photo").splitlines() == [
        "from monet: kd_ratio 0.5, content 0.8",
        "from vangogh: kd_ratio 0.91",
    ]
    assert _scores(spec, "monet") == "kd_ratio 0.3"
    assert not _scores(spec, "hokusai")


def test_generators_of_what_is_laid_out_are_listed_as_such(
    drawing_shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("layout · shipped · "))
    assert lines[start + 2].split()[:2] == ["layouts", "photo"]
    assert lines[start + 3].strip().startswith("draws sky, cloud, water")
    assert "--kind" not in lines[start + 3]
    assert main(["models", "info", str(drawing_shelf / "layout.onnx")]) == 0
    shown = capsys.readouterr().out
    assert "makes:    layouts" in shown
    assert "domains:  photo" in shown
    assert "kinds:    sky, cloud" in shown
    assert "strokes" not in shown
    assert "draws:" not in shown
