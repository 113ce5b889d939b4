"""Renders made real: fictional scenes as further content of the style `photo`.

RECEIPT: not trained yet; the command is that of the translate recipe with --render fiction=fiction.pack.
"""

from collections.abc import Sequence
from dataclasses import replace

from pleinair.errors import SettingError
from pleinair.recipes.plain import PHOTO
from pleinair.training.run import Run

TINT = 4.0  # weight of how far colors leave those of what is made a photo
SHARE = 0.5  # of the content that photos are made from; paintings are the rest


def rendering(run: Run, renders: Sequence[str]) -> Run:
    """The run that also learns to make photos of renders: further content of the style `photo` and of no other. What
    becomes a photo keeps its tints, roughly: most photos of landscapes are of sand and sky, and meadows would be too.

    Raises SettingError for a name that is taken, where `photo` is no style of the run, and for a recipe that paints
    back: a render is no style.
    """
    if not renders:
        return run
    taken = sorted({*run.styles, PHOTO} & set(renders))
    if taken:
        raise SettingError(f"{', '.join(taken)}: the name of a style; give each render another")
    if PHOTO not in run.styles:
        raise SettingError(f"renders become photos; have {PHOTO} among the styles")
    if run.weights.get("generator.cycle"):
        raise SettingError(f"recipe {run.recipe} paints back, and renders are no style; use translate, with --features")
    weights = {**run.weights, "generator.tint": TINT}
    return replace(run, weights=weights, data={**run.data, "renders": list(renders), "render_share": SHARE})
