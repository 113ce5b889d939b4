"""Ray's calls, by a Ray that is none: what it is asked for, how it is quieted, and what becomes of its errors.

The real one: test_ray_nodes.
"""

import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pleinair.batch import ray_crew, ray_head
from pleinair.batch.cluster import Lost
from pleinair.batch.hand import Letter, Said
from pleinair.batch.plan import Job
from pleinair.batch.ray_crew import hired
from pleinair.batch.work import Settings
from pleinair.errors import ClusterError, MissingExtraError
from tests.batch.answering import server

LETTER = Letter(Path("tiny.onnx"), {"hokusai": 1.0}, Settings(), {}, threads=2)
JOB = Job(Path("a.png"), Path("out/a.png"))


class RayError(Exception):
    """As Ray's: no kin of ours."""


class FakeRay(ModuleType):
    """Actors that are dictionaries, and answers that are there at once."""

    def __init__(self) -> None:
        super().__init__("ray")
        self.exceptions = SimpleNamespace(RayError=RayError)
        self.asked: dict[str, Any] = {}
        self.options: dict[str, Any] = {}
        self.killed: list[object] = []
        self.down = 0
        self.head: str | None = None
        self.reply: object = Said("a note")
        self.trouble: Exception | None = None

    def init(self, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: None)
        self.asked = {**options, "environment": dict(os.environ)}
        warnings.warn("a tip", FutureWarning, stacklevel=1)
        if self.trouble:
            raise self.trouble

    def remote(self, **options: Any) -> Callable[[type], Any]:
        self.options = options

        def method(name: str) -> Any:
            return SimpleNamespace(remote=lambda *words: (name, *words))

        def actor(kind: type) -> Any:
            assert kind.__name__ == "Hand"
            return SimpleNamespace(
                remote=lambda letter: SimpleNamespace(letter=letter, ready=method("ready"), paint=method("paint"))
            )

        return actor

    def get_runtime_context(self) -> SimpleNamespace:
        return SimpleNamespace(gcs_address=self.head)

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 9.0, "memory": 1e9}

    def wait(self, tickets: list[Any], num_returns: int, timeout: float) -> tuple[list[Any], list[Any]]:
        assert num_returns == 1
        return (tickets[:1], tickets[1:]) if timeout > 1 else ([], tickets)

    def get(self, _: Any) -> object:
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def kill(self, worker: object, no_restart: bool) -> None:
        assert no_restart
        self.killed.append(worker)
        raise RayError("it is dead already")

    def shutdown(self) -> None:
        self.down += 1
        raise RayError("the cluster is gone")


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake, inner, private = FakeRay(), ModuleType("ray._private.worker"), ModuleType("ray._private")
    inner.print_to_stdstream = print  # type: ignore[attr-defined]
    for module in (fake, inner, private):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(ray_crew, "find_spec", lambda _: SimpleNamespace(origin="ray/__init__.py"))
    for name in (*ray_crew.QUIET, *ray_crew.ALONE, "RAY_ADDRESS"):
        monkeypatch.setenv(name, "undone afterwards")
    monkeypatch.delenv("RAY_ADDRESS")
    return fake


def test_a_local_ray_is_small_quiet_and_listens_to_nobody_else(ray: FakeRay) -> None:
    with hired("local", LETTER, 3) as crew:
        assert crew.seats == 3
    asked = ray.asked
    environment = asked.pop("environment")
    assert asked == {
        "address": "local",
        "num_cpus": 6,
        "include_dashboard": False,
        "object_store_memory": 100 * 2**20,
        "log_to_driver": False,
        "logging_level": logging.CRITICAL,
    }
    assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert environment["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] == "0"
    assert ray.down == 1


def test_a_running_cluster_is_joined_as_it_is(ray: FakeRay) -> None:
    with server(bytes([0, 0, 18, 4, 0])) as address, hired(address, LETTER, None):
        pass
    environment = ray.asked.pop("environment")
    assert ray.asked == {"address": address, "log_to_driver": False, "logging_level": logging.CRITICAL}
    assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert environment["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] == "undone afterwards"


def test_auto_goes_where_the_environment_says(ray: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(bytes([0, 0, 18, 4, 0])) as address:
        monkeypatch.setenv("RAY_ADDRESS", address)
        with hired("auto", LETTER, None):
            pass
    assert ray.asked["address"] == address


def test_a_worker_for_every_share_of_cores(ray: FakeRay) -> None:
    with hired("auto", LETTER, None) as crew:
        assert crew.seats == 4  # 9 CPUs, 2 threads each
    assert ray.options == {"num_cpus": 2, "max_restarts": 0, "max_task_retries": 0, "scheduling_strategy": "SPREAD"}


def test_workers_get_the_letter_and_jobs(ray: FakeRay) -> None:
    with hired("auto", LETTER, 1) as crew:
        worker, ticket = crew.hire()
        assert worker.letter == LETTER
        assert ticket == ("ready",)
        assert crew.give(worker, JOB) == ("paint", JOB)
        assert crew.first([ticket, 7], 5) == ticket
        assert crew.first([ticket], 0.5) is None
        assert crew.answer(ticket) == Said("a note")
        crew.dismiss(worker)  # though it is dead
    assert ray.killed == [worker]


def test_what_ray_says_of_a_death_is_one_line(ray: FakeRay) -> None:
    with hired("auto", LETTER, 1) as crew:
        ray.reply = RayError("\n  The actor died.\n\tclass_name: Hand\n")
        assert crew.answer(0) == Lost("The actor died.")
        ray.reply = RayError("Traceback\n…")
        ray.reply.cause = ValueError("no such thing")  # type: ignore[attr-defined]
        assert crew.answer(0) == Lost("no such thing")
        ray.reply = RayError()
        assert crew.answer(0) == Lost("RayError")


def test_what_ray_prints_of_nodes_is_hushed_and_then_as_it_was(
    ray: FakeRay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ray is sys.modules["ray"]
    inner = sys.modules["ray._private.worker"]
    with hired("auto", LETTER, 1):
        inner.print_to_stdstream({"lines": ["Raylet is terminated"]}, ignore_prefix=False)
    assert capsys.readouterr().out == ""
    assert inner.print_to_stdstream is print


@pytest.mark.parametrize("trouble", [ConnectionError("Could not find any running Ray instance."), None])
def test_ray_is_shut_down_whatever_happens(ray: FakeRay, trouble: Exception | None) -> None:
    ray.trouble = trouble
    with pytest.raises((ClusterError, KeyboardInterrupt)), hired("auto", LETTER, 1):
        raise KeyboardInterrupt
    assert ray.down == (trouble is None)


def test_without_a_ray_on_this_machine_it_is_said_what_to_name(ray: FakeRay) -> None:
    ray.trouble = ConnectionError("Could not find any running Ray instance.")
    with pytest.raises(ClusterError, match="no Ray runs on this machine; name --cluster local, or HOST:PORT"):
        hired("auto", LETTER, 1).__enter__()


def test_other_errors_of_joining_are_one_line(ray: FakeRay) -> None:
    ray.trouble = RuntimeError("Version mismatch: The cluster was started with:\n    Ray: 2.9.0")
    with pytest.raises(ClusterError) as caught:
        hired("local", LETTER, 1).__enter__()
    assert str(caught.value) == "the cluster local cannot be joined: Version mismatch: The cluster was started with:"


def test_nobody_there_is_said_in_time(ray: FakeRay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(ClusterError, match=rf"there is no cluster at {address} \(.*\); start one there: ray start"):
        hired(address, LETTER, 1).__enter__()
    assert not ray.asked


def test_another_server_is_told_from_ray(ray: FakeRay) -> None:
    with server(b"HTTP/1.1 400 Bad Request") as address, pytest.raises(ClusterError, match=f"at {address} is not Ray"):
        hired(address, LETTER, 1).__enter__()
    assert not ray.asked


def test_a_server_that_says_nothing_is_not_waited_for(ray: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_head, "PROBE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(ClusterError, match="timed out"):
            hired(address, LETTER, 1).__enter__()
    assert not ray.asked


@pytest.mark.parametrize("spec", [None, SimpleNamespace(origin=None)])
def test_without_the_extra_it_is_said_what_to_type(monkeypatch: pytest.MonkeyPatch, spec: object) -> None:
    monkeypatch.setattr(ray_crew, "find_spec", lambda _: spec)
    with pytest.raises(MissingExtraError, match=r'type: pip install "pleinair\[cluster\]"'):
        hired("127.0.0.1:1", LETTER, 1).__enter__()


def test_sigterm_does_what_it_did_before(ray: FakeRay) -> None:
    """Ray puts a handler of its own there, which by version tidies nothing up."""
    before = signal.getsignal(signal.SIGTERM)
    with hired("auto", LETTER, 1):
        assert ray.asked
        assert signal.getsignal(signal.SIGTERM) == before


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("PATIENCE_SECONDS", 0.1), ("PAUSE_SECONDS", 0.01), ("LOOK_SECONDS", 0.0)):
        monkeypatch.setattr(ray_head, name, seconds)
    monkeypatch.setattr(ray_crew, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(ray_crew, "silence", lambda _: "")  # at first it is there


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("ask", [lambda crew: crew.hire(), lambda crew: crew.first([0], 0.5)])
def test_a_head_that_is_gone_is_said_before_ray_waits_for_it(ray: FakeRay, ask: Callable[[Any], object]) -> None:
    ray.head = nobody()
    with hired("auto", LETTER, 1) as crew:
        with pytest.raises(ClusterError, match=r"the head of the cluster, .* has been silent for"):
            ask(crew)
        crew.dismiss("a worker")
    assert ray.killed == []  # neither waited for a head that is not there
    assert ray.down == 0


@pytest.mark.usefixtures("hurried")
def test_what_ray_raises_of_a_cluster_that_goes_is_one_line(ray: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object, **__: object) -> None:
        raise RayError("Broken pipe\n at raylet_client.cc")

    monkeypatch.setattr(ray, "wait", wait)
    with hired("auto", LETTER, 1) as crew, pytest.raises(ClusterError) as caught:
        crew.first([0], 1)
    assert str(caught.value) == "the cluster cannot be asked any more: Broken pipe"
    assert ray.down == 1


@pytest.mark.usefixtures("hurried")
def test_a_head_that_answers_is_worked_with(ray: FakeRay) -> None:
    with server(bytes([0, 0, 18, 4, 0])) as ray.head, hired("auto", LETTER, 1) as crew:
        worker, _ = crew.hire()
        assert worker.letter == LETTER


@pytest.mark.usefixtures("hurried")
def test_a_head_that_never_answered_so_is_not_looked_after(ray: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one behind TLS: Ray is in touch with it, and so it is there."""
    monkeypatch.setattr(ray_crew, "silence", lambda _: "another protocol")
    ray.head = nobody()
    with hired("auto", LETTER, 1) as crew:
        assert crew.hire()
        assert crew.first([7], 0.05) is None
