"""Averaged weights (EMA): for people. The raw weights are for going on."""

import copy

import torch
from torch import Tensor, nn


def copy_of(module: nn.Module) -> nn.Module:
    """A frozen copy to hold the average."""
    return copy.deepcopy(module).requires_grad_(False).eval()


@torch.no_grad()
def update(average: nn.Module, module: nn.Module, decay: float) -> None:
    """average ← decay · average + (1 - decay) · module; so too buffers, but whole numbers are copied."""
    ours: list[Tensor] = list(average.parameters())
    theirs: list[Tensor] = list(module.parameters())
    torch._foreach_lerp_(ours, theirs, 1 - decay)
    for mine, other in zip(average.buffers(), module.buffers(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(other, 1 - decay)
        else:
            mine.copy_(other)
