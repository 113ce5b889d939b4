"""Alarms: what goes wrong with adversarial trainings, noticed and named."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pleinair.errors import TrainingError

SIGNS = {  # terms without a weight that objectives may give
    "generator.variety",
    "discriminator.certainty",
    "discriminator.fooled",
}
WINDOW = 200  # steps that a sign must hold on average
VARIETY = 0.05  # paintings this much less varied than their sources are all alike
CERTAINTY = 0.98  # share of right verdicts at which a discriminator no longer teaches
WON = 0.99  # share of verdicts that go one player's way when it has won
WINNERS = {  # sign → who has won by it, in words to print
    "discriminator.certainty": "the discriminator has won: it has told {:.1%} of the pictures apart for {:,} steps",
    "discriminator.fooled": "the generator has won: {:.1%} of its pictures were taken for real for {:,} steps",
}


@dataclass
class Alarms:
    """Watches the signs: `generator.variety` (of the outputs, relative to that of the inputs),
    `discriminator.certainty` (share of real and fake pictures told apart) and `discriminator.fooled` (share of fakes
    taken for real). Its memory of the last steps travels with the state, so that a resumed training is warned when the
    whole one would be. `held` counts the steps in a row in which a sign's mean was a winner's."""

    window: int = WINDOW
    memory: dict[str, list[float]] = field(default_factory=dict)
    warned: list[str] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)

    def hear(self, signs: Mapping[str, float]) -> str | None:
        """Take one step's signs. Returns a warning to print, once per kind; raises TrainingError on collapse."""
        for name, value in sorted(signs.items()):
            heard = self.memory.setdefault(name, [])
            heard.append(value)
            del heard[: -self.window]
        means = {name: sum(values) / len(values) for name, values in self.memory.items() if len(values) == self.window}
        for name in WINNERS:
            self.held[name] = self.held.get(name, 0) + 1 if means.get(name, 0.0) >= WON else 0
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

    def winner(self, steps: int) -> str:
        """Who has won, as a sentence to print: a sign's mean has been a winner's for so many steps in a row; with 0
        nobody ever wins. Empty while the game is open."""
        for name, said in WINNERS.items():
            if 0 < steps <= self.held.get(name, 0):
                values = self.memory[name]
                return said.format(sum(values) / len(values), self.held[name])
        return ""

    def facts(self) -> dict[str, Any]:
        """Plain values for a saving."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Alarms":
        """As `facts` gave them."""
        return cls(**facts)
