"""What every generator that draws from noise is put together from, as nodes of an ONNX graph.

What depends on no input is computed here: weights of the dense layers scaled, energies of the filters summed, the gain
of the rectifier put into the demodulation. Parity with the network is checked at every export.
Shapes: n pictures, i inputs, o outputs, w width of the mapped latent, h×w cells.
"""

import math

import numpy as np
from torch import Tensor, nn

from pleinair.export.graph import Graph, Kernel
from pleinair.networks.scene import DEMODULATION_EPS, GAIN, SLOPE, Dense, SceneConv, again
from pleinair.seeds import CELL, DOUBLINGS, HALO

# Columns that a generator trims at each side: of a picture that was doubled, and of the last one. A plane of c columns
# loses two by each convolution and by doubling: at every size 4 are left too many at each side.
BESIDE, TRIM = 3, 4
LATENTS, GRAINS = "latents", "noise"  # inputs


class NoiseGraph:
    """A graph under construction, layer by layer; `mapped` (n, w) modulates the convolutions. A second generator goes
    on in the first one's graph, its layers by a prefix of their own, from `noise` of its own."""

    def __init__(self, half: bool, graph: Graph | None = None, prefix: str = "", noise: str = GRAINS) -> None:
        self.graph = graph or Graph({}, half=half)
        self.prefix, self.noise = prefix, noise
        self.mapped = ""

    def map(self, x: str, layers: tuple[Dense, Dense]) -> None:
        """Map what is drawn and told for a whole picture (n, l)."""
        gain = self.graph.constant("gain", np.array(GAIN, np.float32))
        for number, dense in enumerate(layers):
            x = self.graph.node("LeakyRelu", [self.dense(x, f"map{number}", dense)], alpha=SLOPE)
            x = self.graph.node("Mul", [x, gain])
        self.mapped = x

    def entered(self, enter: Tensor) -> str:
        """The noise of cells as a plane (n, o, r, c)."""
        # A convolution of one cell, so that noise comes in through no other door than planes do.
        weight = self.graph.weight(f"{self.prefix}enter", numbers(enter) / math.sqrt(CELL))
        return self.graph.node("Conv", [self.channels(0, CELL), weight], kernel_shape=[1, 1])

    def left(self, x: str, pictures: str, level: int, leave: nn.Module) -> str:
        """The pictures so far, doubled, and what a plane adds to them."""
        assert isinstance(leave, nn.Conv2d)
        assert leave.bias is not None
        name = f"{self.prefix}leave.{level}"
        names = [
            self.graph.weight(name, numbers(leave.weight)),
            self.graph.constant(f"{name}.bias", numbers(leave.bias)),
        ]
        change = self.graph.node("Conv", [x, *names], kernel_shape=[1, 1])
        if not pictures:
            return change
        return self.graph.node("Add", [self.trimmed(self.doubled(pictures), BESIDE), change])

    def dense(self, x: str, name: str, dense: Dense) -> str:
        # Weights are stored as they were learned and scaled as they are used: halves of what is half already are exact.
        weight, name = numbers(dense.weight).T, f"{self.prefix}{name}"
        names = [self.graph.weight(f"{name}.weight", weight), self.graph.constant(f"{name}.bias", numbers(dense.bias))]
        return self.graph.node("Gemm", [x, *names], alpha=1 / math.sqrt(dense.weight.shape[1]))

    def conv(self, x: str, name: str, conv: SceneConv) -> str:
        """A modulated, demodulated, rectified convolution of a plane (n, i, h, w) → (n, o, h, w - 2)."""
        graph, weight = self.graph, numbers(conv.weight)
        scale = self.dense(self.mapped, f"{name}.style", conv.style)  # (n, i)
        name = f"{self.prefix}{name}"
        energy = graph.weight(f"{name}.energy", np.square(weight).sum((2, 3)).T / GAIN**2)  # (i, o)
        # rsqrt(scale² · energy + ε) · gain, with the gain under the root
        eps = graph.constant("eps", np.array(DEMODULATION_EPS / GAIN**2, np.float32))
        total = graph.node("Add", [graph.node("MatMul", [graph.node("Mul", [scale, scale]), energy]), eps])
        norm = graph.node("Reciprocal", [graph.node("Sqrt", [total])])  # (n, o)
        x = graph.node("Mul", [x, self.over_cells(scale)])
        spans = {"kernel_shape": [3, 3], "pads": [1, 0, 1, 0]}  # zeros above and below, nothing beside
        x = graph.node("Conv", [x, graph.weight(f"{name}.weight", weight)], **spans)
        bias = graph.constant(f"{name}.bias", numbers(conv.bias)[None, :, None, None])
        x = graph.node("Add", [graph.node("Mul", [x, self.over_cells(norm)]), bias])
        return graph.node("LeakyRelu", [x], alpha=SLOPE)

    def grained(self, x: str, level: int, strength: Tensor) -> str:
        """A plane and the noise of its own size, as `grains` lays it out and `forward` trims it."""
        side = 2 << level
        if level < DOUBLINGS:
            first = CELL + sum(4**before for before in range(1, level + 1))
            noise = self.channels(first, first + side * side)
        else:
            places = self.graph.constant(f"again.{level}", np.array(again(level + 1), np.int64))
            noise = self.graph.node("Gather", [self.noise, places], axis=1)
        noise = self.graph.node("DepthToSpace", [noise], blocksize=side, mode="CRD")
        weight = self.graph.constant(f"{self.prefix}grain.{level}", numbers(strength)[None, :, None, None])
        return self.graph.node("Add", [x, self.graph.node("Mul", [self.trimmed(noise, HALO * (side - 1)), weight])])

    def channels(self, first: int, end: int) -> str:
        """Some of the numbers of every cell of noise."""
        ends = [self.graph.constant(f"number{each}", np.array([each], np.int64)) for each in (first, end)]
        return self.graph.node("Slice", [self.noise, *ends, self.graph.constant("numbers", np.array([1], np.int64))])

    def over_cells(self, values: str) -> str:
        """(n, c) → (n, c, 1, 1)."""
        return self.graph.node("Unsqueeze", [values, self.graph.constant("cells", np.array([2, 3], np.int64))])

    def doubled(self, x: str) -> str:
        """Twice the size, bilinear, without the outermost columns."""
        scales = self.graph.constant("scales", np.array([1, 1, 2, 2], np.float32))
        modes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self.trimmed(self.graph.node("Resize", [x, "", scales], **modes), 1)

    def trimmed(self, x: str, cut: int) -> str:
        """Without so many columns at each side."""
        ends = [self.graph.constant(f"cut{end}", np.array([end], np.int64)) for end in (cut, -cut)]
        return self.graph.node("Slice", [x, *ends, self.graph.constant("across", np.array([3], np.int64))])


def numbers(tensor: Tensor) -> Kernel:
    """A parameter's numbers, float32."""
    found: Kernel = tensor.detach().cpu().float().numpy()
    return found
