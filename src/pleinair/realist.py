"""Realist: a trained generator that makes what is laid out and rendered photo-like, as users hold it.

>>> realist = load("layout")  # a model, or an .onnx file
>>> realist.real(labels, render, seed=7)  # an array as large as the render
"""

from functools import cached_property
from pathlib import Path

from pleinair import store
from pleinair.engine.layout import LayoutEngine
from pleinair.engine.opening import LAYOUT, check_kind
from pleinair.errors import PictureError
from pleinair.fiction.layout import check_labels
from pleinair.images.picture import Pixels
from pleinair.render.real import Real, made_real
from pleinair.render.told import Around, Labels
from pleinair.spec import ModelSpec

NAME = "layout"  # of the model that is taken if none is named


class Realist:
    """A generator of what is laid out: what it says of itself, and the drawing."""

    def __init__(self, engine: LayoutEngine, path: Path) -> None:
        self.path = path
        self._engine = engine

    @property
    def spec(self) -> ModelSpec:
        """What the model says of itself; `spec.kinds` are the classes that it was told apart."""
        return self._engine.spec

    @cached_property
    def sha256(self) -> str:
        """Of the file, in lower-case hexadecimal digits; it is read once. Raises ModelError if it cannot be."""
        return store.sha256_of(self.path)

    def real(
        self, labels: Labels, picture: Pixels, seed: int = 0, *, strength: float = 1.0, wrap: Around = "none"
    ) -> Real:
        """A label map (h, w) (see `fiction.palette`) and its render (h, w, 3), both uint8 → the scene as it might be
        photographed, uint8 (h, w, 3).

        seed: of what neither tells. strength: 0 (the render itself) to 1.5. wrap: "x" for a full turn.
        Raises PictureError for a map that does not belong to the render, SettingError, ModelError.
        """
        check_labels(labels)
        if picture.shape != (*labels.shape, 3) or picture.dtype != "uint8":
            raise PictureError(
                f"a label map of {labels.shape[1]}x{labels.shape[0]} pixels needs a render as large, of 8 bits, "
                f"not {picture.dtype} {picture.shape}"
            )
        return made_real(labels, picture, seed, self._engine, strength=strength, wrap=wrap)


def load(name: str | Path = NAME, *, threads: int | None = None) -> Realist:
    """The realist of that name: a model's, or an .onnx file's path.

    threads: how many CPU threads draw; by default as many as there are cores.
    Raises UnknownModelError with the nearest names if there is none, ModelError if the file cannot be used.
    """
    from pleinair.engine import layout

    model, _ = store.resolve(name)
    check_kind(model.path, model.spec, LAYOUT)
    return Realist(layout.load(model.path, threads), model.path)
