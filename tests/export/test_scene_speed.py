"""The speed benchmark of scenes measures what it says."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from benchmarks import scene_speed as benchmark
from pleinair.data.pack import Pack
from pleinair.objectives.scene import Draw
from pleinair.recipes.scene import scene_r3, tiny
from pleinair.recipes.scene_building import builder
from pleinair.recipes.scene_rivals import RECIPES
from pleinair.training import trial
from pleinair.training.ranks import connect
from pleinair.training.run import Rate, Run
from tests.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, "scene", lambda *given: replace(tiny(scene_r3(*given)), recipe="scene"))
    monkeypatch.setattr(benchmark, "PICTURES", 3)
    monkeypatch.setattr(trial, "candidates", lambda _: [trial.Choice(threads=1), trial.Choice(channels_last=True)])


def test_it_ends_with_a_line_of_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["scene_speed.py", "--side", "64", "--rounds", "2", "--threads", "1"])
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    result = json.loads(lines[-1])
    assert "times the pictures/s of the plain step" in lines[-2]
    assert sum(line.startswith("round") for line in lines) == 2
    assert result["faster"] == pytest.approx(
        result["pictures_per_second"] / result["plain_pictures_per_second"], abs=0.01
    )
    assert result["bar"] in benchmark.BARS.values()


def test_both_steps_compute_the_same(tmp_path: Path) -> None:
    """With a rate so small that players do not see each other move, one step moves both alike."""
    pack, frozen = benchmark.made_up(tmp_path, 32)
    run = tiny(RECIPES["scene"](["photo"], [], 64, 99, 0))
    steady = {name: Rate(1e-4, warmup_pictures=0, decay_share=0.0) for name in run.rates}
    run, world = replace(run, rates=steady), connect()
    found: list[list[Tensor]] = []
    inner = builder({"photo": Pack.open(pack)}, frozen, None, {})

    def build(run: Run, device: torch.device, choice: trial.Choice, ranks: object) -> object:
        task = inner(run, device, choice, ranks)  # type: ignore[arg-type]
        players = task.objective.players
        found.append([p for module in players.values() for p in module.parameters()])
        return task

    advance, draw = benchmark.stepping(run, build, trial.Choice(threads=1))  # type: ignore[arg-type]
    other = benchmark.plain(run, build, world)  # type: ignore[arg-type]
    assert isinstance(draw, Draw)
    advance(draw)
    other(draw)
    assert len(found) == 2
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs, atol=2.5e-4, rtol=0)
