"""Options of `pleinair stylize` that say where is painted, what is kept, and which region in which style."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pleinair.batch.guiding import GuideFiles
    from pleinair.spec import ModelSpec

FILE = click.Path(path_type=Path)
LARGEST_FEATHER = 1024


@dataclass(frozen=True)
class GuideOptions:
    """What was given of them."""

    mask: Path | None
    keep: Path | None
    regions: Path | None
    styles: dict[str, str]
    feather: int

    @property
    def wanted(self) -> tuple[str, ...]:
        """The styles of the regions, to find a painter by."""
        return tuple(style for style in self.styles.values() if style != "keep")

    def files(self, spec: ModelSpec) -> GuideFiles | None:
        """The guide, checked, of a model's styles; None if nothing was given. Raises SettingError, PictureError,
        UnknownStyleError."""
        from pleinair.batch.guiding import GuideFiles
        from pleinair.store import check_style

        if self.mask is None and self.keep is None and self.regions is None and not self.styles:
            if self.feather:
                raise click.UsageError("--feather goes with --mask, --keep or --regions")
            return None
        files = GuideFiles(self.mask, self.keep, self.regions, self.styles, self.feather)
        for style in files.needed:
            check_style(spec, style)
        files.check()
        return files


def guide_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; the command gets them as `guide`."""

    @click.option("--mask", type=FILE, metavar="FILE", help="Paint only where this picture is light; or a folder.")
    @click.option("--keep", type=FILE, metavar="FILE", help="Leave as it is where this picture is light; or a folder.")
    @click.option("--regions", type=FILE, metavar="FILE", help="ID map for --region: PNG or TIFF; or a folder.")
    @click.option(
        "--region",
        "styles",
        multiple=True,
        callback=_styles,
        metavar="ID=STYLE",
        help="Style of a region, as 1=shanshui, '#ff8800=photo' or 2=keep; may be repeated.",
    )
    @click.option(
        "--feather",
        type=click.IntRange(0, LARGEST_FEATHER),
        default=0,
        show_default=True,
        metavar="N",
        help="Pixels over which painting fades in at the edges of masks and regions.",
    )
    @functools.wraps(command)
    def gathered(
        *args: Any,
        mask: Path | None,
        keep: Path | None,
        regions: Path | None,
        styles: dict[str, str],
        feather: int,
        **others: Any,
    ) -> None:
        command(*args, guide=GuideOptions(mask, keep, regions, styles, feather), **others)

    return gathered


def _styles(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """ID=STYLE, each a region and its style."""
    styles: dict[str, str] = {}
    for value in values:
        region, equals, style = (part.strip() for part in value.rpartition("="))
        if not (region and equals and style):
            raise click.BadParameter(f"{value!r} is not ID=STYLE; write for example --region 1=shanshui")
        if region in styles:
            raise click.BadParameter(f"region {region} has two styles; give it one")
        styles[region] = style
    return styles
