"""The sample scenes of the package, their paintings in every style of a painter, and scenes out of noise."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pleinair import scenes, store
from pleinair.painter import Painter

SEEDS = range(4)  # drawn out of noise
SAMPLES = Path(__file__).parent.parent / "samples"
PHOTO = "photo"  # the style of the reverse direction: it is shown on the painting, the others on the photos


@dataclass(frozen=True)
class Scene:
    """A picture of the package that may be shared: its file's name, its title, and who is to be named."""

    name: str
    title: str
    source: str

    @property
    def path(self) -> Path:
        return SAMPLES / f"{self.name}.jpg"


PHOTOS = (
    Scene("lake", "Lake Sherburne", "photo from Budgie Backgrounds, CC0"),
    Scene("dune", "A walk up a dune", "photo from Budgie Backgrounds, CC0"),
    Scene("tea", "Tea gardens in mist", "photo from Budgie Backgrounds, CC0"),
)
PAINTING = Scene(
    "cliff", "Cliff Walk at Pourville", "Claude Monet, 1882; picture from the Art Institute of Chicago, CC0"
)


@dataclass(frozen=True)
class Painted:
    """A scene and its paintings by style, in the order of the model's styles."""

    scene: Scene
    original: Image.Image
    paintings: dict[str, Image.Image]


def paint_scenes(
    painter: Painter, progress: Callable[[Scene, str], None] | None = None, back: Painter | None = None
) -> list[Painted]:
    """The photos in every painted style, and the painting as a photo if the painter can.

    progress: told of each scene and style before it is painted. back: who paints the photo, by default the painter.
    """
    back = back or painter
    styles = [style for style in painter.styles if style != PHOTO]
    plan = [(painter, scene, styles) for scene in PHOTOS if styles]
    plan += [(back, PAINTING, [PHOTO])] if PHOTO in back.styles else []
    painted: list[Painted] = []
    for who, scene, wanted in plan:
        paintings: dict[str, Image.Image] = {}
        for style in wanted:
            if progress:
                progress(scene, style)
            paintings[style] = who.stylize(scene.path, style=style)
        with Image.open(scene.path) as original:
            painted.append(Painted(scene, original.convert("RGB"), paintings))
    return painted


def drawn_scenes() -> list[Image.Image]:
    """The first seeds of the shipped scene generator; nothing while none ships."""
    if not any(model.name == scenes.NAME and model.origin == "shipped" for model in store.catalog().models):
        return []
    return scenes.load().generate(SEEDS)
