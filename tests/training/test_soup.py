"""Runs averaged: the mean of their weights, the last one's all else, and what is no run refused."""

from pathlib import Path

import pytest
import torch

from pleinair.errors import OutputError, RunError
from pleinair.training.checkpoint import AVERAGE, STATE, read, write
from pleinair.training.soup import average_runs


def run(folder: Path, value: float, width: int = 3) -> Path:
    """A run whose averaged weights are all of one value, and whose generator is something else."""
    folder.mkdir()
    weights = {"one": torch.full((2, width), value), "two": torch.full((1,), 2 * value)}
    write(folder / AVERAGE, weights, {"seen_pictures": int(value)})
    state = {f"module/average/{name}": tensor for name, tensor in weights.items()}
    state |= {"module/generator/one": torch.full((2, width), -value), "module/discriminator/x": torch.full((4,), value)}
    write(folder / STATE, state, {"seen_pictures": int(value), "styles": ["photo"]})
    return folder


def test_weights_are_the_mean_and_all_else_is_the_last_runs(tmp_path: Path) -> None:
    runs = [run(tmp_path / str(value), value) for value in (1.0, 2.0, 6.0)]
    average_runs(runs, tmp_path / "new/mean")
    weights, facts = read(tmp_path / "new/mean" / AVERAGE)
    assert torch.equal(weights["one"], torch.full((2, 3), 3.0))
    assert torch.equal(weights["two"], torch.full((1,), 6.0))
    assert facts["seen_pictures"] == 6
    state, told = read(tmp_path / "new/mean" / STATE)
    assert torch.equal(state["module/average/one"], weights["one"])
    assert torch.equal(state["module/average/two"], weights["two"])
    assert torch.equal(state["module/generator/one"], torch.full((2, 3), -6.0))
    assert torch.equal(state["module/discriminator/x"], torch.full((4,), 6.0))
    assert told["styles"] == ["photo"]


def test_halves_are_averaged_in_full_width_and_stay_halves(tmp_path: Path) -> None:
    for name, value in (("a", 1.0), ("b", 1.0 + 2**-10)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / AVERAGE, {"one": torch.tensor([value] * 3).half()}, {})
        write(tmp_path / name / STATE, {"module/average/one": torch.zeros(3)}, {})
    average_runs([tmp_path / "a", tmp_path / "b", tmp_path / "b"], tmp_path / "mean")
    found = read(tmp_path / "mean" / AVERAGE)[0]["one"]
    assert found.dtype == torch.float16
    assert torch.equal(found, torch.tensor([1.0 + 2**-10] * 3).half())


def test_one_run_is_itself(tmp_path: Path) -> None:
    average_runs([run(tmp_path / "a", 5.0)], tmp_path / "same")
    assert torch.equal(read(tmp_path / "same" / AVERAGE)[0]["one"], torch.full((2, 3), 5.0))


def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    one, wide = run(tmp_path / "a", 1.0), run(tmp_path / "b", 1.0, width=4)
    with pytest.raises(RunError, match="not of one network"):
        average_runs([one, wide], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
    with pytest.raises(RunError):
        average_runs([one, tmp_path / "none"], tmp_path / "mean")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        average_runs([one], tmp_path / "file/mean")
