"""pleinair paints natural scenes: photo to painting, painting to photo, scenes out of noise, with models of its own.

    >>> import pleinair
    >>> painted = pleinair.load("shanshui").stylize("valley.jpg", strength=0.8)
    >>> painted.save("valley-shanshui.jpg")

The names below are the public ones. All are light (no PyTorch), and each is imported when first used, so that
`import pleinair` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from pleinair.version import __version__

if TYPE_CHECKING:
    from pleinair.errors import PleinairError as PleinairError
    from pleinair.fiction.spec import SceneSpec as SceneSpec
    from pleinair.imagining import imagine as imagine
    from pleinair.layouts import paint as paint
    from pleinair.loading import load as load
    from pleinair.painter import Painter as Painter
    from pleinair.realist import Realist as Realist
    from pleinair.remaking import again as again
    from pleinair.render.guides import Guide as Guide
    from pleinair.scenes import SceneMaker as SceneMaker
    from pleinair.spec import ModelSpec as ModelSpec

__all__ = [
    "Guide",
    "ModelSpec",
    "Painter",
    "PleinairError",
    "Realist",
    "SceneMaker",
    "SceneSpec",
    "__version__",
    "again",
    "imagine",
    "load",
    "paint",
]

_HOMES = {
    "Guide": "pleinair.render.guides",
    "ModelSpec": "pleinair.spec",
    "Painter": "pleinair.painter",
    "PleinairError": "pleinair.errors",
    "Realist": "pleinair.realist",
    "SceneMaker": "pleinair.scenes",
    "SceneSpec": "pleinair.fiction.spec",
    "again": "pleinair.remaking",
    "imagine": "pleinair.imagining",
    "load": "pleinair.loading",
    "paint": "pleinair.layouts",
}


def __getattr__(name: str) -> object:
    """A public name, imported at its first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'pleinair' has no attribute {name!r}; the public names are {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
