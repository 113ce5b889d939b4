"""Content of a training, a share of it as plain cameras see scenes."""

from dataclasses import replace

import torch

from pleinair.networks.plainer import plain_draws, plainer
from pleinair.objectives.translate import Pictures
from pleinair.training.run import Run


def plain(run: Run, pictures: Pictures, numbers: range) -> Pictures:
    """The pictures of these numbers, their content softened or in other tones; what already is of the style asked for
    stays as it is."""
    share = float(run.data.get("plain", 0.0))
    if not share:
        return pictures
    draws = torch.from_numpy(plain_draws(run.seed, numbers)).to(pictures.content.device)
    dull = plainer(pictures.content, draws, share)
    kept = pictures.kept[:, None, None, None]
    layout = torch.channels_last if pictures.content.is_contiguous(memory_format=torch.channels_last) else None
    content = torch.where(kept, pictures.content, dull)
    return replace(pictures, content=content.contiguous(memory_format=layout or torch.contiguous_format))
