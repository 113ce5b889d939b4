"""One job → one file: read, paint, write."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pleinair.batch.plan import Job
from pleinair.engine.protocol import Engine
from pleinair.errors import PictureError
from pleinair.images import QUALITY, read, write
from pleinair.images.metadata import exact
from pleinair.render.alpha import trimmed, underpainted
from pleinair.render.borders import Wrap
from pleinair.render.still import WORKING_SIZE, stylize
from pleinair.render.windows import WINDOW, Progress
from pleinair.store import sha256_of


@dataclass(frozen=True)
class Settings:
    """How pictures are read, painted and written: see `images.read`, `render.still.stylize`, `render.alpha.trimmed` and
    `images.write`."""

    strength: float = 1.0
    keep_colors: bool = False
    working_size: int | None = WORKING_SIZE
    wrap: Wrap = "none"
    window: int = WINDOW
    quality: int = QUALITY
    exposure: float | None = None
    gutter: int = 0

    def provenance(self) -> dict[str, str]:
        """Those that change the look, as texts for the file's metadata."""
        told = {"strength": exact(self.strength), "workingSize": str(self.working_size or "full")}
        if self.keep_colors:
            told["keepColors"] = "yes"
        if self.wrap != "none":
            told["wrap"] = self.wrap
        if self.window != WINDOW:  # which hardly shows, but pictures can be made again to the bit
            told["window"] = str(self.window)
        if self.gutter:
            told["gutter"] = str(self.gutter)
        return told


def paint_file(
    job: Job, engine: Engine, settings: Settings, provenance: Mapping[str, str], progress: Progress | None = None
) -> str:
    """Paint the job's source into its target and return the note of the reading, mostly empty.

    Raises PictureError, OutputError, SettingError, MissingExtraError; then there is no target.
    """
    picture = read(job.source, exposure=settings.exposure)
    try:
        under = underpainted(picture)
        pixels = stylize(
            under,
            engine,
            strength=settings.strength,
            keep_colors=settings.keep_colors,
            working_size=settings.working_size,
            wrap=settings.wrap,
            window=settings.window,
            progress=progress,
        )
        pixels = trimmed(picture, under, pixels, settings.gutter)
    except MemoryError as error:
        raise PictureError(f"{job.source} is too large for this machine's memory; try --window 256") from error
    picture = replace(picture, pixels=pixels)  # so that the source's pixels are gone before the writing
    seen = {} if picture.light is None else {"exposure": exact(picture.light.exposure)}
    source = {"source": job.source.name, "sourceSha256": sha256_of(job.source)}
    write(picture, job.target, {**provenance, **settings.provenance(), **seen, **source}, quality=settings.quality)
    return picture.note
