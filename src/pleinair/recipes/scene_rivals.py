"""What the scene recipe is compared with in equal minutes: a DCGAN and a FastGAN-like light pair, published settings.

RECEIPT: not trained yet; the command is that of the scene recipe with --recipe scene_dcgan or scene_fastgan.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pleinair.recipes.scene import PICTURES, scene, scene_heads, scene_r3
from pleinair.training.run import Rate, Run

STEADY = Rate(2e-4, warmup_pictures=0, decay_share=0.0)  # as published


def scene_dcgan(
    domains: Sequence[str], kinds: Sequence[str] = (), side: int = 64, pictures: int = PICTURES, seed: int = 0
) -> Run:
    """A DCGAN as published (Radford et al. 2016): logistic loss, Adam 2e-4, batch norm, no augmentation. Domains and
    kinds are not told apart."""
    run = scene(domains, kinds, side, pictures, seed)
    return replace(
        run,
        recipe="scene_dcgan",
        batch=64,
        rates={"generator": STEADY, "discriminator": STEADY},
        betas=(0.5, 0.999),
        weights={"generator.adversarial": 1.0, "discriminator.adversarial": 1.0},
        network={**run.network, "width": 64, "reads": []},
        settings={
            **run.settings,
            "generator": "dcgan",
            "critic": "dcgan",
            "frozen": "",
            "adversary": "logistic",
            "critic_width": 64,
            "read": 0.0,
            "augment": 0.0,
        },
    )


def scene_fastgan(
    domains: Sequence[str], kinds: Sequence[str] = (), side: int = 64, pictures: int = PICTURES, seed: int = 0
) -> Run:
    """A FastGAN-like light pair (Liu et al. 2021): skip-layer excitation, a discriminator that rebuilds what it sees,
    hinge, DiffAugment, Adam 2e-4, batches of 8. Domains and kinds are not told apart."""
    run = scene(domains, kinds, side, pictures, seed)
    return replace(
        run,
        recipe="scene_fastgan",
        batch=8,
        rates={"generator": STEADY, "discriminator": STEADY},
        betas=(0.5, 0.999),
        weights={"generator.adversarial": 1.0, "discriminator.adversarial": 1.0, "discriminator.rebuilt": 1.0},
        network={**run.network, "width": 32, "reads": []},
        settings={
            **run.settings,
            "generator": "fastgan",
            "critic": "fastgan",
            "frozen": "",
            "adversary": "hinge",
            "critic_width": 32,
            "read": 0.0,
            "augment": 1.0,
        },
    )


RECIPES: dict[str, Callable[[Sequence[str], Sequence[str], int, int, int], Run]] = {
    "scene": scene,
    "scene_heads": scene_heads,
    "scene_r3": scene_r3,
    "scene_dcgan": scene_dcgan,
    "scene_fastgan": scene_fastgan,
}
