"""The trial measures, chooses and is kept."""

from pathlib import Path

import pytest
import torch

from pleinair.errors import OutputError, RunError
from pleinair.training import trial
from pleinair.training.trial import Choice

CPU = torch.device("cpu")
OPTIONS = [Choice(), Choice("bf16-mixed"), Choice("bf16-mixed", channels_last=True)]


def fastest(rates: list[float | None]) -> tuple[Choice, list[str]]:
    def rate(choice: Choice) -> float:
        measured = rates[OPTIONS.index(choice)]
        if measured is None:
            raise RuntimeError("not implemented on this chip\nand more")
        return measured

    said: list[str] = []
    return trial.fastest(OPTIONS, rate, said.append), said


def test_the_fastest_wins_and_all_are_told() -> None:
    choice, said = fastest([10.0, 30.0, 20.0])
    assert choice == Choice("bf16-mixed", pictures_per_second=30.0)
    assert said == [
        "trial: 32-true: 10.0 pictures/s",
        "trial: bf16-mixed: 30.0 pictures/s",
        "trial: bf16-mixed channels-last: 20.0 pictures/s",
    ]


def test_ties_go_to_the_plainer() -> None:
    assert fastest([10.0, 10.2, 10.3])[0].precision == "32-true"


def test_what_does_not_run_is_named_and_left_out() -> None:
    choice, said = fastest([None, 5.0, None])
    assert choice.precision == "bf16-mixed"
    assert said[0] == "trial: 32-true does not run here (not implemented on this chip)"


def test_where_nothing_runs_the_plain_way_is_tried_for_real() -> None:
    assert fastest([None, None, None])[0].precision == "32-true"


def test_candidates_begin_with_the_plain_one_and_know_the_threads() -> None:
    choices = trial.candidates(CPU)
    assert choices[0] == Choice(threads=torch.get_num_threads())
    assert len(set(choices)) == len(choices) >= 2
    assert not any(choice.compiled for choice in choices)
    assert any(choice.compiled for choice in trial.candidates(torch.device("cuda")))


@pytest.mark.parametrize("supported", [True, False])
def test_narrow_numbers_are_tried_where_the_chip_has_them(monkeypatch: pytest.MonkeyPatch, supported: bool) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: supported, raising=False)
    tried = [choice.channels_last for choice in trial.candidates(CPU) if choice.precision == "bf16-mixed"]
    assert tried == ([False, True] if supported else [])


def test_the_first_step_only_warms_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now, costs = [0.0], iter([100.0, 4.0, 2.0, 8.0, 4.0])
    monkeypatch.setattr("time.perf_counter", lambda: now[0])

    def step() -> None:
        now[0] += next(costs)

    assert trial.timed(step, pictures=8, device=CPU) == 8 / 2.0


def test_a_choice_is_kept(tmp_path: Path) -> None:
    choice = Choice("bf16-mixed", True, False, 2, 31.5)
    trial.write(tmp_path / "choice.json", choice)
    assert trial.read(tmp_path / "choice.json") == choice


@pytest.mark.parametrize("text", ["", "{", "[]", '{"precision": "32-true", "speed": 9}'])
def test_a_damaged_choice_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "choice.json"
    path.write_text(text)
    with pytest.raises(RunError, match=r"choice.json is damaged \(.*delete it"):
        trial.read(path)


def test_a_choice_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        trial.write(tmp_path / "nowhere" / "choice.json", Choice())
