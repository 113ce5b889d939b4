"""Run: all that a training needs to know, frozen and self-checking. Recipes make it; variants are `replace(run, …)`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pleinair.errors import SettingError


@dataclass(frozen=True)
class Rate:
    """Learning rate as a function of pictures seen: warmed up linearly, held, then decayed by a half cosine to `floor`
    × peak over the last `decay_share` of the training. Rows that belong to one style learn `per_style` times as
    fast."""

    peak: float
    warmup_pictures: int = 2_000
    decay_share: float = 0.3
    floor: float = 0.1
    per_style: float = 1.0


@dataclass(frozen=True)
class Run:
    """One training. Pictures are counted, never steps. All of it is written into the run folder, and a run is only
    continued under the same recipe.

    `weights` are named `player.term`. `average_pictures` is the half-life of the averaged weights. `network`,
    `settings` and `data` are the recipe's own numbers, plain values.
    """

    recipe: str
    styles: tuple[str, ...]
    pictures: int
    batch: int
    seed: int = 0
    rates: Mapping[str, Rate] = field(default_factory=dict)
    betas: tuple[float, float] = (0.5, 0.99)
    weights: Mapping[str, float] = field(default_factory=dict)
    clip_norm: float = 10.0
    average_pictures: int = 2_000
    save_seconds: float = 60.0
    preview_pictures: int = 4_000
    watch_pictures: int = 20_000
    patience_pictures: int = 200_000
    network: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks = {
            "pictures": self.pictures >= self.batch,
            "batch": self.batch >= 1,
            "average_pictures": self.average_pictures > 0,
            "save_seconds": 0 < self.save_seconds <= 120,
            "rates": all(rate.peak > 0 for rate in self.rates.values()),
            "styles": len(set(self.styles)) == len(self.styles) > 0,
        }
        wrong = [name for name, good in checks.items() if not good]
        if wrong:
            raise SettingError(f"the run's {', '.join(wrong)} cannot be: {[getattr(self, name) for name in wrong]}")

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True)


def differences(old: str, new: str) -> list[str]:
    """What two runs' JSON disagree on, as `name: old → new`, one line each; nested names are joined by dots."""
    a, b = _flat(json.loads(old)), _flat(json.loads(new))
    return [f"{key}: {a.get(key)} → {b.get(key)}" for key in sorted(a.keys() | b.keys()) if a.get(key) != b.get(key)]


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {name: value}
    return {k: v for key, inner in value.items() for k, v in _flat(inner, f"{name}.{key}" if name else key).items()}
