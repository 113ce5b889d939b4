"""One exposure for all frames of a sequence of light: measured for each alone, the paintings would flicker.

It is the median of what some of the frames, spread evenly over the sequence, would have for themselves. Those are
chosen among all that are named, painted already or not, by their numbers. So it is the same in whatever order frames
are painted, by how many workers and on which machines, and when an interrupted command goes on; and a fade from black
does not move it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from pleinair.batch.plan import Job, Plan
from pleinair.errors import PictureError, PleinairError
from pleinair.images import format_of_suffix
from pleinair.images.headers import LIGHT_SUFFIXES
from pleinair.images.reading import metered
from pleinair.images.told import told

MEASURED = 16  # frames of a sequence
DIGITS = 3  # at least so many has the number of a frame in a folder: pano1.hdr and pano2.hdr are two pictures
NUMBER = re.compile(rf"(.*?)(\d{{{DIGITS},}})", re.DOTALL)

Say = Callable[[str], None]


def at_one_exposure(work: Plan, layer: str | None, say: Say) -> Plan:
    """The plan with an exposure for the jobs whose pictures are frames of one sequence: EXR or HDR of one folder whose
    names differ in the number at the end alone. Which, and why not, is said in a line for each sequence.

    layer: of EXR, see `images.read`. Of a sequence that is painted already nothing is measured.
    """
    jobs, exposures = set(work.jobs), dict[Job, float]()
    for name, frames in _sequences((*work.jobs, *work.done)).items():
        if jobs.isdisjoint(frames):
            continue
        there = [job.target for job in frames if job not in jobs]
        exposures |= dict.fromkeys(frames, exposure_of(name, [job.source for job in frames], layer, there, say))
    return replace(work, jobs=tuple(replace(job, exposure=exposures.get(job)) for job in work.jobs))


def exposure_of(
    name: str, files: Sequence[Path], layer: str | None, there: Sequence[Path] = (), say: Say = lambda _: None
) -> float:
    """The exposure in stops, to a hundredth, of a sequence of light of that name; 0 for darkness.

    files: in the order of their numbers. there: frames painted before, of which it is said if they were at another
    exposure. say: is told the exposure in a line, unless there is nothing to be seen.
    """
    own = [stops for path in sample(files) if (stops := _metered(path, layer)) is not None]
    if not own:
        return 0.0
    found = round(median(own), 2)
    apart = f"; each for itself would have {min(own):g} to {max(own):g} (--exposure each)" if len({*own}) > 1 else ""
    say(f"{name}: {len(files)} frames at one exposure, {found:g} stops{apart}")
    before = next((stops for path in there if (stops := _told(path)) is not None), found)
    if before != found:
        say(
            f"{name}: what is there already was painted at {before:g} stops; for frames alike, --exposure {before:g} "
            "or --overwrite"
        )
    return found


def sample(files: Sequence[Path]) -> Sequence[Path]:
    """At most MEASURED of the files, evenly spread, the first and the last among them."""
    last, steps = len(files) - 1, MEASURED - 1
    if last <= steps:
        return files
    return [files[(2 * at * last + steps) // (2 * steps)] for at in range(MEASURED)]


def _sequences(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    """Jobs of light that are frames, by the names of their sequences and in the order of their numbers; single ones
    left out."""
    found = dict[tuple[Path, str, str], list[tuple[int, str, Job]]]()
    for job in jobs:
        parts = NUMBER.fullmatch(job.source.stem)
        if parts and format_of_suffix(job.target) in LIGHT_SUFFIXES:
            frame = (int(parts[2]), parts[2], job)
            found.setdefault((job.source.parent, parts[1], job.source.suffix), []).append(frame)
    named = dict[str, list[Job]]()
    for (folder, before, suffix), frames in found.items():
        if len(frames) > 1:
            frames.sort(key=lambda frame: frame[:2])
            named[str(folder / f"{before}%0{len(frames[0][1])}d{suffix}")] = [job for _, _, job in frames]
    return named


def _metered(path: Path, layer: str | None) -> float | None:
    try:
        return metered(path, layer)
    except PleinairError:  # it is named when it is to be painted
        return None


def _told(path: Path) -> float | None:
    """The exposure at which a painting was painted, if it says so."""
    try:
        return float(told(path)["exposure"])
    except (PictureError, KeyError, ValueError):
        return None
