"""`pleinair score film`: how steady a painted film is, against its source's own motion."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pleinair.cli.scoring import FOLDER, check_outputs, hand_over, out_option, progress, report_option

if TYPE_CHECKING:
    from pleinair.images.picture import Pixels

FRAMES = 240  # judged by default: ten seconds of most films


@click.command()
@click.argument("clip", type=FOLDER)
@click.argument("source", type=FOLDER)
@click.option(
    "--frames",
    type=click.IntRange(2),
    metavar="N",
    default=FRAMES,
    show_default=True,
    help="How many are judged, from the first on.",
)
@out_option
@report_option
def film(clip: Path, source: Path, frames: int, out: Path | None, report: Path | None) -> None:
    """How much the painted film CLIP flickers, against SOURCE that it was painted from.

    Warp error over gradient energy of the painting, divided by the source's own: 1 flickers no more than the source.
    """
    from pleinair.metrics.motion import steadiness
    from pleinair.metrics.report import Findings

    check_outputs(out, report)
    with progress(f"following {source.name}", frames) as advance:
        found = steadiness(_frames(clip, frames, lambda _: None), _frames(source, frames, advance))
    hand_over(f"{clip.name} of {source.name}", Findings([found.result(clip.name, source.name)]), out, report)


def _frames(path: Path, count: int, advance: Callable[[int], None]) -> "Iterator[Pixels]":
    """The first frames of a film or of numbered pictures. Raises PictureError."""
    from itertools import islice

    from pleinair.batch.exposures import exposure_of
    from pleinair.images import format_of_suffix, read
    from pleinair.images.film_facts import look
    from pleinair.images.film_reading import Reading
    from pleinair.images.film_sequences import files_of, is_sequence
    from pleinair.images.headers import LIGHT_SUFFIXES

    if is_sequence(path) and not path.exists():
        files = list(files_of(path).values())
        # Light is judged as it is painted, at one exposure: each frame at its own would flicker by that alone.
        stops = exposure_of(str(path), files, None) if format_of_suffix(path) in LIGHT_SUFFIXES else None
        pictures = (read(file, exposure=stops).pixels for file in files)
    else:
        pictures = (still.pixels for still in Reading(look(path), deep=False).frames(0, []))
    for pixels in islice(pictures, count):
        advance(1)
        yield pixels
