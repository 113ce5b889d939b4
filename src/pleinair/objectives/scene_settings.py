"""Numbers of the scene objective that are no weights."""

from dataclasses import dataclass

SEEN_BY_FROZEN = ("columns", "matching", "spread", "rebuilt")


@dataclass(frozen=True)
class SceneSettings:
    """How the terms are computed.

    `adversary` is `hinge`, `relativistic`, or `logistic`, the first GAN's. The pixel critic sees pictures changed at
    the probability `augment`, the frozen network as well if `augment_features`. The gradient penalties are computed
    every `penalty_every` steps and multiplied by as much (lazy regularization, Karras et al. 2020). The population is
    described in so many `bands` from top to bottom; `generated` and `works` pictures of each domain are remembered. The
    critic of columns has a `memory` of so many rows per domain; of each batch `remembered` columns go there, `recalled`
    ones of every domain teach it at each step. The frozen network looks at so many `views`: the picture, its half, the
    half of that; what it sees of small views is how a scene is put together, whatever its size. `read` is the share of
    a batch that is drawn from what is read of real pictures.
    """

    adversary: str = "hinge"
    augment: float = 0.0
    augment_features: bool = False
    penalty_every: int = 4
    bands: int = 4
    generated: int = 256
    works: int = 1024
    memory: int = 4096
    remembered: int = 512
    recalled: int = 512
    views: int = 1
    read: float = 0.0
