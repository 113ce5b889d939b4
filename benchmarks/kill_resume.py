#!/usr/bin/env python3
"""Kill -9 a training at random moments, resume it each time, and compare its final weights with an uninterrupted one.

    python benchmarks/kill_resume.py [--kills 10] [--pictures 400] [--features FILE]

Everything goes through the command line: `pleinair train translate --tiny` on pictures drawn for the occasion, started
as a process of its own, killed (SIGKILL; on Windows TerminateProcess) and typed again. A classifier with random weights
looks on, and without --features a frozen network with random ones. Prints one JSON line; exits 1 unless all tensors,
averaged and raw, moments included, are equal bit for bit. Takes about as many minutes as kills on two busy cores.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from pleinair.training import checkpoint  # noqa: E402
from tests.training.rehearsal import write_classifier, write_folder, write_frozen  # noqa: E402

STYLES = ("dots", "lines")
CLASSIFIER = "classifier.safetensors"  # with random weights
WAIT = 900  # seconds for one attempt


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--features", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        for kind, name in enumerate(("photos", *STYLES)):
            write_folder(home / name, kind)
        features = given.features or write_frozen(home / "frozen.safetensors")
        write_classifier(home / CLASSIFIER)
        begun = time.monotonic()
        started(home, "whole", given.pictures, features).wait(WAIT * given.kills)
        whole_seconds = time.monotonic() - begun
        kills = killed(home, given.pictures, features, given.kills, random.Random(given.seed))
        equal, tensors = same(home / "killed", home / "whole")
        stories = [story(home / name) for name in ("killed", "whole")]
    result = {
        "protocol": "kill_resume",
        "kills": len(kills),
        "pictures": given.pictures,
        "killed_at_resumed_at": kills,
        "equal_tensors": equal,
        "tensors": tensors,
        "same_story": stories[0] == stories[1],
        "uninterrupted_seconds": round(whole_seconds, 1),
        "seconds": round(time.monotonic() - begun, 1),
    }
    print(json.dumps(result))
    return 0 if equal == tensors and result["same_story"] else 1


def started(home: Path, run: str, pictures: int, features: Path) -> "subprocess.Popen[bytes]":
    """The same command each time."""
    styles = [part for name in STYLES for part in ("--style", f"{name}={home / name}")]
    command = ["train", "translate", "--content", str(home / "photos"), *styles, "--run", str(home / run), "--tiny"]
    more = ["--pictures", str(pictures), "--features", str(features)]
    sees = {"PLEINAIR_FEATURES_SQUEEZENET": str(home / CLASSIFIER)}
    environment = {**os.environ, **sees, "PYTHONPATH": str(ROOT / "src")}
    with (home / f"{run}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pleinair", *command, *more], env=environment, stderr=log, stdout=log
        )


def killed(home: Path, pictures: int, features: Path, kills: int, chance: random.Random) -> list[tuple[int, int]]:
    """Kill at moments spread at random over the run, then let it end. Returns where it was killed and resumed from."""
    moments = sorted(chance.uniform(0, pictures - 12) for _ in range(kills))
    found = []
    for moment in moments:
        process = started(home, "killed", pictures, features)
        until = time.monotonic() + WAIT
        while seen(home / "killed") < moment and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        if process.poll() is not None:
            raise SystemExit(f"it ended before it could be killed:\n{(home / 'killed.log').read_text('utf-8')[-2000:]}")
        process.kill()
        process.wait()
        at = seen(home / "killed")
        found.append((at, checkpoint.read(home / "killed" / checkpoint.STATE)[1]["seen_pictures"]))
        print(f"killed at {at} pictures, goes on from {found[-1][1]}", file=sys.stderr)
    if started(home, "killed", pictures, features).wait(WAIT):
        raise SystemExit((home / "killed.log").read_text("utf-8")[-2000:])
    return found


def seen(run: Path) -> int:
    """Pictures seen by the last line of the journal."""
    path = run / "stats.jsonl"
    numbers = re.findall(r'"seen_pictures": (\d+)', path.read_text("utf-8")) if path.exists() else []
    return int(numbers[-1]) if numbers else 0


def same(a: Path, b: Path) -> tuple[int, int]:
    """How many tensors of the two runs' savings are equal bit for bit, and how many there are."""
    equal = total = 0
    for name in (checkpoint.STATE, checkpoint.AVERAGE):
        one, other = (checkpoint.read(folder / name)[0] for folder in (a, b))
        names = one.keys() | other.keys()
        total += len(names)
        equal += sum(
            key in one and key in other and one[key].numpy().tobytes() == other[key].numpy().tobytes() for key in names
        )
    return equal, total


def story(run: Path) -> list[dict[str, object]]:
    """The journal without its speeds."""
    lines = [json.loads(line) for line in (run / "stats.jsonl").read_text("utf-8").splitlines()]
    return [{key: value for key, value in line.items() if key != "pictures_per_second"} for line in lines]


if __name__ == "__main__":
    sys.exit(main())
