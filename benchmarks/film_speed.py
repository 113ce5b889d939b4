#!/usr/bin/env python3
"""How much longer a film takes than its frames in the engine alone, at 1280×720 by x264 medium; and in what memory.

    python benchmarks/film_speed.py [--frames N] [--rounds N] [--style NAME] [--threads N] [--crf N] [--photo FILE]
    python benchmarks/film_speed.py --memory

The engine's own time is that of its calls for the same windows, one after another with all threads, in the same run;
it and the whole (decoding, painting, encoding, joining), with and without holding, run in turn, and medians of the
ratios are told, once by the clock and once by processor time, which other work on the machine does not touch. Bars:
1.08 times without holding, 1.25 with. --crf: the encoder's rate factor; 17 if not told, x264's own is 23. --photo: the
film goes over it to the right, by two pixels a frame; without one it does over blots of all colors, a dozen pixels
large, which cost the encoder most. Memory: the peak of a process that paints 10 s, and of one that paints 100 s, with
the fake engine at 320×180; within 5 %. The last line is JSON.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from pleinair import painter as painters
from pleinair.batch.films import FilmSettings, paint_film, plan_film, reel_of
from pleinair.batch.work import Settings
from pleinair.engine.fake import FakeEngine
from pleinair.engine.opening import cores
from pleinair.engine.protocol import Engine
from pleinair.images import read
from pleinair.render.film import lanes_of
from pleinair.render.steady import HOLD
from pleinair.render.windows import WINDOW, cut

BARS = {"plain": 1.08, "steady": 1.25}
RATE, MEMORY_SIZE, MEMORY_SECONDS, MEMORY_BAR = 24, (320, 180), (10, 100), 1.05


def make(path: Path, size: tuple[int, int], count: int, photo: Path | None = None) -> Path:
    """A film of a picture, textured if no photo is given, that goes to the right by two pixels a frame."""
    import av
    import cv2

    width, height = size
    if photo is None:
        coarse = np.random.default_rng(0).integers(0, 256, (height // 12, width // 6, 3)).astype(np.uint8)
        wide = cv2.resize(coarse, (2 * width, height), interpolation=cv2.INTER_CUBIC)
    else:
        across = width + 2 * count
        shown = read(photo).pixels
        scale = max(across / shown.shape[1], height / shown.shape[0])
        wide = cv2.resize(
            shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )
        wide = wide[(wide.shape[0] - height) // 2 :][:height]
    with av.open(str(path), "w") as film:
        video: Any = film.add_stream("libx264", rate=Fraction(RATE))
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        for number in range(count):
            left = 2 * number % (wide.shape[1] - width)
            pixels = np.ascontiguousarray(wide[:, left : left + width], np.uint8)
            film.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(video.encode(None))
    return path


def whole(source: Path, engine: Engine, hold: float, lanes: int = 1, crf: int | None = None) -> tuple[float, float]:
    """Seconds by the clock and of processor time that the film takes from file to file; the engine is that for one of
    so many frames painted at a time."""
    with tempfile.TemporaryDirectory() as out:
        film = FilmSettings(steady=hold, lanes=lanes, crf=crf)
        start, used = time.perf_counter(), time.process_time()
        plan = plan_film(source, Path(out), film)
        paint_film(plan, reel_of(plan), engine, Settings(), film, {"source": source.name})
        return time.perf_counter() - start, time.process_time() - used


def alone(engine: Engine, size: tuple[int, int], count: int) -> tuple[float, float]:
    """The same of the engine's calls for the windows of so many frames."""
    halo, stride = engine.spec.halo, engine.spec.stride
    (lefts, wide), (tops, tall) = (cut(side, WINDOW, stride) for side in size)
    window = np.random.default_rng(0).uniform(-1, 1, (1, 3, tall + 2 * halo, wide + 2 * halo)).astype(np.float32)
    start, used = time.perf_counter(), time.process_time()
    for _ in range(count * len(lefts) * len(tops)):
        engine.paint(window)
    return time.perf_counter() - start, time.process_time() - used


def speed(options: argparse.Namespace) -> dict[str, Any]:
    painter = painters.load(options.painter, threads=options.threads)
    engine = painter.engine(painter.mix(options.style))
    lanes, each = lanes_of(options.threads or cores())
    for_one = painters.Painter(painter.path, painter.spec, threads=each).engine(painter.mix(options.style))
    size = tuple(options.size)
    rounds: dict[str, list[tuple[float, float]]] = {"alone": [], "plain": [], "steady": []}
    with tempfile.TemporaryDirectory() as folder:
        source = make(Path(folder) / "shot.mp4", size, options.frames, options.photo)
        alone(engine, size, 1)
        for number in range(options.rounds):
            rounds["alone"].append(alone(engine, size, options.frames))
            rounds["plain"].append(whole(source, for_one, 0.0, lanes, options.crf))
            rounds["steady"].append(whole(source, for_one, HOLD, lanes, options.crf))
            print(
                json.dumps({"round": number, **{k: [round(x, 2) for x in v[-1]] for k, v in rounds.items()}}),
                flush=True,
            )
    result: dict[str, Any] = {"size": size, "frames": options.frames, "machine": platform.machine()}
    for what, bar in BARS.items():
        for at, kind in enumerate(("clock", "processor")):
            pairs = zip(rounds[what], rounds["alone"], strict=True)
            result[f"{what}_{kind}"] = round(statistics.median(one[at] / other[at] for one, other in pairs), 3)
        result[f"{what}_bar"] = bar
    return result


def peak(seconds: int) -> int:
    """KiB that a process of its own takes at most to paint a film of so many seconds."""
    done = subprocess.run(
        [sys.executable, __file__, "--seconds", str(seconds)], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


def measure_peak(seconds: int) -> int:
    import resource

    with tempfile.TemporaryDirectory() as folder:
        whole(make(Path(folder) / "shot.mp4", MEMORY_SIZE, seconds * RATE), FakeEngine(4, 8), HOLD)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--painter", default="landscape")
    parser.add_argument("--style", default="vangogh")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 720))
    parser.add_argument("--crf", type=int)
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--seconds", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seconds:
        print(measure_peak(options.seconds))
    elif options.memory:
        short, long = (peak(seconds) for seconds in MEMORY_SECONDS)
        ratio = round(long / short, 3)
        print(json.dumps({"kib": [short, long], "ratio": ratio, "bar": MEMORY_BAR, "within": ratio <= MEMORY_BAR}))
    else:
        print(json.dumps(speed(options)))


if __name__ == "__main__":
    main()
