"""Which masks belong to which picture: a file for all of them, or a folder with a file of each picture's stem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pleinair.errors import PictureError, SettingError
from pleinair.images.headers import format_of_suffix
from pleinair.images.ids import id_map
from pleinair.render.guides import KEEP, Guide


@dataclass(frozen=True)
class GuideFiles:
    """As `render.guides.Guide`, with files or folders of files."""

    mask: Path | None = None
    keep: Path | None = None
    regions: Path | None = None
    styles: Mapping[str, str] = field(default_factory=dict)
    feather: int = 0

    def check(self) -> None:
        """Raise SettingError or PictureError for what holds for no picture: regions without styles, a map without a
        region that is named. Of a folder of maps, each need not have every region."""
        guide = Guide(regions=self.regions, styles=self.styles, feather=self.feather)
        for path in (self.mask, self.keep, self.regions):
            if path is not None and not path.exists():
                raise SettingError(f"{path} is not there; name a picture, or a folder of them")
        if guide.regions is not None and not Path(self.regions or "").is_dir():
            ids = id_map(Path(self.regions or ""))
            for region in self.styles:
                ids.check(region)

    def of(self, source: Path) -> Guide:
        """The guide of one picture. Raises PictureError if a folder has no file for it, or several."""
        mask, keep, regions = (_file(path, source) for path in (self.mask, self.keep, self.regions))
        return Guide(mask, keep, regions, dict(self.styles), self.feather)

    @property
    def needed(self) -> tuple[str, ...]:
        """The styles that regions are painted in, each once."""
        return tuple(dict.fromkeys(style for style in self.styles.values() if style != KEEP))

    def told(self) -> str:
        """What guided a painting, for the file's metadata: names without their folders."""
        files = {"mask": self.mask, "keep": self.keep, "regions": self.regions}
        words = [f"{what}={path.name}" for what, path in files.items() if path is not None]
        words += [f"{region}={style}" for region, style in self.styles.items()]
        return "; ".join([*words, f"feather={self.feather}"])


def _file(path: Path | None, source: Path) -> Path | None:
    if path is None or not path.is_dir():
        return path
    found = sorted(file for file in path.iterdir() if file.stem == source.stem and format_of_suffix(file))
    if len(found) != 1:
        several = f"several files for {source.name}: {', '.join(file.name for file in found)}"
        raise PictureError(f"{path} has {several if found else f'no file for {source.name}, as {source.stem}.png'}")
    return found[0]
