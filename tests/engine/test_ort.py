"""The engine on ONNX Runtime: what it paints, and what it makes of files that are no models."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from pleinair.engine import opening, ort
from pleinair.engine.onnx_file import parse, rewritten
from pleinair.engine.protocol import Engine
from pleinair.errors import ModelError, SettingError, UnknownStyleError
from pleinair.export.trunk import export_trunk
from pleinair.networks.translator import Translator
from pleinair.spec import METADATA_KEY, ModelSpec
from tests.export.painters import STYLES, noise, painted, small_spec, small_translator

CLOSE = 2e-5  # of values in about [-1, 1]: rounding in fp32


@pytest.fixture(scope="module")
def translator() -> Translator:
    return small_translator()


@pytest.fixture(scope="module")
def trunk(translator: Translator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trunk") / "small.onnx"
    export_trunk(translator, small_spec(translator), path, half=False)
    return path


@pytest.fixture
def changed(trunk: Path, tmp_path: Path) -> Callable[[dict[str, npt.NDArray[np.generic]], frozenset[str]], Path]:
    """The trunk with some initializers replaced or removed."""

    def change(replaced: dict[str, npt.NDArray[np.generic]], removed: frozenset[str] = frozenset()) -> Path:
        path = tmp_path / "changed.onnx"
        path.write_bytes(rewritten(parse(trunk.read_bytes()), replaced, removed))
        return path

    return change


class TestPainting:
    @pytest.mark.parametrize("style", STYLES)
    def test_each_style_is_what_the_network_paints(self, trunk: Path, translator: Translator, style: str) -> None:
        pictures = noise(translator, 16, 12)
        found = ort.load(trunk, {style: 1.0}).paint(pictures)
        np.testing.assert_allclose(found, painted(translator, pictures, {style: 1.0}), atol=CLOSE)

    def test_styles_differ(self, trunk: Path, translator: Translator) -> None:
        pictures = noise(translator, 8, 8)
        one, other = (ort.load(trunk, {style: 1.0}).paint(pictures) for style in STYLES[:2])
        assert np.abs(one - other).mean() > 0.01

    @pytest.mark.parametrize("mix", [{"photo": 0.4, "monet": 0.6}, {"monet": 0.2, "shanshui": 0.5, "photo": 0.3}])
    def test_mixes(self, trunk: Path, translator: Translator, mix: dict[str, float]) -> None:
        pictures = noise(translator, 12, 20)
        found = ort.load(trunk, {style: 7 * weight for style, weight in mix.items()}).paint(pictures)
        np.testing.assert_allclose(found, painted(translator, pictures, mix), atol=CLOSE)

    def test_many_pictures_are_painted_as_one_by_one(self, trunk: Path, translator: Translator) -> None:
        engine = ort.load(trunk, {"monet": 1.0})
        pictures = noise(translator, 8, 12, count=3)
        together = engine.paint(pictures)
        alone = np.concatenate([engine.paint(picture[None]) for picture in pictures])
        np.testing.assert_allclose(together, alone, atol=CLOSE)

    @settings(max_examples=8, deadline=None)
    @given(height=st.integers(1, 9), width=st.integers(1, 9))
    def test_any_size_that_is_a_multiple_of_the_stride(
        self, trunk: Path, translator: Translator, height: int, width: int
    ) -> None:
        engine = ort.load(trunk, {"photo": 1.0})
        pictures = noise(translator, 4 * height, 4 * width)
        found = engine.paint(pictures)
        assert found.shape == (1, 3, 4 * height, 4 * width)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, painted(translator, pictures, {"photo": 1.0}), atol=CLOSE)

    def test_values_are_not_clipped(self, trunk: Path, translator: Translator) -> None:
        assert np.abs(ort.load(trunk, {"photo": 1.0}).paint(noise(translator, 32, 32))).max() > 1

    def test_views_and_other_floats_are_taken(self, trunk: Path, translator: Translator) -> None:
        engine = ort.load(trunk, {"photo": 1.0})
        pictures = noise(translator, 8, 8)
        wanted = engine.paint(pictures)
        np.testing.assert_array_equal(engine.paint(np.asfortranarray(pictures)), wanted)
        np.testing.assert_array_equal(engine.paint(pictures.astype(np.float64)), wanted)

    def test_threads_share_an_engine(self, trunk: Path, translator: Translator) -> None:
        engine = ort.load(trunk, {"monet": 1.0}, threads=1)
        pictures = [noise(translator, 8 + 4 * n, 8, seed=n) for n in range(8)]
        wanted = [engine.paint(picture) for picture in pictures]
        with ThreadPoolExecutor(4) as pool:
            for one, other in zip(pool.map(engine.paint, pictures), wanted, strict=True):
                np.testing.assert_array_equal(one, other)

    def test_the_number_of_threads_changes_nothing(self, trunk: Path, translator: Translator) -> None:
        pictures = noise(translator, 24, 24)
        one, two = (ort.load(trunk, {"monet": 1.0}, threads=threads).paint(pictures) for threads in (1, 2))
        np.testing.assert_allclose(one, two, atol=CLOSE)

    def test_it_is_an_engine(self, trunk: Path, translator: Translator) -> None:
        engine: Engine = ort.load(trunk, {"monet": 1.0})
        assert engine.spec.styles == STYLES
        assert engine.spec.halo == translator.halo

    @pytest.mark.parametrize(
        "shape", [(3, 96, 96), (1, 4, 96, 96), (1, 3, 97, 96), (1, 3, 96, 2), (1, 3, 0, 0), (1, 3, 96), (1, 1, 1, 1)]
    )
    def test_pictures_of_other_shapes(self, trunk: Path, shape: tuple[int, ...]) -> None:
        with pytest.raises(SettingError, match="multiple of 4"):
            ort.load(trunk, {"monet": 1.0}).paint(np.zeros(shape, np.float32))

    def test_a_picture_of_nothing_but_halo(self, trunk: Path, translator: Translator) -> None:
        side = 2 * translator.halo
        with pytest.raises(SettingError, match="not \\(1, 3"):
            ort.load(trunk, {"monet": 1.0}).paint(np.zeros((1, 3, side, side), np.float32))


class TestLoading:
    def test_the_spec(self, trunk: Path) -> None:
        spec = ort.read_spec(trunk)
        assert (spec.name, spec.styles, spec.stride, spec.license) == ("small", STYLES, 4, "CC0-1.0")
        assert ort.read_spec(str(trunk)) == spec

    def test_reading_a_spec_does_not_start_the_runtime(self, trunk: Path) -> None:
        code = (
            "import sys; from pleinair.engine.ort import read_spec; "
            "print(read_spec(sys.argv[1]).name, 'onnxruntime' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code, str(trunk)], capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["small", "False"]

    def test_the_runtime_gets_plain_constants_and_no_tables(self, trunk: Path) -> None:
        file = parse(ort.bake_file(parse(trunk.read_bytes()), np.array([0.0, 1.0, 0.0])))
        assert not [name for name in file.initializers if ort.TABLE_MARK in name]
        assert file.initializers["enter.weight"].array().dtype == np.float32

    def test_halves_are_baked_in_full(self, translator: Translator, tmp_path: Path) -> None:
        path = tmp_path / "half.onnx"
        export_trunk(translator, small_spec(translator), path, half=True)
        stored = parse(path.read_bytes())
        given = parse(ort.bake_file(stored, np.array([1.0, 0.0, 0.0])))
        assert stored.initializers["mend.weight"].array().dtype == np.float16
        assert given.initializers["mend.weight"].array().dtype == np.float32

    def test_nothing_is_printed(self, trunk: Path, capfd: pytest.CaptureFixture[str]) -> None:
        ort.load(trunk, {"monet": 1.0})
        assert capfd.readouterr() == ("", "")

    def test_an_unknown_style_names_the_known(self, trunk: Path) -> None:
        with pytest.raises(UnknownStyleError, match="'munet'; it has photo, monet, shanshui"):
            ort.load(trunk, {"munet": 1.0})

    @pytest.mark.parametrize("mix", [{}, {"monet": -1.0}, {"monet": 0.0}, {"monet": float("nan")}])
    def test_a_mix_that_cannot_be(self, trunk: Path, mix: dict[str, float]) -> None:
        with pytest.raises(SettingError):
            ort.load(trunk, mix)

    @pytest.mark.parametrize("threads", [0, -1])
    def test_threads_that_cannot_be(self, trunk: Path, threads: int) -> None:
        with pytest.raises(SettingError, match="threads"):
            ort.load(trunk, {"monet": 1.0}, threads=threads)

    def test_a_runtime_that_is_not_there(self, trunk: Path) -> None:
        with pytest.raises(ModelError, match="runtime refuses"):
            ort.load(trunk, {"monet": 1.0}, providers=["NoSuchProvider"])

    @pytest.mark.parametrize(("cores", "allowed", "wanted"), [(8, 8, 0), (8, 3, 3), (1, 1, 0)])
    def test_threads_by_default(self, monkeypatch: pytest.MonkeyPatch, cores: int, allowed: int, wanted: int) -> None:
        monkeypatch.setattr(os, "cpu_count", lambda: cores)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(allowed)), raising=False)
        assert opening.usual_threads() == wanted

    def test_threads_by_default_where_processes_are_not_confined(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
        assert opening.usual_threads() == 0


def refused(path: Path, match: str, *, painting: bool = True) -> None:
    """Loading, and unless the description itself is good reading, raises one line that names the file."""
    with pytest.raises(ModelError, match=match) as caught:
        ort.load(path, {"monet": 1.0})
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    if not painting:
        with pytest.raises(ModelError, match=match):
            ort.read_spec(path)


class TestBadFiles:
    @pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"\xff\xd8\xff\xe0", b"not a model", b"<html></html>"])
    def test_no_models(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "bad.onnx"
        path.write_bytes(content)
        refused(path, "cannot be used as a model: .*; fetch or export it again", painting=False)

    def test_nothing_there(self, tmp_path: Path) -> None:
        refused(tmp_path / "none.onnx", "there is no model file", painting=False)

    def test_a_folder(self, tmp_path: Path) -> None:
        refused(tmp_path, "there is no model file", painting=False)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.onnx")
        refused(tmp_path / "pipe.onnx", "there is no model file", painting=False)

    def test_a_file_too_large_to_be_a_painter_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "large.onnx"
        with path.open("wb") as file:
            file.truncate(opening.LARGEST_FILE + 1)  # sparse
        refused(path, "larger than 512 MiB", painting=False)

    def test_a_file_that_cannot_be_read(self, trunk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def unreadable(path: Path) -> bytes:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "read_bytes", unreadable)
        refused(trunk, "Permission denied", painting=False)

    def test_a_foreign_onnx_file(self, tmp_path: Path) -> None:
        path = tmp_path / "foreign.onnx"
        onnx.save(other_model(), path)
        refused(path, "not one that pleinair wrote", painting=False)

    def test_a_newer_format(self, trunk: Path, tmp_path: Path) -> None:
        refused(described(trunk, tmp_path, {"format": 99}), "pip install --upgrade", painting=False)

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"styles": 3}', '{"name": "x"}', "[" * 100_000])
    def test_a_description_that_is_none(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "model.onnx"
        model = other_model()
        helper.set_model_props(model, {METADATA_KEY: text})
        onnx.save(model, path)
        refused(path, "cannot be used as a model", painting=False)

    def test_more_styles_than_tables(self, trunk: Path, tmp_path: Path) -> None:
        refused(described(trunk, tmp_path, {"styles": [*STYLES, "more"]}), "do not fit")

    def test_a_table_is_missing(self, changed: Callable[..., Path]) -> None:
        refused(changed({}, frozenset({"mend.styles.gain"})), "style table of layer 'mend' is missing")

    @pytest.mark.parametrize(
        ("name", "shape", "said"),
        [
            ("own_step", (), "style table of layer 'mend' is missing"),
            ("own_step", (3, 1), "own weights of layer 'mend' do not fit"),
            ("own_scale", (5,), "own weights of layer 'mend' do not fit"),
            ("own_in", (3, 2), "own weights of layer 'mend' do not fit"),
            ("own_out", (3, 4, 1), "do not fit a weight"),
        ],
    )
    def test_own_weights_that_do_not_fit(self, tmp_path: Path, name: str, shape: tuple[int, ...], said: str) -> None:
        net, path = small_translator(rank=2), tmp_path / "own.onnx"
        export_trunk(net, small_spec(net), path)
        key = f"mend.styles.{name}"
        odd = {key: np.ones(shape, np.float32)} if shape else {}
        path.write_bytes(rewritten(parse(path.read_bytes()), odd, frozenset() if shape else frozenset({key})))
        refused(path, said)

    def test_a_layer_is_missing(self, changed: Callable[..., Path]) -> None:
        refused(changed({}, frozenset({"mend.weight"})), "'mend' that it does not have")

    def test_a_weight_is_no_number(self, changed: Callable[..., Path]) -> None:
        refused(changed({"mend.weight": np.full((4, 4, 3, 3), np.nan, np.float32)}), "not all finite")

    def test_a_graph_that_the_runtime_refuses(self, changed: Callable[..., Path]) -> None:
        refused(changed({}, frozenset({"scales"})), "the runtime refuses it")

    def test_styles_without_tables(self, tmp_path: Path) -> None:
        path = tmp_path / "model.onnx"
        model = other_model()
        helper.set_model_props(model, {METADATA_KEY: ModelSpec("other", ("photo", "monet"), 4, 4).to_json()})
        onnx.save(model, path)
        refused(path, "names 2 styles but has no tables")

    def test_a_graph_with_other_ends(self, tmp_path: Path) -> None:
        path = tmp_path / "model.onnx"
        model = other_model("x", "y")
        helper.set_model_props(model, {METADATA_KEY: ModelSpec("other", ("monet",), 4, 4).to_json()})
        onnx.save(model, path)
        refused(path, "should turn 'pictures' into 'painted', but has \\['x'\\]")

    def test_a_graph_that_cannot_paint(self, tmp_path: Path) -> None:
        path = tmp_path / "model.onnx"
        model = other_model()  # adds 5×5 numbers, whatever the picture
        helper.set_model_props(model, {METADATA_KEY: ModelSpec("other", ("monet",), 4, 4).to_json()})
        onnx.save(model, path)
        engine = ort.load(path, {"monet": 1.0})
        with pytest.raises(ModelError, match="'other' cannot paint") as caught:
            engine.paint(np.zeros((1, 3, 16, 16), np.float32))
        assert "\n" not in str(caught.value)

    @settings(max_examples=40, deadline=None)
    @given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    def test_damage_anywhere_is_noticed_before_the_runtime_sees_it(
        self, trunk: Path, tmp_path_factory: pytest.TempPathFactory, share: float, bit: int
    ) -> None:
        whole = bytearray(trunk.read_bytes())
        place = int(share * (len(whole) - 200))  # the last bytes are the seal
        whole[place] ^= 1 << bit
        path = tmp_path_factory.mktemp("damaged") / "damaged.onnx"
        path.write_bytes(whole)
        refused(path, "cannot be used as a model", painting=False)

    @settings(max_examples=20, deadline=None)
    @given(share=st.floats(0, 1, exclude_max=True))
    def test_a_download_that_broke_off(
        self, trunk: Path, tmp_path_factory: pytest.TempPathFactory, share: float
    ) -> None:
        whole = trunk.read_bytes()
        path = tmp_path_factory.mktemp("short") / "short.onnx"
        path.write_bytes(whole[: int(share * (len(whole) - 200))])
        refused(path, "cannot be used as a model", painting=False)


def other_model(source: str = ort.INPUT, result: str = ort.OUTPUT) -> onnx.ModelProto:
    """A valid .onnx file of somebody else's."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 3, "h", "w"]) for name in (source, result)]
    five = numpy_helper.from_array(np.ones((5, 5), np.float32), "five")
    graph = helper.make_graph([helper.make_node("Add", [source, "five"], [result])], "g", ends[:1], ends[1:], [five])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def described(trunk: Path, folder: Path, fields: dict[str, object]) -> Path:
    """The trunk with other fields in its description."""
    model = onnx.load_from_string(rewritten(parse(trunk.read_bytes()), {}))
    for entry in model.metadata_props:
        if entry.key == METADATA_KEY:
            entry.value = json.dumps({**json.loads(entry.value), **fields})
    onnx.save(model, folder / "described.onnx")
    return folder / "described.onnx"
