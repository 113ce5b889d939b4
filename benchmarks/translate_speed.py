#!/usr/bin/env python3
"""How much faster a 1024×1024 picture is painted than by CycleGAN's generator: same runtime, same threads, same run.

    python benchmarks/translate_speed.py [--model FILE] [--threads N] [--rounds N]

The two run in turn, so that whatever else the machine does falls on both; medians are compared. Last line: the result
as JSON. Bars: at least 12 times faster; at most 45 thousand multiply-adds per pixel. Weights do not matter to speed:
without a model a translator is made up. Needs the extra [train], to export what is compared.
"""

import argparse
import json
import logging
import os
import platform
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from pleinair.engine.ort import INPUT, load, read_spec
from pleinair.errors import PleinairError
from pleinair.export.trunk import export_trunk
from pleinair.networks.translator import Translator
from pleinair.spec import ModelSpec

SIZE = 1024
WINDOWS = (256, 512, 768)
FASTER_BAR, KMAC_BAR = 12.0, 45.0
FAR = 2**20  # pixels on a side of a picture so large that its halo counts for nothing; only its shapes are looked at
STYLES = ("one", "two")
Array = npt.NDArray[np.float32]


class Residual(nn.Module):
    """R256 of the paper: two convolutions with reflection padding and instance norm, the input added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for last in (False, True):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels)]
            layers += [] if last else [nn.ReLU()]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.layers(x)
        return out


def cyclegan(width: int = 64, blocks: int = 9) -> nn.Sequential:
    """c7s1-64, d128, d256, 9×R256, u128, u64, c7s1-3: the generator of Zhu et al. 2017 (appendix 7.2), untrained."""
    layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU()]
    for channels in (2 * width, 4 * width):
        layers += [nn.Conv2d(channels // 2, channels, 3, 2, 1), nn.InstanceNorm2d(channels), nn.ReLU()]
    layers += [Residual(4 * width) for _ in range(blocks)]
    for channels in (2 * width, width):
        up = nn.ConvTranspose2d(2 * channels, channels, 3, 2, 1, output_padding=1)
        layers += [up, nn.InstanceNorm2d(channels), nn.ReLU()]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())


def exported(network: nn.Module, path: Path) -> Path:
    """Any network (n, 3, h, w) → `.onnx`, by torch's own exporter, for any height and width."""
    anything = torch.export.Dim.DYNAMIC
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it warns of packages that are not needed here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network.eval(),
            (torch.zeros(1, 3, 256, 256),),
            dynamo=True,
            verbose=False,
            input_names=[INPUT],
            dynamic_shapes=({0: anything, 2: anything, 3: anything},),
        )
    assert program is not None
    program.save(path, external_data=False)
    return path


def made_up(path: Path) -> Path:
    """A default translator with random weights, as a trunk of two styles."""
    torch.manual_seed(0)
    translator = Translator(len(STYLES))
    spec = ModelSpec("made-up", STYLES, translator.stride, translator.halo)
    export_trunk(translator, spec, path)
    return path


def shipped() -> Path | None:
    """The first shipped model."""
    return next(iter(sorted((Path(__file__).parents[1] / "src/pleinair/shipped").glob("*.onnx"))), None)


def kmac_per_pixel(path: Path) -> float:
    """Thousands of multiply-adds per pixel painted, of all convolutions of the graph, counted from their shapes."""
    model = onnx.load(path)
    for dimension, size in zip(model.graph.input[0].type.tensor_type.shape.dim, (1, 3, FAR, FAR), strict=True):
        dimension.dim_value = size
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    shapes = {
        value.name: [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        for value in (*inferred.value_info, *inferred.output)
    }
    kernels = {constant.name: list(constant.dims) for constant in inferred.initializer}
    total = 0
    for node in inferred.node:
        if node.op_type == "Conv":
            kernel = kernels.get(node.input[1]) or shapes[node.input[1]]
            total += int(np.prod(shapes[node.output[0]])) * int(np.prod(kernel[1:]))
    return total / FAR**2 / 1000


def seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor time of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def measured(model: Path, threads: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Run both in turn and compare."""
    engine = load(model, {read_spec(model).styles[0]: 1.0}, threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 4
    theirs = onnxruntime.InferenceSession(
        exported(cyclegan(), folder / "cyclegan.onnx"), options, providers=["CPUExecutionProvider"]
    )

    def picture(size: int) -> Array:
        return np.random.default_rng(0).uniform(-1, 1, (1, 3, size, size)).astype(np.float32)

    halo = engine.spec.halo
    padded = {size: picture(size + 2 * halo) for size in (*WINDOWS, SIZE)}
    plain = picture(SIZE)
    for size in padded:
        engine.paint(padded[size])  # the first of each size also finds its memory
    ours: dict[int, list[tuple[float, float]]] = {size: [] for size in padded}
    other: list[tuple[float, float]] = []
    for number in range(rounds):
        for size in (*WINDOWS, SIZE, SIZE, SIZE):
            ours[size].append(seconds(lambda size=size: engine.paint(padded[size])))  # type: ignore[misc]
        other.append(seconds(lambda: theirs.run(None, {INPUT: plain})))
        print(f"round {number + 1}: {ours[SIZE][-1][0]:.2f} s, CycleGAN {other[-1][0]:.1f} s", flush=True)
    wall = {size: float(np.median([times[0] for times in runs])) for size, runs in ours.items()}
    processor = float(np.median([times[1] for times in ours[SIZE]]))
    cyclegan_wall, cyclegan_processor = (float(value) for value in np.median(other, axis=0))
    return {
        "seconds": round(wall[SIZE], 3),
        "cyclegan_seconds": round(cyclegan_wall, 2),
        "faster": round(cyclegan_wall / wall[SIZE], 1),
        "faster_by_processor_time": round(cyclegan_processor / processor, 1),
        "times_the_cost_per_pixel_in_windows_of": {
            str(size): round(wall[size] / size**2 / (wall[SIZE] / SIZE**2), 2) for size in WINDOWS
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="an .onnx of ours; by default the first shipped, else a made-up one")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        model = given.model or shipped() or made_up(Path(name) / "made-up.onnx")
        try:
            figures = measured(model, given.threads, given.rounds, Path(name))
        except PleinairError as error:
            parser.exit(1, f"{error}\n")
        result = {
            "benchmark": "translate_speed",
            "model": model.stem,
            "size": SIZE,
            "threads": given.threads,
            "rounds": given.rounds,
            **figures,
            "kmac_per_pixel": round(kmac_per_pixel(model), 1),
            "onnxruntime": onnxruntime.__version__,
            "machine": f"{platform.system()} {platform.machine()}",
            "date": date.today().isoformat(),
        }
    met = result["faster"] >= FASTER_BAR and result["kmac_per_pixel"] <= KMAC_BAR
    print(f"{result['faster']} times faster than CycleGAN at {SIZE}×{SIZE} (bar {FASTER_BAR:g}), ", end="")
    print(f"{result['kmac_per_pixel']} kMAC per pixel (bar {KMAC_BAR:g}): {'met' if met else 'MISSED'}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
