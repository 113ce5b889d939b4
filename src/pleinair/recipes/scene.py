"""The scene recipe: natural scenes, and paintings of them, out of noise.

RECEIPT of what shipped before scenes were sketched first (kernel distance 404; docs/tried.md)
    pleinair train scene --photos photos.pack --features vgg19_quarter.safetensors
        --classifier squeezenet1_1.safetensors --side 128 --pictures 10000 --from mean --run seventh
    2026-11-24 · one x86-64 CPU core, bf16, the other shared with other work · 17 minutes · 10,000 pictures seen, after
    94,000 of 128 px and 56,360 of 64 px in 435 minutes (`mean` is of two of its trainings).
"""

from collections.abc import Sequence
from dataclasses import replace

from pleinair.errors import SettingError
from pleinair.recipes.sight import looked_on
from pleinair.training.run import Rate, Run

PHOTO = "photo"  # the domain of photographs
SIDES = (16, 32, 64, 128, 256)
READS = (16, 32, 64, 128)  # channels of the frozen network's levels, which a reader looks with
SMALLEST_VIEW = 32  # pixels of height
SCALES = (1.0, 1.5)  # short sides in sides of a crop that pictures are brought to
PICTURES = 200_000


def scene(
    domains: Sequence[str], kinds: Sequence[str] = (), side: int = 64, pictures: int = PICTURES, seed: int = 0
) -> Run:
    """A generator taught by what a small frozen network sees: a critic of its columns that knows their height, a
    population of pictures that meets the real ones in mean and spread; and by a small critic of pixels, hinge, R1, with
    differentiable augmentation.

    Half of the real pictures are of the first domain. Batches are small: what is remembered of earlier ones stands in
    for large ones, and steps are what is scarce on a CPU. The generator's weights are of unit deviation and normalized
    as they are used, so its rate is higher than plain convolutions would stand; above 64 pixels, where there is
    something to lose by then, it is lower.
    """
    if side not in SIDES:
        raise SettingError(f"side {side}: scenes are {', '.join(map(str, SIDES))} pixels high; choose one of these")
    return Run(
        recipe="scene",
        styles=tuple(domains),
        pictures=pictures,
        batch=8,
        seed=seed,
        rates={
            "generator": Rate(4e-3 * min(1.0, 64 / side), 800, decay_share=0.5),
            "discriminator": Rate(3e-4, 800, decay_share=0.5),
        },
        betas=(0.0, 0.99),
        weights={
            "generator.adversarial": 0.3,
            "generator.columns": 1.0,
            "generator.matching": 1.0,
            "generator.spread": 1.5,
            "generator.ripples": 2.0,
            "generator.ripples_spread": 1.0,
            "generator.range": 2.0,
            "generator.rebuilt": 3.0,
            "generator.nats": 0.003,
            "discriminator.adversarial": 1.0,
            "discriminator.penalty": 1.0,
            "discriminator.columns": 1.0,
            "discriminator.columns_penalty": 0.1,
        },
        average_pictures=4_000,
        preview_pictures=4_000,
        watch_pictures=8_000,
        patience_pictures=400_000,
        network={"side": side, "width": 24, "marks": len(domains) + len(kinds), "reads": list(READS)},
        settings={
            "generator": "scene",
            "frozen": "vgg19_quarter",
            "critic": "residual",
            "critic_width": 16,
            "heads": [],
            "adversary": "hinge",
            "augment": 0.5,
            "augment_features": False,
            "read": 0.5,
            "penalty_every": 4,
            "bands": 4,
            "views": views_of(side),
            "speed": "trial",
        },
        data={
            "kinds": list(kinds),
            "scales": [side * share for share in SCALES],
            "weights": [max(1, len(domains) - 1)] + [1] * (len(domains) - 1),
        },
    )


def meaning(run: Run) -> Run:
    """The run in which a frozen classifier looks on, too: what it takes scenes for is matched with what it takes real
    ones for, in mean and in spread."""
    return looked_on(run, meaning=8.0, spread=6.0)


def views_of(side: int) -> int:
    """How many views the frozen network has of pictures so high: the smallest is SMALLEST_VIEW, whatever the side, so
    that what a scene is put together from is seen as it was when scenes were small."""
    return max(1, (side // SMALLEST_VIEW).bit_length())


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
        network={**run.network, "reads": []},
        settings={
            **run.settings,
            "frozen": "",
            "adversary": "relativistic",
            "critic_width": 24,
            "penalty_every": 2,
            "views": 1,
            "read": 0.0,
        },
    )


def scene_heads(
    domains: Sequence[str], kinds: Sequence[str] = (), side: int = 64, pictures: int = PICTURES, seed: int = 0
) -> Run:
    """Heads on the levels of the frozen network and nothing else (Projected GANs, Sauer et al. 2021), to compare with:
    hinge, DiffAugment before the features."""
    run = scene(domains, kinds, side, pictures, seed)
    return replace(
        run,
        recipe="scene_heads",
        weights={
            "generator.adversarial": 1.0,
            "generator.range": 2.0,
            "discriminator.adversarial": 1.0,
            "discriminator.heads_penalty": 0.01,
        },
        network={**run.network, "reads": []},
        settings={
            **run.settings,
            "critic": "none",
            "heads": [0, 1, 2, 3],
            "augment": 0.8,
            "augment_features": True,
            "views": 1,
            "read": 0.0,
        },
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in a second."""
    small = {"critic_width": 4, "bands": 2, "views": 1, "generated": 16, "works": 16}
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
