"""Building an `.onnx` graph node by node, with the place of every plane in the picture kept in mind.

A traced network would come out as a chain of shape arithmetic and of slices after each valid convolution, and ONNX
Runtime leaves its blocked NCHWc layout at every slice. Here convolutions may keep their size instead, by zeros around
the plane: the cells that this spoils lie at the rim, are counted, and are cut off where it costs least.
Shapes: n pictures, c channels, h×w pixels; a cell is what one number of a plane stands for, `scale` pixels wide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from pleinair.networks.translator import SLOPE

# The newest opset whose Resize ONNX Runtime 1.32 computes in its blocked NCHWc layout; from 18 on it
# reorders both ways.
OPSET = 17
IR_VERSION = 8
BINOMIAL = np.array([1, 3, 3, 1], np.float32) / 8
Kernel = npt.NDArray[np.float32]
Shape = Sequence[int | str]


@dataclass(frozen=True)
class Plane:
    """A value of the graph and where it lies in the picture: its first cell begins `origin` pixels from the picture's
    edge; `spoiled` cells at each edge are not what they should be."""

    name: str
    channels: int
    scale: int = 1
    origin: int = 0
    spoiled: int = 0


class Graph:
    """Nodes and constants under construction. `weights` are the plain convolutions by layer, weight and bias."""

    def __init__(self, weights: Mapping[str, tuple[Kernel, Kernel]], *, half: bool) -> None:
        self._weights = weights
        self._half = half
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def conv(self, plane: Plane, layer: str, *, dilation: int = 1, keep_size: bool = False) -> Plane:
        """A plain convolution with the layer's weights. If it keeps the size, its radius of cells is spoiled at each
        edge."""
        weight, bias = self._weights[layer]
        radius = dilation * (weight.shape[2] // 2)
        names = [plane.name, self.weight(f"{layer}.weight", weight), self.constant(f"{layer}.bias", bias)]
        spans = {
            "kernel_shape": weight.shape[2:],
            "dilations": [dilation] * 2,
            "pads": [radius if keep_size else 0] * 4,
        }
        out = replace(plane, name=self.node("Conv", names, **spans), channels=len(weight))
        if keep_size:
            return replace(out, spoiled=plane.spoiled + radius)
        return replace(out, origin=plane.origin + plane.scale * radius)

    def halved(self, plane: Plane) -> Plane:
        """The binomial filter at every second cell, nothing around."""
        assert not plane.spoiled
        kernel = np.broadcast_to(BINOMIAL[:, None] * BINOMIAL, (plane.channels, 1, 4, 4))
        names = [plane.name, self.constant(f"binomial.{plane.channels}", kernel)]
        name = self.node("Conv", names, kernel_shape=[4, 4], strides=[2, 2], group=plane.channels)
        return replace(plane, name=name, scale=2 * plane.scale, origin=plane.origin + plane.scale)

    def doubled(self, plane: Plane) -> Plane:
        """Bilinear; the outermost cells would need neighbors unseen and are spoiled."""
        scales = self.constant("scales", np.array([1, 1, 2, 2], np.float32))
        modes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        name = self.node("Resize", [plane.name, "", scales], **modes)
        return replace(plane, name=name, scale=plane.scale // 2, spoiled=2 * plane.spoiled + 1)

    def active(self, plane: Plane) -> Plane:
        """The translator's leaky rectifier."""
        return replace(plane, name=self.node("LeakyRelu", [plane.name], alpha=SLOPE))

    def settled(self, plane: Plane) -> Plane:
        """The same numbers, by a convolution with ones. It brings a plane back into NCHWc and takes the rectifier that
        follows into itself; a rectifier or Resize that follows anything else would run outside of it, and cost three
        times as much."""
        names = [plane.name, self.constant(f"ones.{plane.channels}", np.ones((plane.channels, 1, 1, 1), np.float32))]
        return replace(plane, name=self.node("Conv", names, kernel_shape=[1, 1], group=plane.channels))

    def added(self, one: Plane, other: Plane) -> Plane:
        """The sum of two planes that lie alike."""
        return self._paired("Add", one, other)

    def minus(self, one: Plane, other: Plane) -> Plane:
        """The difference of two planes that lie alike."""
        return self._paired("Sub", one, other)

    def times(self, one: Plane, share: Plane) -> Plane:
        """Every channel of a plane times another plane of one channel."""
        assert share.channels == 1
        return self._paired("Mul", one, replace(share, channels=one.channels))

    def channel(self, plane: Plane, index: int) -> Plane:
        """One channel of a plane."""
        span = [self.constant(f"channel{i}", np.array([i], np.int64)) for i in (index, index + 1)]
        name = self.node("Slice", [plane.name, *span, self.constant("channels", np.array([1], np.int64))])
        return replace(plane, name=name, channels=1)

    def _paired(self, kind: str, one: Plane, other: Plane) -> Plane:
        assert (one.channels, one.scale, one.origin) == (other.channels, other.scale, other.origin), (one, other)
        spoiled = max(one.spoiled, other.spoiled)
        return replace(one, name=self.node(kind, [one.name, other.name]), spoiled=spoiled)

    def cropped(self, plane: Plane, origin: int) -> Plane:
        """The plane from a later origin on, and as much less at its end."""
        cells, rest = divmod(origin - plane.origin, plane.scale)
        assert cells >= 0, (plane, origin)
        assert not rest, (plane, origin)
        if not cells:
            return plane
        begin, end = (
            self.constant(f"{sign}{cells}", np.array([int(f"{sign}{cells}")] * 2, np.int64)) for sign in ("", "-")
        )
        name = self.node("Slice", [plane.name, begin, end, self.constant("axes", np.array([2, 3], np.int64))])
        return replace(plane, name=name, origin=origin, spoiled=max(0, plane.spoiled - cells))

    def inset(self, plane: Plane, cells: int) -> Plane:
        """The plane without so many cells at each edge."""
        return self.cropped(plane, plane.origin + cells * plane.scale)

    def trimmed(self, plane: Plane) -> Plane:
        """The plane without what is spoiled."""
        return self.cropped(plane, plane.origin + plane.scale * plane.spoiled)

    def constant(self, name: str, array: npt.NDArray[np.generic]) -> str:
        """The name of a constant, made when first asked for."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Append a node and return its output's name."""
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def model(self, source: str, result: str, metadata: Mapping[str, str]) -> onnx.ModelProto:
        """The finished model of a painter: `source` (n, 3, h, w) → `result` (n, 3, h', w')."""
        return self.finished({source: ["n", 3, "h", "w"]}, {result: ["n", 3, "h_painted", "w_painted"]}, metadata)

    def finished(
        self, inputs: Mapping[str, Shape], result: Mapping[str, Shape], metadata: Mapping[str, str]
    ) -> onnx.ModelProto:
        """The finished model with inputs and the one result by name, checked by onnx. The last node makes the
        result."""
        (self.nodes[-1].output[0],) = result
        first, last = (
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in values.items()]
            for values in (inputs, result)
        )
        graph = helper.make_graph(self.nodes, "pleinair", first, last, list(self.constants.values()))
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="pleinair")
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model, full_check=True)
        return model

    def weight(self, name: str, weight: Kernel) -> str:
        """A weight's name, in fp16 if halves are wanted: stored so and cast, since x86 convolves in fp32 alone."""
        if not self._half:
            return self.constant(name, weight)
        return self.node("Cast", [self.constant(name, weight.astype(np.float16))], to=TensorProto.FLOAT)
