"""One step of one player: terms weighed, differentiated, clipped, applied. The only place with gradients."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from pleinair.errors import TrainingError
from pleinair.training.run import Rate
from pleinair.training.warm import per_style

Gather = Callable[[list[Tensor]], None]  # averages gradients over ranks in place


def weighed(player: str, terms: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Σ weight · mean over pictures; terms without a weight are left out."""
    parts = [
        weights[f"{player}.{name}"] * value.mean() for name, value in terms.items() if weights.get(f"{player}.{name}")
    ]
    if not parts:
        raise TrainingError(f"{player} has no term with a weight; give the recipe at least one")
    return torch.stack(parts).sum()


def gradients(loss: Tensor, module: nn.Module) -> list[Tensor]:
    """Gradients of the player's own parameters and of nothing else; zeros where the loss does not depend on them."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)]


def groups(module: nn.Module, rate: Rate) -> list[dict[str, Any]]:
    """Parameters for the optimizer: shared ones, and rows per style, which are small, rarely met and learn faster."""
    rows = per_style(module)
    named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
    shared = {"params": [p for name, p in named if name not in rows], "factor": 1.0}
    styled = {"params": [p for name, p in named if name in rows], "factor": rate.per_style}
    return [group for group in (shared, styled) if group["params"]]


def apply(
    optimizer: torch.optim.Optimizer, module: nn.Module, grads: list[Tensor], rate: float, clip_norm: float
) -> float:
    """Clip by the total norm and step. Returns the norm before; raises TrainingError where it is not a number."""
    norm = float(torch.stack(torch._foreach_norm(grads)).norm())
    if not math.isfinite(norm):
        raise TrainingError("the gradients are no longer numbers (NaN or infinite)")
    if norm > clip_norm:
        torch._foreach_mul_(grads, clip_norm / norm)
    for parameter, grad in zip((p for p in module.parameters() if p.requires_grad), grads, strict=True):
        parameter.grad = grad
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return norm
