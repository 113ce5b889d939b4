"""Numbers of the translate objective that are no weights."""

from dataclasses import dataclass

SEEN_BY_FROZEN = ("content", "nce", "moments", "gram", "sliced", "matching", "spread", "columns")


@dataclass(frozen=True)
class TranslateSettings:
    """How the terms are computed.

    `adversary` is `hinge` or `relativistic`. `content_levels` are indices of the frozen levels that hold the scene.
    The gradient penalties are computed every `penalty_every` steps and multiplied by as much (lazy regularization,
    Karras et al. 2020), the steady term every `steady_every` steps. The frozen network sees pictures `reduced` so many
    times, and patches of pixels see a window of `patch_view` pixels, 0 for all. `content_shares` multiply the content
    term style by style, `quiet_shares` the quiet one. The critic of columns has a `memory` of so many rows per style;
    of each batch `remembered` columns go there, and `recalled` ones of every style teach it at each step. Paintings in
    the style `apart` are made of so many `domains`, each of which has to meet the works for itself; -1: there is none.
    """

    adversary: str = "hinge"
    content_levels: tuple[int, ...] = (3,)
    penalty_every: int = 4
    steady_every: int = 4
    directions: int = 64
    reduced: int = 1
    patch_view: int = 0
    memory: int = 2048
    remembered: int = 128
    recalled: int = 256
    content_shares: tuple[float, ...] = ()
    quiet_shares: tuple[float, ...] = ()
    nce_patches: int = 128
    apart: int = -1
    domains: int = 0
