"""Two savings, two names: `average.safetensors` for people, `state.safetensors` for going on. No pickle in either.

A saving is written beside and renamed, so that a kill at any moment leaves the last whole one.
"""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pleinair.errors import OutputError, RunError

STATE, AVERAGE = "state.safetensors", "average.safetensors"


def flattened(modules: Mapping[str, nn.Module], optimizers: Mapping[str, torch.optim.Optimizer]) -> dict[str, Tensor]:
    """All tensors of a training under one level of names: `module/…` and `optimizer/player/index/name`."""
    tensors = {
        f"module/{name}/{key}": value for name, module in modules.items() for key, value in module.state_dict().items()
    }
    for player, optimizer in optimizers.items():
        for index, state in optimizer.state_dict()["state"].items():
            for key, value in state.items():
                tensors[f"optimizer/{player}/{index}/{key}"] = torch.as_tensor(value)
    return {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}


def restore(
    tensors: Mapping[str, Tensor], modules: Mapping[str, nn.Module], optimizers: Mapping[str, torch.optim.Optimizer]
) -> None:
    """Put a saving's tensors back where `flattened` took them from."""
    for name, module in modules.items():
        head = f"module/{name}/"
        module.load_state_dict(
            {key.removeprefix(head): value for key, value in tensors.items() if key.startswith(head)}
        )
    for player, optimizer in optimizers.items():
        head, state = f"optimizer/{player}/", dict[int, dict[str, Tensor]]()
        for key, value in tensors.items():
            if key.startswith(head):
                index, name = key.removeprefix(head).split("/")
                state.setdefault(int(index), {})[name] = value
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def write(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors with facts (plain values, as JSON) beside `path`, then rename. Raises OutputError."""
    from safetensors.torch import save

    metadata = {key: json.dumps(value) for key, value in facts.items()}
    _replace(path, lambda beside: beside.write_bytes(save(dict(tensors), metadata)))  # a file with the usual rights


def write_text(path: Path, text: str) -> None:
    """Write a text beside `path`, then rename. Raises OutputError."""
    _replace(path, lambda beside: beside.write_text(text, "utf-8"))


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    """Nobody ever sees half of a file: made beside, brought to the disk, then renamed."""
    beside = path.with_name(f".{path.name}.part")
    try:
        make(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except Exception as error:  # safetensors raises its own error for a full disk
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be saved ({error}); make room or choose another folder") from error


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and facts of a saving. Raises RunError if there is none or it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            facts = {key: json.loads(value) for key, value in (file.metadata() or {}).items()}
            return {key: file.get_tensor(key) for key in file.keys()}, facts  # noqa: SIM118
    except (OSError, SafetensorError, ValueError) as error:
        raise RunError(f"{path}: no saving that can be read ({error}); choose another, or start anew") from error
