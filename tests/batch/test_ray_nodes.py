"""On a Ray cluster of two nodes, one of which is killed midway. Needs the extra [cluster], and minutes."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pleinair.batch.plan import plan
from pleinair.images import Picture, read, write
from tests.images.pictures import smooth

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra [cluster]"),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL, and Ray's clusters"),
]
FRAMES = 120
STORE_BYTES = 100 * 2**20
NODE = {"num_cpus": 2, "object_store_memory": STORE_BYTES, "include_dashboard": False}
# Ray leaves sockets to its own threads.
QUIET = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two nodes of two CPUs on 127.0.0.1, and nothing that listens elsewhere."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    from ray.cluster_utils import Cluster

    place = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # short, because sockets have short names
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "temp_dir": place})
    try:
        cluster.add_node(**NODE, temp_dir=place)
        yield cluster
    finally:
        cluster.shutdown()
        shutil.rmtree(place, ignore_errors=True)


@QUIET
def test_a_node_killed_midway_loses_no_frame_and_none_is_painted_twice(
    tmp_path: Path, make_trunk: Callable[..., Path], nodes: Any
) -> None:
    model, folder, out = make_trunk(tmp_path / "tiny.onnx"), tmp_path / "frames", tmp_path / "out"
    folder.mkdir()
    for number in range(FRAMES):
        write(Picture(smooth(200 + number, 240)), folder / f"{number:03}.png", {})
    words = ("stylize", folder, "--painter", model, "--style", "hokusai", "--out", out, "--cluster", nodes.address)
    process = subprocess.Popen(
        [sys.executable, "-m", "pleinair", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    seen: dict[str, tuple[int, int]] = {}
    killed = 0
    while process.poll() is None:
        for path in out.glob("*.png"):
            status = path.stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            assert seen.setdefault(path.name, stamp) == stamp, f"{path.name} was written twice"
        if not killed and len(seen) >= FRAMES // 6:
            (worker,) = nodes.worker_nodes
            raylet = worker.all_processes["raylet"][0].process
            os.kill(raylet.pid, signal.SIGKILL)
            killed = len(seen)
        time.sleep(0.05)
    said, complaints = process.communicate()
    assert process.returncode == 0, complaints
    assert said == f"{FRAMES} painted\n"
    assert complaints == ""
    assert 0 < killed < FRAMES
    assert sorted(path.name for path in out.iterdir()) == [f"{number:03}.png" for number in range(FRAMES)]
    for number in range(FRAMES):
        assert read(out / f"{number:03}.png").pixels.shape == (200 + number, 240, 3)
    print(f"{killed} of {FRAMES} were there when the node was killed")
    assert plan([folder], out).jobs == ()
