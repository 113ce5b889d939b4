"""The benchmark of scenes measures what it says."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks import generate_speed as benchmark
from pleinair.engine.scene import load


def test_what_is_made_up_has_the_shape_that_is_trained(tmp_path: Path) -> None:
    engine = load(benchmark.made_up(tmp_path / "m.onnx", side=16, width=2, domains=3))
    assert (engine.spec.side, engine.spec.width, len(engine.spec.styles)) == (16, 2, 3)
    assert (benchmark.SIDE, benchmark.WIDTH, benchmark.DOMAINS) == (256, 24, 7)


def test_it_runs_and_ends_with_a_line_of_json(
    scene: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["generate_speed.py", "--model", str(scene), "--threads", "1", "--rounds", "2", "--size", "32"]
    monkeypatch.setattr(sys, "argv", words)
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    result = json.loads(lines[-1])
    assert "16 scenes of 32×32 in " in lines[-2]
    assert lines[-2].endswith(": met")
    assert (result["model"], result["pictures"], result["threads"]) == ("scene", 16, 1)
    assert result["seconds_median"] > 0
    assert result["peak_mib"] is None or 20 < result["peak_mib"] < 600


def test_what_is_drawn_is_drawn_without_pytorch(scene: Path) -> None:
    figures = benchmark.measured(scene, 1, 1, 32)
    assert len(figures["times"]) == 1
    assert figures["peak_mib"] is None or figures["peak_mib"] < 250


def test_a_model_that_is_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["generate_speed.py", "--model", str(tmp_path / "none.onnx")])
    with pytest.raises(SystemExit, match="there is no model file"):
        benchmark.main()
