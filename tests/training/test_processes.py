"""Trainings in processes of their own do not wait for each other's matrices."""

import json
from pathlib import Path

from tests.training.processes import blas, started


def test_numpy_multiplies_in_one_thread(tmp_path: Path) -> None:
    process = started(blas, tmp_path / "threads.json")
    process.join(300)
    assert process.exitcode == 0
    version, threads = json.loads((tmp_path / "threads.json").read_text("utf-8"))
    assert version
    assert set(threads) <= {1}
