#!/usr/bin/env python3
"""How much painted clips flicker: warp error over gradient energy, painted over source, as `pleinair score film` says.

    python benchmarks/steadiness.py CLIP... [--style NAME]... [--frames N] [--painter FILE] [--hold H]...

CLIPs are films; clips of the procedural world, whose motion is known exactly, are always added: two in rain, which
falls and of which flow knows nothing, and one of the lake in clear weather, where nothing but the camera moves. Every
style of the painter by default. Of each clip: the first N frames, painted at their own size; the first few, while the
filter warms up, are painted and not judged. A line of JSON for each style and clip; the last line has the worst of each
style over the clips, with the default hold and without. Bar: at most 2 for every style.
"""

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pleinair import painter as painters
from pleinair.fiction.motion import frames as moving
from pleinair.fiction.spec import SceneSpec
from pleinair.images.film_facts import look
from pleinair.images.film_reading import Reading
from pleinair.metrics.motion import Flow, flows_between, gradient_energy, steadiness
from pleinair.render.steady import HOLD, Steady
from pleinair.render.still import stylize

BAR, WARM = 2.0, 4
FICTION = {
    "lake, to the right": (SceneSpec(kind="lake"), "right", 0.6),
    "mountains, forward": (SceneSpec(kind="mountains"), "forward", 1.5),
    "clear lake, to the right": (SceneSpec(kind="lake", weather="clear"), "right", 0.6),
}
SIZE = (288, 192)


def clips(films: list[Path], count: int) -> Iterator[tuple[str, np.ndarray[Any, Any], list[Flow] | None]]:
    """Name, frames (n, h, w, 3), and exact flow where there is one."""
    for path in films:
        stills = Reading(look(path), deep=False).frames(0, [])
        yield path.stem, np.stack([still.pixels for still in islice(stills, count)]), None
    for name, (spec, path_name, step) in FICTION.items():
        shown = list(moving(spec, path_name, count, step, SIZE))
        flows = [Flow(each.motion.flow, ~each.motion.hidden) for each in shown if each.motion is not None]
        yield name, np.stack([each.rendering.picture for each in shown]), flows


def energy(frames: np.ndarray[Any, Any]) -> float:
    return float(np.mean([gradient_energy(frame.astype(np.float32) / 255).mean() for frame in frames]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="*", type=Path, metavar="CLIP")
    parser.add_argument("--style", action="append")
    parser.add_argument("--painter", default="landscape")
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--hold", type=float, default=HOLD)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    painter = painters.load(options.painter, threads=options.threads)
    worst: dict[str, dict[str, float]] = {}
    sources = list(clips(options.films, options.frames))
    estimates = {name: list(flows_between(list(frames))) for name, frames, _ in sources}
    for style in options.style or painter.styles:
        engine = painter.engine(painter.mix(style))
        for name, frames, exact in sources:
            plain = np.stack([stylize(frame, engine) for frame in frames])
            keep = Steady(options.hold)
            steady = np.stack([keep(frame, painted) for frame, painted in zip(frames, plain, strict=True)])
            line: dict[str, Any] = {"style": style, "clip": name, "frames": len(frames)}
            for what, painted in (("plain", plain), ("steady", steady)):
                found = steadiness(painted[WARM:], frames[WARM:], estimates[name][WARM:])
                line |= {"source": round(found.source, 4), f"{what}_ratio": round(found.ratio, 3)}
                line[f"{what}_energy"] = round(energy(painted[WARM:]) / energy(plain[WARM:]), 3)
                if exact:
                    line[f"{what}_exact"] = round(steadiness(painted[WARM:], frames[WARM:], exact[WARM:]).ratio, 3)
                best = worst.setdefault(style, {})
                best[what] = max(best.get(what, 0.0), round(found.ratio, 3))
            print(json.dumps(line, ensure_ascii=False), flush=True)
    kept = {style: each["steady"] <= BAR for style, each in worst.items()}
    print(json.dumps({"hold": options.hold, "bar": BAR, "worst": worst, "within": kept}, ensure_ascii=False))


if __name__ == "__main__":
    main()
