"""What a scene run is built of: networks, critics, a sampler, what watches; for every recipe of scenes alike."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pleinair.data.pack import Pack
from pleinair.data.scenes import Batch, Drawn, Scenes
from pleinair.data.unpaired import Domain, ahead
from pleinair.errors import DataError
from pleinair.networks.baselines import DCGANDiscriminator, DCGANGenerator, FastGANDiscriminator, FastGANGenerator
from pleinair.networks.critic import PixelCritic, PlacedColumns
from pleinair.networks.discriminator import FeatureHeads
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.scene import SceneGenerator
from pleinair.networks.sketched import SketchedScene
from pleinair.networks.spectrum import BlockSpectrum
from pleinair.objectives.matching import RIPPLED, Meaning
from pleinair.objectives.scene import Critics, Draw, Scene
from pleinair.objectives.scene_settings import SceneSettings
from pleinair.recipes.on_device import DeviceAlbums, floats, laid, lives_there
from pleinair.recipes.sight import classifier_of, frozen_of
from pleinair.recipes.watching import extractor_of
from pleinair.recipes.watching_scenes import WatchedScenes
from pleinair.spec import ModelSpec, Source
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice

BLIND = "scene_r3"  # the recipe of scenes that sees with nothing frozen
MEANT_AT = 128  # pixels of height that lower scenes are enlarged to for the classifier


def builder(
    packs: Mapping[str, Pack],
    features: Path | None,
    judge: Path | None,
    named: Mapping[str, str],
    classifier: Path | None = None,
) -> Build:
    """What builds the task of a Run from a pack per domain, the files of the frozen network and of the classifier
    that the recipe names, the feature network that scores validation, and the kinds of pictures by file name where a
    table gives them.

    Building raises SettingError for a frozen network that is needed and not given, DataError for a domain without
    pictures, ModelError for a file that is no such network.
    """

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Draw]:
        missing = [domain for domain in run.styles if domain not in packs]
        if missing:
            raise DataError(f"there are no pictures of {', '.join(missing)}; give a pack of each domain")
        generator = generator_of(run)
        frozen = frozen_of(run, features, BLIND)
        critics = critics_of(run, frozen)
        settings = settings_of(run)
        meaning = meaning_of(run, settings, ranks, classifier)
        ripples = ripples_of(run, settings, ranks)
        objective = Scene(
            generator, critics, frozen, len(run.styles), run.weights, settings, ranks.gather, meaning, ripples
        )
        layout = laid((*objective.players.values(), *objective.onlookers), device, choice)
        sampler = _sampler(run, packs, named)
        fitted(objective, sampler, device)
        watched = WatchedScenes(packs[run.styles[0]], sampler.crop, scales_of(run), extractor_of(judge, frozen))
        if choice.compiled:
            objective.compile()
        albums = DeviceAlbums(sampler.domains, sampler.crop, device) if lives_there(sampler.domains, device) else None

        def batches(start: int, rank: int, count: int) -> Generator[Draw, None, None]:
            while albums is not None:
                plan = sampler.plan(start, run.batch, rank, count)
                real = albums.crops(plan.domains, plan.cuts).contiguous(memory_format=layout)
                yield _draw(real, plan.domains, sampler.drawn(plan))
                start += run.batch
            with closing(ahead(sampler, start, run.batch, rank=rank, ranks=count)) as feed:
                for batch in feed:
                    yield drawn_on_device(batch, device, layout)

        facts = {"styles": list(run.styles), "network": dict(run.network), "spec": _spec(run, packs).to_json()}
        return Task(objective, batches, watched.preview, watched.watch if watched.possible else None, facts)

    return build


def fitted(objective: Scene, sampler: Scenes, device: torch.device) -> None:
    """Critics of features begin with how those of the first real pictures are spread."""
    critics = [critic for critic in (objective.heads, objective.columns) if critic is not None]
    if critics:
        levels = objective.levels(floats(sampler.batch(0, 64).real, device))
        for critic in critics:
            critic.fit(levels)


def meaning_of(run: Run, settings: SceneSettings, ranks: Ranks, classifier: Path | None) -> Meaning | None:
    """The matching of what a classifier sees, if a run names one."""
    sees = classifier_of(run, classifier)
    remembered = settings.generated, settings.works
    return Meaning(sees, len(run.styles), ranks.gather, *remembered, MEANT_AT) if sees else None


def ripples_of(run: Run, settings: SceneSettings, ranks: Ranks) -> Meaning | None:
    """The matching of wavelengths, if a run weighs it."""
    if not any(run.weights.get(f"generator.{name}") for name in RIPPLED):
        return None
    waves = BlockSpectrum(settings.bands)
    return Meaning(waves, len(run.styles), ranks.gather, settings.generated, settings.works, names=RIPPLED)


def generator_of(run: Run) -> nn.Module:
    """The generator that a run trains, untrained."""
    return generator_named(run.settings["generator"], run.network)


def generator_named(kind: str, network: Mapping[str, Any]) -> nn.Module:
    """An untrained generator of the shape that a run notes, of the recipe's kind or a rival's. Raises KeyError for a
    kind that there is not."""
    made: dict[str, Callable[..., nn.Module]] = {
        "scene": SceneGenerator,
        "sketched": SketchedScene,
        "dcgan": DCGANGenerator,
        "fastgan": FastGANGenerator,
    }
    sizes = int(network["side"]), int(network["width"]), int(network["marks"])
    return made[kind](*sizes, *([network["reads"]] if network.get("reads") else []))


def critics_of(run: Run, frozen: QuarterVGG | None) -> Critics:
    """Those that a run's settings name, untrained."""
    settings, domains = run.settings, len(run.styles)
    side, marks, width = int(run.network["side"]), int(run.network["marks"]), int(settings["critic_width"])
    made: dict[str, Callable[[], nn.Module | None]] = {
        "residual": lambda: PixelCritic(side, width, marks),
        "dcgan": lambda: DCGANDiscriminator(side, width),
        "fastgan": lambda: FastGANDiscriminator(side, width),
        "none": lambda: None,
    }
    heads = FeatureHeads(QuarterVGG.widths, domains, tuple(settings["heads"])) if settings["heads"] else None
    views = int(settings.get("views", 1))
    wanted = frozen is not None and run.weights.get("generator.columns")
    columns = PlacedColumns(QuarterVGG.widths, domains, views=views) if wanted else None
    return Critics(made[settings["critic"]](), heads, columns)


def settings_of(run: Run) -> SceneSettings:
    """The objective's numbers among a run's settings."""
    given = {field.name: run.settings[field.name] for field in fields(SceneSettings) if field.name in run.settings}
    plain: dict[str, Any] = given
    return SceneSettings(**plain)


def scales_of(run: Run, name: str = "scales") -> tuple[float, float]:
    """The short sides in pixels that a run brings pictures to, the least and the greatest."""
    least, greatest = run.data[name]
    return float(least), float(greatest)


def _sampler(run: Run, packs: Mapping[str, Pack], named: Mapping[str, str]) -> Scenes:
    domains = [Domain(name, packs[name].train, scales_of(run)) for name in run.styles]
    return Scenes(
        domains,
        side=int(run.network["side"]),
        seed=run.seed,
        kinds=run.data["kinds"],
        named=named,
        weights=run.data["weights"],
    )


def drawn_on_device(batch: Batch, device: torch.device, layout: torch.memory_format) -> Draw:
    """A batch on its device."""
    return _draw(floats(batch.real, device).contiguous(memory_format=layout), batch.domains, batch.drawn)


def _draw(real: torch.Tensor, domains: np.ndarray[Any, np.dtype[np.int64]], drawn: Drawn) -> Draw:
    rows = (domains, drawn.numbers, drawn.marks, drawn.latents, drawn.noise, drawn.shakes)
    return Draw(real, *(torch.from_numpy(row).to(real.device, non_blocking=True) for row in rows))


def _spec(run: Run, packs: Mapping[str, Pack]) -> ModelSpec:
    sources = tuple(Source(name, packs[name].name, len(packs[name].entries), "") for name in run.styles)
    return ModelSpec(
        name=run.recipe,
        styles=run.styles,
        stride=1,
        halo=0,
        kind="scene",
        width=int(run.network["width"]),
        side=int(run.network["side"]),
        kinds=tuple(run.data["kinds"]),
        recipe=run.recipe,
        sources=sources,
    )
