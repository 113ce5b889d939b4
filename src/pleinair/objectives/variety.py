"""How much pictures that are made differ, beside real ones: a sign of collapse, no loss."""

from torch import Tensor
from torch.nn import functional as F

from pleinair.objectives.protocol import Gather

VIEW = 8  # squares a side that a picture is seen in


def variety(made: Tensor, real: Tensor, gather: Gather) -> Tensor:
    """(n,) n times the one number: how much pictures (n, 3, h, w), those of all ranks, differ, relative to the real
    ones. One picture has no variety to lose: 1."""
    return (_varied(made.detach(), gather) / _varied(real, gather).clamp_min(1e-3)).expand(len(made))


def _varied(pictures: Tensor, gather: Gather) -> Tensor:
    """Mean deviation over the batch, coarsely seen."""
    seen = gather(F.adaptive_avg_pool2d(pictures, VIEW))
    return seen.std(0).mean() if len(seen) > 1 else seen.new_ones(())
