"""Judge a painter in one style: every protocol over the same painted pictures.

Shapes: h×w pixels of a picture.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pleinair.errors import SettingError
from pleinair.metrics import bootstrap
from pleinair.metrics.features import Features, FeatureSet, Progress, feature_set
from pleinair.metrics.measure import (
    measure_content,
    measure_diversity,
    measure_kd,
    measure_sharpness,
    style_ratio_of,
)
from pleinair.metrics.protocols import Result
from pleinair.metrics.squares import Pixels, picture_files, square

SIZE = 384  # the scale at which painters are judged: strokes and scene are both to be seen in it

Paint = Callable[[Pixels], Pixels]


@dataclass(frozen=True, eq=False)
class Easel:
    """Pictures to paint, uint8 (h, w, 3): the set's name, the files they are of, the features of the unpainted."""

    name: str
    files: tuple[Path, ...]
    pictures: tuple[Pixels, ...]
    features: FeatureSet


@dataclass(frozen=True)
class Judgement:
    """All figures of one painter in one style on one set of pictures."""

    style: str
    ratio: Result
    kd_unpainted: Result
    kd_painted: Result
    content: Result
    sharpness: Result
    diversity: Result

    def results(self) -> tuple[Result, ...]:
        return (self.ratio, self.kd_unpainted, self.kd_painted, self.content, self.sharpness, self.diversity)


def easel(
    folders: Sequence[Path],
    extractor: Features,
    cache: Path | None = None,
    limit: int | None = None,
    features: FeatureSet | None = None,
) -> Easel:
    """The folders' pictures as squares of 384 px in the order of their names, all or `limit` of them spread evenly.

    features: of the unpainted pictures where they are to be others than the squares' own.
    Raises DataError for a folder without pictures, PictureError for one that cannot be read.
    """
    name = "+".join(folder.name for folder in folders)
    files = tuple(chosen_files(folders, limit))
    prepared = tuple(square(path, SIZE) for path in files)
    return Easel(name, files, prepared, features or feature_set(name, prepared, extractor, cache))


def chosen_files(folders: Sequence[Path], limit: int | None = None) -> list[Path]:
    """The folders' pictures in the order of their names, all or `limit` of them spread evenly."""
    # As the files of one folder sort, so that a distance draws the subsets it would draw from such a folder.
    files = sorted(picture_files(folders), key=lambda path: f"{path.stem}.png")
    if limit is None or limit >= len(files):
        return files
    if limit < 1:
        raise SettingError(f"a limit of {limit} pictures leaves none to paint; give at least 3")
    return [files[index * len(files) // limit] for index in range(limit)]


def painted_by(paint: Paint, content: Easel, progress: Progress | None = None) -> list[Pixels]:
    """Each picture painted, uint8 of the same size."""
    painted = []
    for picture in content.pictures:
        painted.append(paint(picture))
        if progress:
            progress(1)
    return painted


def judge(
    style: str, content: Easel, painted: Sequence[Pixels], reference: FeatureSet, extractor: Features
) -> Judgement:
    """All figures of `painted`, made from `content` in the same order, against the features of the style."""
    name = f"{content.name} as {style}"
    kept = measure_content(name, content.pictures, painted, content.name)  # first: it notices lost pictures
    seen = feature_set(name, painted, extractor)
    before, after = measure_kd(content.features, reference), measure_kd(seen, reference)
    interval = bootstrap.ratio_interval(seen.rows, content.features.rows, reference.rows)
    return Judgement(
        style,
        replace(style_ratio_of(after, before), interval=interval),
        before,
        after,
        kept,
        measure_sharpness(name, painted),
        measure_diversity(seen),
    )
