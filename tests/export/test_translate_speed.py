"""The speed benchmark measures what it says."""

import json
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from benchmarks import translate_speed as benchmark
from pleinair.export.trunk import export_trunk
from tests.export.painters import small_spec, small_translator

PARAMETERS = 11_378_179  # of the generator with 9 blocks, as its authors print it


@pytest.fixture
def small(tmp_path: Path) -> Path:
    net = small_translator()
    export_trunk(net, small_spec(net), tmp_path / "small.onnx")
    return tmp_path / "small.onnx"


def test_the_other_is_cyclegans_generator() -> None:
    generator = benchmark.cyclegan()
    assert sum(parameter.numel() for parameter in generator.parameters()) == PARAMETERS
    assert sum(isinstance(module, nn.InstanceNorm2d) for module in generator.modules()) == 23
    small_one = benchmark.cyclegan(width=2, blocks=1).eval()
    with torch.no_grad():
        painted = small_one(torch.zeros(1, 3, 64, 32))
    assert painted.shape == (1, 3, 64, 32)


def test_a_shipped_painter_costs_at_most_45_kmac_per_pixel(tmp_path: Path) -> None:
    assert benchmark.kmac_per_pixel(benchmark.made_up(tmp_path / "m.onnx")) <= benchmark.KMAC_BAR


def test_multiply_adds_are_counted_from_shapes(small: Path) -> None:
    net = small_translator()
    per_pixel = {1: ("enter", "enter", "up1", "mend", "leave"), 4: ("down0", "up0"), 16: ("down1",)}
    per_pixel[16] += tuple(f"blocks.{index}.conv{number}" for index in range(2) for number in range(2))
    sizes = {name: conv.weight.numel() for name, conv in net.layers()}
    convolutions = sum(sizes[name] / area for area, names in per_pixel.items() for name in names)
    # Beside them: two binomial filters of 16 taps; ones where planes settle, twice in the blocks, at half and full size
    rest = 16 * 4 / 4 + 16 * 8 / 16 + 2 * 16 / 16 + 8 / 4 + 4
    assert benchmark.kmac_per_pixel(small) * 1000 == pytest.approx(convolutions + rest, rel=1e-3)


def test_it_runs_and_ends_with_a_line_of_json(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    size = 128  # what stands in for the other paints without padding
    monkeypatch.setattr(benchmark, "exported", lambda *_: small)  # the exporter alone takes seconds
    monkeypatch.setattr(benchmark, "SIZE", size)
    monkeypatch.setattr(benchmark, "WINDOWS", (32,))
    monkeypatch.setattr(sys, "argv", ["translate_speed.py", "--model", str(small), "--threads", "1", "--rounds", "2"])
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    result = json.loads(lines[-1])
    assert "times faster than CycleGAN at 128×128" in lines[-2]
    assert result["model"] == "small"
    assert result["seconds"] > 0
    assert result["times_the_cost_per_pixel_in_windows_of"].keys() == {"32"}


def test_a_model_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["translate_speed.py", "--model", str(tmp_path / "none.onnx")])
    with pytest.raises(SystemExit) as ending:
        benchmark.main()
    assert ending.value.code == 1
    assert "there is no model file" in capsys.readouterr().err
