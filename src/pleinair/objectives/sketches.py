"""The objective of sketches: noise becomes what stands where, and in which colors, as fictional layouts have it.

The scene objective looks at the colors as if they were pictures, and the layouts' renders photos; beside it a critic
tells sketches, classes and colors, from layouts. Of the layouts that are read from their renders, the classes are known
as well. Shapes: n pictures, s×s pixels of a sketch, k classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.losses import adversarial
from pleinair.networks.critic import PixelCritic
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.layout import CLASSES, known_of
from pleinair.networks.sketched import SKETCHED, SketchedScene, shares
from pleinair.objectives import scene
from pleinair.objectives.layout import Sketch
from pleinair.objectives.matching import Meaning
from pleinair.objectives.protocol import Gather, Terms
from pleinair.objectives.reading import COARSE
from pleinair.objectives.scene_settings import SceneSettings


@dataclass(frozen=True)
class Views:
    """What both players look at: colors as the scene objective has pictures; sketches and layouts (n, k + 3, s, s),
    classes in shares, then colors."""

    seen: scene.Views
    sketches: Tensor
    layouts: Tensor


class Sketching:
    """Terms of the scene objective, and `sketched`, hinge, for both players; for the discriminator `sketched_penalty`
    (R1), for the generator `named` (which classes it sketches where a layout was read). Besides a sign without a
    weight: `sketched_certainty`."""

    def __init__(
        self,
        generator: SketchedScene,
        critics: scene.Critics,
        sketches: PixelCritic,
        frozen: QuarterVGG | None,
        weights: Mapping[str, float],
        settings: SceneSettings,
        gather: Gather = lambda rows: rows,
        ripples: Meaning | None = None,
    ) -> None:
        self.scene = scene.Scene(generator, critics, frozen, 1, weights, settings, gather, None, ripples)
        self.generator, self.sketches, self.weights = generator, sketches, weights
        judges = self.scene.players["discriminator"]
        assert isinstance(judges, nn.ModuleDict)
        judges["sketches"] = sketches
        self.players, self.averaged = self.scene.players, self.scene.averaged

    def views(self, batch: Sketch, chance: torch.Generator, seen_pictures: int) -> Views:
        """Sketch the batch and look at both sides once; both players share the result."""
        layouts = layouts_of(batch.labels, batch.renders)
        drawn = replace(batch.drawn, real=layouts[:, CLASSES:])
        start, levels = self.scene.begun(drawn)
        fake, sketches = self.generator.drawn(start.latents, start.noise, drawn.marks)
        seen = self.scene.looked(drawn, fake, start, levels, chance, seen_pictures)
        return Views(seen, shares(sketches), layouts)

    def terms(self, player: str, views: Views) -> Terms:
        terms = self.scene.terms(player, views.seen)
        marks = views.seen.batch.marks
        if player == "generator":
            terms["sketched"] = adversarial.hinge_generator(self.sketches(views.sketches, marks))
            if self.weights.get("generator.named"):
                terms["named"] = self._named(views)
            return terms
        penalize = views.seen.penalize and bool(self.weights.get("discriminator.sketched_penalty"))
        real = views.layouts.detach().clone().requires_grad_(penalize)
        right, wrong = self.sketches(real, marks), self.sketches(views.sketches.detach(), marks)
        terms["sketched"] = adversarial.hinge_discriminator(right, wrong)
        terms["sketched_certainty"] = adversarial.right_signs(right, wrong)
        if penalize:
            whole = SKETCHED * SKETCHED * self.scene.settings.penalty_every
            terms["sketched_penalty"] = adversarial.gradient_penalty(right, [real], [real.new_ones(())]) * whole
        return terms

    def _named(self, views: Views) -> Tensor:
        """Cross-entropy (n,) of what stands in each of COARSE×COARSE places, of the layouts that were read; 0 for
        others. It is brought to the mean over a batch, however many were read."""
        rows, some = views.seen.start.rows, self.scene.settings.read
        if not len(rows):
            return views.sketches.new_zeros(len(views.sketches))
        wanted, found = (F.adaptive_avg_pool2d(x[rows, :CLASSES], COARSE) for x in (views.layouts, views.sketches))
        costs = -(wanted * found.clamp_min(1e-4).log()).sum(1).mean((1, 2)) / some
        return costs.new_zeros(len(views.sketches)).index_put((rows,), costs)


def layouts_of(labels: Tensor, renders: Tensor) -> Tensor:
    """Labels (n, h, h) and renders (n, 3, h, h) in [-1, 1] → what a sketch of them is (n, k + 3, s, s)."""
    return F.avg_pool2d(known_of(labels, renders), labels.shape[1] // SKETCHED)
