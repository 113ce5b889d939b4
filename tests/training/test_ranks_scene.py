"""Two processes with half a batch of scenes each are one with the whole."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pleinair.recipes.scene import scene, tiny
from pleinair.training import checkpoint
from pleinair.training.run import Run
from tests.training.processes import slopes, started, together, train
from tests.training.rehearsal import stage
from tests.training.test_ranks import close, finished

GENERATOR = ("adversarial", "columns", "matching", "spread", "range", "rebuilt", "nats")
DISCRIMINATOR = ("adversarial", "penalty", "penalty_fake", "heads_penalty", "columns", "columns_penalty")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="every process imports PyTorch anew")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage(tmp_path_factory.getbasetemp() / "stage")


def all_on(**changes: object) -> Run:
    """Every term has a weight, and neighbors in a batch are of different domains."""
    run = tiny(scene(("photo", "dots", "lines"), ("forest",), 64, 999))
    weights = {f"generator.{name}": 1.0 for name in GENERATOR} | {
        f"discriminator.{name}": 1.0 for name in DISCRIMINATOR
    }
    settings = {**run.settings, "heads": [1, 2], "augment": 0.8, **changes}
    return replace(run, pictures=16, weights=weights, settings=settings)


SHAKEN = {"augment_features": True, "read": 0.0}


@pytest.mark.parametrize(("adversary", "changes"), [("hinge", {}), ("relativistic", SHAKEN)])
def test_gradients_of_two_are_those_of_one(
    packs: Path, tmp_path: Path, adversary: str, changes: dict[str, object]
) -> None:
    from safetensors.torch import load_file

    run = all_on(adversary=adversary, **changes)
    one, two = tmp_path / "one", tmp_path / "two"
    processes = [started(slopes, one, packs, run, {})]
    processes += [started(slopes, two, packs, run, environment) for environment in together(2)]
    assert finished(processes) == [0, 0, 0]
    alone, shared = load_file(one), load_file(two)
    assert alone.keys() == shared.keys()
    unread = {"rebuilt", "nats"} if changes else set()
    assert {f"term/generator.{name}" for name in {*GENERATOR} - unread} <= alone.keys()
    assert {f"term/discriminator.{name}" for name in DISCRIMINATOR} <= alone.keys()
    for name in alone:
        assert close(alone[name], shared[name]), name


def test_a_run_of_two_is_a_run_of_one(packs: Path, tmp_path: Path) -> None:
    run = all_on()
    processes = [started(train, tmp_path / "one", packs, run)]
    processes += [started(train, tmp_path / "two", packs, run, environment) for environment in together(2)]
    assert finished(processes) == [0, 0, 0]
    (one, facts), (two, same) = (checkpoint.read(tmp_path / name / checkpoint.AVERAGE) for name in ("one", "two"))
    assert facts == same
    for name, value in one.items():
        assert float((value - two[name]).abs().max()) < 1e-3, name
