"""Paintings that wait for their names."""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.batch.cubes import CubeJob
from pleinair.batch.plan import Job
from pleinair.batch.rack import Rack, racked
from pleinair.errors import OutputError


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "any.onnx"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_a_job_is_painted_on_the_rack_and_gets_its_name_from_here(tmp_path: Path, model: Path, out: Path) -> None:
    job = Job(tmp_path / "a.png", out / "a.png")
    with racked(out, model, sheets=False) as rack:
        assert rack.folder.parent == out
        assert rack.model.read_bytes() == b"weights"
        sent = rack.job(job)
        assert sent == Job(tmp_path / "a.png", rack.folder / "a.png")
        assert not rack.holds(job)
        sent.target.write_text("painted")
        assert rack.holds(job)
        assert not job.target.exists()
        rack.hand_over(job)
        assert job.target.read_text() == "painted"
        assert not rack.holds(job)
    assert [path.name for path in out.iterdir()] == ["a.png"]


def test_paths_go_out_from_the_root(tmp_path: Path, model: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    faces = tuple(Path(f"sky_{face}.png") for face in "abcdef")
    job = CubeJob(faces[0], Path("out/sky_f.png"), faces, tuple(Path("out") / face for face in faces), "faces", "faces")
    with racked(Path("out"), model, sheets=True) as rack:
        sent = rack.job(job)
        assert isinstance(sent, CubeJob)
        assert sent.faces == tuple(tmp_path / face for face in faces)
        assert sent.source == tmp_path / "sky_a.png"
        assert sent.targets == tuple(out / rack.folder.name / face for face in faces)
        assert sent.target == sent.targets[-1]
        assert (sent.cube, sent.to) == ("faces", "faces")
        for at, target in enumerate(sent.targets):
            assert not rack.holds(job)
            target.write_text(str(at))
        rack.hand_over(job)
    assert [(out / face).read_text() for face in faces] == list("012345")


def test_a_sheet_comes_along_and_its_painting_last(tmp_path: Path, model: Path, out: Path) -> None:
    job = Job(tmp_path / "a.png", out / "a.png")
    with racked(out, model, sheets=True) as rack:
        (rack.folder / "a.png").write_text("tile")
        assert not rack.holds(job)
        (rack.folder / "a-2x2.png").write_text("sheet")
        (out / "a-2x2.png").mkdir()  # what cannot be named leaves the painting unnamed, so that it is painted again
        with pytest.raises(OutputError, match=r"a-2x2\.png cannot be written"):
            rack.hand_over(job)
        assert not job.target.exists()
        (out / "a-2x2.png").rmdir()
        rack.hand_over(job)
    assert sorted(path.name for path in out.iterdir()) == ["a-2x2.png", "a.png"]


def test_nothing_is_left_when_it_goes_wrong(model: Path, out: Path) -> None:
    with suppress(KeyboardInterrupt), racked(out, model, sheets=False) as rack:
        (rack.folder / "half.png").write_text("x")
        raise KeyboardInterrupt
    assert not list(out.iterdir())


def test_a_file_put_down_while_the_rack_is_cleared_goes_too(
    model: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is being killed may write once more."""
    clear, late = shutil.rmtree, iter([True])

    def rmtree(folder: Path, ignore_errors: bool) -> None:
        if next(late, False):
            (folder / "late.png").touch()
            return
        clear(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    with racked(out, model, sheets=False):
        pass
    assert not list(out.iterdir())


def test_a_folder_that_is_none_and_a_model_that_is_gone_are_said(tmp_path: Path, model: Path, out: Path) -> None:
    (tmp_path / "file").touch()
    for folder, weights in ((tmp_path / "file", model), (out, tmp_path / "gone.onnx")):
        with pytest.raises(OutputError, match="cannot be written to"), racked(folder, weights, sheets=False):
            pass
    assert not list(out.iterdir())


@given(name=st.from_regex(r"[a-z]{1,8}\.(png|jpg)", fullmatch=True))
def test_messages_call_files_by_their_names(name: str) -> None:
    job = Job(Path("photos") / name, Path("out") / name)
    rack = Rack(Path("out").absolute() / ".painting-1234")
    sent = rack.job(job)
    assert rack.plain(f"{sent.target} cannot be written", job) == f"{job.target} cannot be written"
    assert rack.plain(f"{sent.source} is empty", job) == f"{job.source} is empty"
