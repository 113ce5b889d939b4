"""The layout objective: label maps and renders become scenes that real photos cannot be told from, and that read as the
map says.

There are no labeled photos. An adversary sees real photos without labels; a segmenter, trained on renders and frozen
here, must read the layout back out of the picture (as OASIS's discriminator does, Sushko et al. 2021); and the layout's
own render says, feature by feature, how what stands there is built, and loosely of which color and how light it is. All
that concerns photos is the scene objective's. Shapes: n pictures of h×w pixels, k classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.losses.content import feature_content, light_apart, tint_apart
from pleinair.losses.labels import misread, right
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.layout import LayoutGenerator, told_of
from pleinair.networks.segmenter import Segmenter
from pleinair.objectives import scene
from pleinair.objectives.matching import Meaning
from pleinair.objectives.protocol import Gather, Terms
from pleinair.objectives.scene_settings import SceneSettings

READ_AT = 2  # times smaller than they are drawn, pictures are read: a reader learns from small crops
STRUCTURE_LEVELS = (1, 2)  # of the frozen network: what leaves, ripples and crags are made of, not where each is


@dataclass(frozen=True)
class Sketch:
    """A batch on its device: real photos with all that a picture is drawn from (see objectives.scene), the labels to
    draw (n, h, w), and their renders (n, 3, h, w) in [-1, 1]. `told` is what the generator is told of them, see
    `told_of`, where that is not all of it, as it is not where layouts were sketched."""

    drawn: scene.Draw
    labels: Tensor
    renders: Tensor
    told: Tensor | None = None


@dataclass(frozen=True)
class Views:
    """What both players look at, what the segmenter reads of the fakes (n, k, h', w') and should read (n, h', w'), and
    the renders (n, 3, h, w), with what the frozen network sees of these if their structure counts."""

    seen: scene.Views
    read: Tensor
    labels: Tensor
    renders: Tensor
    render_levels: list[Tensor]


class Layout:
    """Terms of the scene objective, and for the generator `layout` (how wrongly it is read back), `structure`
    (instance-normalized features against the render's), `tint` and `light` (how far the colors and the light of places
    leave the render's). Besides a sign without a weight: `right`, the share of pixels that are read back rightly.
    `rarity` (k,) weighs the classes. `whole` is what the generator is a part of,
    if it is: what is saved, averaged and exported."""

    def __init__(
        self,
        generator: LayoutGenerator,
        critics: scene.Critics,
        frozen: QuarterVGG | None,
        segmenter: Segmenter,
        rarity: Tensor,
        weights: Mapping[str, float],
        settings: SceneSettings,
        gather: Gather = lambda rows: rows,
        meaning: Meaning | None = None,
        ripples: Meaning | None = None,
        whole: nn.Module | None = None,
    ) -> None:
        self.scene = scene.Scene(generator, critics, frozen, 1, weights, settings, gather, meaning, ripples)
        self.generator, self.segmenter, self.rarity, self.weights = generator, segmenter, rarity, weights
        self.players, self.averaged = self.scene.players, self.scene.averaged
        if whole is not None:
            self.players, self.averaged = {**self.players, "generator": whole}, whole

    def views(self, batch: Sketch, chance: torch.Generator, seen_pictures: int) -> Views:
        """Draw the layouts and look at both sides once; both players share the result."""
        drawn = batch.drawn
        start, plain_levels = self.scene.begun(drawn)
        with torch.no_grad():
            render_levels = self.scene.levels(batch.renders) if self._on("structure") else []
        told = told_of(batch.labels, batch.renders, self.generator.classes) if batch.told is None else batch.told
        fake = self.generator(start.latents, start.noise, told)
        seen = self.scene.looked(drawn, fake, start, plain_levels, chance, seen_pictures)
        labels = batch.labels[:, READ_AT // 2 :: READ_AT, READ_AT // 2 :: READ_AT]
        return Views(seen, self.segmenter(F.avg_pool2d(fake, READ_AT)), labels, batch.renders, render_levels)

    def terms(self, player: str, views: Views) -> Terms:
        terms = self.scene.terms(player, views.seen)
        if player != "generator":
            return terms
        terms["layout"] = misread(views.read, views.labels, self.rarity)
        terms["right"] = right(views.read, views.labels)
        for name, apart in (("tint", tint_apart), ("light", light_apart)):
            if self.weights.get(f"generator.{name}"):
                terms[name] = apart(views.seen.fake, views.renders)
        if views.render_levels:
            drawn, render = (
                [levels[i] for i in STRUCTURE_LEVELS] for levels in (views.seen.fake_levels, views.render_levels)
            )
            terms["structure"] = feature_content(drawn, render)
        return terms

    def _on(self, name: str) -> bool:
        """Whether a term that features are needed for is weighed, and there are any."""
        return self.weights.get(f"generator.{name}", 0.0) != 0.0 and self.scene.frozen is not None
