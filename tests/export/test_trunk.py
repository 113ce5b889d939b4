"""A translator → a file, with all its styles or one."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine import ort
from pleinair.engine.onnx_file import SEAL_KEY, parse
from pleinair.engine.protocol import Array
from pleinair.errors import OutputError, SettingError, UnknownStyleError
from pleinair.export.trunk import described, export_single, export_trunk, plain_weights
from pleinair.networks.translator import Translator
from pleinair.recipes.translate import RANK
from pleinair.spec import ModelSpec, Score
from pleinair.version import __version__
from tests.export.painters import STYLES, noise, painted, small_spec, small_translator

CLOSE = 2e-5
MEBIBYTE = 2**20


def raw(path: Path, pictures: Array) -> Array:
    """What any tool makes of the file as it is."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # it warns that the style tables are of no use to the graph
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    result: Array = session.run(None, {"pictures": pictures})[0]
    return result


class TestTrunk:
    @pytest.mark.parametrize("rank", [0, 3])
    @pytest.mark.parametrize(("half", "close"), [(False, CLOSE), (True, 0.02)])
    def test_opened_as_it_is_it_paints_the_first_style(
        self, tmp_path: Path, half: bool, close: float, rank: int
    ) -> None:
        net = small_translator(rank=rank)
        export_trunk(net, small_spec(net), tmp_path / "t.onnx", half)
        pictures = noise(net, 12, 8)
        np.testing.assert_allclose(
            raw(tmp_path / "t.onnx", pictures), painted(net, pictures, {"photo": 1.0}), atol=close
        )

    @settings(max_examples=10, deadline=None)
    @given(
        width=st.sampled_from([1, 3, 8, 16]),
        dilations=st.lists(st.integers(1, 3), max_size=3),
        styles=st.integers(1, 4),
        seed=st.integers(0, 9),
        broad=st.booleans(),
        rank=st.sampled_from([0, 1, 5]),
        statistics=st.booleans(),
    )
    def test_any_translator(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        width: int,
        dilations: list[int],
        styles: int,
        seed: int,
        broad: bool,
        rank: int,
        statistics: bool,
    ) -> None:
        net = small_translator(styles, width, tuple(dilations), seed, broad, rank, statistics)
        names = tuple("abcd"[:styles])
        path = tmp_path_factory.mktemp("any") / "t.onnx"
        export_trunk(net, small_spec(net, names), path, half=False)
        pictures = noise(net, 2 * net.stride, net.stride, seed=seed)
        last = {names[-1]: 1.0}
        found, wanted = ort.load(path, last).paint(pictures), painted(net, pictures, last, names)
        np.testing.assert_allclose(found, wanted, atol=1e-4 * max(1, np.abs(wanted).max()))

    def test_the_networks_own_statistics_stay_with_it(self, tmp_path: Path) -> None:
        net = small_translator(rank=2, statistics=True)
        before = {name: value.clone() for name, value in net.state_dict().items()}
        export_trunk(net, small_spec(net), tmp_path / "t.onnx")
        assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
        names = parse((tmp_path / "t.onnx").read_bytes()).initializers
        assert not [name for name in names if name.endswith(("mean", "variance", "observed"))]

    def test_the_layout(self, tmp_path: Path) -> None:
        net = small_translator()
        export_trunk(net, small_spec(net), tmp_path / "t.onnx", half=False)
        found = {
            name: constant.array() for name, constant in parse((tmp_path / "t.onnx").read_bytes()).initializers.items()
        }
        for layer, conv in net.layers():
            outputs, inputs = conv.weight.shape[:2]
            assert found[f"{layer}.weight"].shape == conv.weight.shape
            assert found[f"{layer}.bias"].shape == (outputs,)
            assert found[f"{layer}.styles.scale"].shape == (3, inputs)
            assert not found[f"{layer}.styles.scale"][0].any()  # relative to the first style
            assert found[f"{layer}.styles.gain"].shape == found[f"{layer}.styles.bias"].shape == (3, outputs)

    def test_it_is_sealed_and_described(self, tmp_path: Path) -> None:
        net = small_translator()
        written = export_trunk(net, small_spec(net), tmp_path / "t.onnx")
        assert SEAL_KEY in parse((tmp_path / "t.onnx").read_bytes()).metadata
        assert ort.read_spec(tmp_path / "t.onnx") == written
        onnx.checker.check_model(tmp_path / "t.onnx", full_check=True)

    def test_the_default_translator_with_seven_styles_is_small(self, tmp_path: Path) -> None:
        net = Translator(7, broad=True, rank=RANK)
        export_trunk(net, small_spec(net, tuple("abcdefg")), tmp_path / "t.onnx")
        assert (tmp_path / "t.onnx").stat().st_size < 1.9 * MEBIBYTE

    def test_weights_of_their_own_in_eighths_cost_little_of_file_and_painting(self, tmp_path: Path) -> None:
        net = small_translator(width=16, rank=8)
        pictures = noise(net, 16, 16)
        for half in (False, True):
            export_trunk(net, small_spec(net), tmp_path / f"{half}.onnx", half)
        for mix in ({"monet": 1.0}, {"photo": 0.3, "monet": 0.3, "shanshui": 0.4}):
            found = ort.load(tmp_path / "True.onnx", mix).paint(pictures)
            wanted = painted(net, pictures, mix)
            assert 0 < np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()
        sizes = [(tmp_path / f"{half}.onnx").stat().st_size for half in (True, False)]
        assert sizes[0] < 0.5 * sizes[1]  # four rows of eight are held twice

    def test_rows_that_nearly_cancel_are_stored_by_what_is_left_of_them(self, tmp_path: Path) -> None:
        net = small_translator(width=8, rank=8)
        with torch.no_grad():
            for _, conv in net.layers():
                large = 30 * torch.randn_like(conv.own_in[:, :1])
                conv.own_in[:, :1] += large
                conv.own_in[:, 1:2] = large - conv.own_in[:, 1:2]
                conv.own_out[:, :, 1] = -conv.own_out[:, :, 0]
        pictures = noise(net, 16, 16)
        export_trunk(net, small_spec(net), tmp_path / "t.onnx")
        found, wanted = (
            ort.load(tmp_path / "t.onnx", {"monet": 1.0}).paint(pictures),
            painted(net, pictures, {"monet": 1.0}),
        )
        assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()

    def test_the_runtime_never_leaves_its_blocked_layout_for_long(self, tmp_path: Path) -> None:
        net = Translator(2)
        export_trunk(net, small_spec(net, ("a", "b")), tmp_path / "t.onnx")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # it warns that the optimized file is for this machine alone
        options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
        onnxruntime.InferenceSession(tmp_path / "t.onnx", options, providers=["CPUExecutionProvider"])
        nodes = onnx.load(tmp_path / "optimized.onnx").graph.node
        if not any("nchwc" in node.domain for node in nodes):
            pytest.skip("the runtime has no blocked layout on this machine")
        kinds = [node.op_type for node in nodes]
        assert "Resize" not in kinds  # only its blocked form, Upsample
        assert "LeakyRelu" not in kinds  # all are part of a convolution
        assert (
            kinds.count("ReorderOutput") <= 5
        )  # two cuts in the blocks, both terms of the half-size skip, the painting

    def test_halves_make_half_the_file(self, tmp_path: Path) -> None:
        net = small_translator(width=8)
        for name, half in (("half", True), ("full", False)):
            export_trunk(net, small_spec(net), tmp_path / name, half)
        sizes = [(tmp_path / name).stat().st_size for name in ("half", "full")]
        assert sizes[0] < 0.65 * sizes[1]

    def test_the_same_network_gives_the_same_bytes(self, tmp_path: Path) -> None:
        for name in "ab":
            net = small_translator()
            export_trunk(net, small_spec(net), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    def test_the_network_is_left_as_it_was(self, tmp_path: Path) -> None:
        net = small_translator().train()
        before = {name: value.clone() for name, value in net.state_dict().items()}
        export_trunk(net, small_spec(net), tmp_path / "t.onnx")
        assert net.training
        assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


class TestSingle:
    @pytest.mark.parametrize("style", STYLES)
    def test_it_paints_its_style_in_any_tool(self, tmp_path: Path, style: str) -> None:
        net = small_translator()
        export_single(net, small_spec(net), style, tmp_path / "s.onnx")
        pictures = noise(net, 8, 8)
        np.testing.assert_allclose(raw(tmp_path / "s.onnx", pictures), painted(net, pictures, {style: 1.0}), atol=CLOSE)

    def test_it_has_no_tables_and_warns_nobody(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        net = small_translator()
        export_single(net, small_spec(net), "monet", tmp_path / "s.onnx")
        assert not [name for name in parse((tmp_path / "s.onnx").read_bytes()).initializers if ort.TABLE_MARK in name]
        onnxruntime.InferenceSession(tmp_path / "s.onnx", providers=["CPUExecutionProvider"])
        assert capfd.readouterr() == ("", "")

    def test_our_engine_paints_it_too(self, tmp_path: Path) -> None:
        net = small_translator()
        export_single(net, small_spec(net), "monet", tmp_path / "s.onnx")
        pictures = noise(net, 8, 8)
        found = ort.load(tmp_path / "s.onnx", {"monet": 1.0}).paint(pictures)
        np.testing.assert_allclose(found, painted(net, pictures, {"monet": 1.0}), atol=CLOSE)
        with pytest.raises(UnknownStyleError, match="it has monet"):
            ort.load(tmp_path / "s.onnx", {"photo": 1.0})

    def test_its_description_is_of_its_style_alone(self, tmp_path: Path) -> None:
        net = small_translator()
        spec = ModelSpec(
            "small",
            STYLES,
            net.stride,
            net.halo,
            scores=(Score("kd_ratio", "monet", 0.2), Score("kd_ratio", "photo", 0.4)),
            titles={"monet": "Claude Monet", "photo": "Photographs"},
        )
        written = export_single(net, spec, "monet", tmp_path / "s.onnx")
        assert written == ort.read_spec(tmp_path / "s.onnx")
        assert written.styles == ("monet",)
        assert [score.style for score in written.scores] == ["monet"]
        assert written.titles == {"monet": "Claude Monet"}

    def test_an_unknown_style(self, tmp_path: Path) -> None:
        net = small_translator()
        with pytest.raises(UnknownStyleError, match="'turner'; it has photo, monet, shanshui"):
            export_single(net, small_spec(net), "turner", tmp_path / "s.onnx")
        assert not list(tmp_path.iterdir())


class TestDescribed:
    def test_the_network_knows_its_sizes(self) -> None:
        net = small_translator()
        spec = described(ModelSpec("x", STYLES, 1, 0, license="MIT"), net)
        assert (spec.stride, spec.halo, spec.width, spec.version) == (4, net.halo, 4, __version__)
        assert (spec.name, spec.license) == ("x", "MIT")

    def test_styles_must_be_the_networks(self) -> None:
        with pytest.raises(SettingError, match="2 styles, the network has 3"):
            described(ModelSpec("x", ("a", "b"), 4, 4), small_translator())


def test_plain_weights_are_those_of_the_network() -> None:
    net = small_translator()
    weights = plain_weights(net, 1)
    assert weights.keys() == dict(net.layers()).keys()
    for layer, conv in net.layers():
        weight, bias = conv.baked(torch.tensor([0.0, 1.0, 0.0]))
        np.testing.assert_array_equal(weights[layer][0], weight.detach().numpy())
        np.testing.assert_array_equal(weights[layer][1], bias.detach().numpy())


class TestSaving:
    def test_folders_are_made(self, tmp_path: Path) -> None:
        net = small_translator()
        export_trunk(net, small_spec(net), tmp_path / "deep" / "er" / "t.onnx")
        assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["t.onnx"]

    def test_a_file_in_the_way_of_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        net = small_translator()
        with pytest.raises(OutputError, match="cannot be written"):
            export_trunk(net, small_spec(net), tmp_path / "file" / "t.onnx")

    def test_a_full_disk_leaves_nothing_and_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "t.onnx").write_text("old")

        def full(path: Path, _data: bytes) -> int:
            path.touch()
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        net = small_translator()
        with pytest.raises(OutputError, match="No space left on device"):
            export_trunk(net, small_spec(net), tmp_path / "t.onnx")
        assert [path.name for path in tmp_path.iterdir()] == ["t.onnx"]
        assert (tmp_path / "t.onnx").read_text() == "old"
