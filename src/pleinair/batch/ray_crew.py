"""A crew of Ray actors (extra [cluster]): `auto`, `local`, or HOST:PORT of a cluster that this machine belongs to."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from pleinair.batch.cluster import Lost, Ticket, Worker
from pleinair.batch.hand import Hand, Letter, Said
from pleinair.batch.plan import Job
from pleinair.batch.ray_head import LOOK_SECONDS, Head, check_there, silence
from pleinair.errors import ClusterError, MissingExtraError

AUTO, LOCAL = "auto", "local"
STORE_BYTES = 100 * 2**20  # of a local Ray's object store, through which nothing large goes; Ray would take 30 % of RAM
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is reported to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else a tip on graphics cards is printed
}
# A local Ray listens on 127.0.0.1 only. (Ray does so of itself where it is called experimental, hence the name.)
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
T = TypeVar("T")


class RayCrew:
    """Workers that are Ray actors, each of so many CPUs as its engine has threads."""

    def __init__(self, ray: Any, letter: Letter, workers: int | None, head: Head) -> None:
        self._ray, self._letter, self._workers, self._head = ray, letter, workers, head
        # Ray starts none of them again and sends no job twice: `cluster.done_by` knows what is on the rack.
        options = ray.remote(num_cpus=letter.threads, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD")
        self._actor = options(Hand)

    @property
    def seats(self) -> int:
        if self._workers is not None:
            return self._workers
        cores = self._asked(lambda: self._ray.cluster_resources().get("CPU", 0))
        return max(1, int(cores) // self._letter.threads)

    def hire(self) -> tuple[Worker, Ticket]:
        self._head.find()  # without one Ray waits for it, and cannot be interrupted
        worker = self._asked(lambda: self._actor.remote(self._letter))
        return worker, self._asked(worker.ready.remote)

    def give(self, worker: Worker, job: Job) -> Ticket:
        return self._asked(lambda: worker.paint.remote(job))

    def first(self, tickets: Sequence[Ticket], seconds: float) -> Ticket | None:
        end = time.monotonic() + seconds
        while True:
            self._head.look()
            left = max(0.0, end - time.monotonic())
            some = min(left, LOOK_SECONDS)
            wait = partial(self._ray.wait, list(tickets), num_returns=1, timeout=some)
            finished, _ = self._asked(wait)
            if finished:
                return finished[0]
            if left <= LOOK_SECONDS:
                return None

    def answer(self, ticket: Ticket) -> Said | Lost:
        try:
            said = self._ray.get(ticket)
        except self._ray.exceptions.RayError as error:
            return Lost(_line(getattr(error, "cause", None) or error))
        assert isinstance(said, Said)
        return said

    def dismiss(self, worker: Worker) -> None:
        if self._head.gone:  # and with it, by and by, all workers
            return
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(worker, no_restart=True)

    def _asked(self, ask: Callable[[], T]) -> T:
        """What Ray gives. Raises ClusterError for what it raises itself, which here is only of the cluster."""
        try:
            return ask()
        except (self._ray.exceptions.RayError, ConnectionError) as error:
            self._head.find()
            raise ClusterError(f"the cluster cannot be asked any more: {_line(error)}") from error


@contextmanager
def hired(address: str, letter: Letter, workers: int | None) -> Iterator[RayCrew]:
    """A crew at an address; workers: how many, by default as many as the cluster has CPUs for.

    Raises MissingExtraError, and ClusterError within seconds if nobody is there, within PATIENCE_SECONDS of `ray_head`
    if its head goes.
    """
    ray, head = _joined(address, None if workers is None else workers * letter.threads)
    try:
        with _hushed():
            yield RayCrew(ray, letter, workers, head)
    finally:
        if head.gone:
            atexit.unregister(ray.shutdown)  # which would wait for the head
        else:
            with suppress(Exception):  # whatever it says, the work is done
                ray.shutdown()


def _joined(address: str, cpus: int | None) -> tuple[Any, Head]:
    """Ray, in touch with the cluster, and its head. cpus: that a local one is to have."""
    spec = find_spec("ray")
    if spec is None or spec.origin is None:  # a folder that happens to be called ray has no origin
        raise MissingExtraError("--cluster", "cluster")
    where = os.environ.get("RAY_ADDRESS", AUTO) if address == AUTO else address
    if where not in (AUTO, LOCAL):
        check_there(where)
    os.environ.update(QUIET)
    options: dict[str, Any] = {"address": where}
    if where == LOCAL:
        os.environ.update(ALONE)
        options |= {"num_cpus": cpus, "include_dashboard": False, "object_store_memory": STORE_BYTES}
    try:
        with warnings.catch_warnings(), _own_signals():
            import ray

            warnings.simplefilter("ignore")
            ray.init(**options, log_to_driver=False, logging_level=logging.CRITICAL)
    except Exception as error:  # Ray's have no common parent but this
        if isinstance(error, ConnectionError) and where == AUTO:
            raise ClusterError("no Ray runs on this machine; name --cluster local, or HOST:PORT of one") from error
        raise ClusterError(f"the cluster {where} cannot be joined: {_line(error)}") from error
    known = None
    with suppress(Exception):
        known = ray.get_runtime_context().gcs_address
    # Where it does not answer now, as behind TLS, its silence says nothing later on either.
    watched = isinstance(known, str) and ":" in known and not silence(known)
    return ray, Head(known if watched else None)


@contextmanager
def _own_signals() -> Iterator[None]:
    """Have SIGTERM do afterwards what it did before: Ray's handlers, by version, tidy nothing up or end at once."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        with suppress(ValueError, TypeError):  # not the main thread; a handler that is none of Python's
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep what Ray tells of dying nodes, twenty lines each, off stdout, for which it has no setting."""
    module = import_module("ray._private.worker")
    name = "print_to_stdstream"  # no part of Ray's public face: should it go, Ray is only louder
    before = getattr(module, name, None)
    setattr(module, name, lambda *_, **__: None)
    try:
        yield
    finally:
        setattr(module, name, before)


def _line(error: BaseException) -> str:
    """The first line of what Ray has to say."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
