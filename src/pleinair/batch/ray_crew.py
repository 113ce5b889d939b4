"""A crew of Ray actors (extra [cluster]): `auto`, `local`, or HOST:PORT of a cluster that this machine belongs to."""

from __future__ import annotations

import logging
import os
import re
import socket
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pleinair.batch.cluster import Lost, Ticket, Worker
from pleinair.batch.hand import Hand, Letter, Said
from pleinair.batch.plan import Job
from pleinair.errors import ClusterError, MissingExtraError

AUTO, LOCAL = "auto", "local"
STORE_BYTES = 100 * 2**20  # of a local Ray's object store, through which nothing large goes; Ray would take 30 % of RAM
PROBE_SECONDS = 3.0
# How a client greets a server of HTTP/2, which gRPC is (RFC 9113, 3.4), and which frame the server begins with.
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
SETTINGS_FRAME = 4
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is reported to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else a tip on graphics cards is printed
}
# A local Ray listens on 127.0.0.1 only. (Ray does so of itself where it is called experimental, hence the name.)
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


class RayCrew:
    """Workers that are Ray actors, each of so many CPUs as its engine has threads."""

    def __init__(self, ray: Any, letter: Letter, workers: int | None) -> None:
        self._ray, self._letter, self._workers = ray, letter, workers
        # Ray starts none of them again and sends no job twice: `cluster.done_by` knows what is on the rack.
        options = ray.remote(num_cpus=letter.threads, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD")
        self._actor = options(Hand)

    @property
    def seats(self) -> int:
        if self._workers is not None:
            return self._workers
        return max(1, int(self._ray.cluster_resources().get("CPU", 0)) // self._letter.threads)

    def hire(self) -> tuple[Worker, Ticket]:
        worker = self._actor.remote(self._letter)
        return worker, worker.ready.remote()

    def give(self, worker: Worker, job: Job) -> Ticket:
        return worker.paint.remote(job)

    def first(self, tickets: Sequence[Ticket], seconds: float) -> Ticket | None:
        finished, _ = self._ray.wait(list(tickets), num_returns=1, timeout=seconds)
        return finished[0] if finished else None

    def answer(self, ticket: Ticket) -> Said | Lost:
        try:
            said = self._ray.get(ticket)
        except self._ray.exceptions.RayError as error:
            return Lost(_line(getattr(error, "cause", None) or error))
        assert isinstance(said, Said)
        return said

    def dismiss(self, worker: Worker) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(worker, no_restart=True)


@contextmanager
def hired(address: str, letter: Letter, workers: int | None) -> Iterator[RayCrew]:
    """A crew at an address; workers: how many, by default as many as the cluster has CPUs for.

    Raises MissingExtraError, and ClusterError within seconds if nobody is there.
    """
    ray = _joined(address, None if workers is None else workers * letter.threads)
    try:
        with _hushed():
            yield RayCrew(ray, letter, workers)
    finally:
        with suppress(Exception):  # whatever it says, the work is done
            ray.shutdown()


def _joined(address: str, cpus: int | None) -> Any:
    """Ray, in touch with the cluster. cpus: that a local one is to have."""
    spec = find_spec("ray")
    if spec is None or spec.origin is None:  # a folder that happens to be called ray has no origin
        raise MissingExtraError("--cluster", "cluster")
    where = os.environ.get("RAY_ADDRESS", AUTO) if address == AUTO else address
    if where not in (AUTO, LOCAL):
        _probe(where)
    os.environ.update(QUIET)
    options: dict[str, Any] = {"address": where}
    if where == LOCAL:
        os.environ.update(ALONE)
        options |= {"num_cpus": cpus, "include_dashboard": False, "object_store_memory": STORE_BYTES}
    import ray

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ray.init(**options, log_to_driver=False, logging_level=logging.CRITICAL)
    except Exception as error:  # Ray's have no common parent but this
        if isinstance(error, ConnectionError) and where == AUTO:
            raise ClusterError("no Ray runs on this machine; name --cluster local, or HOST:PORT of one") from error
        raise ClusterError(f"the cluster {where} cannot be joined: {_line(error)}") from error
    return ray


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


def _probe(address: str) -> None:
    """Raise ClusterError unless a server that could be Ray's is there: Ray itself would try for minutes."""
    host, port = re.sub(r"[\[\]]", "", address).rsplit(":", 1)
    try:
        with socket.create_connection((host, int(port)), PROBE_SECONDS) as line:
            line.settimeout(PROBE_SECONDS)
            line.sendall(GREETING)
            frame = line.recv(4)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ClusterError(
            f"there is no cluster at {address} ({reason.lower()}); start one there: ray start --head"
        ) from error
    if len(frame) < 4 or frame[3] != SETTINGS_FRAME:
        raise ClusterError(f"what answers at {address} is not Ray; its port is what `ray start --head` says")


def _line(error: BaseException) -> str:
    """The first line of what Ray has to say."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
