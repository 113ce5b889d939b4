"""Layouts that are dressed in no time, for tests of what is done with them: colors that depend on all that is asked."""

import zlib
from collections.abc import Sequence

import numpy as np
import pytest

from pleinair import layouts
from pleinair.fiction.layout import Labels
from pleinair.fiction.layout_dress import Dressed, Reroll
from pleinair.fiction.layout_regions import Wrap
from pleinair.images.picture import Pixels

__all__ = ["quick_layouts"]


@pytest.fixture
def quick_layouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dressing by rules is what stands below."""
    monkeypatch.setattr(layouts, "dressed", quick)


def quick(labels: Labels, seed: int, rerolls: Sequence[Reroll], wrap: Wrap) -> Dressed:
    """What stands in for `fiction.layout_sizes.dressed`."""
    return Dressed(flat_dresser(labels, seed, rerolls, wrap).astype(np.uint8), labels)


def flat_dresser(labels: Labels, seed: int, rerolls: Sequence[Reroll], wrap: Wrap) -> Pixels:
    """A color for each label, drawn from seed, regions drawn anew and wrap."""
    draw = np.random.default_rng(zlib.crc32(f"{seed} {tuple(rerolls)} {wrap}".encode()))
    found: Pixels = draw.integers(20, 236, (12, 3)).astype(np.uint8)[labels]
    return found
