"""Small pictures, and an extractor so simple that its features can be had by hand. A module for tests to import from.

The extractor averages each channel over the four quarters of the square: (n, 3, 224, 224) → (n, 12).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pleinair.metrics.squares import Array, Pixels
from pleinair.spec import ModelSpec

FEATURES = 12


def quarters(pictures: Array) -> Array:
    """What the extractor file computes, in numpy."""
    halves = pictures.reshape(len(pictures), 3, 2, 112, 2, 112).mean(axis=(3, 5))
    return np.asarray(halves.reshape(len(pictures), FEATURES), np.float32)


def write_extractor(path: Path, size: int = 224, flat: bool = True) -> Path:
    """The extractor as an `.onnx`; with another size or without the flattening it is one to be refused."""
    from onnx import TensorProto, helper

    nodes = [helper.make_node("AveragePool", ["pictures"], ["pooled"], kernel_shape=[112, 112], strides=[112, 112])]
    if flat:
        nodes.append(helper.make_node("Flatten", ["pooled"], ["features"], axis=1))
    leave: tuple[str, list[str | int]] = ("features", ["n", FEATURES]) if flat else ("pooled", ["n", 3, 2, 2])
    graph = helper.make_graph(
        nodes,
        "quarters",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, size, size])],
        [helper.make_tensor_value_info(leave[0], TensorProto.FLOAT, [*leave[1]])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def pictures(count: int, seed: int, tint: tuple[int, int, int] = (128, 128, 128), size: int = 48) -> list[Pixels]:
    """Soft blocks around a tint: the look of a set is its tint, the scene of a picture is its blocks."""
    draw = np.random.default_rng(seed)
    blocks = draw.integers(-60, 61, (count, 6, 6, 1)) + draw.integers(-8, 9, (count, 6, 6, 3))
    whole = np.kron(blocks, np.ones((1, size // 6, size // 6, 1))) + np.asarray(tint)
    return list(whole.clip(0, 255).astype(np.uint8))


def save(folder: Path, these: Sequence[Pixels], stem: str = "scene", suffix: str = ".png") -> Path:
    """Save the pictures as stem00.png, stem01.png … in a folder, made if need be."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for index, picture in enumerate(these):
        Image.fromarray(picture).save(folder / f"{stem}{index:02}{suffix}")
    return folder


def tinted(picture: Pixels, tint: Sequence[float], share: float) -> Pixels:
    """A share of the way from the picture's mean color to the tint; the blocks stay."""
    shift = share * (np.asarray(tint, np.float64) - picture.mean(axis=(0, 1)))
    return np.asarray((picture + shift).round().clip(0, 255), np.uint8)


class FakePainter:
    """Paints each style by moving the colors toward its tint."""

    def __init__(self, tints: dict[str, tuple[int, int, int]], share: float = 0.9) -> None:
        self.spec = ModelSpec(name="fake", styles=tuple(tints), stride=4, halo=8)
        self.tints, self.share = tints, share
        self.asked: list[str] = []

    def stylize(self, picture: Pixels, *, style: str) -> Pixels:
        self.asked.append(style)
        return tinted(picture, self.tints[style], self.share)


def normal(count: int, width: int, seed: int, mean: float = 0.0, scale: float = 1.0) -> npt.NDArray[np.float64]:
    """Features (count, width) drawn from a normal distribution."""
    return np.random.default_rng(seed).normal(mean, scale, (count, width))
