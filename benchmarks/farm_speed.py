#!/usr/bin/env python3
"""A folder of frames against the bare engine: how much of its speed is left when files are read, painted and written.

    python benchmarks/farm_speed.py [--frames 2000] [--size 512] [--suffix .png] [--jobs 2] [--threads N] [--style NAME]

Both run in turn, a share of the frames each time, so that whatever else the machine does falls on both: the engine on
one frame's window, over and over, with all threads; and `batch.farm`, as `pleinair stylize DIR --jobs N` calls it, from
file to file. Prints one JSON line. Bar: at least 0.85 of the engine's frames per second (median of --rounds ratios).
Beside it stands the same ratio of processor time, which a busy machine disturbs less.
"""

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import numpy as np  # noqa: E402

from pleinair import painter as painters  # noqa: E402
from pleinair.batch.farm import done  # noqa: E402
from pleinair.batch.plan import Job, plan  # noqa: E402
from pleinair.batch.work import Settings, paint_file  # noqa: E402
from pleinair.engine.opening import cores  # noqa: E402
from pleinair.engine.protocol import Engine  # noqa: E402
from pleinair.images import Picture, read, to_float, write  # noqa: E402

BAR = 0.85
SAMPLE = ROOT / "src/pleinair/samples"


def frames(folder: Path, count: int, size: int, suffix: str) -> list[Path]:
    """Frames of a pan over a sample scene, tiled as far as need be."""
    pixels = read(sorted(SAMPLE.glob("*.jpg"))[0]).pixels
    times = -(-(size + 4 * 64) // min(pixels.shape[:2]))
    wide = np.tile(pixels, (times, times, 1))
    paths = []
    for number in range(count):
        left = 4 * (number % 64)
        paths.append(folder / f"{number:05}{suffix}")
        write(Picture(np.ascontiguousarray(wide[:size, left : left + size])), paths[-1], {})
    return paths


Rates = tuple[float, float]  # frames per second, and per second of processor time


def bare(engine: Engine, path: Path, count: int) -> Rates:
    """Rates of the engine alone, on the window that a frame is painted in."""
    spec, pixels = engine.spec, read(path).pixels
    side = [-(-length // spec.stride) * spec.stride - length for length in pixels.shape[:2]]
    edges = [(spec.halo, spec.halo + more) for more in side]
    window = to_float(np.pad(pixels, (*edges, (0, 0)), "reflect").transpose(2, 0, 1)[None])
    start, busy = time.perf_counter(), time.process_time()
    for _ in range(count):
        engine.paint(window)
    return count / (time.perf_counter() - start), count / (time.process_time() - busy)


def folder_of(engine: Engine, paths: list[Path], out: Path, jobs: int) -> Rates:
    """Rates from files to files."""
    start, busy = time.perf_counter(), time.process_time()
    work = plan(paths, out)

    def paint(job: Job) -> str:
        return paint_file(job, engine, Settings(), {"style": "speed"})

    for _, outcome in done(work.jobs, paint, jobs):
        assert isinstance(outcome, str), outcome
    return len(paths) / (time.perf_counter() - start), len(paths) / (time.process_time() - busy)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--style", default="monet")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--suffix", default=".png")
    given = parser.parse_args()
    threads = given.threads or cores()
    whole = painters.load(given.style, threads=threads)
    shared = painters.load(given.style, threads=max(1, threads // given.jobs))
    engine, engine_of_jobs = (each.engine(each.mix()) for each in (whole, shared))
    rates: list[tuple[Rates, Rates]] = []
    with tempfile.TemporaryDirectory() as place:
        source, out = Path(place) / "frames", Path(place) / "out"
        source.mkdir()
        out.mkdir()
        share = -(-given.frames // given.rounds)
        paths = frames(source, share * given.rounds, given.size, given.suffix)
        bare(engine, paths[0], 2)
        folder_of(engine_of_jobs, paths[:1], out, 1)
        (out / paths[0].name).unlink()
        for turn in range(given.rounds):
            some = paths[turn * share : (turn + 1) * share]
            rates.append((bare(engine, some[0], share), folder_of(engine_of_jobs, some, out, given.jobs)))
        assert len(list(out.iterdir())) == len(paths)
    ratios, busy = ([files[what] / alone[what] for alone, files in rates] for what in (0, 1))
    ratio = statistics.median(ratios)
    result = {
        "benchmark": "farm_speed",
        "frames": share * given.rounds,
        "size": given.size,
        "suffix": given.suffix,
        "jobs": given.jobs,
        "threads": threads,
        "cores": cores(),
        "engine_frames_per_second": round(statistics.median(alone[0] for alone, _ in rates), 3),
        "folder_frames_per_second": round(statistics.median(files[0] for _, files in rates), 3),
        "ratio": round(ratio, 3),
        "ratios": [round(each, 3) for each in ratios],
        "processor_ratio": round(statistics.median(busy), 3),
        "bar": BAR,
        "machine": f"{platform.system()} {platform.machine()}",
        "date": date.today().isoformat(),
    }
    print(json.dumps(result))
    return 0 if ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
