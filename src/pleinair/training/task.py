"""Task: what a recipe hands to the loop. The loop never sees a task's name."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from torch import nn

from pleinair.objectives.protocol import Objective

Batch = TypeVar("Batch")
Sheet = npt.NDArray[np.uint8]  # (h, w, 3)


@dataclass(frozen=True)
class Task(Generic[Batch]):
    """An objective and what feeds it and looks at it.

    `batches(start, rank, ranks)` yields this rank's share of each batch, on the device, from picture number `start` on.
    `preview(averaged)` draws a sheet; `watch(averaged)` measures figures, `score` among them, lower is better. Neither
    may consume the training's randomness. `facts` travel with the averaged weights. `warmed(modules, left)` is told
    that a new training's networks have begun from another's saving, and which tensors it did not have.
    """

    objective: Objective[Batch, Any]
    batches: Callable[[int, int, int], Generator[Batch, None, None]]
    preview: Callable[[nn.Module], Sheet] | None = None
    watch: Callable[[nn.Module], dict[str, float]] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    warmed: Callable[[Mapping[str, nn.Module], Sequence[str]], None] | None = None
