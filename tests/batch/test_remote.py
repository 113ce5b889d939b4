"""A work list on a cluster, with workers of this process instead of Ray's: the same files as without a cluster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.batch import remote
from pleinair.batch.cluster import TRIES, Lost
from pleinair.batch.cubes import CubeJob, plan_cubes
from pleinair.batch.guiding import GuideFiles
from pleinair.batch.hand import Hand, Letter, Order, Said
from pleinair.batch.plan import Job, Plan, plan
from pleinair.batch.rack import Rack, racked
from pleinair.batch.remote import done_remotely, letter
from pleinair.batch.work import Settings
from pleinair.errors import ClusterError
from pleinair.images import Picture, write
from pleinair.painter import load
from pleinair.render.looks import Look
from pleinair.store import sha256_of
from tests.images.pictures import smooth


class Here:
    """A crew of hands in this process. Every so manieth job takes its worker with it, half done."""

    def __init__(self, letter: Letter, workers: int | None, deadly: int) -> None:
        self.letter, self.seats, self.deadly = letter, workers or 2, deadly
        self.answers: dict[int, Said | Lost] = {}
        self.tickets, self.given = count(), count(1)

    def hire(self) -> tuple[Hand, int]:
        hand, ticket = Hand(self.letter), next(self.tickets)
        self.answers[ticket] = hand.ready()
        return hand, ticket

    def give(self, worker: Hand, job: Job) -> int:
        ticket = next(self.tickets)
        if self.deadly and next(self.given) % self.deadly == 0:
            job.target.with_name(f".{job.target.name}.0.part").write_bytes(b"half")
            self.answers[ticket] = Lost("killed")
        else:
            self.answers[ticket] = worker.paint(job)
        return ticket

    def first(self, tickets: Sequence[int], _: float) -> int:
        return tickets[0]

    def answer(self, ticket: int) -> Said | Lost:
        return self.answers.pop(ticket)

    def dismiss(self, _: Hand) -> None:
        pass


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """deadly(n): there are hands of this process at any address, and each nth job is deadly; 0 for none."""

    def told(each: int) -> None:
        @contextmanager
        def hired(address: str, letter: Letter, workers: int | None) -> Iterator[Here]:
            assert address == "auto"
            yield Here(letter, workers, each)

        monkeypatch.setattr(remote, "hired", hired)

    return told


@pytest.fixture
def order(trunk: Path) -> Order:
    painter = load(trunk, threads=1)
    return Order(painter, painter.mix("hokusai"), Settings(), {"style": "hokusai", "sha256": sha256_of(trunk)})


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    for number, name in enumerate(("a.png", "b.jpg", "c.webp", "d.tif", "e.png", "f.png")):
        write(Picture(smooth(32 + number, 48)), folder / name, {})
    return folder


def here(work: Plan, order: Order, out: Path) -> None:
    """The same work list in this process, into another folder."""
    out.mkdir()
    brush = order.brush()
    for job in work.jobs:
        if isinstance(job, CubeJob):
            targets = tuple(out / target.name for target in job.targets)
            brush(replace(job, target=targets[-1], targets=targets), None)
        else:
            brush(replace(job, target=out / job.target.name), None)


def check_same(one: Path, other: Path) -> None:
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes()


@pytest.mark.parametrize("each", [0, 3])
def test_the_files_are_those_of_one_machine_to_the_byte(
    frames: Path, tmp_path: Path, order: Order, deadly: Callable[[int], None], each: int
) -> None:
    deadly(each)
    out = tmp_path / "out"
    out.mkdir()
    order = replace(order, settings=Settings(Look(wrap="xy"), sheet=True))
    work = plan([frames], out)
    outcomes = list(done_remotely(work.jobs, order, "auto", 2, print))
    assert sorted(job.source for job, _ in outcomes) == [job.source for job in work.jobs]
    assert {outcome for _, outcome in outcomes} == {""}
    here(work, order, tmp_path / "here")
    check_same(out, tmp_path / "here")


def test_faces_of_cubes_go_and_come(
    tmp_path: Path, order: Order, deadly: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly(2)
    monkeypatch.chdir(tmp_path)
    folder, out = Path("sky"), Path("out")
    folder.mkdir()
    out.mkdir()
    for face in ("px", "nx", "py", "ny", "pz", "nz"):
        write(Picture(smooth(16, 16)), folder / f"sky_{face}.png", {})
    work = plan_cubes([folder], out, "faces", "faces")
    assert [outcome for _, outcome in done_remotely(work.jobs, order, "auto", 1, print)] == [""]
    here(work, order, tmp_path / "here")
    check_same(out, tmp_path / "here")


def test_a_bad_picture_is_named_as_it_was_given(
    tmp_path: Path, order: Order, deadly: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly(0)
    monkeypatch.chdir(tmp_path)
    write(Picture(smooth(16, 16)), "a.png", {})
    Path("cut.png").write_bytes(Path("a.png").read_bytes()[:60])
    Path("out").mkdir()
    work = plan([Path("a.png"), Path("cut.png")], Path("out"))
    outcomes = {job.source.name: outcome for job, outcome in done_remotely(work.jobs, order, "auto", 1, print)}
    assert outcomes["a.png"] == ""
    assert str(outcomes["cut.png"]).startswith("cut.png is damaged")
    assert [path.name for path in Path("out").iterdir()] == ["a.png"]


def test_a_letter_holds_on_machines_that_stand_elsewhere(
    frames: Path, tmp_path: Path, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "mask.png").touch()
    guide = GuideFiles(mask=Path("mask.png"), feather=3)
    order = replace(order, settings=Settings(guide=guide, as_picture=("frames/a_rough.png", "*_n.png")))
    jobs = plan([Path("frames")], Path("out")).jobs
    with racked(Path("out"), order.painter.path, sheets=False) as rack:
        sent = letter(jobs, order, rack)
    assert sent.places == (frames, tmp_path / "mask.png")
    assert sent.model.is_absolute()
    assert sent.threads == 1
    assert sent.settings.guide == replace(guide, mask=tmp_path / "mask.png")
    assert sent.settings.guide.told() == guide.told()
    assert str(frames / "a_rough.png") in sent.settings.as_picture
    assert "*_n.png" in sent.settings.as_picture
    assert sent.settings.provenance() == order.settings.provenance()


def test_machines_that_do_not_see_the_pictures_are_named(
    frames: Path, tmp_path: Path, order: Order, deadly: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly(0)

    def blind(jobs: Sequence[Job], order: Order, rack: Rack) -> Letter:
        return replace(letter(jobs, order, rack), places=(tmp_path / "elsewhere",))

    monkeypatch.setattr(remote, "letter", blind)
    out, lines = tmp_path / "out", list[str]()
    out.mkdir()
    with pytest.raises(ClusterError, match="no worker of the cluster can paint; 6 pictures are left"):
        list(done_remotely(plan([frames], out).jobs, order, "auto", 2, lines.append))
    assert len(lines) == 1
    assert f"does not see {tmp_path / 'elsewhere'}" in lines[0]
    assert not list(out.iterdir())


def test_when_the_caller_stops_what_is_done_stays_and_the_rest_is_left_for_the_next_time(
    frames: Path, tmp_path: Path, order: Order, deadly: Callable[[int], None]
) -> None:
    deadly(0)
    out = tmp_path / "out"
    out.mkdir()
    running = done_remotely(plan([frames], out).jobs, order, "auto", 2, print)
    first, _ = next(running)
    running.close()
    assert list(out.iterdir()) == [first.target]
    rest = plan([frames], out)
    assert len(rest.jobs) == 5
    assert len(list(done_remotely(rest.jobs, order, "auto", 2, print))) == 5
    assert plan([frames], out).jobs == ()


class Wild(Here):
    """A crew of hands in this process that answer in any order. Fates by the number of the giving: "dies" before or
    "half" way through, "after" it was painted, "ghost": taken for dead, and paints when it is looked for others. After
    so many givings the cluster is gone."""

    def __init__(self, letter: Letter, fates: Sequence[str], order: Random, givings: int) -> None:
        super().__init__(letter, 3, 0)
        self.fates, self.order, self.left = iter(fates), order, givings
        self.ghosts: list[tuple[Hand, Job]] = []

    def give(self, worker: Hand, job: Job) -> int:
        if not self.left:
            raise ClusterError("the head is silent")
        self.left -= 1
        ticket, fate = next(self.tickets), next(self.fates, "fine")
        said = worker.paint(job) if fate in ("fine", "after") else None
        if fate == "half":
            job.target.with_name(f".{job.target.name}.0.part").write_bytes(b"half")
        if fate == "ghost":
            self.ghosts.append((worker, job))
        self.answers[ticket] = said if said and fate == "fine" else Lost("killed")
        return ticket

    def first(self, tickets: Sequence[int], _: float) -> int:
        for worker, job in self.ghosts:
            worker.paint(job)
        return self.order.choice(tickets)


@given(
    runs=st.lists(
        st.tuples(
            st.lists(st.sampled_from(("fine", "dies", "half", "after", "ghost")), max_size=12), st.integers(0, 20)
        ),
        max_size=3,
    ),
    chance=st.integers(0, 2**16),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_workers_and_runs_end_no_frame_is_lost_or_written_twice(
    frames: Path, tmp_path: Path, order: Order, runs: list[tuple[list[str], int]], chance: int
) -> None:
    """The same command again and again, each time with fates and with a cluster that goes after so many givings; the
    last time nothing goes wrong."""
    draw, stamps = Random(chance), dict[Path, tuple[int, int]]()
    with TemporaryDirectory(dir=tmp_path) as place, pytest.MonkeyPatch.context() as patch:
        out = Path(place)
        for fates, givings in (*runs, ([], 99)):
            work = plan([frames], out)
            assert {job.target for job in work.done} == stamps.keys()

            @contextmanager
            def hired(
                _: str, letter: Letter, __: int | None, fates: list[str] = fates, givings: int = givings
            ) -> Iterator[Wild]:
                yield Wild(letter, fates, draw, givings)

            patch.setattr(remote, "hired", hired)
            said = ""
            try:
                for job, outcome in done_remotely(work.jobs, order, "auto", None, print) if work.jobs else ():
                    if isinstance(outcome, str):
                        assert job.target not in stamps
                        stamps[job.target] = (job.target.stat().st_ino, job.target.stat().st_mtime_ns)
                    else:
                        assert str(outcome).startswith(f"{job.source}: {TRIES} workers died")
            except ClusterError as error:
                said = str(error)
            left = len(plan([frames], out).jobs)
            assert said in ("", f"the head is silent; {left} pictures are left")
            assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.iterdir()} == stamps
        assert plan([frames], out).jobs == ()
        brush = order.brush()
        for job in plan([frames], out).done:
            brush(replace(job, target=tmp_path / job.target.name), None)
            assert (tmp_path / job.target.name).read_bytes() == job.target.read_bytes()
