#!/usr/bin/env python3
"""Measure a painter against the quality bars, and make the sheets to look at.

    python benchmarks/quality.py --data DATA --features FILE.onnx --sheets OUT        all bars, the shipped painter
    python benchmarks/quality.py … --painter FILE.onnx --styles monet,vangogh --limit 24        a quick look

Paintings: photos_test and views_test as squares of 384 px, painted with default flags, against all pictures of each
style. `photo`: paintings of three collections, as squares too, against photos and photos_test; the distance before is
that of the paintings' own files. Renders: one shot as photos, for content and flicker. DATA holds photos, photos_test,
views_test, renders, styles/NAME; with PLEINAIR_SHARED set, its `data` and `weights/mobilenet_v2_features.onnx` are the
defaults. Figures with --limit are noisy: bars are for all pictures. """

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from pleinair.errors import DataError, ModelError, OutputError, PleinairError
from pleinair.metrics.features import Features, FeatureSet, feature_set, load_features
from pleinair.metrics.flicker import flicker_of
from pleinair.metrics.judge import SIZE, Easel, Judgement, easel, judge, painted_by
from pleinair.metrics.protocols import measure_content, measure_sharpness
from pleinair.metrics.sheets import contact_sheet, pairs_in_rows, save_sheet
from pleinair.metrics.squares import Pixels, picture_files, square
from pleinair.spec import ModelSpec

RATIO_BARS = {
    "hiroshige": 0.40,
    "hokusai": 0.45,
    "vangogh": 0.33,
    "monet": 0.28,
    "shanshui": 0.28,
    "impressionism": 0.30,
}
CONTENT_BAR, CONTENT5_BAR = 0.70, 0.45
PHOTO = "photo"
PHOTO_SOURCES = ("monet", "vangogh", "european_landscape")
PHOTO_RATIO_BAR, PHOTO_SHARPNESS_BAR = 0.50, 0.90  # the sharpness as a share of the photos' own
SHOWN = 8  # pictures a sheet, beside a row of the style's own
SHEET_SIZE = 320
GRAY = 128


class PainterLike(Protocol):
    """What is measured: anything that paints arrays as `pleinair.Painter` does."""

    @property
    def spec(self) -> ModelSpec: ...

    def stylize(self, picture: Pixels, *, style: str) -> Pixels: ...


@dataclass(frozen=True)
class Row:
    """One line of the table. `sharpness_share` is the painted pictures' over the photos'; `flicker` the painted shot's
    over the unpainted one's; `passed` is None where there is no bar."""

    title: str
    style: str
    pictures: int
    content: float
    content5: float
    kd_unpainted: float = float("nan")
    kd_painted: float = float("nan")
    ratio: float = float("nan")
    bar: float = float("nan")
    sharpness_share: float = float("nan")
    diversity: float = float("nan")
    flicker: float = float("nan")
    passed: bool | None = None
    seconds: float = 0.0


def evaluate(
    painter: PainterLike,
    data: Path,
    extractor: Features,
    *,
    styles: Iterable[str] | None = None,
    limit: int | None = None,
    cache: Path | None = None,
    sheets: Path | None = None,
    say: Callable[[str], None] = print,
) -> list[Row]:
    """Measure `painter` on the pictures under `data`, in `styles` (default: all of its own that have pictures there).

    limit: so many pictures of each set to paint. cache: a folder for features of fixed sets. sheets: a folder for
    contact sheets.
    say: is told each row as it is ready. Raises DataError when a folder is missing.
    """
    wanted = [style for style in painter.spec.styles if styles is None or style in set(styles)]
    if not wanted:
        raise DataError(f"none of these styles is among the painter's: {', '.join(painter.spec.styles)}")
    bench = Bench(painter, data, extractor, limit, cache, sheets)
    rows = []
    for row in bench.rows(wanted):
        rows.append(row)
        say(_line(row))
    if sheets:
        save_sheet(_gray_sheet(painter, wanted), sheets / "gray.jpg")
    return rows


@dataclass(frozen=True, eq=False)
class Bench:
    """What every row needs."""

    painter: PainterLike
    data: Path
    extractor: Features
    limit: int | None
    cache: Path | None
    sheets: Path | None

    def rows(self, styles: Sequence[str]) -> Iterable[Row]:
        paintings = [style for style in styles if style != PHOTO and (self.data / "styles" / style).is_dir()]
        if paintings:
            content = self.easel("photos_test", "views_test")
            for style in paintings:
                yield self.painting(style, content)
        if PHOTO in styles:
            photos = self.reference(PHOTO, "photos", "photos_test")
            sharpness = self.sharpness("photos", "photos_test")
            for source in PHOTO_SOURCES:
                yield self.photo(source, photos, sharpness)
            yield self.renders()

    def painting(self, style: str, content: Easel) -> Row:
        """Photos and views painted in one style."""
        begun = time.perf_counter()
        painted = self.paint(content, style)
        found = judge(style, content, painted, self.reference(style, f"styles/{style}"), self.extractor)
        self.sheet(style, content, painted, self.data / "styles" / style)
        bar = RATIO_BARS.get(style, float("nan"))
        passed = None if bar != bar else bool(found.ratio.value <= bar and _keeps_content(found))
        share = found.sharpness.value / measure_sharpness(content.name, content.pictures).value
        return _row(style, found, bar, share, passed, time.perf_counter() - begun)

    def photo(self, source: str, photos: FeatureSet, sharpness: float) -> Row:
        """One collection's paintings painted as photos."""
        begun = time.perf_counter()
        unpainted = self.reference(source, f"styles/{source}")
        content = self.easel(f"styles/{source}", features=unpainted)
        painted = self.paint(content, PHOTO)
        found = judge(PHOTO, content, painted, photos, self.extractor)
        self.sheet(f"photo_from_{source}", content, painted, self.data / "photos_test")
        share = found.sharpness.value / sharpness
        passed = (
            found.ratio.value <= PHOTO_RATIO_BAR and found.content.value >= CONTENT_BAR and share >= PHOTO_SHARPNESS_BAR
        )
        title = f"photo from {source}"
        return _row(title, found, PHOTO_RATIO_BAR, share, bool(passed), time.perf_counter() - begun)

    def renders(self) -> Row:
        """One rendered shot painted as photos: no bar, for one shot has no distance worth the name."""
        begun = time.perf_counter()
        content = self.easel("renders")
        painted = self.paint(content, PHOTO)
        kept = measure_content("renders", content.pictures, painted)
        self.sheet("photo_from_renders", content, painted, self.data / "photos_test")
        return Row(
            "photo from renders",
            PHOTO,
            len(painted),
            kept.value,
            kept.details["percentile5"],
            flicker=flicker_of(painted) / flicker_of(content.pictures),
            seconds=time.perf_counter() - begun,
        )

    def easel(self, *folders: str, features: FeatureSet | None = None) -> Easel:
        return easel([self.data / folder for folder in folders], self.extractor, self.cache, self.limit, features)

    def reference(self, name: str, *folders: str) -> FeatureSet:
        files = picture_files([self.data / folder for folder in folders])
        return feature_set(name, files, self.extractor, self.cache)

    def sharpness(self, *folders: str) -> float:
        return measure_sharpness("photos", picture_files([self.data / folder for folder in folders])).value

    def paint(self, content: Easel, style: str) -> list[Pixels]:
        return painted_by(lambda picture: self.painter.stylize(picture, style=style), content)

    def sheet(self, name: str, content: Easel, painted: Sequence[Pixels], style_folder: Path) -> None:
        """Pairs of unpainted and painted, and at the bottom a row of what the style really looks like."""
        if self.sheets is None:
            return
        chosen = _spread(len(painted), SHOWN)
        rows = pairs_in_rows([content.pictures[index] for index in chosen], [painted[index] for index in chosen])
        own = picture_files([style_folder])
        rows.append([square(own[index], SHEET_SIZE) for index in _spread(len(own), len(rows[0]))])
        save_sheet(contact_sheet(rows, SHEET_SIZE), self.sheets / f"{name}.jpg")


def _keeps_content(found: Judgement) -> bool:
    return found.content.value >= CONTENT_BAR and found.content.details["percentile5"] >= CONTENT5_BAR


def _row(title: str, found: Judgement, bar: float, share: float, passed: bool | None, seconds: float) -> Row:
    return Row(
        title,
        found.style,
        found.ratio.pictures,
        found.content.value,
        found.content.details["percentile5"],
        found.kd_unpainted.value,
        found.kd_painted.value,
        found.ratio.value,
        bar,
        share,
        found.diversity.value,
        passed=passed,
        seconds=seconds,
    )


def _spread(total: int, count: int) -> list[int]:
    """`count` indices spread evenly over `total`, all of them where there are fewer."""
    count = min(total, count)
    return [(2 * index + 1) * total // (2 * count) for index in range(count)]


def _gray_sheet(painter: PainterLike, styles: Sequence[str]) -> Pixels:
    """A constant gray picture in each style, in the order of `styles`: only texture is to be seen, no drawn objects."""
    gray = np.full((SIZE, SIZE, 3), GRAY, np.uint8)
    painted = [painter.stylize(gray, style=style) for style in styles]
    return contact_sheet([painted[start : start + 4] for start in range(0, len(painted), 4)], SHEET_SIZE)


_COLUMNS = ("KD before", "KD painted", "ratio", "bar", "content", "5 %", "sharp", "diversity", "flicker")


def _line(row: Row | None) -> str:
    """One row of the table as text; the head for None."""
    if row is None:
        return f"{'':26} {'n':>4} " + " ".join(f"{column:>10}" for column in _COLUMNS) + "  passed  seconds"
    kd = " ".join(f"{value:10.0f}" for value in (row.kd_unpainted, row.kd_painted))
    rest = (row.ratio, row.bar, row.content, row.content5, row.sharpness_share, row.diversity, row.flicker)
    figures = " ".join(f"{value:10.3f}" for value in rest)
    passed = {True: "yes", False: "NO", None: "-"}[row.passed]
    return f"{row.title:26} {row.pictures:4} {kd} {figures}  {passed:>6}  {row.seconds:7.1f}".replace("nan", "  -")


def _json(row: Row, painter: str, extractor: Features, limit: int | None) -> str:
    figures = {key: None if value != value else value for key, value in vars(row).items()}
    return json.dumps(
        {"benchmark": "quality", "painter": painter, "extractor": extractor.sha256, "limit": limit, **figures}
    )


def main(arguments: Sequence[str] | None = None) -> int:
    shared = Path(os.environ["PLEINAIR_SHARED"]) if "PLEINAIR_SHARED" in os.environ else None
    weights = shared / "weights" / "mobilenet_v2_features.onnx" if shared else None
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=shared / "data" if shared else None, help="folder of the test pictures"
    )
    parser.add_argument("--features", type=Path, default=weights, help="feature network, .onnx")
    parser.add_argument("--painter", help="a painter's name or file; default: the shipped one")
    parser.add_argument("--styles", help="only these, by commas")
    parser.add_argument("--limit", type=int, help="paint so many pictures of each set")
    parser.add_argument("--cache", type=Path, help="folder that keeps features of fixed sets")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets")
    parser.add_argument("--out", type=Path, help="append the rows there as JSON lines")
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except PleinairError as error:
        print(f"quality: {error}", file=sys.stderr)
        return 1


def _run(chosen: argparse.Namespace) -> int:
    from pleinair.painter import load

    if chosen.data is None:
        raise DataError("no test pictures: give --data DIR or set PLEINAIR_SHARED")
    extractor, name = load_features(chosen.features), chosen.painter or _shipped()
    print(_line(None))
    rows = evaluate(
        load(name),
        chosen.data,
        extractor,
        styles=chosen.styles.split(",") if chosen.styles else None,
        limit=chosen.limit,
        cache=chosen.cache,
        sheets=chosen.sheets,
    )
    if chosen.out:
        try:
            with chosen.out.open("a", encoding="utf-8") as file:
                file.writelines(f"{_json(row, name, extractor, chosen.limit)}\n" for row in rows)
        except OSError as error:
            raise OutputError(f"{chosen.out}: cannot write the rows there ({error.strerror})") from error
    return 0


def _shipped() -> str:
    from pleinair.store import catalog

    shipped = [model for model in catalog().models if model.origin == "shipped"]
    if not shipped:
        raise ModelError("no painter ships with this version; name one by --painter")
    return shipped[0].name


if __name__ == "__main__":
    sys.exit(main())
