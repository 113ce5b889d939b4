"""`pleinair score`, through the command line: figures, lines of JSON, complaints."""

import json
import re
from pathlib import Path

import pytest

from pleinair.cli.main import main
from pleinair.errors import UnknownModelError
from pleinair.metrics.features import VARIABLE, Features, FeatureSet, features_of
from pleinair.metrics.measure import measure_fd, measure_kd
from pleinair.metrics.squares import picture_files
from tests.metrics.tiny import FakePainter, pictures, save, write_extractor

RED, BLUE = (200, 70, 60), (60, 80, 190)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_extractor(tmp_path_factory.mktemp("network") / "quarters.onnx")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return save(tmp_path / "photos", pictures(6, 1))


@pytest.fixture
def reds(tmp_path: Path) -> Path:
    return save(tmp_path / "reds", pictures(7, 2, RED))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePainter:
    painter = FakePainter({"red": RED, "blue": BLUE})

    def load(name: str) -> FakePainter:
        if name != "fake":
            raise UnknownModelError(f"there is no model or style named {name!r}; list them: pleinair models")
        return painter

    monkeypatch.setattr("pleinair.painter.load", load)
    return painter


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_kd_prints_both_distances(photos: Path, reds: Path, network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "kd", str(photos), str(reds), "--features", str(network)]) == 0
    extractor = Features(network)
    one, other = (FeatureSet("", features_of(picture_files([f]), extractor), "") for f in (photos, reds))
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["figure", "value", "95", "%", "pictures"]
    for row, found in zip(rows, (measure_kd(one, other), measure_fd(one, other)), strict=True):
        assert found.interval is not None
        low, high = found.interval
        assert row.startswith(f"{found.protocol}  ")
        assert f"  {found.value:.4g}  " in row
        assert f"[{low:.4g}, {high:.4g}]" in row
        assert " 6/7" in row
    assert "standard_error" in rows[0]


def test_results_are_appended_as_lines(photos: Path, reds: Path, network: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    for _ in range(2):
        assert main(["score", "kd", str(photos), str(reds), "--features", str(network), "--out", str(out)]) == 0
    found = lines(out)
    assert len(found) == 4
    assert found[:2] == found[2:]
    assert (found[0]["subject"], found[0]["reference"]) == ("photos", "reds")
    assert found[0]["extractor"] == Features(network).sha256


def test_the_network_may_stand_in_the_environment(
    photos: Path, network: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, str(network))
    assert main(["score", "diversity", str(photos)]) == 0
    _, diversity, near = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"diversity +\d\.\d+ +\[.*\] +6 +near_duplicates \d.*", diversity)
    assert re.fullmatch(r"near_duplicates +\d\S* +\[.*\] +6 +pictures_with_one \d", near)


def test_without_a_network_it_says_what_to_give(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main(["score", "diversity", str(photos)]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("pleinair: no feature network: give --features")
    assert shown.count("\n") == 1


def test_a_cache_is_kept_and_used(
    photos: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["score", "diversity", str(photos), "--features", str(network), "--cache", str(tmp_path / "cache")]
    assert main(arguments) == 0
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert main(arguments) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 6
    assert shown[:3] == shown[3:]


def test_content_pairs_by_name(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    painted = save(tmp_path / "painted", pictures(4, 1), suffix=".jpg")
    save(tmp_path / "painted", pictures(1, 3), "unpaired")
    out = tmp_path / "results.jsonl"
    assert main(["score", "content", str(photos), str(painted), "--out", str(out)]) == 0
    _, shown = capsys.readouterr().out.splitlines()
    found = re.fullmatch(r"content +(\d\S*) +\[.*\] +4/4 +percentile5 \d\S* +worst \d\S*", shown)
    assert found is not None
    assert float(found[1]) > 0.9
    assert lines(out)[0]["subject"] == "painted"


def test_content_without_pairs_is_refused(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = save(tmp_path / "other", pictures(2, 1), "else")
    assert main(["score", "content", str(photos), str(other)]) == 1
    assert "no pictures of the same name" in capsys.readouterr().err


def test_sharpness_needs_no_network(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main(["score", "sharpness", str(photos)]) == 0
    assert re.fullmatch(r"sharpness +\d\.\d+ +\[.*\] +6", capsys.readouterr().out.splitlines()[1])


def test_a_painter_is_judged_in_each_style(
    fake: FakePainter, photos: Path, reds: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blues = save(tmp_path / "blues", pictures(5, 3, BLUE))
    out = tmp_path / "results.jsonl"
    styles = ["--style", f"red={reds}", "--style", f"blue={blues}"]
    arguments = [
        "score",
        "painter",
        "fake",
        "--content",
        str(photos),
        *styles,
        "--features",
        str(network),
        "--out",
        str(out),
        "--report",
        str(tmp_path / "report.html"),
    ]
    assert main(arguments) == 0
    head, red, blue, foot, said = capsys.readouterr().out.splitlines()
    assert said == f"report: {tmp_path / 'report.html'}"
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("<img ") == 2
    assert head.split("  ")[0] == "style"
    assert "KD painted" in head
    assert red.startswith("red ")
    assert blue.startswith("blue ")
    assert foot.startswith("6 pictures of photos; sharpness before painting ")
    assert len({len(row) for row in (head, red, blue)}) == 1
    assert fake.asked == ["red"] * 6 + ["blue"] * 6
    rows = [row for row in lines(out) if json.dumps(row["protocol"]).startswith('{"name": "style_ratio"')]
    ratios = {str(row["reference"]): row["value"] for row in rows}
    assert set(ratios) == {"red", "blue"}
    assert f"{ratios['red']:.3f}" in red.split()
    assert float(str(ratios["red"])) < 0.3


def test_folders_of_one_style_count_together(
    fake: FakePainter, photos: Path, reds: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more, out = save(tmp_path / "more", pictures(5, 4, RED)), tmp_path / "results.jsonl"
    content = ["--content", str(photos), "--content", str(save(tmp_path / "views", pictures(3, 8), "view"))]
    styles = ["--style", f"red={reds}", "--style", f"red={more}"]
    assert main(["score", "painter", "fake", *content, *styles, "--features", str(network), "--out", str(out)]) == 0
    assert lines(out)[0]["reference_pictures"] == 7 + 5
    assert lines(out)[0]["pictures"] == 6 + 3
    assert fake.asked == ["red"] * 9
    assert "9 pictures of photos+views" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("style", "complaint"),
    [("klimt", "no style 'klimt'"), ("blue=", "write NAME=DIR"), ("=x", "write NAME=DIR"), ("blue", "write NAME=DIR")],
)
def test_bad_styles_are_named(
    fake: FakePainter,
    photos: Path,
    reds: Path,
    network: Path,
    style: str,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    option = f"klimt={reds}" if style == "klimt" else style
    arguments = ["score", "painter", "fake", "--content", str(photos), "--style", option, "--features", str(network)]
    assert main(arguments) == (1 if style == "klimt" else 2)
    assert complaint in capsys.readouterr().err
    assert not fake.asked


def test_an_unknown_painter_is_named(
    fake: FakePainter, photos: Path, reds: Path, network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--content", str(photos), "--style", f"red={reds}", "--features", str(network)]
    assert main(["score", "painter", "nobody", *arguments]) == 1
    assert "'nobody'" in capsys.readouterr().err
    assert not fake.asked


def test_bad_folders_are_named(photos: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cut.png").write_bytes((photos / "scene00.png").read_bytes()[:60])
    for folder, complaint in (("nowhere", "no such folder"), ("empty", "no pictures"), ("broken", "cut.png")):
        assert main(["score", "kd", str(photos), str(tmp_path / folder), "--features", str(network)]) == 1
        shown = capsys.readouterr().err
        assert complaint in shown
        assert shown.count("\n") == 1


def test_too_few_pictures_are_said(
    photos: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = save(tmp_path / "two", pictures(2, 1))
    assert main(["score", "kd", str(photos), str(two), "--features", str(network)]) == 1
    assert "at least 3 pictures a side" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_named(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "sharpness", str(photos), "--out", str(tmp_path / "no" / "results.jsonl")]) == 1
    assert "choose another --out" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_said_before_painting(
    fake: FakePainter, photos: Path, reds: Path, network: Path, tmp_path: Path
) -> None:
    arguments = ["--content", str(photos), "--style", f"red={reds}", "--features", str(network), "--out", str(tmp_path)]
    assert main(["score", "painter", "fake", *arguments]) == 1
    assert not fake.asked


def test_missing_options_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "painter", "fake"]) == 2
    assert "--content" in capsys.readouterr().err
    assert main(["score", "kd", "one"]) == 2


def test_a_broken_network_is_named(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    assert main(["score", "diversity", str(photos), "--features", str(tmp_path / "bad.onnx")]) == 1
    shown = capsys.readouterr().err
    assert "bad.onnx" in shown
    assert shown.count("\n") == 1
