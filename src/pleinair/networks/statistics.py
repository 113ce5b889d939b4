"""The statistics of a translator's convolutions (see StyledConv): gathered, measured, and put into its weights.

Shapes: n pictures, h×w pixels, S styles, i inputs of a convolution.
"""

import copy
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from pleinair.networks.layers import STATISTICS, StyledConv
from pleinair.networks.translator import Translator

Gather = Callable[[Tensor], Tensor]
Shown = Iterable[tuple[Tensor, Tensor]]  # pictures (n, 3, h, w) and the mix (1, S) that they are painted in


def keeping(translator: Translator) -> list[StyledConv]:
    """The convolutions that keep statistics."""
    return [layer for _, layer in translator.layers() if layer.statistics]


@contextmanager
def observing(translator: Translator, gather: Gather) -> Generator[None, None, None]:
    """What is painted meanwhile goes into the statistics afterwards, that of all ranks: so they all paint alike.
    `gather` brings rows (n, …) of all ranks together."""
    layers = keeping(translator)
    for layer in layers:
        layer.noted.zero_()
        layer.observing = True
    try:
        yield
    finally:
        for layer in layers:
            layer.observing = False
    if layers:
        rows = gather(torch.cat([layer.noted.flatten() for layer in layers])[None])
        parts = torch.split(rows.sum(0), [layer.noted.numel() for layer in layers])
        for layer, noted in zip(layers, parts, strict=True):
            layer.fold(noted.view_as(layer.noted))


@torch.no_grad()
def settled(translator: Translator) -> Translator:
    """A copy that paints each style as the translator does, without statistics: they are within its modulation."""
    plain = copy.deepcopy(translator)
    for layer in keeping(plain):
        terms = layer.factors(torch.eye(len(layer.scale), device=layer.scale.device))
        for name in (*STATISTICS, "noted"):
            delattr(layer, name)
        layer.statistics, layer.per_style = False, tuple(x for x in layer.per_style if x not in STATISTICS)
        layer.become(*terms)
    return plain


@torch.no_grad()
def fit(translator: Translator, shown: Shown) -> None:
    """Begin with the statistics of pictures, convolution after convolution: each sees what those before it then make.
    For a network that has learned nothing yet."""
    layers = keeping(translator)
    _forget(layers)
    hooks = [layer.register_forward_pre_hook(_observer(layer)) for layer in layers]
    try:
        for pictures, mix in shown:
            translator(pictures, mix, padded=True)
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def measure(translator: Translator, shown: Shown, alike: Iterable[Translator] = ()) -> None:
    """Begin with the statistics of pictures, and change the modulation so that the translator paints as it would
    without any: for weights that were learned so. `alike` are networks that begin from the same weights, or their
    average; they get the same statistics, and paint as before as well.
    """
    rows = list(zip(*(keeping(one) for one in (translator, *alike)), strict=True))
    _forget(layer for row in rows for layer in row)
    terms = [[layer.factors(torch.eye(len(layer.scale), device=layer.scale.device)) for layer in row] for row in rows]
    plain = settled(translator)
    seen = dict(zip((name for name, layer in translator.layers() if layer.statistics), rows, strict=True))
    for name, layer in plain.layers():
        if name in seen:
            layer.register_forward_pre_hook(_observer(seen[name][0]))
    for pictures, mix in shown:
        plain(pictures, mix, padded=True)
    for row, said in zip(rows, terms, strict=True):
        for layer, before in zip(row, said, strict=True):
            for name in STATISTICS:
                getattr(layer, name).copy_(getattr(row[0], name))
            layer.become(*before)


def _forget(layers: Iterable[StyledConv]) -> None:
    for layer in layers:
        layer.blank()


def _observer(layer: StyledConv) -> Callable[[StyledConv, tuple[Tensor, Tensor, bool]], None]:
    def look(_: StyledConv, given: tuple[Tensor, Tensor, bool]) -> None:
        layer.noted.zero_()
        layer.observe(given[0], given[1])
        layer.fold(layer.noted)

    return look


def by_style(batches: Iterable[tuple[Tensor, Tensor]], styles: Iterable[int], pictures: int) -> Mapping[int, Tensor]:
    """From batches of content (n, 3, h, w) and the style of each (n,), so many pictures of each style or what there is
    of it."""
    wanted, found = set(styles), dict[int, list[Tensor]]()
    for content, asked in batches:
        for picture, style in zip(content, asked.tolist(), strict=True):
            if style in wanted and len(found.setdefault(style, [])) < pictures:
                found[style].append(picture)
        if len(found) == len(wanted) and all(len(some) >= pictures for some in found.values()):
            break
    return {style: torch.stack(some) for style, some in sorted(found.items())}
