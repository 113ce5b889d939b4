"""The translate objective: unpaired pictures of scenes and of styles teach one translator all styles.

Players: `generator` (the translator) and `discriminator` (heads on frozen features and/or patches of pixels).
Shapes: n pictures, c channels, h×w pixels, S styles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.errors import SettingError
from pleinair.losses import adversarial, content, quiet, steady, style
from pleinair.losses.matching import Population, described
from pleinair.losses.memory import FeatureMemory
from pleinair.networks.discriminator import Columns, FeatureHeads, of_style
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.statistics import observing
from pleinair.networks.translator import Translator, one_hot
from pleinair.objectives.columns import in_order, some_columns, taught
from pleinair.objectives.matching import Meaning, matched, onlookers, remembered, rows_of
from pleinair.objectives.protocol import Gather, Terms
from pleinair.objectives.settings import SEEN_BY_FROZEN, TranslateSettings
from pleinair.objectives.variety import variety


@dataclass(frozen=True)
class Pictures:
    """A batch on its device: content (n, 3, h, w) and style (n, 3, h, w) in [-1, 1], target styles (n,), and the
    style that the content is of, sources (n,)."""

    content: Tensor
    style: Tensor
    styles: Tensor
    sources: Tensor

    @property
    def kept(self) -> Tensor:
        """(n,) whether the content already is of the style asked for."""
        return self.styles == self.sources


@dataclass
class Views:
    """What both players look at. `levels` are frozen features; empty without a frozen network."""

    batch: Pictures
    painted: Tensor
    painted_levels: list[Tensor]
    content_levels: list[Tensor]
    style_levels: list[Tensor]
    moves: Tensor | None
    noise: Tensor | None
    directions: list[Tensor]
    positions: Tensor
    window: tuple[slice, slice]
    places: Tensor
    recalled: Tensor
    penalize: bool

    def part(self, pictures: Tensor) -> Tensor:
        """What the patches of pixels see of pictures: all of them, or a window, which costs less."""
        return pictures[(..., *self.window)]


class Translate:
    """See the module. Weights not named, or zero, cost nothing: their terms are not computed.

    Terms of the generator: adversarial, columns, content, nce, cycle, light, tint (of what is `apart`), identity,
    range, quiet, moments, gram, sliced, matching, spread, meaning, meaning_spread, steady; of the discriminator:
    adversarial, others, unpainted, penalty (R1), penalty_fake (R2), columns, columns_penalty; signs without a weight:
    variety, certainty, columns_certainty. `gather` brings rows of all ranks together, as statistics of style are those
    of the whole batch. Raises SettingError for weights that need what is not there.
    """

    def __init__(
        self,
        translator: Translator,
        heads: FeatureHeads | None,
        patches: nn.Module | None,
        frozen: QuarterVGG | None,
        weights: Mapping[str, float],
        settings: TranslateSettings,
        gather: Gather = lambda rows: rows,
        columns: Columns | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self.columns, self.meaning = columns, meaning
        styles, wanted = translator.styles, any(weights.get(f"generator.{name}") for name in ("matching", "spread"))
        self.population = Population(frozen.widths, styles, more=settings.domains) if frozen and wanted else None
        self.memory = FeatureMemory(columns.width, styles, settings.memory) if columns else None
        critics: dict[str, nn.Module | None] = {"heads": heads, "patches": patches, "columns": columns}
        parts = {name: part for name, part in critics.items() if part is not None}
        parts |= remembered(self.memory, self.population, meaning)
        blind = [name for name in SEEN_BY_FROZEN if weights.get(f"generator.{name}")]
        if frozen is None and (blind or heads is not None):
            raise SettingError(f"{', '.join(blind) or 'heads'} need a frozen network; give one or take them out")
        if not any(critics.values()):
            raise SettingError(
                "there is no discriminator; give heads or columns of frozen features or patches of pixels"
            )
        self.translator, self.heads, self.patches, self.frozen = translator, heads, patches, frozen
        self.players: Mapping[str, nn.Module] = {"generator": translator, "discriminator": nn.ModuleDict(parts)}
        self.averaged: nn.Module = translator
        self.onlookers = onlookers(frozen, meaning)
        self.weights, self.settings, self.gather = weights, settings, gather

    def compile(self) -> None:
        """Compile the translator and the frozen networks, where that pays (GPUs)."""
        for network in (self.translator, *self.onlookers):
            network.compile()

    def views(self, batch: Pictures, chance: torch.Generator, seen_pictures: int) -> Views:
        """Paint the batch and look at all sides once; both players share the result."""
        step = seen_pictures // len(self.gather(batch.styles))
        mix = self._mix(batch.styles)
        with observing(self.translator, self.gather):
            painted = self.translator(batch.content, mix, padded=True)
        with torch.no_grad():
            style_levels, content_levels = self.levels(batch.style), self.levels(batch.content)
        size = batch.content.shape[2]
        seen_size = size // self.settings.reduced
        shaken = self._on("generator.steady") and step % self.settings.steady_every == 0
        moves = steady.smooth_moves(1, size, chance) if shaken else None
        noise = torch.randn(batch.content[:1].shape, generator=chance) * 0.02 if shaken else None
        directions = self._directions(chance)
        positions = torch.randperm((seen_size // 4) ** 2, generator=chance)[: self.settings.nce_patches]
        places = torch.randint(2**31, (self.settings.remembered,), generator=chance)
        view = min(self.settings.patch_view or size, size)
        top, left = (int(x) for x in torch.randint(size - view + 1, (2,), generator=chance))
        recalled = torch.randint(2**31, (self.settings.recalled,), generator=chance)
        device = painted.device
        return Views(
            batch=batch,
            painted=painted,
            painted_levels=self.levels(painted),
            content_levels=content_levels,
            style_levels=style_levels,
            moves=None if moves is None else moves.to(device),
            noise=None if noise is None else noise.to(device),
            directions=[d.to(device) for d in directions],
            positions=positions.to(device),
            window=(slice(top, top + view), slice(left, left + view)),
            places=places.to(device),
            recalled=recalled.to(device),
            penalize=step % self.settings.penalty_every == 0,
        )

    def terms(self, player: str, views: Views) -> Terms:
        return self.generator(views) if player == "generator" else self.discriminator(views)

    def generator(self, v: Views) -> Terms:
        batch, keep, terms = v.batch, self.settings.content_levels, Terms()
        if self._on("generator.adversarial"):
            fake = self._logits(v.part(v.painted), v.painted_levels, batch.styles)
            if self.settings.adversary == "relativistic":
                with torch.no_grad():
                    real = self._logits(v.part(batch.style), v.style_levels, batch.styles)
                terms["adversarial"] = adversarial.relativistic(fake, real)
            else:
                terms["adversarial"] = adversarial.hinge_generator(fake)
        if self.columns is not None:
            seen = [self.columns(self.columns.columns(v.painted_levels))]
            terms["columns"] = adversarial.hinge_generator(of_style(seen, batch.styles))
        if self._on("generator.content"):
            terms["content"] = content.feature_content(
                [v.painted_levels[i] for i in keep], [v.content_levels[i] for i in keep]
            )
            terms["content"] = terms["content"] * _share(self.settings.content_shares, batch.styles)
        if self._on("generator.nce"):
            terms["nce"] = content.patch_nce(v.painted_levels[2], v.content_levels[2], v.positions)
        if self._on("generator.cycle"):
            back = self.translator(v.painted, self._mix(batch.sources), padded=True)
            terms["cycle"] = content.pixels_apart(back, batch.content)
        if self._on("generator.light"):
            terms["light"] = content.smoothed_apart(v.painted, batch.content)
        if self._on("generator.tint"):
            terms["tint"] = content.tint_apart(v.painted, batch.content) * (batch.styles == self.settings.apart)
        if self._on("generator.identity"):
            terms["identity"] = content.pixels_apart(v.painted, batch.content) * batch.kept
        if self._on("generator.range"):
            terms["range"] = content.beyond_range(v.painted)
        if self._on("generator.quiet"):
            # What becomes a photo loses strokes and gains detail, so there it is asked of photos alone.
            asked, like = batch.kept | (batch.styles != self.settings.apart), 2 * batch.styles + batch.kept
            terms["quiet"] = quiet.restless(v.painted, batch.content, like, self.gather) * asked
            terms["quiet"] = terms["quiet"] * _share(self.settings.quiet_shares, batch.styles)
        terms["variety"] = variety(v.painted, batch.content, self.gather)
        terms |= self._style_terms(v)
        rows = rows_of(batch.styles, batch.sources, self.settings.apart, self.translator.styles)
        if self.population is not None:
            sides = described(v.painted_levels), described(v.style_levels)
            terms |= matched(self.population, self.gather, *sides, batch.styles, batch.kept, rows)
        if self.meaning is not None:
            sides = self._reduced(v.painted), self._reduced(batch.style)
            terms |= self.meaning.terms(*sides, batch.styles, batch.kept, rows)
        if v.moves is not None and v.noise is not None:
            terms["steady"] = self._steady(v, v.moves, v.noise)
        return terms

    def discriminator(self, v: Views) -> Terms:
        terms, batch = Terms(), v.batch
        r1 = v.penalize and self._on("discriminator.penalty")
        r2 = v.penalize and self._on("discriminator.penalty_fake")
        seen = [x.detach().clone().requires_grad_(r1) for x in v.style_levels]
        terms |= self._columns(v)
        real_pixels = v.part(batch.style).detach().clone().requires_grad_(r1)
        real_maps = self._maps(real_pixels, seen)
        real = of_style(real_maps, batch.styles)
        false = [x.detach().clone().requires_grad_(r2) for x in v.painted_levels]
        false_pixels = v.part(v.painted).detach().clone().requires_grad_(r2)
        fake = self._logits(false_pixels, false, batch.styles)
        if self.settings.adversary == "relativistic":
            terms["adversarial"] = adversarial.relativistic(real, fake)
            terms["certainty"] = adversarial.told_apart(real, fake)
        else:
            terms["adversarial"] = adversarial.hinge_discriminator(real, fake)
            terms["certainty"] = adversarial.right_signs(real, fake)
        if self._on("discriminator.others") and self.translator.styles > 1:
            terms["others"] = adversarial.refused_by_others(real_maps, batch.styles)
        if self._on("discriminator.unpainted"):
            unpainted = self._logits(v.part(batch.content), v.content_levels, batch.styles)
            terms["unpainted"] = adversarial.refused(unpainted) * ~batch.kept
        if r1:
            terms["penalty"] = self._penalty(real, seen, real_pixels) * self.settings.penalty_every
        if r2:
            terms["penalty_fake"] = self._penalty(fake, false, false_pixels) * self.settings.penalty_every
        return terms

    def _columns(self, v: Views) -> Terms:
        if self.columns is None or self.memory is None:
            return {}
        with torch.no_grad():
            sides = [self.columns.columns(x) for x in (v.painted_levels, v.style_levels, v.content_levels)]
        whole = [in_order(self.gather, x) for x in (*sides, v.batch.styles, v.batch.kept)]
        seen = some_columns(v.places, *whole)
        every = self.settings.penalty_every
        interval = every if v.penalize and self._on("discriminator.columns_penalty") else 0
        values = taught(self.columns, self.memory, seen, v.recalled, interval)
        return {name: value.expand(len(v.batch.styles)) for name, value in values.items()}

    def _mix(self, styles: Tensor) -> Tensor:
        """(n, S), or (1, S) where all pictures have one style: the translator then bakes it."""
        alike = bool((styles == styles[0]).all())
        return one_hot(styles[:1] if alike else styles, self.translator.styles)

    def levels(self, pictures: Tensor) -> list[Tensor]:
        """What the frozen network sees: of a picture reduced as the settings say; nothing without one."""
        return self.frozen(self._reduced(pictures)) if self.frozen else []

    def _reduced(self, pictures: Tensor) -> Tensor:
        return F.avg_pool2d(pictures, self.settings.reduced) if self.settings.reduced > 1 else pictures

    def _on(self, name: str) -> bool:
        return self.weights.get(name, 0.0) != 0.0

    def _logits(self, pixels: Tensor, levels: list[Tensor], styles: Tensor) -> list[Tensor]:
        return of_style(self._maps(pixels, levels), styles)

    def _maps(self, pixels: Tensor, levels: list[Tensor]) -> list[Tensor]:
        maps = list(self.heads(levels)) if self.heads is not None else []
        if self.patches is not None:
            maps += self.patches(pixels)
        return maps

    def _penalty(self, real: list[Tensor], levels: list[Tensor], pixels: Tensor) -> Tensor:
        """R1 on what each part sees: the frozen levels that have a head, scaled as the heads scale them, and pixels."""
        inputs, sizes = [], []
        if self.heads is not None:
            inputs += [levels[i] for i in self.heads.levels]
            sizes += list(self.heads.sizes)
        if self.patches is not None:
            inputs, sizes = [*inputs, pixels], [*sizes, pixels.new_ones(())]
        return adversarial.gradient_penalty(real, inputs, sizes)

    def _directions(self, chance: torch.Generator) -> list[Tensor]:
        if not self._on("generator.sliced") or self.frozen is None:
            return []
        many = self.settings.directions
        drawn = [torch.randn(min(many, 2 * width), width, generator=chance) for width in self.frozen.widths]
        return [F.normalize(d, dim=1) for d in drawn]

    def _style_terms(self, v: Views) -> Terms:
        """Statistics of the batch's pictures of each style, those of all ranks; every picture of the style gets the
        style's value."""
        distances: dict[str, Callable[[list[Tensor], list[Tensor]], Tensor]] = {
            "moments": style.moment_distance,
            "gram": style.gram_distance,
            "sliced": lambda p, s: style.sliced_wasserstein(p, s, v.directions),
        }
        wanted = [name for name in distances if self._on(f"generator.{name}")]
        if not wanted:
            return {}
        styles = self.gather(v.batch.styles)
        painted = [self.gather(x) for x in v.painted_levels]
        examples = [self.gather(x) for x in v.style_levels]
        terms = {name: torch.zeros(len(v.batch.styles), device=v.painted.device) for name in wanted}
        for index in sorted(set(styles.tolist())):
            of_it, mine = styles == index, v.batch.styles == index
            of_painted, of_examples = [x[of_it] for x in painted], [x[of_it] for x in examples]
            for name in wanted:
                terms[name] = terms[name] + distances[name](of_painted, of_examples) * mine
        return terms

    def _steady(self, v: Views, moves: Tensor, noise: Tensor) -> Tensor:
        """The batch's first picture, moved and noised, painted again: against its painting moved. Spread over the
        batch, so that the mean over pictures is the value of the one. All ranks do the same one; else they would only
        wait."""
        picture, painted, target = (self.gather(x[:1])[:1] for x in (v.batch.content, v.painted, v.batch.styles))
        shaken = steady.moved(picture, moves) + noise
        again = self.translator(shaken, one_hot(target, self.translator.styles), padded=True)
        gap = steady.unsteady(again, steady.moved(painted, moves), steady.inside(moves))
        return gap.expand(len(v.batch.styles))


def _share(shares: tuple[float, ...], styles: Tensor) -> Tensor | float:
    """What the term of pictures in these styles (n,) is multiplied by; 1 where shares are not told."""
    return torch.tensor(shares, device=styles.device)[styles] if shares else 1.0
