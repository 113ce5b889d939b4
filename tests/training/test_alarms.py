"""Alarms: collapse ends a training, a runaway discriminator is named once."""

import json

import pytest

from pleinair.errors import TrainingError
from pleinair.training.alarms import WINDOW, Alarms

FINE = {"generator.variety": 0.9, "discriminator.certainty": 0.7}


def test_a_healthy_training_is_quiet() -> None:
    alarms = Alarms()
    assert all(alarms.hear(FINE) is None for _ in range(2 * WINDOW))


def test_collapse_ends_the_training_after_a_whole_window() -> None:
    alarms = Alarms()
    for _ in range(WINDOW - 1):
        alarms.hear({"generator.variety": 0.01})
    with pytest.raises(TrainingError, match=r"collapse: for 200 steps .* \(variety 0.010\)"):
        alarms.hear({"generator.variety": 0.01})


def test_a_few_lively_steps_put_collapse_off() -> None:
    alarms = Alarms()
    for step in range(3 * WINDOW):
        alarms.hear({"generator.variety": 1.0 if step % 10 == 0 else 0.0})


def test_a_runaway_discriminator_is_named_once() -> None:
    alarms = Alarms()
    said = [alarms.hear({"discriminator.certainty": 0.99}) for _ in range(3 * WINDOW)]
    warnings = [line for line in said if line]
    assert len(warnings) == 1
    assert said[WINDOW - 1] == warnings[0]
    assert warnings[0].startswith("runaway discriminator: it tells 99% of the pictures apart")


def test_objectives_without_signs_raise_no_alarm() -> None:
    assert Alarms().hear({}) is None


def test_the_memory_is_no_longer_than_the_window() -> None:
    alarms = Alarms(window=5)
    for _ in range(12):
        alarms.hear(FINE)
    assert {len(values) for values in alarms.memory.values()} == {5}


def test_alarms_travel_with_the_state() -> None:
    """Warned when the whole training would be, and not a second time."""
    alarms = Alarms()
    for _ in range(WINDOW - 1):
        alarms.hear({"discriminator.certainty": 0.999, "generator.variety": 0.3})
    resumed = Alarms.of(json.loads(json.dumps(alarms.facts())))
    assert resumed == alarms
    assert resumed.hear({"discriminator.certainty": 0.999, "generator.variety": 0.3}) is not None
    again = Alarms.of(json.loads(json.dumps(resumed.facts())))
    assert again.hear({"discriminator.certainty": 0.999, "generator.variety": 0.3}) is None


def test_a_state_without_alarms_listens_anew() -> None:
    assert Alarms.of({}) == Alarms()


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        ("discriminator.certainty", "the discriminator has won: it has told 99.5% of the pictures apart for 30 steps"),
        ("discriminator.fooled", "the generator has won: 99.5% of its pictures were taken for real for 30 steps"),
    ],
)
def test_who_has_won_is_said_after_the_steps_asked_for(sign: str, said: str) -> None:
    alarms = Alarms(window=5)
    for step in range(34):  # the window is full after five
        assert alarms.winner(30) == "", step
        alarms.hear({sign: 0.995})
    assert alarms.winner(30) == said
    assert alarms.winner(31) == ""


def test_a_game_that_opens_again_is_not_won() -> None:
    alarms = Alarms(window=1)
    for step in range(100):
        alarms.hear({"discriminator.certainty": 0.5 if step % 10 == 9 else 1.0})
        assert alarms.winner(10) == ""
    assert alarms.held["discriminator.certainty"] == 0


def test_nobody_wins_where_the_recipe_does_not_say_so() -> None:
    alarms = Alarms(window=1)
    for _ in range(5):
        alarms.hear({"discriminator.certainty": 1.0})
    assert alarms.winner(0) == ""
    assert alarms.winner(5)


def test_a_win_travels_with_the_state() -> None:
    alarms = Alarms(window=2)
    for _ in range(6):
        alarms.hear({"discriminator.fooled": 1.0})
    resumed = Alarms.of(json.loads(json.dumps(alarms.facts())))
    assert resumed.winner(5) == alarms.winner(5) != ""
