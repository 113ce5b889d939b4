"""--plan, --jobs and --cluster."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.batch import remote
from pleinair.batch.farm import Outcome, done
from pleinair.batch.hand import Letter, Order
from pleinair.batch.plan import Job
from pleinair.cli.farm_options import FarmOptions
from pleinair.cli.farm_options import _address as address_of
from pleinair.cli.stylize import stylize
from pleinair.images import Picture, read, write
from tests.batch.test_remote import Wild
from tests.images.pictures import smooth

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, name in enumerate(("a.png", "b.jpg", "c.webp", "d.tif")):
        write(Picture(smooth(40 + number, 60)), folder / name, {})
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in words])


def test_a_plan_says_what_would_be_painted_and_paints_nothing(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pleinair.painter.Painter.engine", None)
    out = tmp_path / "out"
    result = run(photos, "--style", "hokusai", "--out", out, "--plan")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        *(f"{photos / name} → {out / name}" for name in ("a.png", "b.jpg", "c.webp", "d.tif")),
        "4 to paint",
    ]
    assert not out.exists()


def test_a_plan_counts_what_is_there_and_names_what_cannot_be_painted(photos: Path, tmp_path: Path) -> None:
    run(photos / "a.png", "--style", "hokusai", "--out", tmp_path / "out")
    (photos / "bad.jpg").write_bytes(b"")
    result = run(photos, "--style", "hokusai", "--out", tmp_path / "out", "--plan")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "3 to paint, 1 there already (--overwrite paints anew)"
    assert result.stderr.splitlines() == [
        f"pleinair: {photos / 'bad.jpg'} is empty (0 bytes)",
        f"1 cannot be painted: {photos / 'bad.jpg'}",
    ]


def test_several_at_a_time_paint_the_same(photos: Path, tmp_path: Path) -> None:
    (photos / "cut.png").write_bytes((photos / "a.png").read_bytes()[:300])
    results = [run(photos, "--style", "hokusai", "--out", tmp_path / str(n), "--jobs", n) for n in (1, 3)]
    for result in results:
        assert result.exit_code == 1
        assert result.stdout == "4 painted\n"
        assert f"1 not painted: {photos / 'cut.png'}" in result.stderr
    for name in ("a.png", "b.jpg", "c.webp", "d.tif"):
        one, other = (read(tmp_path / folder / name).pixels for folder in ("1", "3"))
        assert np.array_equal(one, other)
    assert sorted(path.name for path in (tmp_path / "3").iterdir()) == ["a.png", "b.jpg", "c.webp", "d.tif"]


@pytest.mark.parametrize("jobs", ["0", "257", "many"])
def test_jobs_have_limits(photos: Path, tmp_path: Path, jobs: str) -> None:
    assert run(photos, "--style", "hokusai", "--out", tmp_path / "out", "--jobs", jobs).exit_code == 2


def test_cores_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert FarmOptions(False, 1).threads(None) is None
    assert [FarmOptions(False, jobs).threads(None) for jobs in (2, 3, 8, 20)] == [4, 2, 1, 1]
    assert FarmOptions(False, 4).threads(6) == 6


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None, int | None]]:
    """Whom it is asked of: address, workers and threads; the work is done in this process."""
    asked = []

    def done_remotely(
        jobs: Sequence[Job], order: Order, address: str, workers: int | None, say: Callable[[str], None]
    ) -> Iterator[tuple[Job, Outcome]]:
        asked.append((address, workers, order.painter.threads))
        say("node7 does not see /out")
        brush = order.brush()
        yield from done(jobs, lambda job: brush(job, None))

    monkeypatch.setattr(remote, "done_remotely", done_remotely)
    return asked


def test_a_cluster_paints_the_same_and_names_what_fails(
    photos: Path, tmp_path: Path, cluster: list[tuple[str, int | None, int | None]]
) -> None:
    (photos / "cut.png").write_bytes((photos / "a.png").read_bytes()[:300])
    words = (photos, "--style", "hokusai", "--out")
    alone = run(*words, tmp_path / "alone")
    result = run(*words, tmp_path / "out", "--cluster", "10.0.0.5:6379", "--jobs", 7)
    assert cluster == [("10.0.0.5:6379", 7, 1)]
    assert (result.exit_code, result.stdout) == (alone.exit_code, alone.stdout) == (1, "4 painted\n")
    assert result.stderr == "node7 does not see /out\n" + alone.stderr
    for path in (tmp_path / "alone").iterdir():
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()
    again = run(*words, tmp_path / "out", "--cluster", "auto", "--threads", 3)
    assert again.stdout == "0 painted, 4 there already (--overwrite paints anew)\n"
    assert cluster[1:] == [("auto", None, 3)]


@pytest.mark.parametrize("address", ["auto", "local", "10.0.0.5:6379", "head.farm:1", "[::1]:6379"])
def test_a_plan_asks_no_cluster(
    photos: Path, tmp_path: Path, cluster: list[tuple[str, int | None, int | None]], address: str
) -> None:
    result = run(photos, "--style", "hokusai", "--out", tmp_path / "out", "--cluster", address, "--plan")
    assert result.exit_code == 0
    assert result.stdout.endswith("4 to paint\n")
    assert not cluster


@pytest.mark.parametrize(
    "address", ["", "here", "ray://head:1", "head:", "head:0", "head:65536", ":1", "a b:1", "::1:6"]
)
def test_what_is_no_address_is_said(photos: Path, tmp_path: Path, address: str) -> None:
    result = run(photos, "--style", "hokusai", "--out", tmp_path / "out", "--cluster", address)
    assert result.exit_code == 2
    assert "is neither auto nor local nor HOST:PORT" in result.stderr


@given(st.text("ab.-07", min_size=1, max_size=9), st.integers(1, 65535))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_host_and_a_port_are_an_address(host: str, port: int) -> None:
    assert address_of(click.Context(stylize), click.Option(["--cluster"]), f"{host}:{port}") == f"{host}:{port}"


def test_a_cluster_that_goes_is_one_line_and_the_same_command_goes_on(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The head dies after two pictures. Then there is one again."""
    from pleinair.cli.main import main

    lives = [2, 99]

    @contextmanager
    def hired(_: str, letter: Letter, __: int | None) -> Iterator[Wild]:
        yield Wild(letter, [], Random(1), lives.pop(0))

    monkeypatch.setattr(remote, "hired", hired)
    out = tmp_path / "out"
    words = ["stylize", str(photos), "--style", "hokusai", "--cluster", "auto", "--out", str(out)]
    assert main(words) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "pleinair: the head is silent; 2 pictures are left\n")
    first = {path.name: path.stat().st_ino for path in out.iterdir()}
    assert len(first) == 2
    assert main(words) == 0
    assert capsys.readouterr().out == "2 painted, 2 there already (--overwrite paints anew)\n"
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "b.jpg", "c.webp", "d.tif"]
    assert all((out / name).stat().st_ino == inode for name, inode in first.items())


def test_films_are_refused_on_a_cluster(tmp_path: Path) -> None:
    (tmp_path / "shot.mp4").touch()
    result = run(tmp_path / "shot.mp4", "--style", "hokusai", "--out", tmp_path / "out", "--cluster", "auto")
    assert result.exit_code == 2
    assert "is painted in order on one machine; name the frames' folder" in result.stderr


def test_without_ray_it_is_one_line(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pleinair.cli.main import main

    lines: list[str] = []
    monkeypatch.setattr("pleinair.batch.ray_crew.find_spec", lambda _: None)
    monkeypatch.setattr("pleinair.cli.main._complain", lines.append)
    assert (
        main(["stylize", str(photos), "--style", "hokusai", "--out", str(tmp_path / "out"), "--cluster", "auto"]) == 1
    )
    assert lines == ['--cluster needs the extra [cluster]; type: pip install "pleinair[cluster]"']
    assert not list((tmp_path / "out").iterdir())


def test_threads_on_a_cluster_are_those_of_one_worker() -> None:
    assert FarmOptions(False, 8, "auto").threads(None) == 1
    assert FarmOptions(False, 8, "auto").threads(4) == 4


def test_films_are_painted_in_lanes_that_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(2)), raising=False)
    assert FarmOptions(False, 1).of_films(None) == (2, 1)
    assert FarmOptions(False, 1).of_films(8) == (4, 2)
    assert FarmOptions(False, 2).of_films(None) == (2, 1)
    assert FarmOptions(False, 3).of_films(2) == (3, 2)
