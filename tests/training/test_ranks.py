"""Two processes with half a batch each are one with the whole."""

import json
import os
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pleinair.training import checkpoint
from pleinair.training.journal import STATS
from pleinair.training.run import Run
from tests.training.processes import rehearsed, slopes, started, together, train
from tests.training.rehearsal import stage

EVERY = (
    "adversarial",
    "columns",
    "content",
    "nce",
    "cycle",
    "light",
    "identity",
    "range",
    "moments",
    "gram",
    "sliced",
    "steady",
)
DISCRIMINATORS = ("adversarial", "others", "unpainted", "penalty", "penalty_fake", "columns", "columns_penalty")
PATIENCE = 300  # seconds on a loaded machine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="every process imports PyTorch anew")


def all_on(**settings: object) -> Run:
    """Every term has a weight, and neighbors in a batch are of different styles."""
    run = rehearsed()
    weights = {f"generator.{name}": 1.0 for name in EVERY}
    weights |= {f"discriminator.{name}": 1.0 for name in DISCRIMINATORS}
    data = {**run.data, "group": 1, "identity": 0.5}
    return replace(run, weights=weights, settings={**run.settings, "heads": "all", **settings}, data=data)


def finished(processes: list[BaseProcess]) -> list[int | None]:
    for process in processes:
        process.join(PATIENCE)
    return [process.exitcode for process in processes]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage(tmp_path_factory.getbasetemp() / "stage")


@pytest.mark.parametrize("adversary", ["hinge", "relativistic"])
def test_gradients_of_two_are_those_of_one(packs: Path, tmp_path: Path, adversary: str) -> None:
    from safetensors.torch import load_file

    run = all_on(adversary=adversary)
    one, two = tmp_path / "one", tmp_path / "two"
    processes = [started(slopes, one, packs, run, {})]
    processes += [started(slopes, two, packs, run, environment) for environment in together(2)]
    assert finished(processes) == [0, 0, 0]
    alone, shared = load_file(one), load_file(two)
    assert alone.keys() == shared.keys()
    assert {f"term/generator.{name}" for name in EVERY} <= alone.keys()
    assert {f"term/discriminator.{name}" for name in DISCRIMINATORS} <= alone.keys()
    for name in alone:
        assert close(alone[name], shared[name]), name


def close(a: Tensor, b: Tensor) -> bool:
    """Alike to 1e-4 of the tensor's own largest value: sums of other orders, nothing more."""
    return bool((a - b).abs().max() <= 1e-4 * float(a.abs().max()) + 1e-7)


def test_a_run_of_two_is_a_run_of_one(packs: Path, tmp_path: Path) -> None:
    run = replace(all_on(), pictures=16)
    processes = [started(train, tmp_path / "one", packs, run)]
    processes += [started(train, tmp_path / "two", packs, run, environment) for environment in together(2)]
    assert finished(processes) == [0, 0, 0]
    (one, facts), (two, same) = (checkpoint.read(tmp_path / name / checkpoint.AVERAGE) for name in ("one", "two"))
    assert facts == same
    assert all(torch.allclose(one[name], two[name], atol=1e-5) for name in one)
    stories = []
    for name in ("one", "two"):
        lines = (tmp_path / name / STATS).read_text("utf-8").splitlines()
        stories.append([json.loads(line) for line in lines])
    assert [line["seen_pictures"] for line in stories[0]] == [line["seen_pictures"] for line in stories[1]]
    for a, b in zip(*stories, strict=True):
        names = [
            name for name in a if name.startswith(("generator", "discriminator")) and not name.endswith("certainty")
        ]
        assert [b[name] for name in names] == pytest.approx([a[name] for name in names], rel=1e-3, abs=1e-4)


def test_all_ranks_refuse_together(packs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "letters.txt").write_text("dear")
    processes = [started(train, folder, packs, rehearsed(), environment) for environment in together(2)]
    assert finished(processes) == [1, 1]
    said = {path.name: path.read_text("utf-8") for path in tmp_path.glob("run.*.txt")}
    assert set(said) == {"run.0.txt", "run.1.txt"}
    assert all("is not empty and holds no run" in text for text in said.values())
