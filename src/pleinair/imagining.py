"""A sentence → a scene, computed, made photo-like, painted.

>>> pleinair.imagine("雪山下的湖，黄昏有雾，水墨画", seed=3)  # an array (320, 512, 3), uint8
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pleinair import realist, store
from pleinair.engine.opening import LAYOUT, PAINTER
from pleinair.errors import SettingError, UnknownModelError
from pleinair.fiction.camera import Around, view
from pleinair.fiction.language import Understood, edit, understand
from pleinair.fiction.render import SIZE, Rendering, check_size, render
from pleinair.fiction.spec import Camera, SceneSpec
from pleinair.images.metadata import exact
from pleinair.images.picture import Pixels
from pleinair.painter import Painter, load
from pleinair.realist import Realist
from pleinair.render.colors import STRONGEST
from pleinair.render.told import Labels
from pleinair.version import __version__

PHOTO, RENDER = "photo", "render"  # the looks that end before a painting
WIDE = (1024, 320)  # pixels of a full turn
STATES = ("season", "time", "weather", "mood")  # of a scene, beside what stands in it


@dataclass(frozen=True)
class Heard:
    """What a sentence and its edits come to: a scene, a style or None, the words that could not be used, lines that
    explain it all, and whether anything at all is left to paint."""

    spec: SceneSpec
    style: str | None
    refused: tuple[str, ...]
    unknown: tuple[str, ...]
    lines: tuple[str, ...]
    paintable: bool

    def losses(self) -> tuple[str, ...]:
        """A line for the words refused and one for those not understood, if there are such."""
        lines = []
        if self.refused:
            lines.append(
                f"left out: {', '.join(self.refused)} (nature is painted; not people, animals, buildings, things)"
            )
        if self.unknown:
            lines.append(f"not understood, and left out: {', '.join(self.unknown)}")
        return tuple(lines)

    def check(self) -> None:
        """Raise SettingError if nothing is left to paint."""
        if not self.paintable:
            raise SettingError(
                f"nothing is left to paint without {', '.join(self.refused)}: nature is painted, not people, animals, "
                "buildings, things; try: a lake at dusk"
            )


@dataclass(frozen=True)
class Look:
    """How a scene is to look: a style, or `photo` or `render` to stop before a painting; the style's strength, 0 to
    1.5; pixels across and down; wrap x for a full turn."""

    style: str = PHOTO
    strength: float = 1.0
    size: tuple[int, int] = SIZE
    wrap: Around = "none"

    def __post_init__(self) -> None:
        check_strength(self.style, self.strength)
        if self.wrap not in ("none", "x"):
            raise SettingError(f"imagined scenes wrap none or x (a full turn), not {self.wrap!r}")
        check_size(self.size)
        view(Camera(), 0.0, self.size, self.wrap)  # raises for a turn that is too narrow


def check_strength(style: str, strength: float) -> None:
    """Raise SettingError for a strength out of its range, or one of a look that has none."""
    if not 0 <= strength <= STRONGEST:
        raise SettingError(f"strength is 0 to {STRONGEST}, not {strength:g}")
    if style == RENDER and strength != 1:
        raise SettingError("a bare render has no strength; it is that of a style: --style shanshui")


@dataclass(frozen=True, eq=False)
class Painters:
    """Who makes renders photo-like, a generator of what is laid out or a painter, and who paints in which style; None
    who is not needed."""

    realist: Realist | Painter | None = None
    stylist: Painter | None = None
    style: str = PHOTO


@dataclass(frozen=True, eq=False)
class Imagined:
    """A scene in its stages: computed, with its maps; photo-like; painted. None is a stage that was not asked for."""

    rendering: Rendering
    photo: Pixels | None = None
    painting: Pixels | None = None

    @property
    def picture(self) -> Pixels:
        """The last stage, uint8 (h, w, 3)."""
        if self.painting is not None:
            return self.painting
        return self.rendering.picture if self.photo is None else self.photo


def imagine(
    sentence: str | SceneSpec,
    *,
    seed: int | None = None,
    style: str | None = None,
    strength: float = 1.0,
    size: tuple[int, int] | None = None,
    wrap: Around = "none",
    edits: Sequence[str] = (),
    realist: str | Path | None = None,
    threads: int | None = None,
) -> Pixels:
    """The scene that a sentence tells of, in English or Chinese, or that a SceneSpec is: uint8 (h, w, 3).

    seed: of all that is left open, by default the spec's, or 0. style: any painter's, `photo`, or `render` for the
    scene as it is computed; by default the one that the sentence names, else `photo`. strength: of the style, 0 to
    1.5. size: pixels across and down, by default (512, 320). wrap: "x" is a full turn. edits: sentences that change the
    scene, as "now in winter". realist: who makes it photo-like, see `painters`. Warns of words that were left out.

    Raises SettingError, UnknownModelError, UnknownStyleError, ModelError.
    """
    heard = hear(sentence, edits)
    heard.check()
    for line in heard.losses():
        warnings.warn(line, stacklevel=2)
    look = Look(style or heard.style or PHOTO, strength, size or default_size(wrap), wrap)
    spec = heard.spec if seed is None else heard.spec.seeded(seed)
    return paint(spec, look, painters(look.style, realist, threads=threads)).picture


def hear(sentence: str | SceneSpec, edits: Sequence[str] = ()) -> Heard:
    """What a sentence, or a scene, comes to once edited. Raises SettingError for a sentence that says nothing."""
    first = Understood(sentence, general=True) if isinstance(sentence, SceneSpec) else understand(sentence)
    told = [first]
    for change in edits:
        told.append(edit(told[-1], change))
    last = told[-1]
    lines = [line for each in told for line in each.explain()]
    opened = ", ".join(name for name in ("kind", *STATES) if getattr(last.spec, name) is None)
    if opened:
        lines.append(f"left open, and chosen by the seed: {opened}")
    said = any(each.general or any(not note.what.startswith("style ") for note in each.trace) for each in told)
    refused, unknown = (
        {word: None for each in told for word in getattr(each, kind)} for kind in ("refused", "unknown")
    )
    return Heard(last.spec, last.style, tuple(refused), tuple(unknown), tuple(lines), said or not refused)


def default_size(wrap: Around) -> tuple[int, int]:
    """Pixels across and down if none are said."""
    return WIDE if wrap == "x" else SIZE


def painters(
    style: str, maker: str | Path | None = None, *, tile: bool = False, threads: int | None = None
) -> Painters:
    """Who is needed for a style, each loaded once.

    maker: who makes scenes photo-like, a generator of what is laid out or a painter with the style `photo`; by default
    the generator `layout`, and the painter where there is none. tile: of a texture, which generators cannot close.
    Raises UnknownModelError, UnknownStyleError, ModelError.
    """
    if style == RENDER:
        return Painters(style=RENDER)
    first = realist_named(maker, tile=tile, threads=threads)
    if style == PHOTO:
        return Painters(first)
    if isinstance(first, Painter) and style in first.styles:
        return Painters(first, first, style)
    try:
        stylist = load(style, threads=threads)
    except UnknownModelError as error:
        raise type(error)(f"{error}; or stop before a painting: --style {PHOTO}, --style {RENDER}") from error
    return Painters(first, stylist, next(iter(stylist.mix())))


def realist_named(
    name: str | Path | None = None, *, tile: bool = False, threads: int | None = None
) -> Realist | Painter:
    """Who makes scenes photo-like: see `painters`. Raises as it does."""
    try:
        found = None if tile and name is None else store.resolve(realist.NAME if name is None else name)[0]
    except UnknownModelError:
        if name is not None:
            raise
        found = None
    if found is not None and found.spec.kind == LAYOUT:
        if tile:
            raise SettingError(f"{name} closes no texture; name a painter with the style {PHOTO}, or none")
        return realist.load(found.path, threads=threads)
    if found is not None and name is not None and found.spec.kind != PAINTER:
        raise SettingError(f"{name} draws scenes; name a generator of layouts, or a painter with the style {PHOTO}")
    painter = load(PHOTO if name is None else name, threads=threads)
    store.check_style(painter.spec, PHOTO)
    return painter


def paint(spec: SceneSpec, look: Look, who: Painters) -> Imagined:
    """A scene through all its stages. Raises SettingError, ModelError."""
    shown = render(spec, look.size, look.wrap)
    if who.realist is None:
        return Imagined(shown)
    strength = look.strength if who.stylist is None else 1.0
    photo = photographed(who.realist, shown.labels, shown.picture, spec.seed, strength, look.wrap)
    if who.stylist is None:
        return Imagined(shown, photo)
    return Imagined(shown, photo, who.stylist.stylize(photo, style=who.style, strength=look.strength, wrap=look.wrap))


def photographed(
    who: Realist | Painter, labels: Labels, picture: Pixels, seed: int, strength: float, wrap: Around
) -> Pixels:
    """A render (h, w, 3) with its labels (h, w), made photo-like. Raises SettingError, ModelError."""
    if isinstance(who, Realist):
        return who.real(labels, picture, seed, strength=strength, wrap=wrap)
    return who.stylize(picture, style=PHOTO, strength=strength, wrap=wrap)


def provenance(
    spec: SceneSpec, look: Look, who: Painters, sentence: str = "", edits: Sequence[str] = ()
) -> dict[str, str]:
    """All that makes a picture, as texts for its metadata: see `remaking`."""
    told = {"seed": str(spec.seed), "scene": spec.to_json(), "size": f"{look.size[0]}x{look.size[1]}"}
    told |= {"sentence": printable(sentence)} if sentence else {}
    told |= {"edits": " · ".join(map(printable, edits))} if edits else {}
    told |= {"wrap": look.wrap} if look.wrap != "none" else {}
    told |= {"style": who.style}
    return told | told_painters(who, look.strength) | {"version": __version__}


def told_painters(who: Painters, strength: float) -> dict[str, str]:
    """Whoever makes a picture, as texts for its metadata; nothing for a bare render."""
    if not who.realist:
        return {}
    told = {"strength": exact(strength), "model": who.realist.spec.name, "sha256": who.realist.sha256}
    if who.stylist and who.stylist is not who.realist:
        told |= {"painter": who.stylist.spec.name, "painterSha256": who.stylist.sha256}
    return told


def before(look: Look, who: Painters, stage: str) -> tuple[Look, Painters]:
    """The look and the painters of an earlier stage, `render` or `photo`."""
    earlier = replace(look, style=stage, strength=1.0)
    return earlier, Painters(None if stage == RENDER else who.realist, None, stage)


def printable(text: str) -> str:
    """Text without characters that metadata cannot hold, as control characters; any white space is one space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
