"""Reading and patching .onnx files without the onnx package, checked against the onnx package."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from pleinair.engine.onnx_file import SEAL_KEY, fields, parse, rewritten, sealed
from pleinair.errors import ModelError

WEIGHT = np.arange(12, dtype=np.float32).reshape(3, 4)
HALF = np.array([1.5, -0.25, 65504.0], np.float16)
WHOLE = np.array([3, -7, 2**40], np.int64)


def model(
    constants: list[onnx.TensorProto], opset: int = 17, metadata: dict[str, str] | None = None
) -> onnx.ModelProto:
    """y = x + weight, with further constants that nothing uses."""
    node = helper.make_node("Add", ["x", "weight"], ["y"])
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [3, 4]) for name in "xy")
    graph = helper.make_graph([node], "sum", [x], [y], constants)
    opsets = [helper.make_opsetid("com.example", 3), helper.make_opsetid("", opset)]
    made = helper.make_model(graph, opset_imports=opsets, producer_name="a test")
    helper.set_model_props(made, {"author": "nobody", "naïve": "ü 画"} if metadata is None else metadata)
    return made


def constants() -> list[onnx.TensorProto]:
    named: dict[str, npt.NDArray[Any]] = {
        "weight": WEIGHT,
        "half": HALF,
        "whole": WHOLE,
        "one": np.array(2.5, np.float32),
    }
    return [numpy_helper.from_array(array, name) for name, array in named.items()]


DATA = bytes(model(constants()).SerializeToString())


def typed(name: str, kind: int, dims: list[int], values: list[Any]) -> onnx.TensorProto:
    """A tensor in the field of its type instead of raw bytes."""
    return helper.make_tensor(name, kind, dims, values)


class TestParse:
    def test_metadata_opset_and_names(self) -> None:
        file = parse(DATA)
        assert file.metadata == {"author": "nobody", "naïve": "ü 画"}
        assert file.opset == 17  # not that of the other domain
        assert list(file.initializers) == ["weight", "half", "whole", "one"]

    @pytest.mark.parametrize("domain", ["", "ai.onnx"])
    def test_both_names_of_the_own_domain_count(self, domain: str) -> None:
        made = model(constants())
        del made.opset_import[:]
        made.opset_import.append(helper.make_opsetid(domain, 20))
        assert parse(made.SerializeToString()).opset == 20

    @pytest.mark.parametrize(("name", "wanted"), [("weight", WEIGHT), ("half", HALF), ("whole", WHOLE)])
    def test_raw_numbers(self, name: str, wanted: npt.NDArray[Any]) -> None:
        initializer = parse(DATA).initializers[name]
        assert initializer.dims == wanted.shape
        found = initializer.array()
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)

    def test_a_single_number_has_no_dimensions(self) -> None:
        one = parse(DATA).initializers["one"].array()
        assert one.shape == ()
        assert one == 2.5

    def test_numbers_in_the_field_of_their_type(self) -> None:
        tensors = [
            typed("weight", TensorProto.FLOAT, [3, 4], WEIGHT.ravel().tolist()),
            typed("half", TensorProto.FLOAT16, [3], HALF.tolist()),
            typed("whole", TensorProto.INT64, [3], WHOLE.tolist()),
        ]
        file = parse(model(tensors).SerializeToString())
        for name, wanted in (("weight", WEIGHT), ("half", HALF), ("whole", WHOLE)):
            found = file.initializers[name].array()
            assert found.dtype == wanted.dtype
            np.testing.assert_array_equal(found, wanted)

    def test_an_empty_tensor(self) -> None:
        empty = numpy_helper.from_array(np.zeros((0, 3), np.float32), "empty")
        assert parse(model([*constants(), empty]).SerializeToString()).initializers["empty"].array().shape == (0, 3)

    def test_arrays_are_copies_that_may_be_changed(self) -> None:
        file = parse(DATA)
        file.initializers["weight"].array()[:] = 0
        np.testing.assert_array_equal(file.initializers["weight"].array(), WEIGHT)

    def test_no_metadata_and_no_initializers(self) -> None:
        file = parse(model([], metadata={}).SerializeToString())
        assert (file.metadata, file.initializers) == ({}, {})


class TestRewritten:
    def test_nothing_replaced_is_the_same_bytes(self) -> None:
        assert rewritten(parse(DATA), {}) == DATA

    def test_replaced_values_are_what_onnx_reads(self) -> None:
        new = {"weight": -WEIGHT, "half": HALF.astype(np.float32)}
        made = onnx.load_from_string(rewritten(parse(DATA), new))
        onnx.checker.check_model(made)
        found = {tensor.name: numpy_helper.to_array(tensor) for tensor in made.graph.initializer}
        np.testing.assert_array_equal(found["weight"], -WEIGHT)
        assert found["half"].dtype == np.float32
        np.testing.assert_array_equal(found["half"], HALF.astype(np.float32))

    def test_all_else_stays(self) -> None:
        made = onnx.load_from_string(rewritten(parse(DATA), {"weight": -WEIGHT}))
        old = onnx.load_from_string(DATA)
        for one, other in zip(made.graph.initializer[1:], old.graph.initializer[1:], strict=True):
            assert one == other
        assert made.graph.node == old.graph.node
        assert made.metadata_props == old.metadata_props
        assert made.producer_name == "a test"

    def test_a_new_shape_and_type(self) -> None:
        new = np.ones((2, 0, 5), np.int64)
        again = parse(rewritten(parse(DATA), {"half": new})).initializers["half"]
        assert again.array().shape == (2, 0, 5)
        assert again.array().dtype == np.int64

    def test_removed(self) -> None:
        again = parse(rewritten(parse(DATA), {}, frozenset({"half", "whole"})))
        assert list(again.initializers) == ["weight", "one"]
        np.testing.assert_array_equal(again.initializers["weight"].array(), WEIGHT)

    def test_a_view_that_is_not_contiguous(self) -> None:
        again = parse(rewritten(parse(DATA), {"weight": WEIGHT.T}))
        np.testing.assert_array_equal(again.initializers["weight"].array(), WEIGHT.T)

    @pytest.mark.parametrize("names", [({"other": WEIGHT}, frozenset[str]()), ({}, frozenset({"other"}))])
    def test_a_name_that_is_not_there(self, names: tuple[dict[str, npt.NDArray[Any]], frozenset[str]]) -> None:
        with pytest.raises(KeyError, match="other"):
            rewritten(parse(DATA), *names)

    @given(
        values=st.lists(st.floats(width=32), max_size=300),
        name=st.text(st.characters(codec="utf-8"), max_size=200),
    )
    def test_whatever_is_written_is_read(self, values: list[float], name: str) -> None:
        array = np.array(values, np.float32)
        tensor = numpy_helper.from_array(np.zeros(1, np.float32), name)
        file = parse(model([tensor]).SerializeToString())
        np.testing.assert_array_equal(parse(rewritten(file, {name: array})).initializers[name].array(), array)


class TestSeal:
    def test_a_sealed_file_is_read_as_before(self) -> None:
        file = parse(sealed(DATA))
        assert file.initializers.keys() == parse(DATA).initializers.keys()
        assert len(file.metadata.pop(SEAL_KEY)) == 64
        assert file.metadata == parse(DATA).metadata
        onnx.checker.check_model(onnx.load_from_string(sealed(DATA)))

    def test_another_number_breaks_it(self) -> None:
        whole = sealed(DATA)
        place = whole.index(WEIGHT.tobytes()) + 5
        with pytest.raises(ModelError, match="damaged or was changed"):
            parse(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

    def test_another_seal_breaks_it(self) -> None:
        whole = sealed(DATA)
        with pytest.raises(ModelError, match="damaged or was changed"):
            parse(whole[:-1] + (b"0" if whole[-1:] != b"0" else b"1"))

    def test_rewriting_leaves_it_out(self) -> None:
        again = parse(rewritten(parse(sealed(DATA)), {"weight": -WEIGHT}))
        assert SEAL_KEY not in again.metadata
        assert again.metadata == parse(DATA).metadata

    @settings(max_examples=300)
    @given(place=st.integers(0, len(sealed(DATA)) - 1), bit=st.integers(0, 7))
    def test_no_single_damage_goes_unnoticed(self, place: int, bit: int) -> None:
        whole = bytearray(sealed(DATA))
        whole[place] ^= 1 << bit
        try:
            file = parse(bytes(whole))
        except ModelError:
            return
        # Only damage to the seal's own name can pass: the file is then as good as one never sealed.
        assert SEAL_KEY not in file.metadata
        assert rewritten(file, {}).startswith(DATA)


class TestForeign:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x00",
            b"hello, this is no model\n",
            b"\xff\xd8\xff\xe0" + bytes(64),
            b"\x89PNG\r\n\x1a\n" + bytes(64),
            b"PK\x03\x04" + bytes(100),
            b'{"styles": []}',
            b"\x80" * 1_000_000,
            bytes(100_000),
            b"\x3b" * 1000,  # groups
            b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # a graph longer than any file
        ],
    )
    def test_what_is_no_onnx_file(self, content: bytes) -> None:
        with pytest.raises(ModelError) as caught:
            parse(content)
        assert "\n" not in str(caught.value)

    def test_a_model_without_a_graph(self) -> None:
        with pytest.raises(ModelError, match=r"no \.onnx file"):
            parse(b"\x08\x09")

    def test_two_graphs(self) -> None:
        with pytest.raises(ModelError, match="more than one graph"):
            parse(DATA + DATA)

    def test_two_initializers_of_one_name(self) -> None:
        with pytest.raises(ModelError, match="two initializers 'half'"):
            parse(model([*constants(), numpy_helper.from_array(HALF, "half")]).SerializeToString())

    def test_weights_in_another_file(self) -> None:
        tensor = onnx.TensorProto(name="weight", dims=[3, 4], data_type=TensorProto.FLOAT)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="/etc/passwd")
        with pytest.raises(ModelError, match="in another file"):
            parse(model([tensor]).SerializeToString())

    def test_numbers_of_a_type_that_painters_do_not_use(self) -> None:
        tensor = numpy_helper.from_array(np.zeros(3, np.float64), "double")
        with pytest.raises(ModelError, match="'double' has numbers of type 11"):
            parse(model([tensor]).SerializeToString()).initializers["double"].array()

    @pytest.mark.parametrize("dims", [[3], [4, 4], [2**40, 2**40], []])
    def test_a_shape_that_the_numbers_do_not_fill(self, dims: list[int]) -> None:
        tensor = onnx.TensorProto(name="weight", dims=dims, data_type=TensorProto.FLOAT, raw_data=bytes(48))
        with pytest.raises(ModelError, match="12 numbers where its shape"):
            parse(model([tensor]).SerializeToString()).initializers["weight"].array()

    def test_half_a_number(self) -> None:
        tensor = onnx.TensorProto(name="weight", dims=[1], data_type=TensorProto.FLOAT, raw_data=bytes(3))
        with pytest.raises(ModelError, match="cut short"):
            parse(model([tensor]).SerializeToString()).initializers["weight"].array()

    def test_a_negative_size(self) -> None:
        tensor = onnx.TensorProto(name="weight", dims=[-1], data_type=TensorProto.FLOAT)
        with pytest.raises(ModelError, match="negative"):
            parse(model([tensor]).SerializeToString())


def refuses(content: bytes) -> bool:
    """Whether a file is refused, in one line, when all that it has is looked at; it may raise nothing else."""
    try:
        file = parse(content)
        for initializer in file.initializers.values():
            initializer.array()
        rewritten(file, dict.fromkeys(file.initializers, WEIGHT))
    except ModelError as error:
        return "\n" not in str(error) or pytest.fail(f"more than one line: {error}")
    return False


class TestDamage:
    @settings(max_examples=150, deadline=None)
    @given(length=st.integers(0, len(DATA) - 1))
    def test_cut_short(self, length: int) -> None:
        # Cut between two fields, a message is whole again: only what stands after the graph can be missing unnoticed.
        assert refuses(DATA[:length]) or length > DATA.index(WEIGHT.tobytes())

    @settings(max_examples=250, deadline=None)
    @given(changes=st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), min_size=1, max_size=8))
    def test_changed_bytes_are_read_or_refused(self, changes: list[tuple[int, int]]) -> None:
        damaged = bytearray(DATA)
        for place, value in changes:
            damaged[place] = value
        refuses(bytes(damaged))

    @given(st.binary(max_size=400))
    def test_any_bytes(self, content: bytes) -> None:
        refuses(content)

    @given(st.binary(max_size=400))
    def test_fields_cover_every_byte_once(self, content: bytes) -> None:
        place = 0
        try:
            for item in fields(memoryview(content)):
                assert item.start == place
                place = item.end
        except ModelError:
            return
        assert place == len(content)
