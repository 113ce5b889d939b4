"""Handing out jobs to workers that may die at any moment: whatever happens, every job has one outcome and one file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.batch.cluster import TRIES, Lost, done_by
from pleinair.batch.farm import Outcome
from pleinair.batch.hand import Said
from pleinair.batch.plan import Job
from pleinair.batch.rack import Rack, racked
from pleinair.errors import ClusterError, OutputError

FATES = ("fine", "bad", "dies", "dies after", "rises")


class Crew:
    """Workers that fare as it is written: fates of each job by name, one for each try, and of each start."""

    def __init__(
        self, seats: int, fates: dict[str, list[str]] | None = None, starts: Sequence[Said | Lost] = (), seed: int = 0
    ) -> None:
        self.seats, self.fates, self.starts = seats, fates or {}, iter(starts)
        self.answers: dict[int, Said | Lost] = {}
        self.numbers, self.random = count(), Random(seed)
        self.alive: set[int] = set()
        self.busy: dict[int, int] = {}
        self.painted: list[str] = []
        self.ghosts: list[Path] = []
        self.most, self.patient = 0, 0
        self.calls_left: int | None = None

    def _asked(self) -> None:
        """One more call; when there are none left the cluster is gone."""
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left < 0:
                raise ClusterError("the head is silent")

    def hire(self) -> tuple[int, int]:
        self._asked()
        worker, ticket = next(self.numbers), next(self.numbers)
        self.alive.add(worker)
        self.answers[ticket] = next(self.starts, Said())
        return worker, ticket

    def give(self, worker: int, job: Job) -> int:
        self._asked()
        assert worker in self.alive
        assert worker not in self.busy.values()  # one at a time
        ticket = next(self.numbers)
        self.busy[ticket] = worker
        self.most = max(self.most, len(self.busy))
        fates = self.fates.get(job.source.name, [])
        fate = fates.pop(0) if fates else "fine"
        if fate in ("fine", "dies after"):
            self.painted.append(job.source.name)
            job.target.write_text(str(ticket))
        if fate == "rises":
            self.ghosts.append(job.target)
        self.answers[ticket] = {"fine": Said("a note"), "bad": Said(refusal=f"{job.source} is empty")}.get(
            fate, Lost("the node is gone")
        )
        return ticket

    def first(self, tickets: Sequence[int], seconds: float) -> int | None:
        self._asked()
        assert tickets
        assert seconds > 0
        for ghost in self.ghosts:  # those taken for dead paint on, again and again
            ghost.write_text("ghost")
        if self.patient:
            self.patient -= 1
            return None
        return self.random.choice(tickets)

    def answer(self, ticket: int) -> Said | Lost:
        self.busy.pop(ticket, None)
        return self.answers.pop(ticket)

    def dismiss(self, worker: int) -> None:
        self.alive.remove(worker)


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    yield from racks(tmp_path)


def racks(folder: Path) -> Iterator[Rack]:
    model = folder / "any.onnx"
    model.touch()
    (folder / "out").mkdir()
    with racked(folder / "out", model, sheets=False) as rack:
        yield rack


def jobs(rack: Rack, number: int) -> list[Job]:
    return [Job(Path(f"{at}.png"), rack.folder.parent / f"{at}.png") for at in range(number)]


def hush(_: str) -> None:
    pass


def expected(fates: Sequence[str]) -> str:
    """What must become of a job with these fates, the first for its first try."""
    for deaths, fate in enumerate(fates, 1):
        if fate in ("fine", "dies after", "bad"):
            return "refused" if fate == "bad" else "painted"
        if fate == "rises":
            return "painted"  # by the ghost, or by the next worker
        if deaths == TRIES:
            return "given up"
    return "painted"


@given(
    fates=st.lists(st.lists(st.sampled_from(FATES), max_size=4), max_size=12),
    seats=st.integers(1, 5),
    seed=st.integers(0, 99),
)
@settings(max_examples=150, deadline=None)
def test_every_job_has_one_outcome_and_one_file(fates: list[list[str]], seats: int, seed: int) -> None:
    with TemporaryDirectory() as place:
        for rack in racks(Path(place)):
            work = jobs(rack, len(fates))
            crew = Crew(seats, {f"{at}.png": list(each) for at, each in enumerate(fates)}, seed=seed)
            stamps: dict[Path, int] = {}
            outcomes: list[tuple[Job, Outcome]] = []
            for job, outcome in done_by(work, crew, rack, hush):
                outcomes.append((job, outcome))
                for target in (each.target for each in work if each.target.exists()):
                    inode = target.stat().st_ino
                    assert stamps.setdefault(target, inode) == inode  # no name is given twice
            assert sorted(job.source.name for job, _ in outcomes) == sorted(job.source.name for job in work)
            for job, outcome in outcomes:
                fate = expected(fates[int(job.source.stem)])
                assert job.target.exists() == (fate == "painted")
                assert isinstance(outcome, str) == (fate == "painted"), (job, outcome)
                if fate == "given up":
                    assert isinstance(outcome, ClusterError)
            assert crew.most <= seats
            assert not crew.alive  # all are dismissed


def test_what_was_painted_but_not_said_is_not_painted_again(rack: Rack) -> None:
    crew = Crew(2, {"1.png": ["dies after"]})
    outcomes = dict(done_by(jobs(rack, 4), crew, rack, hush))
    assert sorted(crew.painted) == ["0.png", "1.png", "2.png", "3.png"]
    assert [outcomes[job] for job in jobs(rack, 4)] == ["a note", "", "a note", "a note"]


def test_a_picture_that_kills_its_workers_is_named_and_the_rest_done(rack: Rack) -> None:
    crew = Crew(1, {"0.png": ["dies"] * 9})
    outcomes = dict(done_by(jobs(rack, 3), crew, rack, hush))
    assert str(outcomes[jobs(rack, 1)[0]]) == f"0.png: {TRIES} workers died while they painted it: the node is gone"
    assert len(crew.fates["0.png"]) == 9 - TRIES
    assert [path.name for path in sorted(rack.folder.parent.glob("*.png"))] == ["1.png", "2.png"]


def test_a_refusal_is_told_in_the_names_of_here(rack: Rack) -> None:
    ((_, outcome),) = done_by(jobs(rack, 1), Crew(1, {"0.png": ["bad"]}), rack, hush)
    assert str(outcome) == "0.png is empty"


def test_a_painting_that_cannot_be_named_is_said(rack: Rack) -> None:
    (job,) = jobs(rack, 1)
    job.target.mkdir()
    ((_, outcome),) = done_by([job], Crew(1), rack, hush)
    assert isinstance(outcome, OutputError)


def test_a_machine_that_cannot_paint_is_named_once_and_the_others_paint(rack: Rack) -> None:
    lines: list[str] = []
    blind = Said(refusal="node7 does not see /out")
    crew = Crew(3, starts=[blind, Said(), blind], seed=4)
    assert len(list(done_by(jobs(rack, 5), crew, rack, lines.append))) == 5
    assert set(lines) <= {"node7 does not see /out"}
    assert len(lines) <= 1


def test_when_no_worker_can_paint_that_is_an_error_in_time(rack: Rack) -> None:
    lines: list[str] = []
    crew = Crew(2, starts=[Lost("no module named pleinair")] * 50)
    with pytest.raises(ClusterError, match="no worker of the cluster can paint; 5 pictures are left"):
        list(done_by(jobs(rack, 5), crew, rack, lines.append))
    assert lines == ["no module named pleinair"]
    assert len(list(crew.starts)) == 50 - 2 * TRIES
    assert not crew.alive


def test_a_worker_that_fails_to_start_is_started_again(rack: Rack) -> None:
    crew = Crew(1, starts=[Lost("x"), Lost("x")])
    assert len(list(done_by(jobs(rack, 3), crew, rack, hush))) == 3


def test_a_full_cluster_is_waited_for_and_that_is_said_once(rack: Rack) -> None:
    lines: list[str] = []
    crew = Crew(1)
    crew.patient = 3
    assert len(list(done_by(jobs(rack, 2), crew, rack, lines.append))) == 2
    assert lines == ["the cluster has no free core yet; waiting"]


@pytest.mark.parametrize("stop", [lambda running: running.close(), lambda running: running.throw(KeyboardInterrupt)])
def test_when_the_caller_stops_the_workers_are_dismissed(rack: Rack, stop: Callable[[object], None]) -> None:
    crew = Crew(3)
    running = done_by(jobs(rack, 50), crew, rack, hush)
    next(running)
    with suppress(KeyboardInterrupt):
        stop(running)
    assert not crew.alive
    assert len(list(rack.folder.parent.glob("*.png"))) == 1


def test_no_more_workers_than_jobs_and_none_for_none(rack: Rack) -> None:
    crew = Crew(9)
    assert len(list(done_by(jobs(rack, 2), crew, rack, hush))) == 2
    assert crew.most <= 2
    assert next(crew.numbers) <= 2 * 2 + 2
    assert list(done_by([], Crew(2), rack, hush)) == []


@given(
    fates=st.lists(st.lists(st.sampled_from(FATES), max_size=2), min_size=1, max_size=10),
    seats=st.integers(1, 4),
    calls=st.integers(0, 40),
    seed=st.integers(0, 99),
)
@settings(max_examples=150, deadline=None)
def test_when_the_cluster_goes_what_is_painted_stays_and_the_same_command_goes_on(
    fates: list[list[str]], seats: int, calls: int, seed: int
) -> None:
    with TemporaryDirectory() as place:
        outcomes: dict[Job, Outcome] = {}
        stamps: dict[Path, int] = {}
        gone = ""
        for rack in racks(Path(place)):
            work = jobs(rack, len(fates))
            crew = Crew(seats, {f"{at}.png": list(each) for at, each in enumerate(fates)}, seed=seed)
            crew.calls_left = calls
            try:
                for job, outcome in done_by(work, crew, rack, hush):
                    assert job not in outcomes
                    outcomes[job] = outcome
                    if isinstance(outcome, str):
                        stamps[job.target] = job.target.stat().st_ino
            except ClusterError as error:
                gone = str(error)
                assert not [job for job in work if job not in outcomes and rack.holds(job)]  # all found were given
            assert bool(gone) == (len(outcomes) < len(work))
            left = [job for job in work if job not in outcomes]
            assert not gone or gone == f"the head is silent; {len(left)} pictures are left"
            assert {job.target for job in outcomes if job.target.exists()} == stamps.keys()
        if left:
            (Path(place) / "any.onnx").touch()
            with racked(Path(place) / "out", Path(place) / "any.onnx", sheets=False) as rack:
                rest = dict(done_by(left, Crew(seats, seed=seed), rack, hush))
            assert rest == dict.fromkeys(left, "a note")
        assert all(target.stat().st_ino == inode for target, inode in stamps.items())
        assert not list((Path(place) / "out").glob(".*"))
