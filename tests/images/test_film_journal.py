"""The journal of an unfinished film: after any kill, the whole groups that are in it and nothing else."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.errors import OutputError, SettingError
from pleinair.images.film_journal import Journal, promise_of

PROMISE = {"style": "vangogh", "crf": "17"}
GROUP = 4
OPEN: list[Journal] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Whatever a test opened is closed after it."""
    yield
    while OPEN:
        OPEN.pop().close()


def opened(path: Path, promise: Mapping[str, str]) -> Journal:
    OPEN.append(Journal(path, promise))
    return OPEN[-1]


def filled(path: Path, count: int, sessions: int = 1) -> Journal:
    """Packets in groups of four; every session but the last is ended."""
    journal = opened(path, PROMISE)
    for session in range(sessions):
        journal.headers_of(b"headers")
        for number in range(count):
            journal.add(session * count + number, number % GROUP == 0, bytes([number]) * 9)
        if session < sessions - 1:
            journal.end(False, 7)
    return journal


def test_packets_come_back_after_a_clean_end(tmp_path: Path) -> None:
    journal = filled(tmp_path / "j", 6)
    journal.end(True, 40)
    journal.close()
    again = opened(tmp_path / "j", PROMISE)
    assert (list(again.stamps), again.complete, again.last_duration, again.headers) == (
        [0, 1, 2, 3, 4, 5],
        True,
        40,
        b"headers",
    )
    assert list(again.packets())[5] == (5, False, b"\x05" * 9)
    again.add(6, False, b"more")
    assert [pts for pts, _, _ in again.packets()] == [0, 1, 2, 3, 4, 5, 6]


def test_after_a_kill_the_last_group_is_cut_off(tmp_path: Path) -> None:
    filled(tmp_path / "j", 7).close()
    again = opened(tmp_path / "j", PROMISE)
    assert list(again.stamps) == [0, 1, 2, 3]
    assert not again.complete
    again.headers_of(b"headers")
    again.add(4, True, b"x")
    assert [pts for pts, _, _ in again.packets()] == [0, 1, 2, 3, 4]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 13), st.integers(1, 3), st.integers(0, 10**6))
def test_cut_anywhere_whole_groups_are_left(
    tmp_path_factory: pytest.TempPathFactory, count: int, sessions: int, cut: int
) -> None:
    path = tmp_path_factory.mktemp("journals") / "j"
    filled(path, count, sessions).close()
    data = path.read_bytes()
    path.write_bytes(data[: cut % (len(data) + 1)])
    again = opened(path, PROMISE)
    kept = len(again.stamps)
    assert list(again.stamps) == list(range(kept))
    assert kept % count == 0 or (kept % count) % GROUP == 0
    assert [pts for pts, _, _ in again.packets()] == list(again.stamps)


def test_a_damaged_packet_ends_it(tmp_path: Path) -> None:
    filled(tmp_path / "j", 12).close()
    data = bytearray((tmp_path / "j").read_bytes())
    data[len(data) // 2] ^= 255
    (tmp_path / "j").write_bytes(data)
    assert len(opened(tmp_path / "j", PROMISE).stamps) in (0, 4)


def test_another_promise_is_refused_and_named(tmp_path: Path) -> None:
    filled(tmp_path / "j", 5).close()
    with pytest.raises(SettingError, match="crf 17 → 20"):
        opened(tmp_path / "j", {**PROMISE, "crf": "20"})
    assert promise_of(tmp_path / "j") == PROMISE


def test_what_a_promise_leaves_out_is_named_and_how_to_go_on(tmp_path: Path) -> None:
    unsaid = {"window": "768", "steady": "0"}
    filled(tmp_path / "j", 5).close()
    with pytest.raises(SettingError) as told:
        Journal(tmp_path / "j", {**PROMISE, "window": "1536", "crf": "20"}, unsaid)
    assert str(told.value) == (
        "j was begun otherwise (window 768 → 1536, crf 17 → 20); "
        "--window 768 --crf 17 goes on with it, --overwrite begins anew"
    )
    with pytest.raises(SettingError) as told:  # for which there is no option
        Journal(tmp_path / "j", {**PROMISE, "window": "1536", "sha256": "ab"}, unsaid)
    assert str(told.value).endswith("(window 768 → 1536, sha256 unsaid → ab); --overwrite begins anew")


def test_one_without_whole_packets_begins_anew(tmp_path: Path) -> None:
    other = {**PROMISE, "crf": "20"}
    for count in (0, 3):  # of three packets without an end none is kept in any case
        filled(tmp_path / "j", count).close()
        again = opened(tmp_path / "j", other)
        assert (list(again.stamps), again.headers, promise_of(tmp_path / "j")) == ([], b"", other)
        again.headers_of(b"others")
        again.add(0, True, b"x")
        again.end(False, 1)
        again.close()
        assert list(opened(tmp_path / "j", other).stamps) == [0]
        (tmp_path / "j").unlink()


def test_what_is_no_journal_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "j").write_bytes(b"\xff\x00 nothing of ours")
    assert promise_of(tmp_path / "j") is None
    assert not opened(tmp_path / "j", PROMISE).stamps


def test_other_headers_are_refused(tmp_path: Path) -> None:
    journal = filled(tmp_path / "j", 3)
    journal.end(False, 1)
    with pytest.raises(SettingError, match="another encoder"):
        journal.headers_of(b"others")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has it")
def test_a_full_disk_is_named_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing tries to write the rest once more, and must not speak over what was said."""
    journal = Journal(tmp_path / "j", PROMISE)
    journal.close()
    monkeypatch.setattr(journal, "_file", Path("/dev/full").open("wb"))  # noqa: SIM115 - the journal closes it
    try:
        with pytest.raises(OutputError, match=r"j cannot be written: no space left on device"):
            journal.add(0, True, b"packet")
    finally:
        journal.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        opened(tmp_path / "none" / "j", PROMISE)
    with pytest.raises(OutputError, match="cannot be read"):
        promise_of(tmp_path / "none")
