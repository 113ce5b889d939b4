#!/usr/bin/env python3
"""Malformed files of every accepted type: none may crash the painter, hold it for 10 s, or leave half a file.

    python benchmarks/fuzz.py [--files 10000] [--first 0] [--keep DIR]

Whole files of each format are cut, flipped, swapped, grafted and made to lie about their sizes, by fixed seeds; each is
painted by a fake engine in a worker process under a watch. tests/fuzz does the first 300 of them. With --keep the files
that failed are kept. Prints what failed and one JSON line; exits 1 if anything did.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.fuzz.malformed import malformed, whole  # noqa: E402
from tests.fuzz.watching import FINE, SECONDS, fates  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    slowest, failed, begun = 0.0, [], time.monotonic()
    numbers = range(given.first, given.first + given.files)
    with tempfile.TemporaryDirectory() as folder:
        for number, fate in zip(numbers, fates(numbers, Path(folder)), strict=True):
            counts[fate.fate] += 1
            slowest = max(slowest, fate.seconds)
            if fate.fate not in FINE:
                failed.append(fate.name)
                print(f"{fate.name}: {fate.fate}: {fate.line}", flush=True)
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / fate.name).write_bytes(malformed(number)[1])
    result = {
        "benchmark": "fuzz",
        "files": given.files,
        "first": given.first,
        "kinds": len(whole()),
        **counts,
        "failed": len(failed),
        "slowest_seconds": slowest,
        "limit_seconds": SECONDS,
        "seconds": round(time.monotonic() - begun, 1),
        "date": date.today().isoformat(),
    }
    print(json.dumps(result))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
