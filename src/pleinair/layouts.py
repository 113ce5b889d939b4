"""A painted label map → a scene: dressed by rules, made photo-like, painted.

>>> pleinair.paint("layout.png", seed=3, style="shanshui")  # an array as large as the layout, uint8
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as CodingError
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pleinair import store
from pleinair.errors import PictureError, SettingError
from pleinair.fiction.layout import Labels, Layout, check_labels, read_layout
from pleinair.fiction.layout_dress import Dressed, Reroll
from pleinair.fiction.layout_rolls import parse_rolls, told_rolls
from pleinair.fiction.layout_sizes import check_wrap, dressed
from pleinair.fiction.palette import COLORS
from pleinair.images import from_any, read
from pleinair.images.picture import Pixels
from pleinair.imagining import PHOTO, RENDER, Painters, check_strength, painters, told_painters
from pleinair.painter import Painter
from pleinair.realist import Realist
from pleinair.render.borders import Wrap
from pleinair.seeds import check_seed
from pleinair.version import __version__

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_TOLD = 600_000  # characters of a layout that a picture's metadata takes along

# What turns a layout, a seed, regions drawn anew and a wrap into a picture, uint8 (h, w, 3), before anyone paints it,
# with the labels (h, w) as it drew them if these are not quite the layout's.
Dresser = Callable[[Labels, int, Sequence[Reroll], Wrap], Pixels | Dressed]


def by_rules(labels: Labels, seed: int, rerolls: Sequence[Reroll], wrap: Wrap) -> Dressed:
    """The dresser that is here: see `fiction.layout_dress`. Raises PictureError, SettingError."""
    return dressed(labels, seed, rerolls, wrap)


@dataclass(frozen=True)
class Look:
    """How a layout is to look: a style, or `photo` or `render` to stop before a painting; the style's strength, 0 to
    1.5; regions drawn anew; wrap."""

    style: str = PHOTO
    strength: float = 1.0
    rerolls: tuple[Reroll, ...] = ()
    wrap: Wrap = "none"

    def __post_init__(self) -> None:
        check_strength(self.style, self.strength)


@dataclass(frozen=True, eq=False)
class Painted:
    """A layout in its stages: dressed by rules; made photo-like by a generator; painted. None is a stage that was not
    asked for."""

    render: Pixels
    photo: Pixels | None = None
    painting: Pixels | None = None

    @property
    def picture(self) -> Pixels:
        """The last stage, uint8 (h, w, 3)."""
        if self.painting is not None:
            return self.painting
        return self.render if self.photo is None else self.photo


def paint(
    layout: "str | Path | Image | npt.NDArray[Any]",
    *,
    seed: int = 0,
    style: str = PHOTO,
    strength: float = 1.0,
    rerolls: Sequence[str] = (),
    wrap: Wrap = "none",
    realist: str | Path | None = None,
    threads: int | None = None,
    dresser: Dresser = by_rules,
) -> Pixels:
    """The scene that a layout lays out: uint8 (h, w, 3), as large as the layout.

    layout: a palette PNG or another picture in the palette's colors (path, Pillow image, array (h, w, 3)), or the
    labels themselves, uint8 (h, w); see `fiction.palette`. seed: of all that the layout leaves open. style: any
    painter's, `photo`, or `render` for the scene as rules dress it. strength: of the style, 0 to 1.5. rerolls: regions
    that are drawn anew alone, as "sky", "tree:2" or "sky=5". wrap: "x" is a full turn, "xy" a texture of ground.
    realist: who makes the scene photo-like, see `imagining.painters`. dresser: what turns the labels into a picture.

    Raises PictureError for what is no layout, SettingError, UnknownModelError, UnknownStyleError, ModelError.
    """
    look = Look(style, strength, parse_rolls(rerolls), wrap)
    labels = layout_of(layout).labels
    who = painters(look.style, realist, tile=wrap == "xy", threads=threads)
    return painted(labels, seed, look, who, dresser).picture


def layout_of(layout: "str | Path | Image | npt.NDArray[Any]") -> Layout:
    """A layout however it was given. Raises PictureError."""
    if isinstance(layout, str | Path):
        return read_layout(read(layout).pixels, str(layout))
    if isinstance(layout, np.ndarray) and layout.ndim == 2:
        check_labels(layout)
        return Layout(layout)
    return read_layout(from_any(layout).pixels)


def painted(labels: Labels, seed: int, look: Look, who: Painters, dresser: Dresser = by_rules) -> Painted:
    """A layout through all its stages. Raises PictureError, SettingError, ModelError."""
    check_seed(seed)
    check_wrap(labels, look.wrap)
    clothed = dresser(labels, seed, look.rerolls, look.wrap)
    clothed = clothed if isinstance(clothed, Dressed) else Dressed(clothed.astype(np.uint8, copy=False), labels)
    shown: Pixels = clothed.picture
    photo, painter = None, who.stylist or who.realist
    if isinstance(who.realist, Realist):
        if look.wrap == "xy":
            raise SettingError("a generator of layouts closes no texture; a painter with the style photo does")
        strength = look.strength if who.stylist is None else 1.0
        photo = who.realist.real(clothed.labels, shown, seed, strength=strength, wrap=look.wrap)
        painter = who.stylist
    if not isinstance(painter, Painter):
        return Painted(shown, photo)
    under = shown if photo is None else photo
    return Painted(shown, photo, painter.stylize(under, style=who.style, strength=look.strength, wrap=look.wrap))


def before(look: Look, who: Painters, stage: str) -> tuple[Look, Painters]:
    """The look and the painters of an earlier stage, `render` or `photo`."""
    return replace(look, style=stage, strength=1.0), Painters(None if stage == RENDER else who.realist, None, stage)


def provenance(labels: Labels, seed: int, look: Look, who: Painters, source: Path | None = None) -> dict[str, str]:
    """All that makes a picture, as texts for its metadata: see `remaking`. source: the layout's file, which is named if
    the layout is too large to be taken along."""
    height, width = labels.shape
    told = {"seed": str(seed), "layoutSha256": sha256_of(labels), "size": f"{width}x{height}"}
    text = packed(labels)
    if len(text) <= LARGEST_TOLD:
        told["layout"] = text
    elif source is not None:
        told |= {"source": source.name, "sourceSha256": store.sha256_of(source)}
    told |= {"rerolls": told_rolls(look.rerolls)} if look.rerolls else {}
    told |= {"wrap": look.wrap} if look.wrap != "none" else {}
    told |= {"style": who.style}
    if not isinstance(who.realist, Realist):  # whoever paints, paints the render
        who = Painters(who.stylist or who.realist, None, who.style)
    return told | told_painters(who, look.strength) | {"version": __version__}


def told_look(told: dict[str, str]) -> Look:
    """The look that provenance tells of. Raises SettingError, KeyError, ValueError."""
    rolls = told.get("rerolls", "")
    wrap: Wrap = "x" if told.get("wrap") == "x" else "xy" if told.get("wrap") == "xy" else "none"
    strength = float(told.get("strength", 1))
    return Look(told["style"], strength, parse_rolls(rolls.split(",") if rolls else ()), wrap)


def told_labels(told: dict[str, str], source: Path | None) -> Labels:
    """The layout that provenance tells of, from itself or from its file. Raises PictureError."""
    if "layout" in told:
        labels = unpacked(told["layout"])
    elif source is not None:
        labels = layout_of(source).labels
    else:
        raise PictureError("the picture names no layout")
    if sha256_of(labels) != told["layoutSha256"]:
        raise PictureError("the layout is not the one that the picture tells of")
    return labels


def sha256_of(labels: Labels) -> str:
    """Of a layout's size and labels."""
    height, width = labels.shape
    return hashlib.sha256(f"{width}x{height}:".encode() + np.ascontiguousarray(labels).tobytes()).hexdigest()


def packed(labels: Labels) -> str:
    """A layout as text: a palette PNG in base64."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(labels))
    image.putpalette([value for color in COLORS for value in color])
    file = BytesIO()
    image.save(file, "PNG", optimize=True, bits=4)
    return b64encode(file.getvalue()).decode("ascii")


def unpacked(text: str) -> Labels:
    """What `packed` wrote. Raises PictureError for anything else."""
    from PIL import Image

    try:
        with Image.open(BytesIO(b64decode(text, validate=True)), formats=("PNG",)) as image:
            check_labels(np.broadcast_to(np.uint8(0), image.size[::-1]))
            if image.mode != "P":
                raise PictureError("the layout that the picture tells of is no palette PNG")
            labels = np.array(image)
    except (OSError, CodingError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"the layout that the picture tells of is damaged ({error})") from error
    check_labels(labels)
    return labels
