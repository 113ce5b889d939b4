"""What git tracks of this checkout, or would track: caches, runs and builds do not count."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked(folder: Path = ROOT) -> list[Path]:
    """The files under a folder. Skips the test where there is no git or no checkout, as in an unpacked archive."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=30)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for path in (folder / name for name in done.stdout.split("\0") if name) if path.is_file()]
