#!/usr/bin/env python3
"""Measure how real a generator or a painter makes fictional scenes, against every bar, and make the sheet to look at.

    python -m benchmarks.realism --data DATA --features FILE.onnx --judge RUN --cache DIR --sheets OUT
    python -m benchmarks.realism … --realist RUN                    a run of pleinair train layout, or its .onnx
    python -m benchmarks.realism … --painter FILE.onnx --style photo --limit 96        a quick look

The 200 frozen scenes (see frozen.py) are rendered into CACHE/frozen where they are not there yet, painted as they are,
and measured against photos and photos_test, all as the yardstick has it. The judge is a segmenter trained on disguised
renders alone (`pleinair train segment`), never on what is judged. DATA holds photos and photos_test; with
PLEINAIR_SHARED set, its `data` and `weights/mobilenet_v2_features.onnx` are the defaults. With --limit the scenes are
the first so many: 12 kinds after each other, one season after the other. Bars are for all 200.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.frozen import read_specs, rendered
from pleinair.data.labeled import LabeledScene, Labels, at_short_side, read_labels
from pleinair.engine.layout import LayoutEngine
from pleinair.errors import DataError, PleinairError, SettingError
from pleinair.metrics.features import Features, feature_set, load_features
from pleinair.metrics.judge import chosen_files
from pleinair.metrics.measure import measure_content, measure_kd, measure_sharpness
from pleinair.metrics.protocols import append_lines
from pleinair.metrics.sheets import contact_sheet, pairs_in_rows, save_sheet
from pleinair.metrics.squares import Pixels, pixels_of
from pleinair.render.real import made_real as render

RATIO_BAR, KD_BAR, CONTENT_BAR, SHARPNESS_BAR, FALL_BAR = 0.5, 660.0, 0.65, 0.8, 0.10
SHORT_SIDE = 128  # at which the judge reads
SHOWN, STRIDE, SHEET_SIZE = 16, 13, 256  # kinds come up every 12

Paint = Callable[[Pixels, Labels, int], Pixels]  # a render, its labels (h, w) and a seed → as large a picture
Judge = Callable[[Pixels], Labels]  # (h, w, 3) of a short side of 128 at most → classes (h, w)


@dataclass(frozen=True)
class Realism:
    """All figures. Agreements are shares of pixels that the judge reads as the label map says; `fall` is how much less
    they are once the scenes are made real."""

    scenes: int
    kd_rendered: float
    kd_rendered_interval: tuple[float, float]
    kd_real: float
    kd_real_interval: tuple[float, float]
    ratio: float
    content: float
    content5: float
    sharpness_rendered: float
    sharpness: float
    agreement_rendered: float
    agreement_real: float
    fall: float
    seconds: float

    def bars(self) -> dict[str, bool]:
        """Each bar, and whether it is reached."""
        return {
            f"ratio ≤ {RATIO_BAR}": self.ratio <= RATIO_BAR,
            f"KD ≤ {KD_BAR:.0f}": self.kd_real <= KD_BAR,
            f"content ≥ {CONTENT_BAR}": self.content >= CONTENT_BAR,
            f"sharpness ≥ {SHARPNESS_BAR} × photos": self.sharpness >= SHARPNESS_BAR,
            f"label agreement falls ≤ {FALL_BAR}": self.fall <= FALL_BAR,
        }


def measure(
    real: Sequence[Pixels],
    judge: Judge,
    scenes: Sequence[tuple[Path, Path]],
    photos: Sequence[Path],
    extractor: Features,
    *,
    cache: Path | None = None,
    sheets: Path | None = None,
) -> Realism:
    """Measure scenes (files of pictures and label maps) as they were made real, in this order, against photos."""
    begun = time.perf_counter()
    renders = [pixels_of(picture) for picture, _ in scenes]
    reference = feature_set("photos", photos, extractor, cache)
    before = measure_kd(feature_set("renders", renders, extractor, cache), reference)
    after = measure_kd(feature_set("made real", real, extractor), reference)
    kept = measure_content("made real", renders, real)
    sharp = [measure_sharpness("", pictures).value for pictures in (photos, renders, real)]
    labels = [read_labels(path) for _, path in scenes]
    agreed = [agreement(judge, pictures, labels) for pictures in (renders, real)]
    if sheets:
        save_sheet(sheet(renders, real), sheets / "realism.jpg")
    assert before.interval is not None
    assert after.interval is not None
    return Realism(
        len(scenes),
        before.value,
        before.interval,
        after.value,
        after.interval,
        after.value / before.value,
        kept.value,
        kept.details["percentile5"],
        sharp[1] / sharp[0],
        sharp[2] / sharp[0],
        agreed[0],
        agreed[1],
        agreed[0] - agreed[1],
        time.perf_counter() - begun,
    )


def agreement(judge: Judge, pictures: Sequence[Pixels], labels: Sequence[Labels]) -> float:
    """Share of pixels that the judge reads as the labels say, mean over pictures, all brought to what it reads."""
    shares = []
    for picture, known in zip(pictures, labels, strict=True):
        small = at_short_side(LabeledScene(picture, known), SHORT_SIDE)
        shares.append((judge(small.picture) == small.labels).mean())
    return float(np.mean(shares))


def made_real(paint: Paint, scenes: Sequence[tuple[Path, Path]], kept: Path) -> list[Pixels]:
    """Each scene painted, or as it was painted before into the folder `kept`."""
    from PIL import Image

    kept.mkdir(parents=True, exist_ok=True)
    real = []
    for seed, (picture, label) in enumerate(scenes):
        path = kept / picture.name
        if not path.exists():
            partial = path.with_suffix(".part")
            Image.fromarray(paint(pixels_of(picture), read_labels(label), seed)).save(partial, "PNG")
            partial.replace(path)
        real.append(pixels_of(path))
    return real


def realist_of(name: str, threads: int | None = None) -> tuple[Paint, Path]:
    """What a run of `train layout`, an .onnx file or a model's name makes of renders, and its file."""
    engine: LayoutEngine
    if Path(name).is_dir() or name.endswith(".safetensors"):
        from pleinair.recipes.watching_layouts import LearnedEngine, load_layout

        path = Path(name) / "average.safetensors" if Path(name).is_dir() else Path(name)
        engine = LearnedEngine(load_layout(path))
    else:
        from pleinair import store
        from pleinair.engine import layout

        path = store.resolve(name)[0].path
        engine = layout.load(path, threads)
    return (lambda picture, labels, seed: render(labels, picture, seed, engine)), path


def painter_of(chosen: argparse.Namespace, threads: int | None) -> tuple[Paint, Path]:
    """What a painter makes of renders in a style, and its file."""
    from pleinair.painter import load

    painter = load(chosen.painter, threads=threads)
    return (lambda picture, _labels, _seed: painter.stylize(picture, style=chosen.style)), painter.path


def judge_of(run: Path) -> Judge:
    """The segmenter of a run folder or file, as a judge."""
    from pleinair.networks.segmenter import load_segmenter, read_back

    segmenter = load_segmenter(run)
    return lambda picture: read_back(segmenter, picture, SHORT_SIDE)


def sheet(renders: Sequence[Pixels], real: Sequence[Pixels]) -> Pixels:
    """Pairs of some scenes, one kind after the other: rendered, made real."""
    chosen = sorted({index * STRIDE % len(renders) for index in range(SHOWN)})
    rows = pairs_in_rows([renders[index] for index in chosen], [real[index] for index in chosen])
    return contact_sheet(rows, SHEET_SIZE)


def told(found: Realism) -> str:
    """The figures as lines, then the bars."""
    low, high = found.kd_rendered_interval, found.kd_real_interval
    lines = [
        f"scenes                {found.scenes}",
        f"KD to photos          {found.kd_rendered:.0f} [{low[0]:.0f}, {low[1]:.0f}] rendered, "
        f"{found.kd_real:.0f} [{high[0]:.0f}, {high[1]:.0f}] made real, ratio {found.ratio:.3f}",
        f"content               {found.content:.3f}, 5 % below {found.content5:.3f}",
        f"sharpness / photos'   {found.sharpness_rendered:.3f} rendered, {found.sharpness:.3f} made real",
        f"label agreement       {found.agreement_rendered:.3f} rendered, {found.agreement_real:.3f} made real, "
        f"falls by {found.fall:.3f}",
        f"seconds               {found.seconds:.0f}",
    ]
    return "\n".join([*lines, *(f"{'passed' if good else 'MISSED'}  {bar}" for bar, good in found.bars().items())])


def main(arguments: Sequence[str] | None = None) -> int:
    shared = Path(os.environ["PLEINAIR_SHARED"]) if "PLEINAIR_SHARED" in os.environ else None
    weights = shared / "weights" / "mobilenet_v2_features.onnx" if shared else None
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=shared / "data" if shared else None, help="folder of the photos")
    parser.add_argument("--features", type=Path, default=weights, help="feature network, .onnx")
    parser.add_argument("--judge", type=Path, required=True, help="run folder of a segmenter")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps renders and features")
    parser.add_argument("--realist", help="a generator of what is laid out: its run, its name or file")
    parser.add_argument("--painter", default="photo", help="a painter's name or file")
    parser.add_argument("--style", default="photo")
    parser.add_argument("--threads", type=int, help="of the painter and the feature network; 1 where others compute")
    parser.add_argument("--limit", type=int, help="only the first so many scenes")
    parser.add_argument("--sheets", type=Path, help="folder for the contact sheet")
    parser.add_argument("--out", type=Path, help="append the figures there as a JSON line")
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except PleinairError as error:
        print(f"realism: {error}", file=sys.stderr)
        return 1


def _run(chosen: argparse.Namespace) -> int:
    if chosen.data is None:
        raise DataError("no photos to compare with: give --data DIR or set PLEINAIR_SHARED")
    if chosen.limit is not None and chosen.limit < 3:
        raise SettingError(f"--limit {chosen.limit}: a distance needs 3 scenes at least")
    threads = chosen.threads
    extractor, judge = load_features(chosen.features, threads), judge_of(chosen.judge)
    paint, path = realist_of(chosen.realist, threads) if chosen.realist else painter_of(chosen, threads)
    photos = chosen_files([chosen.data / "photos", chosen.data / "photos_test"])
    scenes = rendered(read_specs()[: chosen.limit], chosen.cache / "frozen")
    sha = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    real = made_real(paint, scenes, chosen.cache / f"{'real' if chosen.realist else chosen.style}-{sha}")
    found = measure(
        real,
        judge,
        scenes,
        photos,
        extractor,
        cache=chosen.cache / "features",
        sheets=chosen.sheets,
    )
    print(told(found))
    if chosen.out:
        who = {"realist": chosen.realist} if chosen.realist else {"painter": chosen.painter, "style": chosen.style}
        line = {"benchmark": "realism", **who, **asdict(found)}
        append_lines(chosen.out, [json.dumps(line)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
