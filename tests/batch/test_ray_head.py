"""The head of a cluster: there, a stranger, gone, and back again in time."""

import socket
import threading
import time
from collections.abc import Callable

import pytest

from pleinair.batch import ray_head
from pleinair.batch.ray_head import STRANGER, Head, check_there, silence
from pleinair.errors import ClusterError
from tests.batch.answering import server

RAY = bytes([0, 0, 18, 4, 0])


def nobody() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """hurried(patience, look): seconds."""

    def told(patience: float, look: float) -> None:
        monkeypatch.setattr(ray_head, "PATIENCE_SECONDS", patience)
        monkeypatch.setattr(ray_head, "LOOK_SECONDS", look)
        monkeypatch.setattr(ray_head, "PAUSE_SECONDS", 0.02)

    return told


def test_a_head_that_answers_is_there() -> None:
    with server(RAY) as address:
        assert silence(address) == ""
    with server(RAY) as address:
        check_there(address)


@pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\0\0"])
def test_a_stranger_is_told_from_ray(reply: bytes) -> None:
    with server(reply) as address:
        assert silence(address) == STRANGER
    with server(reply) as address, pytest.raises(ClusterError, match=f"what answers at {address} is not Ray; its port"):
        check_there(address)


def test_nobody_is_said() -> None:
    with pytest.raises(ClusterError, match=r"there is no cluster at .* \(connection refused\); start one there"):
        check_there(nobody())


@pytest.mark.parametrize("address", ["nowhere.invalid:6379", "127.0.0.1:99999", "[::1]:1"])
def test_every_address_has_an_answer(address: str) -> None:
    assert silence(address)


def test_a_head_that_stays_away_is_given_up_in_one_line(hurried: Callable[[float, float], None]) -> None:
    hurried(0.2, 0.0)
    address = nobody()
    head = Head(address)
    began = time.monotonic()
    with pytest.raises(ClusterError) as caught:
        head.look()
    assert 0.2 <= time.monotonic() - began < 5
    assert head.gone
    assert str(caught.value).startswith(f"the head of the cluster, {address}, has been silent for ")
    assert str(caught.value).endswith("start it again, and the same command goes on")
    assert "\n" not in str(caught.value)


def test_a_head_that_comes_back_in_time_is_waited_for(hurried: Callable[[float, float], None]) -> None:
    hurried(20.0, 0.0)
    address = nobody()
    head = Head(address)
    waiting = threading.Thread(target=head.find)
    waiting.start()
    time.sleep(0.1)
    assert waiting.is_alive()
    with server(RAY, int(address.rpartition(":")[2])):
        waiting.join(10)
    assert not waiting.is_alive()
    assert not head.gone


def test_it_is_not_looked_for_all_the_time(hurried: Callable[[float, float], None]) -> None:
    hurried(0.0, 1000.0)
    head = Head(nobody())
    head.look()  # which was made just now
    with pytest.raises(ClusterError):
        head.find()


def test_a_head_that_is_not_known_is_not_looked_after(hurried: Callable[[float, float], None]) -> None:
    hurried(0.0, 0.0)
    head = Head(None)
    head.look()
    head.find()
    assert not head.gone
