"""Building graphs: every operation against torch, and the bookkeeping of where planes lie."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from pleinair.engine.protocol import Array
from pleinair.export.graph import OPSET, Graph, Kernel, Plane
from pleinair.networks.layers import doubled, halved

PICTURES = Plane("in", channels=3)


def kernels(outputs: int = 3, inputs: int = 3, size: int = 3) -> dict[str, tuple[Kernel, Kernel]]:
    rng = np.random.default_rng(0)
    weight = rng.normal(0, 0.3, (outputs, inputs, size, size)).astype(np.float32)
    return {"layer": (weight, rng.normal(0, 1, outputs).astype(np.float32))}


def graph(half: bool = False) -> Graph:
    return Graph(kernels(), half=half)


def picture(height: int = 12, width: int = 16) -> Array:
    return np.random.default_rng(1).normal(0, 1, (1, 3, height, width)).astype(np.float32)


def run(made: Graph, pictures: Array) -> Array:
    """What a graph's last node gives."""
    model = made.model("in", "out", {})
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    result: Array = session.run(None, {"in": pictures})[0]
    return result


def convolved(pictures: Array, dilation: int = 1, padding: int = 0) -> Array:
    weight, bias = (torch.from_numpy(array) for array in kernels()["layer"])
    result: Array = F.conv2d(torch.from_numpy(pictures), weight, bias, dilation=dilation, padding=padding).numpy()
    return result


class TestOperations:
    @pytest.mark.parametrize("dilation", [1, 2, 4])
    def test_valid_convolution(self, dilation: int) -> None:
        made = graph()
        plane = made.conv(PICTURES, "layer", dilation=dilation)
        assert (plane.origin, plane.spoiled, plane.channels) == (dilation, 0, 3)
        np.testing.assert_allclose(run(made, picture()), convolved(picture(), dilation), atol=1e-5)

    @pytest.mark.parametrize("dilation", [1, 2])
    def test_convolution_that_keeps_its_size(self, dilation: int) -> None:
        made = graph()
        plane = made.conv(PICTURES, "layer", dilation=dilation, keep_size=True)
        assert (plane.origin, plane.spoiled) == (0, dilation)
        np.testing.assert_allclose(run(made, picture()), convolved(picture(), dilation, dilation), atol=1e-5)

    def test_what_is_trimmed_leaves_the_valid_part(self) -> None:
        made = graph()
        plane = made.trimmed(made.conv(PICTURES, "layer", keep_size=True))
        assert (plane.origin, plane.spoiled) == (1, 0)
        np.testing.assert_allclose(run(made, picture()), convolved(picture()), atol=1e-5)

    def test_halving(self) -> None:
        made = graph()
        plane = made.halved(PICTURES)
        assert (plane.scale, plane.origin) == (2, 1)
        np.testing.assert_allclose(run(made, picture()), halved(torch.from_numpy(picture()), False).numpy(), atol=1e-6)

    def test_doubling(self) -> None:
        made = graph()
        plane = made.doubled(made.halved(PICTURES))
        assert (plane.scale, plane.origin, plane.spoiled) == (1, 1, 1)
        wanted = doubled(halved(torch.from_numpy(picture()), False), True).numpy()
        np.testing.assert_allclose(run(made, picture()), wanted, atol=1e-6)

    def test_doubling_what_is_spoiled_spoils_twice_as_much_and_the_rim(self) -> None:
        made = graph()
        assert made.doubled(Plane("in", 3, scale=4, spoiled=2)).spoiled == 5

    def test_the_rectifier(self) -> None:
        made = graph()
        made.active(PICTURES)
        np.testing.assert_allclose(run(made, picture()), np.where(picture() < 0, 0.2 * picture(), picture()), rtol=1e-6)

    def test_settling_changes_nothing(self) -> None:
        made = graph()
        assert made.settled(PICTURES).channels == 3
        np.testing.assert_array_equal(run(made, picture()), picture())

    def test_adding(self) -> None:
        made = graph()
        made.added(PICTURES, made.active(PICTURES))
        np.testing.assert_allclose(
            run(made, picture()), picture() + np.where(picture() < 0, 0.2, 1) * picture(), rtol=1e-5
        )

    def test_taking_away(self) -> None:
        made = graph()
        made.minus(PICTURES, made.active(PICTURES))
        np.testing.assert_allclose(run(made, picture()), np.where(picture() < 0, 0.8 * picture(), 0), atol=1e-6)

    def test_one_channel_multiplies_all(self) -> None:
        made = graph()
        share = made.channel(PICTURES, 1)
        assert share.channels == 1
        assert made.times(PICTURES, share).channels == 3
        np.testing.assert_allclose(run(made, picture()), picture() * picture()[:, 1:2], rtol=1e-5)
        with pytest.raises(AssertionError):
            made.times(PICTURES, PICTURES)

    @pytest.mark.parametrize("index", [0, 2])
    def test_a_channel(self, index: int) -> None:
        made = graph()
        made.added(made.channel(PICTURES, index), made.channel(PICTURES, index))
        made.times(PICTURES, Plane(made.nodes[-1].output[0], 1))  # a model gives three channels
        np.testing.assert_allclose(run(made, picture()), 2 * picture() * picture()[:, index : index + 1], rtol=1e-5)

    @settings(max_examples=20, deadline=None)
    @given(cells=st.integers(1, 5), height=st.integers(11, 20), width=st.integers(11, 20))
    def test_cropping(self, cells: int, height: int, width: int) -> None:
        made = graph()
        assert made.cropped(Plane("in", 3, spoiled=2), cells).spoiled == max(0, 2 - cells)
        found = run(made, picture(height, width))
        np.testing.assert_array_equal(found, picture(height, width)[:, :, cells:-cells, cells:-cells])

    def test_cropping_nothing_adds_no_node(self) -> None:
        made = graph()
        assert made.cropped(PICTURES, 0) is PICTURES
        assert not made.nodes


class TestBookkeeping:
    def test_planes_that_lie_elsewhere_are_not_added(self) -> None:
        made = graph()
        with pytest.raises(AssertionError):
            made.added(PICTURES, Plane("in", 3, origin=1))
        with pytest.raises(AssertionError):
            made.added(PICTURES, Plane("in", 3, scale=2))
        with pytest.raises(AssertionError):
            made.added(PICTURES, Plane("in", 4))

    def test_nothing_is_cropped_between_cells_or_outwards(self) -> None:
        made = graph()
        with pytest.raises(AssertionError):
            made.cropped(Plane("in", 3, scale=2, origin=1), 2)
        with pytest.raises(AssertionError):
            made.cropped(Plane("in", 3, origin=4), 2)

    def test_what_is_spoiled_is_not_halved(self) -> None:
        with pytest.raises(AssertionError):
            graph().halved(Plane("in", 3, spoiled=1))

    def test_a_sum_is_spoiled_where_either_is(self) -> None:
        assert graph().added(Plane("in", 3, spoiled=1), Plane("in", 3, spoiled=4)).spoiled == 4

    def test_constants_are_kept_once(self) -> None:
        made = graph()
        made.conv(made.conv(PICTURES, "layer"), "layer")
        assert sorted(made.constants) == ["layer.bias", "layer.weight"]


class TestModel:
    def test_any_number_height_and_width(self) -> None:
        made = graph()
        made.conv(PICTURES, "layer")
        model = made.model("in", "out", {"key": "value"})
        assert [d.dim_param or d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim] == [
            "n",
            3,
            "h",
            "w",
        ]
        assert [value.name for value in model.graph.output] == ["out"]
        assert {entry.key: entry.value for entry in model.metadata_props} == {"key": "value"}

    def test_the_opset(self) -> None:
        made = graph()
        made.conv(PICTURES, "layer")
        assert made.model("in", "out", {}).opset_import[0].version == OPSET

    def test_halves_are_stored_as_such_and_cast(self) -> None:
        made = graph(half=True)
        made.conv(PICTURES, "layer")
        model = made.model("in", "out", {})
        types = {constant.name: constant.data_type for constant in model.graph.initializer}
        assert types == {"layer.weight": onnx.TensorProto.FLOAT16, "layer.bias": onnx.TensorProto.FLOAT}
        assert [node.op_type for node in model.graph.node] == ["Cast", "Conv"]
        again = graph(half=True)
        again.conv(PICTURES, "layer")
        np.testing.assert_allclose(run(again, picture()), convolved(picture()), atol=1e-2)

    def test_a_graph_that_makes_no_sense_is_not_handed_over(self) -> None:
        made = graph()
        made.node("Conv", ["in", "nowhere"])
        with pytest.raises(onnx.checker.ValidationError):
            made.model("in", "out", {})
