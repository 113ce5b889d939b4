"""`pleinair score` of sets of pictures: neighbors, conditions, copies, many at once, reports, and what is refused."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pleinair.cli.main import main
from tests.metrics.tiny import pictures, save, write_extractor


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_extractor(tmp_path_factory.mktemp("network") / "quarters.onnx"))


@pytest.fixture
def photos(tmp_path: Path) -> str:
    return str(save(tmp_path / "photos", pictures(8, 1)))


@pytest.fixture
def kept(tmp_path: Path) -> str:
    return str(save(tmp_path / "kept", pictures(7, 2)))


@pytest.fixture
def scenes(tmp_path: Path) -> str:
    save(tmp_path / "scenes" / "lake", pictures(4, 3, (90, 110, 160)))
    save(tmp_path / "scenes" / "forest", pictures(5, 4, (80, 130, 70)))
    return str(tmp_path / "scenes")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("pleinair: ")
    assert shown.out == ""
    return shown.err


def test_neighbors_are_four_figures(
    scenes: str, photos: str, network: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results.jsonl"
    assert main(["score", "neighbors", scenes, photos, "--features", network, "--out", str(out)]) == 0
    shown = capsys.readouterr().out.splitlines()
    found = lines(out)
    assert [row["protocol"]["name"] for row in found] == ["precision", "recall", "density", "coverage"]
    assert [row.split()[0] for row in shown[1:]] == ["precision", "recall", "density", "coverage"]
    for row in found:
        low, high = row["interval"]
        assert low <= row["value"] <= high
        assert (row["subject"], row["reference"]) == ("scenes", "photos")
        assert len(row["digest"]) == len(row["reference_digest"]) == 64


def test_conditions_are_the_folders_inside(scenes: str, network: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "conditions", scenes, "--features", network]) == 0
    _, row = capsys.readouterr().out.splitlines()
    assert row.startswith("condition_diversity")
    assert "forest " in row
    assert "lake " in row


def test_copies_with_their_sheets(
    scenes: str, photos: str, kept: str, network: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(scenes) / "lake" / "stolen.png").write_bytes((Path(photos) / "scene03.png").read_bytes())
    sheets, out = tmp_path / "sheets", tmp_path / "results.jsonl"
    arguments = ["score", "copies", scenes, "--training", photos, "--held-out", kept, "--sheets", str(sheets)]
    assert main([*arguments, "--features", network, "--out", str(out)]) == 0
    (found,) = lines(out)
    assert found["details"]["copies"] >= 1
    assert found["pictures"] == 10
    assert f"sheet: {sheets / 'copies-01.jpg'}" in capsys.readouterr().out
    assert [path.name for path in sheets.iterdir()] == ["copies-01.jpg"]


def test_a_set_is_judged_by_all_that_its_folders_allow(
    scenes: str, photos: str, kept: str, network: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, report, cache = tmp_path / "results.jsonl", tmp_path / "report.html", tmp_path / "cache"
    folders = ["--reference", photos, "--training", photos, "--held-out", kept]
    arguments = ["score", "set", scenes, *folders, "--features", network, "--cache", str(cache)]
    assert main([*arguments, "--out", str(out), "--report", str(report)]) == 0
    shown = capsys.readouterr().out
    names = [row["protocol"]["name"] for row in lines(out)]
    assert len(names) == 11
    assert all(name in shown for name in names)
    assert all(row["interval"] for row in lines(out))
    page = report.read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 2
    assert page.count("<polygon") == 5  # sharpness of two sets, near-duplicates, copies of two sets
    assert all(f"<h3>{name}</h3>" in page for name in names)
    assert shown.splitlines()[-1] == f"report: {report}"
    assert main([*arguments, "--out", str(out)]) == 0
    assert [row["value"] for row in lines(out)[:11]] == [row["value"] for row in lines(out)[11:]]


def test_protocols_may_be_chosen(scenes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results.jsonl"
    assert main(["score", "set", scenes, "--by", "sharpness4, sharpness", "--out", str(out)]) == 0
    assert [row["pictures"] for row in lines(out)] == [4, 9]
    assert lines(out)[0]["protocol"]["pictures"] == 4
    assert "sharpness4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("kds", "there is no protocol 'kds'; did you mean 'kd'?"),
        ("diversity1k", "diversity1k is of 1000 pictures, got 9; add pictures"),
        ("diversity9", "diversity9 is by the extractor of SHA-256 d829fe96d2e9"),
        ("kd", "kd compares with a reference; give --reference DIR"),
        ("copies", "give --training DIR --held-out DIR"),
        ("fid2k", "pleinair score fid --help"),
    ],
)
def test_what_cannot_be_judged_is_one_line(
    scenes: str, network: str, by: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "set", scenes, "--by", by, "--features", network]) == 1
    assert words in complaint(capsys)


def test_folders_and_counts_that_will_not_do(
    scenes: str, photos: str, network: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    few = str(save(tmp_path / "few", pictures(5, 5)))
    for arguments, words in (
        (["neighbors", scenes, str(tmp_path / "empty")], "empty: no pictures"),
        (["neighbors", str(tmp_path / "none"), photos], "none: no such folder"),
        (["neighbors", scenes, few], "at least 6 pictures a side, got 9 and 5"),
        (["copies", scenes, "--training", photos], "copies needs training pictures and held-out ones"),
        (["copies", scenes, "--training", photos, "--held-out", photos], "are training pictures too"),
    ):
        assert main(["score", *arguments, "--features", network]) == 1
        assert words in complaint(capsys)


def test_a_report_that_cannot_be_written_is_said_before_the_work(
    scenes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path, tmp_path / "no" / "report.html"):
        assert main(["score", "sharpness", scenes, "--report", str(place)]) == 1
        assert "give --report a file in a folder that exists" in complaint(capsys)


@pytest.mark.parametrize("name", ["fid", "kid"])
def test_inception_is_the_standard_one_or_none(
    name: str, scenes: str, photos: str, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", name, scenes, photos, "--inception", network]) == 1
    digest = hashlib.sha256(Path(network).read_bytes()).hexdigest()
    assert f"is not the standard Inception weights: its SHA-256 is {digest[:12]}" in complaint(capsys)


def test_inception_that_cannot_be_fetched_is_asked_for(
    scenes: str, photos: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLEINAIR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pleinair.networks.inception.URL", "http://127.0.0.1:9/weights.pth")
    assert main(["score", "fid", scenes, photos]) == 1
    shown = complaint(capsys)
    assert "cannot be fetched" in shown
    assert "give the file by --inception" in shown


def test_too_few_pictures_for_fid_are_said_before_the_weights(
    scenes: str, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "fid", scenes, photos, "--pictures", "2000"]) == 1
    assert "fid2k is of 2000 pictures, got 9" in complaint(capsys)


def test_fid_and_kid_by_a_stand_in(
    scenes: str, photos: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole command, with a network small enough to run here in the place of the standard one."""
    from pleinair.metrics.protocols import INCEPTION_SHA256
    from pleinair.metrics.squares import Array

    class StandIn:
        sha256, size = INCEPTION_SHA256, 299

        def __call__(self, these: Array) -> Array:
            assert these.shape[1:] == (3, 299, 299)
            return these[:, :, ::100, ::100].reshape(len(these), -1)

    asked: list[Path] = []

    def load(path: Path) -> StandIn:
        asked.append(path)
        return StandIn()

    monkeypatch.setattr("pleinair.networks.inception.load_inception", load)
    out = tmp_path / "results.jsonl"
    weights = ["--inception", str(tmp_path / "weights.pth"), "--out", str(out)]
    assert main(["score", "fid", scenes, photos, *weights]) == 0
    assert main(["score", "kid", scenes, photos, "--pictures", "8", *weights]) == 0
    assert asked == [tmp_path / "weights.pth"] * 2
    fid, kid = lines(out)
    assert (fid["protocol"]["name"], fid["pictures"]) == ("fid", 9)
    assert (kid["protocol"]["name"], kid["pictures"]) == ("kid8", 8)
    assert fid["protocol"]["sha256"] == fid["extractor"] == INCEPTION_SHA256
    assert "fid" in capsys.readouterr().out


def test_without_pytorch_it_says_what_to_install(
    scenes: str, photos: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pleinair.cli.inception.find_spec", lambda name: None)  # noqa: ARG005
    assert main(["score", "kid", scenes, photos]) == 1
    assert 'score kid needs the extra [train]; type: pip install "pleinair[train]"' in complaint(capsys)


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("conditions", "content", "copies", "diversity", "fid", "kd", "kid", "neighbors", "painter", "set"):
        assert f"\n  {name} " in shown
    assert main(["score", "beauty"]) == 2
    assert "No such command 'beauty'" in capsys.readouterr().err
