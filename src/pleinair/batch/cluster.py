"""Jobs handed out to the workers of a cluster: none is lost with a worker, none gets its name twice."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from pleinair.batch.farm import Outcome
from pleinair.batch.hand import Said
from pleinair.batch.plan import Job
from pleinair.batch.rack import Rack
from pleinair.errors import ClusterError, OutputError, PleinairError

TRIES = 3  # a picture that has taken so many workers with it is left out, a worker that will not start given up
PATIENCE_SECONDS = 20.0

Worker = Any  # whatever a crew calls its workers
Ticket = Any  # whatever it gives for an answer that is to come


class Lost(NamedTuple):
    """A worker is gone, or cannot be reached, and with it the answer."""

    reason: str


class Crew(Protocol):
    """Workers of an engine that runs them on other machines. All but `dismiss` raise ClusterError if it is gone."""

    @property
    def seats(self) -> int:
        """How many workers there should be."""
        ...

    def hire(self) -> tuple[Worker, Ticket]:
        """Begin to start a worker; the ticket is for what it says when it is ready."""
        ...

    def give(self, worker: Worker, job: Job) -> Ticket:
        """Begin to have a job painted."""
        ...

    def first(self, tickets: Sequence[Ticket], seconds: float) -> Ticket | None:
        """One of the tickets whose answer is there, or None when so much time has passed."""
        ...

    def answer(self, ticket: Ticket) -> Said | Lost:
        """What was said, or that it never will be."""
        ...

    def dismiss(self, worker: Worker) -> None:
        """End a worker at once, whether it lives or not."""
        ...


class _Post(NamedTuple):
    """What a ticket is for: a worker's start, after so many that failed, or a job."""

    worker: Worker
    job: Job | None = None
    failed: int = 0


@dataclass
class _Site:
    """The state of the handing out."""

    crew: Crew
    rack: Rack
    say: Callable[[str], None]
    waiting: deque[Job]
    posts: dict[Ticket, _Post] = field(default_factory=dict)
    idle: list[Worker] = field(default_factory=list)
    deaths: Counter[Job] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)

    def hire(self, failed: int = 0) -> None:
        worker, ticket = self.crew.hire()
        self.posts[ticket] = _Post(worker, failed=failed)

    def hand_out(self) -> None:
        while self.idle and self.waiting:
            worker, job = self.idle.pop(), self.waiting.popleft()
            self.posts[self.crew.give(worker, self.rack.job(job))] = _Post(worker, job)

    def tell(self, line: str) -> None:
        """Say a line, once."""
        if line not in self.told:
            self.told.add(line)
            self.say(line)

    def started(self, post: _Post, answer: Said | Lost) -> None:
        """A worker is ready; or it is started again; or it is given up, and the reason said."""
        if isinstance(answer, Said) and not answer.refusal:
            self.idle.append(post.worker)
            return
        self.crew.dismiss(post.worker)
        if isinstance(answer, Lost) and post.failed + 1 < TRIES:
            self.hire(post.failed + 1)
            return
        self.tell(answer.reason if isinstance(answer, Lost) else answer.refusal)

    def painted(self, post: _Post, job: Job, answer: Said | Lost) -> Outcome | None:
        """What became of a job; None if it waits again, because its worker is gone."""
        if isinstance(answer, Said):
            self.idle.append(post.worker)
            if answer.refusal:
                return PleinairError(self.rack.plain(answer.refusal, job))
            return self.named(job, answer.note)
        self.crew.dismiss(post.worker)
        self.hire()
        if self.rack.holds(job):  # it was painted, but nobody could say so any more
            return self.named(job, "")
        self.deaths[job] += 1
        if self.deaths[job] < TRIES:
            self.waiting.appendleft(job)
            return None
        return ClusterError(f"{job.source}: {TRIES} workers died while they painted it: {answer.reason}")

    def named(self, job: Job, note: str) -> Outcome:
        try:
            self.rack.hand_over(job)
        except OutputError as error:
            return error
        return note

    def dismiss_all(self) -> None:
        for worker in (*self.idle, *(post.worker for post in self.posts.values())):
            self.crew.dismiss(worker)


def done_by(
    jobs: Sequence[Job], crew: Crew, rack: Rack, say: Callable[[str], None]
) -> Generator[tuple[Job, Outcome], None, None]:
    """Do the jobs by a crew, and give each, as it is finished, with the worker's note or what it was refused by.

    A worker has one job at a time. When it is lost, the job waits again and another worker is hired. If the caller
    stops, what is under way is given up. say: takes lines on workers that cannot paint. Raises ClusterError if there is
    none that can, or if the crew does because the cluster is gone; then what is painted already is given before.
    """
    site = _Site(crew, rack, say, deque(jobs))
    left = dict.fromkeys(jobs)  # without an outcome, in order
    try:
        for _ in range(min(crew.seats, len(jobs))):
            site.hire()
        while left:
            if not site.posts:
                raise ClusterError("no worker of the cluster can paint")
            ticket = crew.first(list(site.posts), PATIENCE_SECONDS)
            if ticket is None:
                if not any(post.job for post in site.posts.values()):
                    site.tell("the cluster has no free core yet; waiting")
                continue
            post = site.posts.pop(ticket)
            answer = crew.answer(ticket)
            if post.job is None:
                site.started(post, answer)
            elif (outcome := site.painted(post, post.job, answer)) is not None:
                del left[post.job]
                yield post.job, outcome
            site.hand_out()
    except ClusterError as error:
        for job in [job for job in left if rack.holds(job)]:
            del left[job]
            yield job, site.named(job, "")
        if left:
            raise ClusterError(f"{error}; {len(left)} pictures are left") from error
    finally:
        site.dismiss_all()
