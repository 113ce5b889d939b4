"""The loop: what it does is decided by the pictures seen."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pleinair.errors import RunError
from pleinair.training import checkpoint, loop, state
from pleinair.training.journal import Journal
from pleinair.training.ranks import Ranks
from tests.training.toy import RUN, Stage, training_of


class Alone:
    """The world of one process without Fabric, which counts its votes."""

    rank, ranks = 0, 1

    def __init__(self) -> None:
        self.votes = 0

    def autocast(self) -> torch.autocast:
        return torch.autocast("cpu", enabled=False)

    def average(self, tensors: list[Tensor]) -> None:
        assert all(bool(torch.isfinite(t).all()) for t in tensors)

    def agree(self, flag: bool) -> bool:
        self.votes += 1
        return flag


def train(folder: Path, training: state.Training[Tensor], until: float | None = None) -> str:
    folder.mkdir(exist_ok=True)
    journal = Journal(folder, training.seen_pictures, training.run.pictures, training.looked, io.StringIO())
    return loop.train(training, folder, Alone(), journal, until)


def tensors(training: state.Training[Tensor]) -> dict[str, Tensor]:
    return checkpoint.flattened(training.modules(), training.optimizers)


def equal(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_all_pictures_are_seen_once_and_in_order(tmp_path: Path) -> None:
    stage = Stage()
    training = training_of(stage)
    assert train(tmp_path, training) == loop.ALL_SEEN
    assert stage.fed == list(range(0, 48, 4))
    assert training.seen_pictures == 48
    assert stage.closed == 1


def test_no_picture_too_many(tmp_path: Path) -> None:
    stage, run = Stage(), replace(RUN, pictures=47)
    training = training_of(stage, run)
    train(tmp_path, training)
    assert training.seen_pictures == 44


def test_looks_and_previews_come_by_pictures_seen_and_at_the_end(tmp_path: Path) -> None:
    stage = Stage()
    training = training_of(stage, replace(RUN, pictures=40))
    train(tmp_path, training)
    assert [seen for seen, _ in training.history] == [16, 32, 40]
    assert sorted(path.stem for path in (tmp_path / "previews").iterdir()) == ["000000016", "000000032", "000000040"]


def test_nothing_is_looked_at_twice(tmp_path: Path) -> None:
    stage = Stage()
    training = training_of(stage)
    train(tmp_path, training)
    assert (stage.looks, stage.previews) == (3, 3)
    train(tmp_path, training)
    assert (stage.looks, stage.previews) == (3, 3)


def test_previews_and_looks_change_no_weight(tmp_path: Path) -> None:
    seen = []
    for name, stage in (("seeing", Stage()), ("blind", Stage(blind=True))):
        training = training_of(stage)
        train(tmp_path / name, training)
        seen.append(tensors(training))
    assert equal(*seen)


def test_the_score_ends_a_training_that_no_longer_gains(tmp_path: Path) -> None:
    stage = Stage(score=1.0)
    training = training_of(stage, replace(RUN, pictures=400, patience_pictures=30))
    ending = train(tmp_path, training)
    assert "no score had a gain" in ending
    assert training.seen_pictures == 48  # the first look is at 16, two more without a gain
    assert "no score had a gain" in train(tmp_path, training)  # and stays ended
    assert training.seen_pictures == 48


def test_a_look_that_finds_nothing_is_no_score(tmp_path: Path) -> None:
    stage = Stage()
    training = training_of(stage)
    training.task = replace(training.task, watch=lambda _: {})
    assert train(tmp_path, training) == loop.ALL_SEEN
    assert training.history == []
    assert training.looked == 48


def test_time_ends_a_training_at_once_and_saved(tmp_path: Path) -> None:
    stage = Stage()
    training = training_of(stage)
    assert train(tmp_path, training, until=0.0) == loop.TIME_UP
    assert training.seen_pictures == 0
    assert (tmp_path / checkpoint.STATE).exists()


def test_savings_come_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, saved = [0.0], list[int]()
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    stage = Stage(blind=True)
    stage.hook = lambda number: now.__setitem__(0, 25.0 * number / 4)
    training = training_of(stage)
    whole = state.save

    def save(training: state.Training[Tensor], directory: Path) -> None:
        saved.append(training.seen_pictures)
        whole(training, directory)

    monkeypatch.setattr(state, "save", save)
    train(tmp_path, training)
    assert saved == [0, 16, 28, 40, 48]  # at the beginning, after more than 60 of 25 seconds each, and at the end


def test_a_saving_knows_how_far_it_is(tmp_path: Path) -> None:
    stage = Stage()
    training = training_of(stage)
    train(tmp_path, training)
    other = training_of(Stage(), replace(RUN, seed=4))
    other.run = training.run
    assert not equal(tensors(training), tensors(other))
    state.resume(other, tmp_path)
    assert equal(tensors(training), tensors(other))
    assert (other.seen_pictures, other.looked, other.drawn) == (48, 48, 48)
    assert other.history == training.history
    assert other.alarms == training.alarms
    weights, facts = checkpoint.read(tmp_path / checkpoint.AVERAGE)
    assert facts == {"styles": ["one"], "seen_pictures": 48}
    assert equal(weights, dict(training.averaged.state_dict()))


def test_without_a_saving_nothing_is_resumed(tmp_path: Path) -> None:
    training = training_of(Stage())
    before = tensors(training)
    state.resume(training, tmp_path)
    assert equal(before, tensors(training))


@pytest.mark.parametrize("lacking", ["seen_pictures", "history"])
def test_a_saving_without_its_facts_is_said(tmp_path: Path, lacking: str) -> None:
    training = training_of(Stage())
    facts = {"seen_pictures": 4, "history": []}
    del facts[lacking]
    checkpoint.write(tmp_path / checkpoint.STATE, tensors(training), facts)
    with pytest.raises(RunError, match=rf"of another kind, or damaged \('{lacking}'\)"):
        state.resume(training, tmp_path)


def test_a_saving_of_other_networks_is_said(tmp_path: Path) -> None:
    training = training_of(Stage())
    checkpoint.write(tmp_path / checkpoint.STATE, {"module/x/y": torch.ones(1)}, {"seen_pictures": 4, "history": []})
    with pytest.raises(RunError, match="of another kind, or damaged") as caught:
        state.resume(training, tmp_path)
    assert "\n" not in str(caught.value)


def test_chance_is_a_function_of_seed_rank_and_pictures_seen() -> None:
    def draw(*key: int) -> float:
        return float(torch.rand(1, generator=loop.chance(*key)))

    assert draw(0, 0, 8) == draw(0, 0, 8)
    assert len({draw(*key) for key in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (10, 0, 0), (1, 0, 1))}) == 6
    assert draw(0, 0, 0) == pytest.approx(0.8112025, abs=1e-6)  # frozen: resumed runs depend on it


@given(before=st.integers(0, 100), step=st.integers(1, 50), every=st.integers(1, 60))
def test_crossed_says_whether_a_multiple_lies_between(before: int, step: int, every: int) -> None:
    between = any(number % every == 0 for number in range(before + 1, before + step + 1))
    assert loop.crossed(before, before + step, every) == between


@given(steps=st.lists(st.integers(1, 30), min_size=1, max_size=20), every=st.integers(1, 60))
def test_what_is_due_stays_due_until_it_is_done(steps: list[int], every: int) -> None:
    """However the steps fall, and whenever a kill comes between saving and looking."""
    seen = done = looks = 0
    for step in steps:
        seen += step
        if loop.due(done, seen, every, last=False):
            assert loop.due(done, seen, every, last=False)
            done, looks = seen, looks + 1
    assert looks <= seen // every
    assert not loop.due(done, done, every, last=True)
    assert loop.due(done, done + 1, every, last=True)


def test_figures_are_means_over_pictures_with_signs_among_them() -> None:
    training = training_of(Stage())
    figures = loop.advance(training, torch.ones(4, 3), Alone())
    assert set(figures) == {"generator.near", "generator.fool", "discriminator.tell", "discriminator.certainty"}
    assert training.seen_pictures == 4
    assert all(isinstance(value, float) for value in figures.values())


def test_ranks_of_one_change_nothing() -> None:
    alone = Ranks(None, 0, 1, torch.device("cpu"))
    rows = torch.randn(3, 2, requires_grad=True)
    assert alone.gather(rows) is rows
    assert alone.agree(True)
    assert not alone.agree(False)
    assert alone.first(lambda: 7) == 7
    values = [torch.tensor(2.0)]
    alone.average(values)
    assert values[0] == 2.0
