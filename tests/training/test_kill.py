"""Kill -9 at random moments, resume each time: the final weights are those of the uninterrupted run, bit for bit.

Three kills; PLEINAIR_KILLS=10 makes it ten. benchmarks/kill_resume.py does the same through the command line.
"""

import os
import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from safetensors import SafetensorError

from pleinair.errors import RunError
from pleinair.training import checkpoint
from tests.training.processes import rehearsed, started, train
from tests.training.rehearsal import stage
from tests.training.test_launch import end_of

KILLS = int(os.environ.get("PLEINAIR_KILLS", "3"))
RUN = rehearsed(pictures=16 * KILLS)
PATIENCE = 300  # seconds that a loaded machine may take for one attempt


def saved(folder: Path) -> int:
    """Pictures seen by the last saving, -1 without one."""
    try:
        return int(checkpoint.read(folder / checkpoint.STATE)[1]["seen_pictures"])
    except (RunError, SafetensorError):
        return -1


def finished(process: BaseProcess) -> None:
    process.join(PATIENCE)
    assert process.exitcode == 0


def kill_after(process: BaseProcess, folder: Path, pictures: int, seconds: float) -> None:
    """SIGKILL, some time after a saving of so many pictures."""
    begun = time.monotonic()
    while process.is_alive() and saved(folder) < pictures:
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
    time.sleep(seconds)
    assert process.is_alive(), "it ended before it could be killed"
    process.kill()
    process.join(PATIENCE)
    assert process.exitcode


@pytest.mark.skipif(os.name == "nt", reason="without forkserver every attempt imports PyTorch anew; see the benchmark")
def test_killed_at_random_moments_it_ends_as_the_uninterrupted_run(tmp_path: Path) -> None:
    packs = stage(tmp_path / "stage")
    uninterrupted = started(train, tmp_path / "whole", packs, RUN)

    chance = random.Random(2)
    moments = sorted(chance.randrange(0, RUN.pictures - 8, RUN.batch) for _ in range(KILLS))
    resumed_at = []
    for moment in moments:
        process = started(train, tmp_path / "killed", packs, RUN)
        kill_after(process, tmp_path / "killed", moment, chance.uniform(0, 0.05))
        resumed_at.append(saved(tmp_path / "killed"))
    finished(started(train, tmp_path / "killed", packs, RUN))
    finished(uninterrupted)

    assert max(resumed_at) > 0  # not all from the beginning
    assert end_of(tmp_path / "killed") == end_of(tmp_path / "whole")
    previews = [sorted(path.name for path in (tmp_path / name / "previews").iterdir()) for name in ("killed", "whole")]
    assert previews[0] == previews[1]
