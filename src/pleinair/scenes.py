"""SceneMaker: a trained generator of scenes as users hold it.

>>> maker = load("scene")  # a model, or an .onnx file
>>> maker.generate(seeds=[7], kind="lake")[0].save("lake.jpg")
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from pleinair import store
from pleinair.engine.opening import SCENE, check_kind
from pleinair.engine.protocol import Array
from pleinair.engine.scene import SceneEngine, halo_of
from pleinair.errors import PictureError, SettingError, UnknownKindError, UnknownModelError
from pleinair.images import from_any
from pleinair.images.picture import Picture, Pixels
from pleinair.render.likeness import cropped, nearest
from pleinair.render.scenes import (
    Frame,
    Progress,
    SceneWrap,
    Size,
    check_truncation,
    drawn,
    framed,
    generate,
    marked,
    parse_size,
)
from pleinair.render.walk import walk
from pleinair.seeds import check_seed
from pleinair.spec import ModelSpec

if TYPE_CHECKING:
    from PIL.Image import Image

NAME = "scene"  # of the model that draws if none is named
SMALL = 32  # pixels of height of the pictures among which one like another is looked for


@dataclass(frozen=True)
class Look:
    """What scenes are to be: see `SceneMaker.generate`."""

    kind: str | None = None
    domain: str | None = None
    size: Size | None = None
    truncation: float = 1.0
    wrap: SceneWrap = "none"


class SceneMaker:
    """A generator of scenes: what it can draw, and the drawing."""

    def __init__(self, engine: SceneEngine, path: Path | None = None) -> None:
        self.path = path
        self._engine = engine

    @property
    def spec(self) -> ModelSpec:
        """What the model says of itself; `spec.side` is the height in pixels of the largest picture."""
        return self._engine.spec

    @property
    def domains(self) -> tuple[str, ...]:
        """What scenes may be of: photos, or a painter's pictures; the first if none is named."""
        return self.spec.styles

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of scenes that may be asked for, often none."""
        return self.spec.kinds

    def generate(
        self,
        seeds: Iterable[int] = (0,),
        *,
        kind: str | None = None,
        domain: str | None = None,
        size: int | str | tuple[int, int] | None = None,
        truncation: float = 1.0,
        wrap: SceneWrap = "none",
        progress: Progress | None = None,
    ) -> "list[Image]":
        """The scenes of seeds as Pillow images: one seed is one picture, always and everywhere.

        kind: one of `kinds`. domain: one of `domains`. size: 256, "448x256" or (448, 256), width × height, by default a
        square as high as the model draws. truncation: above 0 to 1; less is nearer to the mean of all scenes. wrap: "x"
        closes a full turn. progress: told how many more are drawn.

        Raises SettingError, UnknownKindError, UnknownStyleError, ModelError.
        """
        from PIL import Image

        look = Look(kind, domain, size_of(size), truncation, wrap)
        return [Image.fromarray(picture) for picture in self.pictures(list(seeds), look, progress)]

    def frame(self, look: Look) -> Frame:
        """The frame of a look, all of which is checked. Raises SettingError, UnknownKindError, UnknownStyleError."""
        if look.domain is not None:
            store.check_style(self.spec, look.domain, "domain")
        if look.kind is not None and look.kind not in self.kinds:
            near = store.suggestion(look.kind, self.kinds)
            known = f"it has {', '.join(self.kinds)}" if self.kinds else "it was not told kinds apart; leave --kind out"
            raise UnknownKindError(f"the model {self.spec.name!r} has no kind {look.kind!r}{near}; {known}")
        check_truncation(look.truncation)
        return framed(self.spec.side, look.size, look.wrap, halo_of(self.spec))

    def pictures(self, seeds: Sequence[int], look: Look, progress: Progress | None = None) -> Iterator[Pixels]:
        """The scenes of seeds, uint8 (h, w, 3), as they are drawn. Raises as `generate` does, at once."""
        frame = self.frame(look)
        for seed in seeds:
            check_seed(seed)
        return generate(self._engine, seeds, self._marks(look), frame, look.truncation, progress)

    def walk(self, seeds: Sequence[int], frames: int, look: Look, progress: Progress | None = None) -> Iterator[Pixels]:
        """So many frames, uint8 (h, w, 3), of a smooth walk through the seeds and back. Raises as `generate` does."""
        frame = self.frame(look)
        scenes = walk(seeds, frames, frame, look.truncation)
        return drawn(self._engine, scenes, self._marks(look), frame, progress)

    def like(
        self,
        picture: "Picture | str | Path | Image",
        seeds: Sequence[int],
        look: Look,
        progress: Progress | None = None,
    ) -> tuple[int, float]:
        """The seed among these whose scene is most like the picture's middle, and how far it is: 0 is the same, 10
        hardly alike. Raises PictureError, and as `generate` does."""
        pixels = (picture if isinstance(picture, Picture) else from_any(picture)).pixels
        if pixels.dtype != "uint8":
            raise PictureError("scenes are compared with 8-bit pictures; save the picture as one")
        if not seeds:
            raise SettingError("give the seeds to look among, for example --seeds 0-511")
        size = self.frame(look).size
        height = min(SMALL, size.height)
        small = Size(ceil(height * size.width / size.height), height)
        pictures = self.pictures(seeds, replace(look, size=small), progress)
        return nearest(pictures, seeds, cropped(pixels, *size))

    def _marks(self, look: Look) -> Array:
        return marked(self._engine, look.domain, look.kind)


def size_of(size: int | str | tuple[int, int] | None) -> Size | None:
    """A size however it was given. Raises SettingError."""
    if size is None:
        return None
    if isinstance(size, tuple):
        return Size(*size)
    return parse_size(str(size))


def load(name: str | Path = NAME, *, threads: int | None = None) -> SceneMaker:
    """The generator of scenes of that name, or of an .onnx file. threads: how many CPU threads draw; by default as many
    as there are cores.

    Raises UnknownModelError if there is none of that name, ModelError if the file is of something else or damaged.
    """
    from pleinair.engine import scene

    if name == NAME and not any(model.name == NAME for model in store.catalog().models):
        raise UnknownModelError(missing(store.scene_makers()))
    model, _ = store.resolve(name)
    check_kind(model.path, model.spec, SCENE)
    return SceneMaker(scene.load(model.path, threads), model.path)


def missing(others: Sequence[str]) -> str:
    """What to do where no model has the usual name."""
    if others:
        return f"there is no scene generator named {NAME!r}; there are {', '.join(others)}: --model {others[0]}"
    return (
        "no scene generator is installed; train one: pleinair train scene --help, then name its file: --model FILE.onnx"
    )
