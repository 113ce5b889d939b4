"""A worker of a cluster: ready or not, and whatever goes wrong is an answer."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.batch.hand import Hand, Letter, Order, Said
from pleinair.batch.plan import Job, plan
from pleinair.batch.work import Settings
from pleinair.images import Picture, read, write
from pleinair.painter import load
from pleinair.store import sha256_of
from tests.images.pictures import smooth


@pytest.fixture
def letter(trunk: Path) -> Letter:
    return Letter(trunk, {"hokusai": 1.0}, Settings(), {"style": "hokusai", "sha256": sha256_of(trunk)}, 1)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    write(Picture(smooth(40, 60)), tmp_path / "a.png", {})
    (tmp_path / "out").mkdir()
    return Job(tmp_path / "a.png", tmp_path / "out/a.png")


def test_a_worker_paints_what_the_painter_paints_here(letter: Letter, job: Job, tmp_path: Path) -> None:
    hand = Hand(pickle.loads(pickle.dumps(letter)))
    assert hand.ready() == Said()
    assert hand.paint(job) == Said()
    here = Order(load(letter.model), letter.mix, letter.settings, letter.provenance).brush()
    here(replace(job, target=tmp_path / "b.png"), None)
    assert job.target.read_bytes() == (tmp_path / "b.png").read_bytes()
    assert not np.array_equal(read(job.target).pixels, read(job.source).pixels)


def test_cubes_are_painted_too(letter: Letter, tmp_path: Path) -> None:
    from pleinair.batch.cubes import plan_cubes

    write(Picture(smooth(32, 48)), tmp_path / "sky.png", {})
    (tmp_path / "out").mkdir()
    (cube,) = plan_cubes([tmp_path / "sky.png"], tmp_path / "out", "3x2", "3x2").jobs
    hand = Hand(letter)
    assert hand.ready() == Said()
    assert hand.paint(cube) == Said()
    assert read(cube.target).pixels.shape == (32, 48, 3)


def test_another_version_is_refused(letter: Letter) -> None:
    said = Hand(replace(letter, version="0.0.0")).ready()
    assert "not 0.0.0; install the same everywhere" in said.refusal


def test_a_folder_that_is_not_seen_is_named(letter: Letter, tmp_path: Path) -> None:
    said = Hand(replace(letter, places=(tmp_path, tmp_path / "frames"))).ready()
    assert f"does not see {tmp_path / 'frames'}; every machine must, under that name" in said.refusal


def test_another_model_under_that_name_is_refused(
    letter: Letter, make_trunk: Callable[..., Path], tmp_path: Path
) -> None:
    other = make_trunk(tmp_path / "other.onnx", seed=8)
    assert "sees another file as" in Hand(replace(letter, model=other)).ready().refusal


def test_a_model_that_cannot_be_used_is_told(letter: Letter, tmp_path: Path) -> None:
    junk = tmp_path / "junk.onnx"
    junk.write_bytes(b"junk")
    said = Hand(replace(letter, model=junk, provenance={"sha256": sha256_of(junk)})).ready()
    assert "junk.onnx" in said.refusal


def test_a_bad_picture_is_an_answer_and_the_next_is_painted(letter: Letter, job: Job, tmp_path: Path) -> None:
    hand = Hand(letter)
    assert hand.ready() == Said()
    (tmp_path / "empty.png").touch()
    refused = hand.paint(Job(tmp_path / "empty.png", tmp_path / "out/empty.png"))
    assert refused == Said(refusal=f"{tmp_path / 'empty.png'} is empty (0 bytes)")
    assert hand.paint(job) == Said()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


def test_even_a_fault_of_ours_is_an_answer_that_names_the_picture(
    letter: Letter, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> str:
        raise ZeroDivisionError("by\nzero")

    hand = Hand(letter)
    assert hand.ready() == Said()
    monkeypatch.setattr(hand, "_brush", fault)
    refusal = hand.paint(job).refusal
    assert refusal.startswith(f"{job.source}: ZeroDivisionError on ")
    assert refusal.endswith(": by zero")


def test_a_letter_is_small_and_goes_through_pickle(letter: Letter) -> None:
    sent = pickle.dumps(letter)
    assert len(sent) < 4000
    assert pickle.loads(sent) == letter


def test_an_order_makes_its_engine_once(trunk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pleinair.engine import ort

    made: list[Path] = []
    loaded = ort.load

    def count(path: Path, *words: object, **options: object) -> ort.OnnxEngine:
        made.append(path)
        return loaded(path, *words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ort, "load", count)
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    for name in "abc":
        write(Picture(smooth(20, 30)), tmp_path / "in" / f"{name}.png", {})
    brush = Order(load(trunk), {"hokusai": 1.0}, Settings(), {}).brush()
    for each in plan([tmp_path / "in"], tmp_path / "out").jobs:
        brush(each, None)
    assert made == [trunk]


@given(
    given_out=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), max_size=14), unready=st.sets(st.integers(0, 2))
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_jobs_come_or_repeat_each_has_its_answer_and_its_one_file(
    letter: Letter, tmp_path: Path, given_out: list[tuple[int, int]], unready: set[int]
) -> None:
    """Jobs 0 … 3 are pictures, 4 is empty, 5 is not there; hands that never were made ready say so."""
    for number in range(4):
        write(Picture(smooth(8 + number, 12)), tmp_path / f"{number}.png", {})
    (tmp_path / "4.png").touch()
    with TemporaryDirectory(dir=tmp_path) as place:
        hands = [Hand(letter) for _ in range(3)]
        assert all(hand.ready() == Said() for at, hand in enumerate(hands) if at not in unready)
        seen: dict[str, bytes] = {}
        for who, what in given_out:
            target = Path(place) / f"{what}.png"
            said = hands[who].paint(Job(tmp_path / f"{what}.png", target))
            assert isinstance(said, Said)
            assert bool(said.refusal) == (what > 3 or who in unready)
            assert f"{what}.png" in said.refusal or not said.refusal
            if not said.refusal:
                assert seen.setdefault(target.name, target.read_bytes()) == target.read_bytes()
        assert sorted(path.name for path in Path(place).iterdir()) == sorted(seen)
