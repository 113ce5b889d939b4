"""Alarms: what goes wrong with adversarial trainings, noticed and named."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pleinair.errors import TrainingError

SIGNS = {"generator.variety", "discriminator.certainty"}  # terms without a weight that objectives may give
WINDOW = 200  # steps that a sign must hold on average
VARIETY = 0.05  # paintings this much less varied than their sources are all alike
CERTAINTY = 0.98  # share of right verdicts at which a discriminator no longer teaches


@dataclass
class Alarms:
    """Watches the signs: `generator.variety` (of the outputs, relative to that of the inputs) and
    `discriminator.certainty` (share of real and fake pictures told apart). Its memory of the last steps travels with
    the state, so that a resumed training is warned when the whole one would be."""

    window: int = WINDOW
    memory: dict[str, list[float]] = field(default_factory=dict)
    warned: list[str] = field(default_factory=list)

    def hear(self, signs: Mapping[str, float]) -> str | None:
        """Take one step's signs. Returns a warning to print, once per kind; raises TrainingError on collapse."""
        for name, value in sorted(signs.items()):
            heard = self.memory.setdefault(name, [])
            heard.append(value)
            del heard[: -self.window]
        means = {name: sum(values) / len(values) for name, values in self.memory.items() if len(values) == self.window}
        variety, certainty = means.get("generator.variety", 1.0), means.get("discriminator.certainty", 0.0)
        if variety < VARIETY:
            raise TrainingError(
                f"collapse: for {self.window} steps all outputs have been alike (variety {variety:.3f}); "
                "a lower learning rate, more pictures or more weight on content would help"
            )
        if certainty > CERTAINTY and "certainty" not in self.warned:
            self.warned.append("certainty")
            return (
                f"runaway discriminator: it tells {certainty:.0%} of the pictures apart and teaches little; more "
                "pictures of the style, a larger penalty or a lower discriminator rate would help"
            )
        return None

    def facts(self) -> dict[str, Any]:
        """Plain values for a saving."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Alarms":
        """As `facts` gave them."""
        return cls(**facts)
