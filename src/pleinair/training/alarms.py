"""Alarms: what goes wrong with adversarial trainings, noticed and named."""

from collections import deque
from collections.abc import Mapping

from pleinair.errors import TrainingError

SIGNS = {"generator.variety", "discriminator.certainty"}  # terms without a weight that objectives may give
WINDOW = 200  # steps that a sign must hold on average
VARIETY = 0.05  # paintings this much less varied than their sources are all alike
CERTAINTY = 0.98  # share of right verdicts at which a discriminator no longer teaches


class Alarms:
    """Watches the signs: `generator.variety` (of the outputs, relative to that of the inputs) and `discriminator.certainty` (share of real and
    fake pictures told apart). Holds a short memory that need not be saved: a resumed training listens anew."""

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self.memory: dict[str, deque[float]] = {}
        self.warned: set[str] = set()

    def hear(self, signs: Mapping[str, float]) -> str | None:
        """Take one step's signs. Returns a warning to print, once per kind; raises TrainingError on collapse."""
        for name, value in signs.items():
            self.memory.setdefault(name, deque(maxlen=self.window)).append(value)
        means = {name: sum(values) / len(values) for name, values in self.memory.items() if len(values) == self.window}
        if means.get("generator.variety", 1.0) < VARIETY:
            raise TrainingError(
                f"collapse: for {self.window} steps all outputs have been alike (variety {means['generator.variety']:.3f}); start again "
                "from an earlier saving with --from, a lower learning rate or more pictures"
            )
        if means.get("discriminator.certainty", 0.0) > CERTAINTY and "certainty" not in self.warned:
            self.warned.add("certainty")
            return (
                f"runaway discriminator: it tells {means['discriminator.certainty']:.0%} of the pictures apart and teaches little; "
                "more pictures of the style, a larger penalty or a lower discriminator rate would help"
            )
        return None
