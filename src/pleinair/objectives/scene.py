"""The scene objective: noise becomes scenes of several domains, told from real ones by what a frozen network sees, by
pixels, or both.

Players: `generator` and `discriminator`. Shapes: n pictures, c channels, h×w pixels, D domains, m marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pleinair.errors import SettingError
from pleinair.losses import adversarial, content
from pleinair.losses.classic import cross_entropy, log_generator
from pleinair.losses.matching import Population, described
from pleinair.losses.memory import FeatureMemory
from pleinair.networks.augment import augmented
from pleinair.networks.baselines import FastGANDiscriminator
from pleinair.networks.critic import PlacedColumns, reduced
from pleinair.networks.discriminator import FeatureHeads, of_style
from pleinair.networks.frozen import QuarterVGG
from pleinair.objectives.columns import in_order, some_columns, taught
from pleinair.objectives.matching import Meaning, matched, onlookers, remembered
from pleinair.objectives.protocol import Gather, Terms
from pleinair.objectives.reading import Start, read_numbers, started, unlike
from pleinair.objectives.scene_settings import SEEN_BY_FROZEN, SceneSettings
from pleinair.objectives.variety import variety


@dataclass(frozen=True)
class Draw:
    """A batch on its device: real pictures (n, 3, h, w) in [-1, 1] with their domains (n,), numbers in the
    training (n,) and marks (n, m); latents
    (n, l) and noise (n, k, r, c) for as many generated ones of the same marks; numbers in [0, 1) for augmenting
    generated and real ones (n, 2, DRAWS)."""

    real: Tensor
    domains: Tensor
    numbers: Tensor
    marks: Tensor
    latents: Tensor
    noise: Tensor
    shakes: Tensor


@dataclass(frozen=True)
class Critics:
    """Who judges: of pixels (pictures and marks → maps), heads on frozen features, columns of frozen features."""

    pixels: nn.Module | None = None
    heads: FeatureHeads | None = None
    columns: PlacedColumns | None = None


@dataclass(frozen=True)
class Views:
    """What both players look at. `fake_seen` and `real_seen` are augmented; levels are empty without a frozen
    network."""

    batch: Draw
    fake: Tensor
    fake_seen: Tensor
    real_seen: Tensor
    fake_levels: list[Tensor]
    real_levels: list[Tensor]
    places: Tensor
    recalled: Tensor
    penalize: bool
    start: Start


class Scene:
    """See the module. Weights not named, or zero, cost nothing: their terms are not computed.

    Terms of the generator: adversarial, columns, matching, spread, meaning, meaning_spread, ripples, ripples_spread,
    range, rebuilt, nats (the last two of what a generator with a reader reads of real pictures and draws again); of the
    discriminator: adversarial, penalty (R1 of pixels), penalty_fake (R2 of pixels), heads_penalty (R1 of features),
    rebuilt (by the FastGAN-like critic), columns, columns_penalty. Besides, signs without a weight: variety, certainty,
    columns_certainty. `gather` brings rows of all ranks together.
    Raises SettingError where what is asked for cannot be computed.
    """

    def __init__(
        self,
        generator: nn.Module,
        critics: Critics,
        frozen: QuarterVGG | None,
        domains: int,
        weights: Mapping[str, float],
        settings: SceneSettings,
        gather: Gather = lambda rows: rows,
        meaning: Meaning | None = None,
        ripples: Meaning | None = None,
    ) -> None:
        self.meaning, self.ripples = meaning, ripples
        self.pixels, self.heads, self.columns = critics.pixels, critics.heads, critics.columns
        self.memory = FeatureMemory(self.columns.remembered, domains, settings.memory) if self.columns else None
        matched = any(weights.get(f"generator.{name}") for name in ("matching", "spread"))
        judges: dict[str, nn.Module | None] = {"pixels": self.pixels, "heads": self.heads, "columns": self.columns}
        blind = [name for name in SEEN_BY_FROZEN if weights.get(f"generator.{name}")]
        if frozen is None and (blind or self.heads is not None):
            raise SettingError(f"{', '.join(blind) or 'heads'} need a frozen network; give one or take them out")
        if settings.read and settings.augment_features:
            raise SettingError("pictures are read as they are; take read to 0 or augment_features out")
        if not any(judges.values()):
            raise SettingError("there is no discriminator; give one of pixels, or heads or columns of frozen features")
        self.population: Population | None = None
        if frozen is not None and matched:
            widths = [width for width in frozen.widths * settings.views for _ in range(settings.bands)]
            self.population = Population(widths, domains, settings.generated, settings.works)
        parts = {name: part for name, part in judges.items() if part is not None}
        parts |= remembered(self.memory, self.population, meaning, ripples)
        self.generator, self.frozen = generator, frozen
        self.players: Mapping[str, nn.Module] = {"generator": generator, "discriminator": nn.ModuleDict(parts)}
        self.averaged: nn.Module = generator
        self.onlookers = onlookers(frozen, meaning, ripples)
        self.weights, self.settings, self.gather = weights, settings, gather

    def compile(self) -> None:
        """Compile the generator and the frozen networks, where that pays (GPUs). Critics are differentiated twice,
        which compiled modules cannot be."""
        for module in (self.generator, *self.onlookers):
            module.compile()

    def views(self, batch: Draw, chance: torch.Generator, seen_pictures: int) -> Views:
        """Draw the batch and look at both sides once; both players share the result."""
        start, plain_levels = self.begun(batch)
        fake = self.generator(start.latents, start.noise, batch.marks)
        return self.looked(batch, fake, start, plain_levels, chance, seen_pictures)

    def begun(self, batch: Draw) -> tuple[Start, list[Tensor]]:
        """What the batch is drawn from, some of it read of real pictures, and the levels of these unless features are
        augmented."""
        reader = getattr(self.generator, "reader", None)
        with torch.no_grad():
            plain_levels = [] if self.settings.augment_features else self.levels(batch.real)
        chosen = read_numbers(batch.numbers, self.settings.read if reader is not None else 0.0)
        return started(reader, chosen, batch.real, plain_levels, batch.latents, batch.noise), plain_levels

    def looked(
        self,
        batch: Draw,
        fake: Tensor,
        start: Start,
        plain_levels: list[Tensor],
        chance: torch.Generator,
        seen_pictures: int,
    ) -> Views:
        """Both sides as the critics see them. `plain_levels` are as `begun` gives them."""
        shaken, step = self.settings.augment_features, seen_pictures // len(self.gather(batch.domains))
        fake_seen = augmented(fake, batch.shakes[:, 0], self.settings.augment)
        real_seen = augmented(batch.real, batch.shakes[:, 1], self.settings.augment)
        with torch.no_grad():
            real_levels = self.levels(real_seen) if shaken else plain_levels
        places = torch.randint(2**31, (self.settings.remembered,), generator=chance)
        recalled = torch.randint(2**31, (self.settings.recalled,), generator=chance)
        return Views(
            batch=batch,
            fake=fake,
            fake_seen=fake_seen,
            real_seen=real_seen,
            fake_levels=self.levels(fake_seen if shaken else fake),
            real_levels=real_levels,
            places=places.to(fake.device),
            recalled=recalled.to(fake.device),
            penalize=step % self.settings.penalty_every == 0,
            start=start,
        )

    def terms(self, player: str, views: Views) -> Terms:
        return self._generator(views) if player == "generator" else self._discriminator(views)

    def levels(self, pictures: Tensor) -> list[Tensor]:
        """What the frozen network sees of every view; nothing without one."""
        if self.frozen is None:
            return []
        return [level for view in reduced(pictures, self.settings.views) for level in self.frozen(view)]

    def _generator(self, v: Views) -> Terms:
        terms = Terms()
        if self._on("generator.adversarial"):
            fake = self._maps(v.fake_seen, v.fake_levels, v.batch)
            if self.settings.adversary == "relativistic":
                with torch.no_grad():
                    real = self._maps(v.real_seen, v.real_levels, v.batch)
                terms["adversarial"] = adversarial.relativistic(fake, real)
            elif self.settings.adversary == "logistic":
                terms["adversarial"] = torch.stack([log_generator(m.mean((1, 2))) for m in fake]).mean(0)
            else:
                terms["adversarial"] = adversarial.hinge_generator(fake)
        if self.columns is not None and self._on("generator.columns"):
            seen = self.columns(self.columns.columns(v.fake_levels))
            terms["columns"] = adversarial.hinge_generator(of_style([seen], v.batch.domains))
        if self._on("generator.range"):
            terms["range"] = content.beyond_range(v.fake)
        terms["variety"] = variety(v.fake, v.batch.real, self.gather)
        return terms | self._population_terms(v) | self._read(v)

    def _read(self, v: Views) -> Terms:
        """Of what was read of real pictures: how it was drawn again, and how much was read."""
        if getattr(self.generator, "reader", None) is None or not self.settings.read:
            return {}
        if v.start.read is None:  # all that is read is another rank's; every rank has the same terms
            return {name: v.fake.new_zeros(len(v.fake)) for name in ("rebuilt", "nats")}
        rows, some = v.start.rows, self.settings.read
        seen, real = ([level[rows] for level in levels] for levels in (v.fake_levels, v.real_levels))
        values = {"rebuilt": unlike(v.fake[rows], v.batch.real[rows], seen, real), "nats": v.start.read.nats()}
        # A value per picture of the batch, so that ranks that read more or fewer agree on the mean.
        return {name: x.new_zeros(len(v.fake)).index_put((rows,), x / some) for name, x in values.items()}

    def _discriminator(self, v: Views) -> Terms:
        terms = Terms()
        r1, r2 = (v.penalize and self._on(f"discriminator.{name}") for name in ("penalty", "penalty_fake"))
        of_heads = v.penalize and self.heads is not None and self._on("discriminator.heads_penalty")
        if self._on("discriminator.adversarial"):
            real_seen = v.real_seen.detach().clone().requires_grad_(r1)
            fake_seen = v.fake_seen.detach().clone().requires_grad_(r2)
            real_levels = [x.detach().clone().requires_grad_(of_heads) for x in v.real_levels]
            real = self._maps(real_seen, real_levels, v.batch)
            fake = self._maps(fake_seen, [x.detach() for x in v.fake_levels], v.batch)
            if self.settings.adversary == "relativistic":
                terms["adversarial"] = adversarial.relativistic(real, fake)
                terms["certainty"] = adversarial.told_apart(real, fake)
            elif self.settings.adversary == "logistic":
                pairs = [cross_entropy(r.mean((1, 2)), f.mean((1, 2))) for r, f in zip(real, fake, strict=True)]
                terms["adversarial"] = torch.stack(pairs).mean(0)
                terms["certainty"] = adversarial.right_signs(real, fake)
            else:
                terms["adversarial"] = adversarial.hinge_discriminator(real, fake)
                terms["certainty"] = adversarial.right_signs(real, fake)
            if r1:
                terms["penalty"] = self._penalty(real, real_seen)
            if r2:
                terms["penalty_fake"] = self._penalty(fake, fake_seen)
            if of_heads and self.heads is not None:
                inputs = [real_levels[i] for i in self.heads.levels]
                slope = adversarial.gradient_penalty(real[-len(inputs) :], inputs, list(self.heads.sizes))
                terms["heads_penalty"] = slope * self.settings.penalty_every
        if self._on("discriminator.rebuilt") and isinstance(self.pixels, FastGANDiscriminator):
            terms["rebuilt"] = self.pixels.mistakes(v.real_seen.detach())
        return terms | self._columns(v)

    def _maps(self, pixels: Tensor, levels: list[Tensor], batch: Draw) -> list[Tensor]:
        maps: list[Tensor] = []
        if self.pixels is not None:
            maps += self.pixels(pixels, batch.marks)
        if self.heads is not None:
            maps += of_style(self.heads(levels), batch.domains)
        return maps

    def _penalty(self, maps: list[Tensor], pixels: Tensor) -> Tensor:
        """Squared gradient of the first logit in all pixels of the picture, as the papers have it."""
        one = pixels.new_ones(())
        whole = pixels.shape[2] * pixels.shape[3]
        return adversarial.gradient_penalty(maps[:1], [pixels], [one]) * (whole * self.settings.penalty_every)

    def _columns(self, v: Views) -> Terms:
        if self.columns is None or self.memory is None:
            return {}
        with torch.no_grad():
            fake, real = (self.columns.columns(levels) for levels in (v.fake_levels, v.real_levels))
        fake, real, domains = (in_order(self.gather, x) for x in (fake, real, v.batch.domains))
        everyone = torch.ones_like(domains, dtype=torch.bool)  # nothing here is a photo to be told from paintings
        seen = some_columns(v.places, fake, real, fake, domains, everyone)
        every = self.settings.penalty_every
        interval = every if v.penalize and self._on("discriminator.columns_penalty") else 0
        values = taught(self.columns, self.memory, seen, v.recalled, interval)
        return {name: value.expand(len(v.fake)) for name, value in values.items()}

    def _population_terms(self, v: Views) -> Terms:
        """What was drawn lately against the real ones, band by band, domain by domain."""
        domains, terms = v.batch.domains, Terms()
        none = torch.zeros_like(domains, dtype=torch.bool)  # nothing that is drawn was of its domain before
        for side in (self.meaning, self.ripples):
            if side is not None:
                terms |= side.terms(v.fake, v.batch.real, domains, none)
        if self.population is None:
            return terms
        with torch.no_grad():
            real = described(banded(v.real_levels, self.settings.bands))
        fake = described(banded(v.fake_levels, self.settings.bands))
        terms |= matched(self.population, self.gather, fake, real, domains, none)
        return {name: value for name, value in terms.items() if self._on(f"generator.{name}")}

    def _on(self, name: str) -> bool:
        return self.weights.get(name, 0.0) != 0.0


def banded(levels: list[Tensor], bands: int) -> list[Tensor]:
    """Every level (n, c, h, w) cut into so many bands from top to bottom."""
    return [band for x in levels for band in x.chunk(bands, 2)]
