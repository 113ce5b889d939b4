#!/usr/bin/env python3
"""How long 16 scenes of 256×256 pixels take, and how much memory, by the code that users run.

    python benchmarks/generate_speed.py [--model FILE] [--threads N] [--rounds N]

A process of its own loads the model and draws, so that its peak of memory is that of painting, without PyTorch. The
first round counts, as it does for a user; the median of the rounds is told beside it. Last line: the result as JSON.
Bars: 4 s and 600 MiB on two cores. Weights do not matter to speed: without a model a generator of the shape that is
trained is made up, which needs the extra [train].
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from pleinair.engine.opening import cores

SIZE, PICTURES = 256, 16
SIDE, WIDTH, DOMAINS = 256, 24, 7  # of the generator that is made up
SECONDS_BAR, MIB_BAR = 4.0, 600.0


def made_up(path: Path, side: int = SIDE, width: int = WIDTH, domains: int = DOMAINS) -> Path:
    """A generator with random weights, as a file."""
    import torch

    from pleinair.export.scenes import export_scene
    from pleinair.networks.scene import SceneGenerator
    from pleinair.spec import ModelSpec

    torch.manual_seed(0)
    names = tuple(f"domain{index}" for index in range(domains))
    export_scene(SceneGenerator(side, width, domains), ModelSpec("made-up", names, 1, 0), path)
    return path


def drawn(model: Path, threads: int | None, rounds: int, size: int) -> dict[str, Any]:
    """Seconds of each round, loading apart, and the peak of memory in MiB: run in a process of its own."""
    start = time.perf_counter()
    from pleinair.scenes import load

    maker = load(model, threads=threads)
    loading, times = time.perf_counter() - start, []
    for number in range(rounds):
        start = time.perf_counter()
        pictures = maker.generate(range(number * PICTURES, (number + 1) * PICTURES), size=size)
        times.append(time.perf_counter() - start)
        assert len(pictures) == PICTURES
    return {"loading": loading, "times": times, "peak_mib": peak_mib()}


def peak_mib() -> float | None:
    """The most memory that this process has held, if the system tells."""
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage says here begins with what the process held that started this one
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 2**10
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)


def measured(model: Path, threads: int | None, rounds: int, size: int) -> dict[str, Any]:
    """The figures of a fresh process."""
    code = "import json, sys; sys.path[:0] = sys.argv[1:3]; from benchmarks.generate_speed import drawn; "
    code += "from pathlib import Path; print(json.dumps(drawn(Path(sys.argv[3]), *map(json.loads, sys.argv[4:]))))"
    root = Path(__file__).resolve().parents[1]
    words = [str(root), str(root / "src"), str(model), *map(json.dumps, (threads, rounds, size))]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1])
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=SIZE)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = given.model or made_up(Path(folder) / "made-up.onnx")
        figures = measured(model, given.threads, given.rounds, given.size)
        result = {
            "benchmark": "generate_speed",
            "model": model.stem,
            "size": given.size,
            "pictures": PICTURES,
            "threads": given.threads,
            "cores": cores(),
            "seconds": round(figures["times"][0], 2),
            "seconds_median": round(statistics.median(figures["times"]), 2),
            "loading_seconds": round(figures["loading"], 2),
            "peak_mib": figures["peak_mib"] and round(figures["peak_mib"]),
            "machine": f"{platform.system()} {platform.machine()}",
            "date": date.today().isoformat(),
        }
    met = result["seconds"] <= SECONDS_BAR and (result["peak_mib"] or 0) <= MIB_BAR
    print(f"{PICTURES} scenes of {given.size}×{given.size} in {result['seconds']} s (bar {SECONDS_BAR:g}), ", end="")
    print(f"{result['peak_mib']} MiB (bar {MIB_BAR:g}): {'met' if met else 'MISSED'}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
