"""One job → one file: read, paint, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

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
from pleinair.render.guides import Guide
from pleinair.render.looks import Look
from pleinair.render.tiles import two_by_two
from pleinair.render.windows import FORMER_WINDOW, Progress
from pleinair.store import sha256_of

Guided = Callable[[Pixels, Guide, Look], tuple[Pixels, str]]


@dataclass(frozen=True)
class Settings:
    """How pictures are read, painted and written: see `images.read`, `render.looks.Look`, `render.alpha.trimmed` and
    `images.write`.

    own_wrap: a picture goes around as its file says, not as the look does. guide: masks and regions. sheet: also write
    how a tile repeats. as_picture: names of files that look like data maps and are none. own_exposure: where none is
    named, each frame of a sequence is shown at its own.
    """

    look: Look = field(default_factory=Look)
    own_wrap: bool = False
    quality: int = QUALITY
    guide: GuideFiles | None = None
    sheet: bool = False
    as_picture: tuple[str, ...] = ()
    exposure: float | None = None
    gutter: int = 0
    layer: str | None = None
    own_exposure: bool = False

    def of_frames(self) -> Look:
        """How the frames of a film or a sequence are painted: nothing goes around in them unless that is asked for."""
        return replace(self.look, wrap="x") if self.look.stereo != "none" else self.look

    def provenance(self) -> dict[str, str]:
        """Those that change what is seen, as texts for the file's metadata."""
        look = self.look
        told = {"strength": exact(look.strength), "workingSize": str(look.working_size or "full")}
        if look.keep_colors:
            told["keepColors"] = "yes"
        if look.wrap != "none":
            told["wrap"] = look.wrap
        if look.stereo != "none":
            told["stereo"] = look.stereo
        if self.guide is not None:
            told["guide"] = self.guide.told()
        if look.window != FORMER_WINDOW:  # which hardly shows, but pictures can be made again to the bit
            told["window"] = str(look.window)
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
    picture = read(job.source, exposure=job.exposed(settings.exposure), layer=settings.layer)
    check_picture(job.source, picture.pixels, settings.as_picture)
    settings, note = _settled(settings, picture)
    try:
        under = underpainted(picture)
        if settings.guide is not None and guided is not None:
            pixels, said = guided(under, settings.guide.of(job.source), settings.look)
            note = "; ".join(filter(None, (note, said)))
        elif engine is not None:
            pixels = settings.look.painted(under, engine, progress)
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
    look, note = settings.of_frames(), ""
    if settings.own_wrap and look.stereo == "none":
        wrap, note = wrap_told(picture.xmp, picture.pixels.shape[1], picture.pixels.shape[0])
        look = replace(look, wrap=wrap)
    return replace(settings, look=look), "; ".join(filter(None, (picture.note, note)))
