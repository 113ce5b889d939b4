"""The statistics that a translator begins with: of the content that its training will see."""

from collections.abc import Mapping, Sequence
from itertools import count, islice

import torch
from torch import Tensor, nn

from pleinair.data.unpaired import Unpaired
from pleinair.networks.layers import STATISTICS
from pleinair.networks.statistics import by_style, fit, keeping, measure
from pleinair.networks.translator import Translator, one_hot
from pleinair.recipes.on_device import floats
from pleinair.training.run import Run

MEASURED = 8  # pictures of each style
LOOKED_THROUGH = 4  # times as many, since styles come as they come


def begun(translator: Translator, run: Run, sampler: Unpaired, device: torch.device) -> None:
    """Statistics for a network that has learned nothing yet."""
    if keeping(translator):
        fit(translator, _shown(run, sampler, device))


def measured(
    run: Run, sampler: Unpaired, device: torch.device, modules: Mapping[str, nn.Module], left: Sequence[str]
) -> None:
    """Statistics for `generator` and `average` that began from weights learned without any: they paint as before.
    `left` are the tensors that were not there to begin from."""
    if any(name.rpartition(".")[2] in STATISTICS for name in left):
        generator, average = modules["generator"], modules["average"]
        assert isinstance(generator, Translator)
        assert isinstance(average, Translator)
        measure(generator, _shown(run, sampler, device), [average])


def _shown(run: Run, sampler: Unpaired, device: torch.device) -> list[tuple[Tensor, Tensor]]:
    """Some pictures of each style that is trained, the same on every rank, and the mix they are painted in."""
    styles = len(run.styles)
    wanted = [style for style, weight in enumerate(run.data.get("weights") or [1] * styles) if weight]
    some = islice(count(0, run.batch), -(-MEASURED * LOOKED_THROUGH * styles // run.batch))
    drawn = (sampler.batch(start, run.batch) for start in some)
    found = by_style(((floats(one.content, device), torch.from_numpy(one.styles)) for one in drawn), wanted, MEASURED)
    mixes = one_hot(torch.arange(styles), styles).to(device)
    return [(pictures, mixes[style][None]) for style, pictures in found.items()]
