"""The same command starts, goes on, or refuses; interrupted anywhere, a run ends where the uninterrupted one does."""

import json
import math
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pleinair.errors import OutputError, RunError, SettingError, TrainingError
from pleinair.training import checkpoint, launch, loop, ranks, state, trial
from pleinair.training.alarms import Alarms
from pleinair.training.journal import STATS
from pleinair.training.run import Run
from tests.training.toy import RUN, Killed, Stage, stop_at, toy


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert toy(folder) == loop.ALL_SEEN
    return folder


def end_of(folder: Path) -> dict[str, object]:
    """All that a run comes to: tensors as bytes, facts, and the story without its speeds."""
    tensors, facts = checkpoint.read(folder / checkpoint.STATE)
    average, said = checkpoint.read(folder / checkpoint.AVERAGE)
    found: dict[str, object] = {name: value.numpy().tobytes() for name, value in {**tensors, **average}.items()}
    story = [json.loads(line) for line in (folder / STATS).read_text("utf-8").splitlines()]
    for line in story:
        line.pop("pictures_per_second", None)
    return {**found, "facts": facts, "said": said, "story": story}


def killed(folder: Path, picture: int) -> None:
    with pytest.raises(Killed):
        toy(folder, Stage(stop_at(picture, Killed())))


def test_a_run_folder_holds_all_there_is_to_know(whole: Path) -> None:
    names = sorted(path.name for path in whole.iterdir())
    assert names == sorted(["run.json", "choice.json", STATS, "previews", checkpoint.STATE, checkpoint.AVERAGE])
    assert json.loads((whole / "run.json").read_text())["recipe"] == "toy"
    assert trial.read(whole / "choice.json").threads == 1


def test_the_story_has_every_step_and_every_look(whole: Path) -> None:
    lines = [json.loads(line) for line in (whole / STATS).read_text().splitlines()]
    steps = [line["seen_pictures"] for line in lines if "generator.near" in line]
    looks = [line["seen_pictures"] for line in lines if "watch.score" in line]
    assert steps == list(range(4, 49, 4))
    assert looks == [16, 32, 48]
    assert lines[0]["generator.near"] > lines[-2]["generator.near"]


def test_the_same_command_twice_gives_the_same(whole: Path, tmp_path: Path) -> None:
    toy(tmp_path / "run")
    assert end_of(tmp_path / "run") == end_of(whole)


def test_another_seed_gives_another(whole: Path, tmp_path: Path) -> None:
    toy(tmp_path / "run", seed=8)
    assert end_of(tmp_path / "run") != end_of(whole)


@pytest.mark.parametrize("picture", [0, 4, 16, 20, 44])
def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(whole: Path, tmp_path: Path, picture: int) -> None:
    killed(tmp_path / "run", picture)
    assert toy(tmp_path / "run") == loop.ALL_SEEN
    assert end_of(tmp_path / "run") == end_of(whole)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kills=st.lists(st.sampled_from(range(0, 48, 4)), max_size=3), seconds=st.sampled_from([1e-9, 60.0]))
def test_however_often_it_is_killed(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, kills: list[int], seconds: float
) -> None:
    """Saving after every step or hardly ever, wherever the kills fall."""
    folder = tmp_path_factory.mktemp("killed") / "run"
    changed = replace(RUN, save_seconds=seconds)
    for picture in kills:
        try:
            toy(folder, Stage(stop_at(picture, Killed())), run=changed)
        except Killed:
            continue
    toy(folder, run=changed)
    end, expected = end_of(folder), end_of(whole)
    for one in (end, expected):
        assert isinstance(one["facts"], dict)
        del one["facts"]["run"]  # names the seconds
    assert end == expected


def test_what_was_saved_is_not_done_again(tmp_path: Path) -> None:
    killed(tmp_path / "run", 40)  # the last saving was before the look at 32
    stage = Stage()
    toy(tmp_path / "run", stage)
    assert stage.fed[0] == 32
    assert (stage.looks, stage.previews) == (1, 1)


@pytest.mark.parametrize("what", ["preview", "watch"])
def test_a_look_that_was_cut_short_is_made_up_for(whole: Path, tmp_path: Path, what: str) -> None:
    class Fragile(Stage):
        def preview(self, averaged: torch.nn.Module):  # type: ignore[no-untyped-def]
            if what == "preview":
                raise Killed
            return super().preview(averaged)

        def watch(self, averaged: torch.nn.Module) -> dict[str, float]:
            assert averaged is not None
            raise Killed

    with pytest.raises(Killed):
        toy(tmp_path / "run", Fragile())
    assert not list((tmp_path / "run").glob("previews/*")) or what == "watch"
    stage = Stage()
    toy(tmp_path / "run", stage)
    assert end_of(tmp_path / "run") == end_of(whole)
    assert len(list((tmp_path / "run/previews").iterdir())) == 3
    assert stage.looks == 3


def test_a_look_whose_saving_was_cut_short_is_told_once(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the line in the journal and the saving that knows of it."""
    save, count = state.save, [0]

    def fragile(training: state.Training[torch.Tensor], directory: Path) -> None:
        count[0] += 1
        if count[0] == 3:  # at 0, before the look at 16, after it
            raise Killed
        save(training, directory)

    monkeypatch.setattr(state, "save", fragile)
    with pytest.raises(Killed):
        toy(tmp_path / "run")
    monkeypatch.undo()
    assert "watch.score" in (tmp_path / "run" / STATS).read_text()
    toy(tmp_path / "run")
    assert end_of(tmp_path / "run") == end_of(whole)


def test_in_small_pieces(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"

    def third_batch(number: int) -> None:
        if number % 12 == 8:
            signal.raise_signal(signal.SIGTERM)

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            toy(folder, Stage(third_batch))
    assert toy(folder, Stage(third_batch)) == loop.ALL_SEEN  # the last pictures are seen: nothing to interrupt
    assert end_of(folder) == end_of(whole)


def test_a_time_only_ends_the_run(whole: Path, tmp_path: Path) -> None:
    folder, stage = tmp_path / "run", Stage()
    assert launch.launch(RUN, stage.build, folder, seconds=1e-9) == loop.TIME_UP
    assert stage.fed == []
    assert launch.launch(RUN, stage.build, folder, seconds=600) == loop.ALL_SEEN
    assert end_of(folder) == end_of(whole)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_save_and_say_so(
    whole: Path, tmp_path: Path, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(picture: int) -> None:
        if picture == 20:
            signal.raise_signal(number)

    folder, stage = tmp_path / "run", Stage(stop)
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        toy(folder, stage)
    assert signal.getsignal(number) == before
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted and saved; the same command goes on from here"
    assert checkpoint.read(folder / checkpoint.STATE)[1]["seen_pictures"] == 24
    assert stage.previews == 1  # of 16 pictures; an interrupted run draws none
    assert stage.closed == 1
    toy(folder)
    assert "going on from 24 pictures" in capsys.readouterr().err
    assert end_of(folder) == end_of(whole)


def test_an_impatient_second_signal_leaves_the_last_saving(whole: Path, tmp_path: Path) -> None:
    def stop(picture: int) -> None:
        if picture == 20:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        toy(tmp_path / "run", Stage(stop))
    assert checkpoint.read(tmp_path / "run" / checkpoint.STATE)[1]["seen_pictures"] == 16
    toy(tmp_path / "run")
    assert end_of(tmp_path / "run") == end_of(whole)


def test_a_finished_run_stays_as_it_is(whole: Path) -> None:
    before = end_of(whole)
    stage = Stage()
    assert toy(whole, stage) == loop.ALL_SEEN
    assert stage.fed == []
    assert end_of(whole) == before


def test_another_recipe_is_refused_with_its_differences(whole: Path) -> None:
    before = end_of(whole)
    with pytest.raises(RunError, match=r"holds another recipe \(batch: 4 → 8; seed: 3 → 5\); choose another --run"):
        toy(whole, seed=5, batch=8)
    with pytest.raises(RunError, match=r"and 2 more\)"):
        toy(
            whole, seed=5, batch=8, pictures=99, clip_norm=1.0, average_pictures=9, preview_pictures=9, watch_pictures=9
        )
    assert end_of(whole) == before


def test_a_run_without_a_saving_may_become_another(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    launch.open_run(replace(RUN, seed=9), folder)
    (folder / "choice.json").write_text("of another machine")
    (folder / STATS).write_text('{"seen_pictures": 0}\n')
    assert toy(folder) == loop.ALL_SEEN


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(RunError, match="is not empty and holds no run"):
        toy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_packs_and_hidden_files_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / ".DS_Store").write_text("")
    assert toy(tmp_path) == loop.ALL_SEEN


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(OutputError, match="cannot be used for a run") as caught:
        toy(tmp_path / "run")
    assert "\n" not in str(caught.value)


def test_an_unwritable_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=r"cannot be used for a run \(Permission denied\)"):
        toy(tmp_path / "run")


@pytest.mark.parametrize("name", [checkpoint.STATE, "run.json", "choice.json"])
def test_damaged_files_are_named(tmp_path: Path, name: str) -> None:
    toy(tmp_path / "run", pictures=8)
    whole = (tmp_path / "run" / name).read_bytes()
    (tmp_path / "run" / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError, match=name) as caught:
        toy(tmp_path / "run", pictures=8)
    assert "\n" not in str(caught.value)


def test_numbers_that_are_none_end_the_run_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    advance = loop.advance

    def poisoned(training: state.Training[torch.Tensor], batch: torch.Tensor, world: ranks.Ranks) -> dict[str, float]:
        return advance(training, batch * (math.nan if training.seen_pictures == 20 else 1), world)

    monkeypatch.setattr(loop, "advance", poisoned)
    with pytest.raises(TrainingError) as caught:
        toy(tmp_path / "run")
    assert str(caught.value) == (
        "the gradients are no longer numbers (NaN or infinite); the last saving is of 16 pictures: "
        f"begin from it by --from {tmp_path / 'run'} in another --run"
    )
    saved, _ = checkpoint.read(tmp_path / "run" / checkpoint.STATE)
    assert all(bool(torch.isfinite(value).all()) for value in saved.values())


def test_a_warm_start_begins_with_what_was_learned_and_counts_anew(whole: Path, tmp_path: Path) -> None:
    stage = Stage()
    launch.launch(replace(RUN, seed=4), stage.build, tmp_path / "run", seconds=1e-9, start=whole)
    begun, facts = checkpoint.read(tmp_path / "run" / checkpoint.STATE)
    learned, _ = checkpoint.read(whole / checkpoint.STATE)
    assert facts["seen_pictures"] == 0
    for name in begun:
        assert torch.equal(begun[name], learned[name])
    assert not any(name.startswith("optimizer") for name in begun)


def test_a_warm_start_is_only_for_the_beginning(whole: Path, tmp_path: Path) -> None:
    """Interrupted and typed again with its --from, a run goes on from its own saving."""
    ends = []
    for name, pictures in (("straight", ()), ("interrupted", (24,))):
        folder = tmp_path / name
        for picture in pictures:
            with pytest.raises(Killed):
                launch.launch(replace(RUN, seed=4), Stage(stop_at(picture, Killed())).build, folder, start=whole)
        launch.launch(replace(RUN, seed=4), Stage().build, folder, start=whole)
        ends.append(end_of(folder))
    assert ends[0] == ends[1]


def test_the_trial_is_made_once_and_its_choice_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[trial.Choice] = []

    def measured(_run: Run, _build: launch.Build, choice: trial.Choice) -> float:
        asked.append(choice)
        return {"32-true": 5.0, "bf16-mixed": 1.0}[choice.precision]

    monkeypatch.setattr(trial, "candidates", lambda _: [trial.Choice("bf16-mixed", threads=1), trial.Choice(threads=1)])
    monkeypatch.setattr(launch, "_rate", measured)
    with pytest.raises(Killed):
        toy(tmp_path / "run", Stage(stop_at(20, Killed())), settings={})
    assert [choice.precision for choice in asked] == ["bf16-mixed", "32-true"]
    assert trial.read(tmp_path / "run/choice.json") == trial.Choice(threads=1, pictures_per_second=5.0)
    toy(tmp_path / "run", settings={})
    assert len(asked) == 2


def test_a_trial_measures_real_steps_and_leaves_no_trace(whole: Path, tmp_path: Path) -> None:
    stage = Stage()
    assert launch._rate(RUN, stage.build, trial.Choice()) > 0
    assert stage.fed[:2] == [0, 4]
    assert stage.closed == 1
    toy(tmp_path / "run", stage)
    assert end_of(tmp_path / "run") == end_of(whole)


def test_the_threads_of_the_choice_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    launch.open_run(RUN, folder)
    with pytest.raises(Killed):
        toy(folder, Stage(stop_at(4, Killed())))
    trial.write(folder / "choice.json", trial.Choice(threads=2))
    used = set[int]()
    toy(folder, Stage(lambda _: used.add(torch.get_num_threads())))
    torch.set_num_threads(1)
    assert used == {2}


def test_a_batch_must_be_shared_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "connect", lambda: ranks.Ranks(None, 0, 3, torch.device("cpu")))
    with pytest.raises(SettingError, match="a batch of 4 cannot be shared by 3 processes"):
        toy(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_warnings_are_told_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[dict[str, float]] = []

    def hear(_self: Alarms, signs: dict[str, float]) -> str | None:
        heard.append(signs)
        if len(heard) == 9:
            raise TrainingError("collapse: all alike")
        return "runaway discriminator" if len(heard) == 3 else None

    monkeypatch.setattr(Alarms, "hear", hear)
    with pytest.raises(
        TrainingError, match=r"collapse: all alike; the last saving is of 32 pictures: begin from it by"
    ):
        toy(tmp_path / "run")
    assert all(set(signs) == {"discriminator.certainty"} for signs in heard)
    lines = [json.loads(line) for line in (tmp_path / "run" / STATS).read_text().splitlines()]
    assert [line for line in lines if "warning" in line] == [{"seen_pictures": 12, "warning": "runaway discriminator"}]
    assert "runaway discriminator\n" in capsys.readouterr().err
