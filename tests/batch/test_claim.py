"""Hidden folders whose owner is gone are taken away, those of others are not."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pleinair.batch import claim
from pleinair.batch.claim import OWNER, claimed, sweep
from pleinair.batch.rack import racked

posix = pytest.mark.skipif(sys.platform == "win32", reason="locks of files, and SIGKILL")
HOLD = """
import sys, time
from pathlib import Path
from pleinair.batch.rack import racked
with racked(Path(sys.argv[1]), Path(sys.argv[2]), sheets=False) as rack:
    (rack.folder / "a.png").write_text("painted")
    print(rack.folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "any.onnx").write_bytes(b"weights")
    return tmp_path / "any.onnx"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def other(model: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has a rack in `out`, told of in its first line."""
    paths = os.pathsep.join(sys.path)
    words = [sys.executable, "-c", HOLD, str(out), str(model)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}) as process:
        yield process
        process.kill()


def swept(out: Path) -> list[str]:
    lines: list[str] = []
    sweep(out, lines.append)
    return lines


@posix
def test_what_a_killed_run_left_is_taken_away_and_a_living_one_kept(
    out: Path, other: subprocess.Popen[str], model: Path
) -> None:
    assert other.stdout
    folder = Path(other.stdout.readline().strip())
    assert swept(out) == []
    assert (folder / "a.png").exists()
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert folder.exists()  # nobody could tidy up
    with racked(out, model, sheets=False) as own:
        assert swept(out) == []
        assert [path for path in out.iterdir() if path.is_dir()] == [own.folder]
        assert own.model.exists()
    assert not list(out.iterdir())


def test_what_another_machine_left_is_said_and_kept(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = out / ".painting-0123abcd"
    folder.mkdir()
    with monkeypatch.context() as there:
        there.setattr(claim, "_here", lambda: "node7 0000")
        with claimed(folder):
            pass
    lines = swept(out)
    assert folder.exists()
    if sys.platform != "win32":
        assert lines == [f"{folder} is of a run on node7; delete it if that has ended"]


def test_what_says_no_owner_is_said_and_kept(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of earlier versions, of disks without locks, and one that is just being made."""
    (out / ".painting-00000000").mkdir()
    (out / ".painting-11111111").mkdir()
    monkeypatch.setattr(claim, "_locked", lambda _: False)
    with claimed(out / ".painting-11111111"):
        assert (out / ".painting-11111111" / OWNER).read_bytes() == b""
        lines = swept(out)
    assert [line.partition(" is of ")[2] for line in lines] == [
        "a run that cannot be told from here; delete it if that has ended"
    ] * 2
    assert len(list(out.iterdir())) == 2


def test_other_names_files_and_links_are_none_of_ours(out: Path, tmp_path: Path) -> None:
    (out / ".painting-mine").mkdir()
    (out / "painting-00000000").mkdir()
    (out / ".painting-00000000").write_text("a file")
    (tmp_path / "elsewhere").mkdir()
    if sys.platform != "win32":
        (out / ".painting-11111111").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    before = sorted(out.iterdir())
    assert swept(out) == []
    assert sorted(out.iterdir()) == before


@posix
def test_a_run_before_this_start_of_the_machine_is_said(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may as well be of another machine that is called the same."""
    folder = out / ".painting-0123abcd"
    folder.mkdir()
    with claimed(folder):
        pass
    monkeypatch.setattr(claim, "BOOT", out / "none")
    assert len(swept(out)) == 1
    assert folder.exists()
