"""`pleinair.load`: whatever has that name, a painter or a maker of scenes."""

from pathlib import Path
from typing import Any, Literal, overload

from pleinair import painter, scenes, store
from pleinair.engine.opening import SCENE
from pleinair.painter import Painter
from pleinair.scenes import SceneMaker


@overload
def load(name: Literal["scene"], *, threads: int | None = None) -> SceneMaker: ...


@overload
def load(name: str | Path, *, threads: int | None = None) -> Painter | Any: ...


def load(name: str | Path, *, threads: int | None = None) -> Painter | SceneMaker:
    """The painter of that name, be it a model's, a style's (in which it then paints by default) or an .onnx file's
    path; or the maker of scenes, if the model is one's. The first paints by `.stylize`, the other draws by `.generate`.

    threads: how many CPU threads it works with; by default as many as there are cores.
    Raises UnknownModelError with the nearest names if there is none, ModelError if the file cannot be used.
    """
    if name == scenes.NAME or store.resolve(name)[0].spec.kind == SCENE:
        return scenes.load(name, threads=threads)
    return painter.load(name, threads=threads)
