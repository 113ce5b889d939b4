"""`pleinair.load`: whatever has that name, a painter, a maker of scenes or one of what is laid out."""

from pathlib import Path
from typing import Any, Literal, overload

from pleinair import painter, realist, scenes, store
from pleinair.engine.opening import LAYOUT, SCENE
from pleinair.painter import Painter
from pleinair.realist import Realist
from pleinair.scenes import SceneMaker


@overload
def load(name: Literal["scene"], *, threads: int | None = None) -> SceneMaker: ...


@overload
def load(name: str | Path, *, threads: int | None = None) -> Painter | Any: ...


def load(name: str | Path, *, threads: int | None = None) -> Painter | SceneMaker | Realist:
    """The painter of that name, be it a model's, a style's (in which it then paints by default) or an .onnx file's
    path; or the maker of scenes, or of what is laid out, if the model is one's. The first paints by `.stylize`, the
    second draws by `.generate`, the third makes renders real by `.real`.

    threads: how many CPU threads it works with; by default as many as there are cores.
    Raises UnknownModelError with the nearest names if there is none, ModelError if the file cannot be used.
    """
    kind = SCENE if name == scenes.NAME else store.resolve(name)[0].spec.kind
    if kind == SCENE:
        return scenes.load(name, threads=threads)
    if kind == LAYOUT:
        return realist.load(name, threads=threads)
    return painter.load(name, threads=threads)
