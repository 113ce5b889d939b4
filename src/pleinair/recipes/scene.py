"""The scene recipe: natural scenes, and paintings of them, out of noise.

RECEIPT: not trained yet; the command will be
    pleinair train scene --photos photos.pack --domain hiroshige=hiroshige.pack --side 64 --pictures 100k --run scene64
        --features vgg19_quarter.safetensors --judge mobilenet_v2_features.onnx
and the next size begins from it: --side 128 --from scene64.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pleinair.data.pack import Pack
from pleinair.data.scenes import Batch, Drawn, Scenes
from pleinair.data.unpaired import Domain, ahead
from pleinair.errors import DataError, SettingError
from pleinair.metrics.features import load_features
from pleinair.networks.critic import PixelCritic, PlacedColumns
from pleinair.networks.discriminator import FeatureHeads
from pleinair.networks.frozen import QuarterVGG, load_quarter_vgg
from pleinair.networks.scene import SceneGenerator
from pleinair.objectives.scene import Critics, Draw, Scene
from pleinair.objectives.scene_settings import SceneSettings
from pleinair.recipes.on_device import DeviceAlbums, lives_there
from pleinair.recipes.watching import frozen_extractor
from pleinair.recipes.watching_scenes import WatchedScenes
from pleinair.spec import ModelSpec, Source
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Rate, Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice

PHOTO = "photo"  # the domain of photographs
SIDES = (16, 32, 64, 128, 256)
SCALES = (1.0, 1.5)  # short sides in sides of a crop that pictures are brought to
PICTURES = 200_000


def scene(
    domains: Sequence[str], kinds: Sequence[str] = (), side: int = 64, pictures: int = PICTURES, seed: int = 0
) -> Run:
    """A generator taught by what a small frozen network sees: a critic of its columns that knows their height, a
    population of pictures that meets the real ones in mean and spread; and by a small critic of pixels, hinge, R1, with
    differentiable augmentation.

    Half of the real pictures are of the first domain. The generator's weights are of unit deviation and normalized as
    they are used, so its rate is higher than plain convolutions would stand.
    """
    if side not in SIDES:
        raise SettingError(f"side {side}: scenes are {', '.join(map(str, SIDES))} pixels high; choose one of these")
    return Run(
        recipe="scene",
        styles=tuple(domains),
        pictures=pictures,
        batch=16,
        seed=seed,
        rates={"generator": Rate(2e-3, decay_share=0.5), "discriminator": Rate(1e-3, decay_share=0.5)},
        betas=(0.0, 0.99),
        weights={
            "generator.adversarial": 0.3,
            "generator.columns": 1.0,
            "generator.matching": 1.0,
            "generator.spread": 0.5,
            "generator.range": 2.0,
            "discriminator.adversarial": 1.0,
            "discriminator.penalty": 0.5,
            "discriminator.columns": 1.0,
            "discriminator.columns_penalty": 0.02,
        },
        average_pictures=4_000,
        preview_pictures=4_000,
        watch_pictures=8_000,
        patience_pictures=400_000,
        network={"side": side, "width": 24, "marks": len(domains) + len(kinds)},
        settings={
            "generator": "scene",
            "frozen": "vgg19_quarter",
            "critic": "residual",
            "critic_width": 16,
            "heads": [],
            "adversary": "hinge",
            "augment": 0.5,
            "augment_features": False,
            "penalty_every": 4,
            "bands": 4,
            "speed": "trial",
        },
        data={
            "kinds": list(kinds),
            "scales": [side * share for share in SCALES],
            "weights": [max(1, len(domains) - 1)] + [1] * (len(domains) - 1),
        },
    )


def scene_r3(
    domains: Sequence[str], kinds: Sequence[str] = (), side: int = 64, pictures: int = PICTURES, seed: int = 0
) -> Run:
    """R3GAN's recipe (Huang et al. 2024) on pixels alone, for who has no weights file and to compare with: relativistic
    pairs, R1 and R2 in all pixels, no momentum. γ is 1 at 64 pixels and grows fourfold as the side doubles."""
    run = scene(domains, kinds, side, pictures, seed)
    gamma = (side / 64) ** 2
    return replace(
        run,
        recipe="scene_r3",
        rates={"generator": Rate(1e-3, decay_share=0.5), "discriminator": Rate(5e-4, decay_share=0.5)},
        weights={
            "generator.adversarial": 1.0,
            "generator.range": 2.0,
            "discriminator.adversarial": 1.0,
            "discriminator.penalty": gamma / 2,
            "discriminator.penalty_fake": gamma / 2,
        },
        settings={**run.settings, "frozen": "", "adversary": "relativistic", "critic_width": 24, "penalty_every": 2},
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in a second."""
    small = {"critic_width": 4, "bands": 2, "generated": 16, "works": 16}
    return replace(
        run,
        batch=4,
        save_seconds=0.5,
        preview_pictures=40,
        watch_pictures=10**9,
        network={**run.network, "side": 16, "width": 2},
        settings={**run.settings, **small, "speed": "plain", "memory": 64, "remembered": 16, "recalled": 16},
        data={**run.data, "scales": [16 * share for share in SCALES]},
    )


RECIPES: dict[str, Callable[[Sequence[str], Sequence[str], int, int, int], Run]] = {
    "scene": scene,
    "scene_r3": scene_r3,
}


def builder(packs: Mapping[str, Pack], features: Path | None, judge: Path | None, named: Mapping[str, str]) -> Build:
    """What builds the task of a Run from a pack per domain, the file of the frozen network that the recipe names, the
    feature network that scores validation, and the kinds of pictures by file name where a table gives them.

    Building raises SettingError for a frozen network that is needed and not given, DataError for a domain without
    pictures, ModelError for a file that is no such network.
    """

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Draw]:
        missing = [domain for domain in run.styles if domain not in packs]
        if missing:
            raise DataError(f"there are no pictures of {', '.join(missing)}; give a pack of each domain")
        generator = generator_of(run)
        frozen = _frozen(run, features)
        critics = _critics(run, frozen)
        objective = Scene(generator, critics, frozen, len(run.styles), run.weights, _settings(run), gather=ranks.gather)
        layout = torch.channels_last if choice.channels_last else torch.contiguous_format
        for module in (*objective.players.values(), *([frozen] if frozen else [])):
            module.to(device).to(memory_format=layout)  # type: ignore[call-overload]
        sampler = _sampler(run, packs, named)
        fitted = [critic for critic in (critics.heads, critics.columns) if critic is not None]
        if fitted:
            levels = objective.levels(_floats(sampler.batch(0, 64).real, device))
            for critic in fitted:
                critic.fit(levels)
        extractor = load_features(judge) if judge else frozen_extractor(frozen)
        scales = (float(run.data["scales"][0]), float(run.data["scales"][1]))
        watched = WatchedScenes(packs[run.styles[0]], sampler.crop, scales, extractor)
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
                    yield _on_device(batch, device, layout)

        facts = {"styles": list(run.styles), "network": dict(run.network), "spec": _spec(run, packs).to_json()}
        return Task(objective, batches, watched.preview, watched.watch if watched.possible else None, facts)

    return build


def generator_of(run: Run) -> nn.Module:
    """The generator that a run trains, untrained."""
    made: dict[str, Callable[..., nn.Module]] = {"scene": SceneGenerator}
    network = run.network
    return made[run.settings["generator"]](int(network["side"]), int(network["width"]), int(network["marks"]))


def _critics(run: Run, frozen: QuarterVGG | None) -> Critics:
    settings, domains = run.settings, len(run.styles)
    side, marks, width = int(run.network["side"]), int(run.network["marks"]), int(settings["critic_width"])
    made: dict[str, Callable[[], nn.Module | None]] = {
        "residual": lambda: PixelCritic(side, width, marks),
        "none": lambda: None,
    }
    heads = FeatureHeads(QuarterVGG.widths, domains, tuple(settings["heads"])) if settings["heads"] else None
    columns = PlacedColumns(QuarterVGG.widths, domains) if frozen and run.weights.get("generator.columns") else None
    return Critics(made[settings["critic"]](), heads, columns)


def _frozen(run: Run, features: Path | None) -> QuarterVGG | None:
    if not run.settings["frozen"]:
        return None
    if features is None:
        raise SettingError(
            f"recipe {run.recipe} sees with {run.settings['frozen']}; give its file by --features, "
            "or use --recipe scene_r3"
        )
    return load_quarter_vgg(features)


def _settings(run: Run) -> SceneSettings:
    given = {field.name: run.settings[field.name] for field in fields(SceneSettings) if field.name in run.settings}
    plain: dict[str, Any] = given
    return SceneSettings(**plain)


def _sampler(run: Run, packs: Mapping[str, Pack], named: Mapping[str, str]) -> Scenes:
    scales = (float(run.data["scales"][0]), float(run.data["scales"][1]))
    domains = [Domain(name, packs[name].train, scales) for name in run.styles]
    return Scenes(
        domains,
        side=int(run.network["side"]),
        seed=run.seed,
        kinds=run.data["kinds"],
        named=named,
        weights=run.data["weights"],
    )


def _floats(pixels: np.ndarray[Any, np.dtype[np.uint8]], device: torch.device) -> torch.Tensor:
    return torch.from_numpy(pixels).to(device, non_blocking=True).float() / 127.5 - 1


def _on_device(batch: Batch, device: torch.device, layout: torch.memory_format) -> Draw:
    return _draw(_floats(batch.real, device).contiguous(memory_format=layout), batch.domains, batch.drawn)


def _draw(real: torch.Tensor, domains: np.ndarray[Any, np.dtype[np.int64]], drawn: Drawn) -> Draw:
    rows = (domains, drawn.marks, drawn.latents, drawn.noise, drawn.shakes)
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
