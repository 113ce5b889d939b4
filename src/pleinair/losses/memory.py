"""A memory of features: what was lately painted in each style, and what its works look like.

A batch of a few crops says little about a style: four skies would have to hold all of its strokes. A queue of feature
vectors (as in He et al., MoCo, 2020) lets a critic learn every style at every step, from many more pictures than the
step has painted.
Shapes: k rows, d channels, S styles.
"""

import torch
from torch import Tensor, nn


class FeatureMemory(nn.Module):
    """Per style the last `rows` vectors of both sides, in half precision. Buffers, so a resumed training has them."""

    filled: Tensor
    painted: Tensor
    examples: Tensor

    def __init__(self, width: int, styles: int, rows: int = 2048) -> None:
        super().__init__()
        self.rows = rows
        self.register_buffer("painted", torch.zeros(styles, rows, width, dtype=torch.float16))
        self.register_buffer("examples", torch.zeros(styles, rows, width, dtype=torch.float16))
        self.register_buffer("filled", torch.zeros(styles, dtype=torch.long))

    @torch.no_grad()
    def keep(self, style: int, painted: Tensor, examples: Tensor) -> None:
        """Put vectors, equally many (k, d) of each side, in the place of the oldest."""
        places = (torch.arange(len(painted), device=self.filled.device) + self.filled[style]) % self.rows
        self.painted[style, places] = painted.half()
        self.examples[style, places] = examples.half()
        self.filled[style] += len(painted)

    def drawn(self, draws: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Painted and example vectors (k, d) of all styles that have any, and their styles (k,). `draws` are whole
        numbers, one for each vector drawn of a style."""
        painted, examples, styles = [], [], []
        for style, count in enumerate(self.filled.clamp_max(self.rows).tolist()):
            if count:
                painted.append(self.painted[style, draws % count].float())
                examples.append(self.examples[style, (draws * 7 + 3) % count].float())
                styles.append(torch.full_like(draws, style))
        return torch.cat(painted), torch.cat(examples), torch.cat(styles)
