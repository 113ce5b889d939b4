#!/usr/bin/env python3
"""Measure a painter against the quality bars, and make the sheets to look at.

    python benchmarks/quality.py --data DATA --features FILE.onnx --sheets OUT        all bars, the shipped painter
    python benchmarks/quality.py … --painter FILE.onnx --styles monet,vangogh --limit 24        a quick look

Paintings: photos_test and views_test as squares of 384 px, painted with default flags, against all pictures of each
style. `photo`: paintings of three collections, as squares too, against photos and photos_test; the distance before is
that of the paintings' own files. Renders: one shot as photos, for content and flicker. DATA holds photos, photos_test,
views_test, renders, styles/NAME; with PLEINAIR_SHARED set, its `data` and `weights/mobilenet_v2_features.onnx` are the
defaults. Figures with --limit are noisy: bars are for all pictures.
"""

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

from pleinair.errors import DataError, ModelError, PleinairError
from pleinair.metrics.features import Features, FeatureSet, feature_set, load_features
from pleinair.metrics.flicker import flicker_of
from pleinair.metrics.judge import SIZE, Easel, Judgement, chosen_files, easel, judge, painted_by
from pleinair.metrics.measure import measure_content, measure_sharpness
from pleinair.metrics.protocols import append_lines
from pleinair.metrics.sheets import contact_sheet, pairs_in_rows, save_sheet
from pleinair.metrics.squares import Pixels, picture_files, square
from pleinair.spec import ModelSpec

PHOTO = "photo"
RATIO_BARS = {
    "hiroshige": 0.40,
    "hokusai": 0.45,
    "vangogh": 0.33,
    "monet": 0.28,
    "shanshui": 0.28,
    "impressionism": 0.30,
    PHOTO: 0.50,
}
CONTENT_BAR, CONTENT5_BAR = 0.70, 0.45
PHOTO_SOURCES = ("monet", "vangogh", "european_landscape")
PHOTO_SHARPNESS_BAR = 0.90  # a share of the photos' own
SHOWN, SHOWN_VIEWS = 8, 2  # pictures a sheet, beside a row of the style's own; views among them
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
    tell: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Measure `painter` on the pictures under `data`, in `styles` (default: all of its own that have pictures there).

    limit: so many pictures of each set to paint. cache: a folder for features of fixed sets. sheets: a folder
    for contact sheets.
    tell: is told each row as it is ready; by default it is printed. Raises DataError when a folder is missing.
    """
    wanted = _measurable(painter.spec.styles, data, None if styles is None else list(styles))
    bench = Bench(painter, data, extractor, limit, cache, sheets)
    rows = []
    for row in bench.rows(wanted):
        rows.append(row)
        (tell or _show)(row)
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
        paintings = [style for style in styles if style != PHOTO]
        if paintings:
            content = self.easel("photos_test", "views_test")
            for style in paintings:
                yield self.painting(style, content)
        if PHOTO in styles:
            photos = self.reference(PHOTO, "photos", "photos_test")
            sharpness = measure_sharpness(PHOTO, picture_files([self.data / "photos", self.data / "photos_test"])).value
            for source in PHOTO_SOURCES:
                yield self.photo(source, photos, sharpness)
            yield self.renders()

    def painting(self, style: str, content: Easel) -> Row:
        """Photos and views painted in one style."""
        folder = f"styles/{style}"
        unpainted = measure_sharpness(content.name, content.pictures).value
        return self.judged(style, style, content, self.reference(style, folder), unpainted, self.data / folder)

    def photo(self, source: str, photos: FeatureSet, sharpness: float) -> Row:
        """One collection's paintings painted as photos."""
        content = self.easel(f"styles/{source}", features=self.reference(source, f"styles/{source}"))
        return self.judged(f"photo from {source}", PHOTO, content, photos, sharpness, self.data / "photos_test")

    def judged(
        self, title: str, style: str, content: Easel, reference: FeatureSet, sharpness: float, look: Path
    ) -> Row:
        """Paint, judge against `reference` and a sharpness, and make the sheet with a row out of the folder `look`."""
        begun = time.perf_counter()
        painted = self.paint(content, style)
        found = judge(style, content, painted, reference, self.extractor)
        self.sheet(title, content, painted, look)
        share, bar = found.sharpness.value / sharpness, RATIO_BARS.get(style)
        return Row(
            title,
            style,
            found.ratio.pictures,
            found.content.value,
            found.content.details["percentile5"],
            found.kd_unpainted.value,
            found.kd_painted.value,
            found.ratio.value,
            float("nan") if bar is None else bar,
            share,
            found.diversity.value,
            passed=None if bar is None else _passes(found, bar, share),
            seconds=time.perf_counter() - begun,
        )

    def renders(self) -> Row:
        """One rendered shot painted as photos: no bar, for one shot has no distance worth the name."""
        begun = time.perf_counter()
        content = self.easel("renders")
        painted = self.paint(content, PHOTO)
        kept = measure_content("renders", content.pictures, painted)
        self.sheet("photo from renders", content, painted, self.data / "photos_test")
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
        files = chosen_files([self.data / folder for folder in folders])
        return feature_set(name, files, self.extractor, self.cache)

    def paint(self, content: Easel, style: str) -> list[Pixels]:
        return painted_by(lambda picture: self.painter.stylize(picture, style=style), content)

    def sheet(self, title: str, content: Easel, painted: Sequence[Pixels], style_folder: Path) -> None:
        """Pairs of unpainted and painted, and at the bottom a row of what the style really looks like."""
        if self.sheets is None:
            return
        chosen = _shown(content.files)
        rows = pairs_in_rows([content.pictures[index] for index in chosen], [painted[index] for index in chosen])
        own = picture_files([style_folder])
        rows.append([square(own[index], SHEET_SIZE) for index in _spread(len(own), len(rows[0]))])
        save_sheet(contact_sheet(rows, SHEET_SIZE), self.sheets / f"{title.replace(' ', '_')}.jpg")


def _measurable(own: Sequence[str], data: Path, asked: Sequence[str] | None) -> list[str]:
    """Styles of the painter that have pictures; those asked for must, the others are left out."""
    known = [style for style in own if style == PHOTO or (data / "styles" / style).is_dir()]
    missing = [style for style in asked or () if style not in known]
    if missing or not known:
        lost = f"{missing[0]!r}, which" if missing else f"{', '.join(own)}: each style"
        raise DataError(f"cannot measure {lost} must be the painter's and have a folder in {data / 'styles'}")
    return known if asked is None else [style for style in known if style in asked]


def _shown(files: Sequence[Path]) -> list[int]:
    """Indices of the pictures for a sheet, spread evenly; views, soft as they are, are shown less than they count."""
    views = [index for index, file in enumerate(files) if file.parent.name == "views_test"]
    sharp = [index for index, file in enumerate(files) if file.parent.name != "views_test"]
    few = [views[place] for place in _spread(len(views), SHOWN_VIEWS)]
    return [sharp[place] for place in _spread(len(sharp), SHOWN - len(few))] + few


def _passes(found: Judgement, bar: float, sharpness_share: float) -> bool:
    keeps = found.content.value >= CONTENT_BAR
    if found.style == PHOTO:
        keeps = keeps and sharpness_share >= PHOTO_SHARPNESS_BAR
    else:
        keeps = keeps and found.content.details["percentile5"] >= CONTENT5_BAR
    return keeps and found.ratio.value <= bar


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
        return f"{'':30} {'n':>4} " + " ".join(f"{column:>10}" for column in _COLUMNS) + "  passed  seconds"
    kd = " ".join(f"{value:10.0f}" for value in (row.kd_unpainted, row.kd_painted))
    rest = (row.ratio, row.bar, row.content, row.content5, row.sharpness_share, row.diversity, row.flicker)
    figures = " ".join(f"{value:10.3f}" for value in rest)
    passed = {True: "yes", False: "NO", None: "-"}[row.passed]
    return f"{row.title:30} {row.pictures:4} {kd} {figures}  {passed:>6}  {row.seconds:7.1f}".replace("nan", "  -")


def _show(row: Row) -> None:
    print(_line(row), flush=True)


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
    if chosen.out:
        append_lines(chosen.out, [])  # a file that cannot be written is said before the painting, not after
    extractor, name = load_features(chosen.features), chosen.painter or _shipped()

    def tell(row: Row) -> None:
        _show(row)
        if chosen.out:
            append_lines(chosen.out, [_json(row, name, extractor, chosen.limit)])

    print(_line(None), flush=True)
    evaluate(
        load(name),
        chosen.data,
        extractor,
        styles=chosen.styles.split(",") if chosen.styles else None,
        limit=chosen.limit,
        cache=chosen.cache,
        sheets=chosen.sheets,
        tell=tell,
    )
    return 0


def _shipped() -> str:
    from pleinair.store import catalog

    shipped = [model for model in catalog().models if model.origin == "shipped"]
    if not shipped:
        raise ModelError("no painter ships with this version; name one by --painter")
    return shipped[0].name


if __name__ == "__main__":
    sys.exit(main())
