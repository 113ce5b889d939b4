"""One job → one file: read, paint, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pleinair.batch.guiding import GuideFiles
from pleinair.batch.plan import Job, sheet_of
from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError, SettingError
from pleinair.images import QUALITY, read, write
from pleinair.images.data_maps import check_picture
from pleinair.images.gpano import wrap_told
from pleinair.images.metadata import exact
from pleinair.images.picture import Picture, Pixels
from pleinair.render.alpha import trimmed, underpainted
from pleinair.render.borders import Wrap
from pleinair.render.guides import Guide
from pleinair.render.looks import Look, Stereo
from pleinair.render.still import WORKING_SIZE
from pleinair.render.tiles import two_by_two
from pleinair.render.windows import WINDOW, Progress
from pleinair.store import sha256_of

Guided = Callable[[Pixels, Guide, Look], tuple[Pixels, str]]


@dataclass(frozen=True)
class Settings:
    """How pictures are read, painted and written: see `images.read`, `render.still.stylize`, `render.looks.Look`,
    `render.alpha.trimmed` and `images.write`.

    wrap: "auto" goes by what each file says. guide: masks and regions. sheet: also write how a tile repeats.
    as_picture: names of files that look like data maps and are none.
    """

    strength: float = 1.0
    keep_colors: bool = False
    working_size: int | None = WORKING_SIZE
    wrap: Wrap | Literal["auto"] = "none"
    window: int = WINDOW
    quality: int = QUALITY
    stereo: Stereo = "none"
    guide: GuideFiles | None = None
    sheet: bool = False
    as_picture: tuple[str, ...] = ()
    exposure: float | None = None
    gutter: int = 0
    layer: str | None = None

    def look(self, wrap: Wrap) -> Look:
        """How a picture is painted that goes around so."""
        return Look(self.strength, self.keep_colors, self.working_size, wrap, self.window, self.stereo)

    def of_frames(self) -> Look:
        """How the frames of a film or a sequence are painted: nothing goes around in them unless that is asked for."""
        wrap: Wrap = "x" if self.stereo != "none" else "none" if self.wrap == "auto" else self.wrap
        return self.look(wrap)

    def provenance(self) -> dict[str, str]:
        """Those that change the look, as texts for the file's metadata."""
        told = {"strength": exact(self.strength), "workingSize": str(self.working_size or "full")}
        if self.keep_colors:
            told["keepColors"] = "yes"
        if self.wrap not in ("none", "auto"):
            told["wrap"] = self.wrap
        if self.stereo != "none":
            told["stereo"] = self.stereo
        if self.guide is not None:
            told["guide"] = self.guide.told()
        if self.window != WINDOW:  # which hardly shows, but pictures can be made again to the bit
            told["window"] = str(self.window)
        if self.gutter:
            told["gutter"] = str(self.gutter)
        if self.layer is not None:
            told["layer"] = self.layer
        return told


def paint_file(
    job: Job,
    engine: Engine | None,
    settings: Settings,
    provenance: Mapping[str, str],
    progress: Progress | None = None,
    guided: Guided | None = None,
) -> str:
    """Paint the job's source into its target and return the note of the reading and the masks, mostly empty.

    guided: paints by the settings' guide, as `Painter.guided` does; without a guide the engine paints. Raises
    PictureError, OutputError, SettingError, MissingExtraError; then there is no target.
    """
    picture = read(job.source, exposure=settings.exposure, layer=settings.layer)
    check_picture(job.source, picture.pixels, settings.as_picture)
    settings, note = _settled(settings, picture)
    assert settings.wrap != "auto"
    look = settings.look(settings.wrap)
    try:
        under = underpainted(picture)
        if settings.guide is not None and guided is not None:
            pixels, said = guided(under, settings.guide.of(job.source), look)
            note = "; ".join(filter(None, (note, said)))
        elif engine is not None:
            pixels = look.painted(under, engine, progress)
        else:
            raise SettingError("name a style to paint in")
        pixels = trimmed(picture, under, pixels, settings.gutter)
    except MemoryError as error:
        raise PictureError(f"{job.source} is too large for this machine's memory; try --window 256") from error
    picture = replace(picture, pixels=pixels)  # so that the source's pixels are gone before the writing
    told = {**provenance, **settings.provenance(), "source": job.source.name, "sourceSha256": sha256_of(job.source)}
    if picture.light is not None:
        told["exposure"] = exact(picture.light.exposure)
    if settings.sheet:
        write(two_by_two(picture), sheet_of(job.target), {**told, "map": "sheet"}, quality=settings.quality)
    write(picture, job.target, told, quality=settings.quality)
    return note


def _settled(settings: Settings, picture: Picture) -> tuple[Settings, str]:
    """The settings of one picture, in which it is known what goes around, and the note of it and of the reading."""
    note = ""
    if settings.stereo != "none":
        settings = replace(settings, wrap="x")
    elif settings.wrap == "auto":
        wrap, note = wrap_told(picture.xmp, picture.pixels.shape[1], picture.pixels.shape[0])
        settings = replace(settings, wrap=wrap)
    return settings, "; ".join(filter(None, (picture.note, note)))
