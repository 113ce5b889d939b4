"""Savings are whole or not there, and give back what was put in."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pleinair.errors import OutputError, RunError
from pleinair.training import checkpoint


def trained(seed: int, steps: int = 3) -> tuple[dict[str, nn.Module], dict[str, torch.optim.Optimizer]]:
    torch.manual_seed(seed)
    modules: dict[str, nn.Module] = {"a": nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), "b": nn.Linear(3, 1)}
    optimizers: dict[str, torch.optim.Optimizer] = {
        name: torch.optim.Adam(module.parameters(), 0.1) for name, module in modules.items()
    }
    for _ in range(steps):
        modules["b"](modules["a"](torch.randn(4, 2))).square().mean().backward()
        for optimizer in optimizers.values():
            optimizer.step()
            optimizer.zero_grad()
    return modules, optimizers


def same(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_what_was_saved_comes_back_bit_for_bit(tmp_path: Path) -> None:
    modules, optimizers = trained(0)
    tensors = checkpoint.flattened(modules, optimizers)
    checkpoint.write(tmp_path / "s", tensors, {"seen": 12, "history": [[4, 0.1 + 0.2]], "name": "山"})
    found, facts = checkpoint.read(tmp_path / "s")
    assert facts == {"seen": 12, "history": [[4, 0.1 + 0.2]], "name": "山"}
    others = trained(1)
    assert not same(checkpoint.flattened(*others), tensors)
    checkpoint.restore(found, *others)
    assert same(checkpoint.flattened(*others), tensors)


@pytest.mark.parametrize("steps", [0, 1])
def test_a_training_goes_on_as_if_nothing_had_been(steps: int) -> None:
    one, other = trained(0, steps), trained(1, 2)
    checkpoint.restore(checkpoint.flattened(*one), *other)
    for modules, optimizers in (one, other):
        torch.manual_seed(9)
        modules["b"](modules["a"](torch.randn(4, 2))).sum().backward()
        for optimizer in optimizers.values():
            optimizer.step()
            optimizer.zero_grad()
    assert same(checkpoint.flattened(*one), checkpoint.flattened(*other))


def test_the_rate_of_the_optimizer_is_not_saved() -> None:
    one, other = trained(0), trained(1)
    for group in other[1]["a"].param_groups:
        group["lr"] = 0.7
    checkpoint.restore(checkpoint.flattened(*one), *other)
    assert [group["lr"] for group in other[1]["a"].param_groups] == [0.7]


def test_what_is_taken_does_not_follow_the_training() -> None:
    modules, optimizers = trained(0)
    tensors = checkpoint.flattened(modules, optimizers)
    with torch.no_grad():
        for parameter in modules["a"].parameters():
            parameter.zero_()
    assert tensors["module/a/0.weight"].any()


def test_a_failure_in_the_middle_of_writing_leaves_the_last_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    checkpoint.write(path, {"x": torch.ones(3)}, {"seen": 1})

    whole = Path.write_bytes

    def half(beside: Path, data: bytes) -> None:
        whole(beside, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OutputError, match=r"state: cannot be saved .*No space left"):
        checkpoint.write(path, {"x": torch.zeros(3)}, {"seen": 2})
    monkeypatch.undo()
    tensors, facts = checkpoint.read(path)
    assert facts == {"seen": 1}
    assert tensors["x"].all()
    assert [p.name for p in tmp_path.iterdir()] == ["state"]


def test_a_kill_in_the_middle_of_writing_leaves_the_last_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    path = tmp_path / "state"
    checkpoint.write(path, {"x": torch.ones(3)}, {"seen": 1})

    def killed(_self: Path, _target: Path) -> None:
        raise Killed

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(Killed):
        checkpoint.write(path, {"x": torch.zeros(3)}, {"seen": 2})
    monkeypatch.undo()
    assert checkpoint.read(path)[1] == {"seen": 1}
    checkpoint.write(path, {"x": torch.zeros(3)}, {"seen": 3})  # what lies about is in nobody's way
    assert checkpoint.read(path)[1] == {"seen": 3}
    assert [p.name for p in tmp_path.iterdir()] == ["state"]


def test_texts_are_whole_or_not_there_too(tmp_path: Path) -> None:
    checkpoint.write_text(tmp_path / "run.json", "{}")
    assert (tmp_path / "run.json").read_text() == "{}"
    with pytest.raises(OutputError, match="cannot be saved"):
        checkpoint.write_text(tmp_path / "nowhere" / "run.json", "{}")


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "foreign", "folder"])
def test_a_damaged_saving_is_said_in_one_line(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "state.safetensors"
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        checkpoint.write(path, {"x": torch.ones(300)}, {"seen": 1})
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "truncated": whole[:-100], "foreign": b"\x89PNG" * 50}[damage])
    with pytest.raises(RunError, match="no saving that can be read") as caught:
        checkpoint.read(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_pickle_crosses_the_border(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "s", {"x": torch.ones(3)}, {"seen": 1})
    head = (tmp_path / "s").read_bytes()
    size = int.from_bytes(head[:8], "little")
    header = json.loads(head[8 : 8 + size])
    assert header["__metadata__"] == {"seen": "1"}
    assert header["x"]["dtype"] == "F32"
