#!/usr/bin/env python3
"""Whether painted panoramas and textures close: the seam before and after, and the roll test.

    python benchmarks/seams.py FOLDER [--painter NAME] [--styles A,B] [--pictures N] [--textures N] [--threads N]
        [--pairs N] [--rolls N] [--moved] [--sheets DIR]

FOLDER holds equirectangular panoramas. Every one is painted in every style with `wrap x`, and its seam (difference
across the wrap column over the median over columns) is compared with that of the panorama itself.
Textures are grounds of the procedural world, painted with `wrap xy` and judged both ways. The roll test turns every
picture by random multiples of the stride, in one style each, and compares within ±60° of latitude; textures everywhere.
Pairs for two eyes come out of the procedural world, which knows how they differ (see metrics.eyes). --sheets writes the
wrap column, zenith and nadir, each before and after. Lines of JSON, then the worst; the last line is the result. Bars:
growth ≤ 1.15, rolls ≤ 1/255; pairs have none. Beside stands how much the growth at the cut is that of its surroundings,
which are not cut (see metrics.seams): no bar, but a cut that shows has more than 1. With --moved everything is painted
once more with the cut in mid-picture, by half a turn in whole strides, and the growth at the same place said beside it,
within ±60° of latitude in panoramas: where the two are one number, nothing is done to the cut but what is done to any
place.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from pleinair.fiction.motion import eyes
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.texture import tileable
from pleinair.images import Picture, read, write
from pleinair.images.picture import Pixels
from pleinair.metrics.eyes import eye_error
from pleinair.metrics.seams import WITHIN, Axis, roll_difference, seam_of
from pleinair.painter import Painter, load
from pleinair.render.borders import Wrap
from pleinair.render.flat import flat_view
from pleinair.render.looks import Look

BAR, ROLL_BAR = 1.15, 1
KINDS = ("meadow", "desert", "mountains", "forest", "canyon", "glacier")
TEXTURE = (512, 384)
PAIR, EYES = (768, 384), 0.065  # pixels of each eye's panorama; meters between the eyes
VIEW = 360  # pixels of a view on a sheet


@dataclass(frozen=True)
class Subject:
    name: str
    pixels: Pixels
    wrap: Wrap

    @property
    def axes(self) -> tuple[Axis, ...]:
        return (1,) if self.wrap == "x" else (1, 0)


def subjects(folder: Path, panoramas: int | None, textures: int) -> Iterator[Subject]:
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
    for path in paths[:panoramas]:
        yield Subject(path.stem, read(path).pixels, "x")
    for seed in range(textures):
        kind = KINDS[seed % len(KINDS)]
        spec = SceneSpec.from_json(json.dumps({"kind": kind, "seed": seed}))
        yield Subject(f"{kind}-{seed}", tileable(spec, TEXTURE).picture, "xy")


def sheet(before: Pixels, after: Pixels) -> Pixels:
    """Wrap column, zenith and nadir; above before, below after."""
    looks = ((0.0, 180.0), (90.0, 0.0), (-90.0, 0.0))
    return np.vstack([np.hstack([flat_view(each, VIEW, *look) for look in looks]) for each in (before, after)])


def rolled(painter: Painter, style: str, subject: Subject, rolls: int) -> Iterator[int]:
    """Differences of so many rolls, each by another multiple of the stride."""

    def paint(pixels: Pixels) -> Pixels:
        return painter.stylize(pixels, style=style, wrap=subject.wrap)

    draw, stride = np.random.default_rng(7), painter.spec.stride
    for _ in range(rolls):
        across, down = (int(draw.integers(1, size // stride)) * stride for size in subject.pixels.shape[1::-1])
        if subject.wrap == "x":
            yield roll_difference(paint, subject.pixels, (0, across), WITHIN)
        else:
            yield roll_difference(paint, subject.pixels, (down, across))


def moved(painter: Painter, style: str, subject: Subject) -> Pixels:
    """Painted with the cut in mid-picture, and turned back."""
    shift = tuple(size // 2 // painter.spec.stride * painter.spec.stride for size in subject.pixels.shape[:2])
    if subject.wrap == "x":
        shift = (0, shift[1])
    turned = painter.stylize(np.roll(subject.pixels, shift, (0, 1)), style=style, wrap=subject.wrap)
    return np.roll(turned, (-shift[0], -shift[1]), (0, 1))


def growth_within(subject: Subject, painted: Pixels, axis: Axis) -> float:
    """The growth at the cut; of panoramas within ±60°."""
    edge = ceil(subject.pixels.shape[0] * (0.5 - WITHIN / 180)) if subject.wrap == "x" else 0
    rows = slice(edge, subject.pixels.shape[0] - edge)
    return seam_of(painted[rows], subject.pixels[rows], axis).growth


def pairs(painter: Painter, styles: list[str], count: int) -> Iterator[tuple[float, str]]:
    """How many times larger painting makes the error between the eyes, EYES apart, of pairs out of the world."""
    for seed in range(count):
        spec = SceneSpec.from_json(json.dumps({"kind": KINDS[seed % len(KINDS)], "seed": seed}))
        left, right = eyes(spec, EYES, PAIR, "x")
        assert left.motion is not None
        both = np.concatenate((left.rendering.picture, right.rendering.picture))
        flow, hidden, high = left.motion.flow, left.motion.hidden, PAIR[1]
        before = eye_error(both[:high], both[high:], flow, hidden)
        for style in styles:
            look = Look(working_size=painter.spec.working_size, wrap="x", stereo="top-bottom")
            painted = look.painted(both, painter.engine(painter.mix(style)))
            after = eye_error(painted[:high], painted[high:], flow, hidden)
            line = {
                "pair": f"{spec.kind}-{seed}",
                "style": style,
                "source": round(before, 3),
                "painted": round(after, 3),
            }
            print(json.dumps(line), flush=True)
            yield after / before, f"{spec.kind}-{seed} {style}"


def measured(given: argparse.Namespace) -> dict[str, Any]:
    painter = load(given.painter, threads=given.threads)
    styles = given.styles.split(",") if given.styles else list(painter.styles)
    growths: dict[str, list[tuple[float, str]]] = {"x": [], "xy": []}
    besides: dict[str, list[float]] = {"x": [], "xy": []}
    ranks: list[float] = []
    rolls, apart = {"x": 0, "xy": 0}, {"x": 0.0, "xy": 0.0}
    for number, subject in enumerate(subjects(given.folder, given.pictures, given.textures)):
        for style in styles:
            painted = painter.stylize(subject.pixels, style=style, wrap=subject.wrap)
            back = moved(painter, style, subject) if given.moved else None
            for axis in subject.axes:
                seam = seam_of(painted, subject.pixels, axis)
                growths[subject.wrap].append((seam.growth, f"{subject.name} {style} {'yx'[axis]}"))
                ranks.append(seam.rank)
                besides[subject.wrap].append(seam.beside)
                line = {"picture": subject.name, "style": style, "axis": "yx"[axis], "source": round(seam.source, 3)}
                line |= {"painted": round(seam.ratio, 3), "growth": round(seam.growth, 3), "rank": round(seam.rank, 2)}
                line["beside"] = round(seam.beside, 3)
                if back is not None:
                    here, there = (growth_within(subject, one, axis) for one in (painted, back))
                    line |= {"here": round(here, 4), "moved": round(there, 4)}
                    apart[subject.wrap] = max(apart[subject.wrap], abs(here - there))
                print(json.dumps(line), flush=True)
            if given.sheets and subject.wrap == "x":
                given.sheets.mkdir(parents=True, exist_ok=True)
                told = {"source": subject.name, "style": style}
                write(Picture(sheet(subject.pixels, painted)), given.sheets / f"{subject.name}-{style}.png", told)
        style = styles[number % len(styles)]
        rolls[subject.wrap] = max([rolls[subject.wrap], *rolled(painter, style, subject, given.rolls)])
    result: dict[str, Any] = {"benchmark": "seams", "painter": painter.spec.name, "styles": len(styles)}
    for wrap, what in (("x", "panoramas"), ("xy", "textures")):
        if growths[wrap]:
            worst, where = max(growths[wrap])
            missed = sum(growth > BAR for growth, _ in growths[wrap])
            result[what] = {"seams": len(growths[wrap]), "worst": round(worst, 3), "where": where, "missed": missed}
            result[what] |= {"median": round(median(growth for growth, _ in growths[wrap]), 3), "roll": rolls[wrap]}
            if given.moved:
                result[what]["moved"] = round(apart[wrap], 4)
            result[what]["beside"] = {"median": round(median(besides[wrap]), 3), "worst": round(max(besides[wrap]), 3)}
    if given.pairs:
        worst, where = max(found := list(pairs(painter, styles, given.pairs)))
        of_pairs = {"worst": round(worst, 2), "where": where, "median": round(median(one for one, _ in found), 2)}
        result["pairs"] = of_pairs
    return result | {"rank": round(median(ranks), 2) if ranks else None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--painter", default="landscape")
    parser.add_argument("--styles", default="")
    parser.add_argument("--pictures", type=int, default=None)
    parser.add_argument("--textures", type=int, default=6)
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--rolls", type=int, default=1)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--moved", action="store_true")
    parser.add_argument("--sheets", type=Path, default=None)
    result = measured(parser.parse_args())
    met = True
    for what in ("panoramas", "textures"):
        if what in result:
            of = result[what]
            fine = not of["missed"] and of["roll"] <= ROLL_BAR
            met &= fine
            print(
                f"{what}: worst growth {of['worst']} ({of['where']}; bar {BAR}), {of['missed']} of {of['seams']} above",
                end="",
            )
            print(f"; rolled: {of['roll']}/255 (bar {ROLL_BAR}): {'met' if fine else 'MISSED'}")
    print(json.dumps(result))
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
