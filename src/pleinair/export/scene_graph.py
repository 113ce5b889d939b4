"""The scene generator as an ONNX graph: the same function as `SceneGenerator.forward`.

What depends on no input is computed here: weights of the dense layers scaled, energies of the filters summed, the gain
of the rectifier put into the demodulation. Parity with the network is checked at every export (`export/scenes.py`).
Shapes: n pictures, i inputs, o outputs, w width of the mapped latent, h×w cells.
"""

import math

import numpy as np
from torch import Tensor

from pleinair.engine.scene import INPUTS
from pleinair.export.graph import Graph, Kernel, Shape
from pleinair.networks.scene import DEMODULATION_EPS, GAIN, SLOPE, Dense, SceneConv, SceneGenerator, again
from pleinair.seeds import CELL, DOUBLINGS, HALO, LATENT, NOISE, ROWS

# Columns that `SceneGenerator.forward` trims at each side: of a picture that was doubled, and of the last one. A plane
# of c columns loses two by each convolution and by doubling: at every size 4 are left too many at each side.
BESIDE, TRIM = 3, 4


def scene_graph(generator: SceneGenerator, *, half: bool) -> Graph:
    """The graph; its last node makes the pictures. half: weights are stored in fp16, and computed with in fp32."""
    return _Drawing(generator, half).graph


def inputs(generator: SceneGenerator) -> dict[str, Shape]:
    """Names and shapes of what the graph eats."""
    shapes: tuple[Shape, ...] = (("n", LATENT), ("n", NOISE, ROWS, "columns_seen"), ("n", generator.marks))
    return dict(zip(INPUTS, shapes, strict=True))


class _Drawing:
    """The graph under construction, layer by layer."""

    def __init__(self, generator: SceneGenerator, half: bool) -> None:
        self.graph = Graph({}, half=half)
        self._mapped = self._map(generator)
        # A convolution of one cell, so that noise comes in through no other door than planes do.
        enter = numbers(generator.enter) / math.sqrt(CELL)
        ground = self.graph.constant("ground", numbers(generator.ground))
        cells = self._channels(0, CELL)
        noise = self.graph.node("Conv", [cells, self.graph.weight("enter", enter)], kernel_shape=[1, 1])
        x = self._conv(self.graph.node("Add", [noise, ground]), "first", generator.first)
        pictures = ""
        for level, (conv0, conv1, leave) in enumerate(
            zip(generator.conv0, generator.conv1, generator.leave, strict=True)
        ):
            assert isinstance(conv0, SceneConv)
            assert isinstance(conv1, SceneConv)
            x = self._doubled(self._conv(x, f"conv0.{level}", conv0))
            x = self._grained(x, level, generator.grain[level])
            x = self._conv(x, f"conv1.{level}", conv1)
            names = [self.graph.weight(f"leave.{level}", numbers(leave.weight))]  # type: ignore[arg-type]
            names += [self.graph.constant(f"leave.{level}.bias", numbers(leave.bias))]  # type: ignore[arg-type]
            change = self.graph.node("Conv", [x, *names], kernel_shape=[1, 1])
            before = self._trimmed(self._doubled(pictures), BESIDE) if pictures else ""
            pictures = self.graph.node("Add", [before, change]) if before else change
        self._trimmed(pictures, TRIM)

    def _map(self, generator: SceneGenerator) -> str:
        """What modulates the layers (n, w)."""
        told = self.graph.node("MatMul", [INPUTS[2], self.graph.constant("told", numbers(generator.told))])
        x = self.graph.node("Add", [INPUTS[0], told])
        gain = self.graph.constant("gain", np.array(GAIN, np.float32))
        for name, dense in (("map0", generator.map0), ("map1", generator.map1)):
            x = self.graph.node("LeakyRelu", [self._dense(x, name, dense)], alpha=SLOPE)
            x = self.graph.node("Mul", [x, gain])
        return x

    def _dense(self, x: str, name: str, dense: Dense) -> str:
        weight = numbers(dense.weight).T / math.sqrt(dense.weight.shape[1])
        names = [self.graph.weight(f"{name}.weight", weight), self.graph.constant(f"{name}.bias", numbers(dense.bias))]
        return self.graph.node("Gemm", [x, *names])

    def _conv(self, x: str, name: str, conv: SceneConv) -> str:
        """A modulated, demodulated, rectified convolution of a plane (n, i, h, w) → (n, o, h, w - 2)."""
        graph, weight = self.graph, numbers(conv.weight)
        scale = self._dense(self._mapped, f"{name}.style", conv.style)  # (n, i)
        energy = graph.weight(f"{name}.energy", np.square(weight).sum((2, 3)).T / GAIN**2)  # (i, o)
        # rsqrt(scale² · energy + ε) · gain, with the gain under the root
        eps = graph.constant("eps", np.array(DEMODULATION_EPS / GAIN**2, np.float32))
        total = graph.node("Add", [graph.node("MatMul", [graph.node("Mul", [scale, scale]), energy]), eps])
        norm = graph.node("Reciprocal", [graph.node("Sqrt", [total])])  # (n, o)
        x = graph.node("Mul", [x, self._over_cells(scale)])
        spans = {"kernel_shape": [3, 3], "pads": [1, 0, 1, 0]}  # zeros above and below, nothing beside
        x = graph.node("Conv", [x, graph.weight(f"{name}.weight", weight)], **spans)
        bias = graph.constant(f"{name}.bias", numbers(conv.bias)[None, :, None, None])
        x = graph.node("Add", [graph.node("Mul", [x, self._over_cells(norm)]), bias])
        return graph.node("LeakyRelu", [x], alpha=SLOPE)

    def _grained(self, x: str, level: int, strength: Tensor) -> str:
        """A plane and the noise of its own size, as `grains` lays it out and `forward` trims it."""
        side = 2 << level
        if level < DOUBLINGS:
            first = CELL + sum(4**before for before in range(1, level + 1))
            noise = self._channels(first, first + side * side)
        else:
            places = self.graph.constant(f"again.{level}", np.array(again(level + 1), np.int64))
            noise = self.graph.node("Gather", [INPUTS[1], places], axis=1)
        noise = self.graph.node("DepthToSpace", [noise], blocksize=side, mode="CRD")
        weight = self.graph.constant(f"grain.{level}", numbers(strength)[None, :, None, None])
        return self.graph.node("Add", [x, self.graph.node("Mul", [self._trimmed(noise, HALO * (side - 1)), weight])])

    def _channels(self, first: int, end: int) -> str:
        """Some of the numbers of every cell of noise."""
        ends = [self.graph.constant(f"number{each}", np.array([each], np.int64)) for each in (first, end)]
        return self.graph.node("Slice", [INPUTS[1], *ends, self.graph.constant("numbers", np.array([1], np.int64))])

    def _over_cells(self, values: str) -> str:
        """(n, c) → (n, c, 1, 1)."""
        return self.graph.node("Unsqueeze", [values, self.graph.constant("cells", np.array([2, 3], np.int64))])

    def _doubled(self, x: str) -> str:
        """Twice the size, bilinear, without the outermost columns."""
        scales = self.graph.constant("scales", np.array([1, 1, 2, 2], np.float32))
        modes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self._trimmed(self.graph.node("Resize", [x, "", scales], **modes), 1)

    def _trimmed(self, x: str, cut: int) -> str:
        """Without so many columns at each side."""
        ends = [self.graph.constant(f"cut{end}", np.array([end], np.int64)) for end in (cut, -cut)]
        return self.graph.node("Slice", [x, *ends, self.graph.constant("across", np.array([3], np.int64))])


def numbers(tensor: Tensor) -> Kernel:
    """A parameter's numbers, float32."""
    found: Kernel = tensor.detach().cpu().float().numpy()
    return found
