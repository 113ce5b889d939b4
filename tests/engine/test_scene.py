"""The engine that draws scenes: what it draws, what it refuses, and files that are for something else."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from pleinair.engine import ort
from pleinair.engine.fake import FakeSceneEngine
from pleinair.engine.onnx_file import SEAL_KEY
from pleinair.engine.protocol import Array
from pleinair.engine.scene import SceneEngine, load
from pleinair.errors import ModelError, SettingError
from pleinair.seeds import HALO, LATENT, NOISE, ROWS, columns, latent
from pleinair.spec import METADATA_KEY

MARKS = np.array([[1, 0, 0, 1]], np.float32)
Noise = tuple[Array, Array, Array]


def noise(count: int = 2, wide: int = 4, marks: int = 4) -> Noise:
    """Latents, noise and marks of the first seeds."""
    told = np.zeros((count, marks), np.float32)
    told[:, 0] = 1
    return np.stack([latent(seed) for seed in range(count)]), np.stack([columns(s, wide) for s in range(count)]), told


def changed(path: Path, folder: Path, **fields: object) -> Path:
    """The file with other fields in its description."""
    model = onnx.load(path)
    props = {entry.key: entry.value for entry in model.metadata_props if entry.key != SEAL_KEY}
    props[METADATA_KEY] = json.dumps({**json.loads(props[METADATA_KEY]), **fields})
    del model.metadata_props[:]
    helper.set_model_props(model, props)
    onnx.save(model, folder / "changed.onnx")
    return folder / "changed.onnx"


def refused(path: Path, match: str) -> None:
    """Loading raises one line that names the file."""
    with pytest.raises(ModelError, match=match) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(params=["file", "fake"])
def engine(request: pytest.FixtureRequest, scene: Path) -> SceneEngine:
    """What both engines must do."""
    return load(scene, threads=1) if request.param == "file" else FakeSceneEngine(32, kinds=("forest", "lake"))


class TestDrawing:
    @pytest.mark.parametrize(("count", "wide"), [(1, 1), (3, 4), (2, 9)])
    def test_sizes(self, engine: SceneEngine, count: int, wide: int) -> None:
        pictures = engine.draw(*noise(count, wide))
        assert (pictures.shape, pictures.dtype) == ((count, 3, 32, wide * 8), np.dtype(np.float32))

    def test_together_or_alone(self, engine: SceneEngine) -> None:
        given = noise(3)
        together = engine.draw(*given)
        alone = np.concatenate([engine.draw(*(value[i : i + 1] for value in given)) for i in range(3)])
        np.testing.assert_allclose(together, alone, atol=1e-5)

    def test_a_picture_is_a_window_of_a_wider_one(self, engine: SceneEngine) -> None:
        z, cells, told = noise(1, 9)
        whole = engine.draw(z, cells, told)
        part = engine.draw(z, cells[..., 2 : 2 + 3 + 2 * HALO], told)
        np.testing.assert_allclose(part, whole[..., 16:40], atol=1e-5)

    def test_latents_noise_and_marks_all_say_something(self, engine: SceneEngine) -> None:
        z, cells, told = noise(1)
        before = engine.draw(z, cells, told)
        for other in ((z + 1, cells, told), (z, cells + 1, told), (z, cells, MARKS)):
            assert np.abs(engine.draw(*other) - before).mean() > 0.01

    def test_other_layouts_and_floats_are_taken(self, engine: SceneEngine) -> None:
        given = noise(2)
        wanted = engine.draw(*given)
        np.testing.assert_array_equal(engine.draw(*map(np.asfortranarray, given)), wanted)

    @settings(max_examples=20, deadline=None)
    @given(
        z=st.tuples(st.integers(0, 3), st.sampled_from((LATENT, LATENT - 1))),
        cells=st.tuples(
            st.integers(0, 3), st.sampled_from((NOISE, 3)), st.sampled_from((ROWS, 5)), st.integers(0, 2 * HALO + 2)
        ),
        told=st.tuples(st.integers(0, 3), st.sampled_from((4, 5))),
    )
    def test_shapes_that_belong_together_or_one_line(
        self, z: tuple[int, ...], cells: tuple[int, ...], told: tuple[int, ...]
    ) -> None:
        engine = FakeSceneEngine(16, kinds=("forest", "lake"))
        given = [np.zeros(shape, np.float32) for shape in (z, cells, told)]
        count, wide = z[0], cells[3] - 2 * HALO
        fit = count and wide > 0 and (z, cells[:3], told) == ((count, LATENT), (count, NOISE, ROWS), (count, 4))
        if fit:
            assert engine.draw(*given).shape == (count, 3, 16, 4 * wide)
        else:
            with pytest.raises(SettingError, match="latents, noise and marks must be"):
                engine.draw(*given)

    @pytest.mark.parametrize("threads", [0, -2])
    def test_threads_that_cannot_be(self, scene: Path, threads: int) -> None:
        with pytest.raises(SettingError, match="threads must be 1 or more"):
            load(scene, threads)

    def test_the_fake_remembers_what_it_was_asked(self) -> None:
        engine = FakeSceneEngine()
        engine.draw(*noise(2, 5, marks=2))
        assert engine.calls == [(2, NOISE, ROWS, 5 + 2 * HALO)]


class TestFiles:
    def test_the_spec(self, scene: Path) -> None:
        spec = load(scene).spec
        assert (spec.name, spec.kind, spec.side, spec.kinds) == ("scene", "scene", 32, ("forest", "lake"))
        assert ort.read_spec(scene) == spec

    def test_a_painter_is_refused_with_what_to_type(self, trunk: Path) -> None:
        refused(trunk, "is a painter of pictures, not a generator of scenes; type: pleinair stylize PICTURE --painter")

    def test_a_painters_engine_refuses_a_scene_generator(self, scene: Path) -> None:
        with pytest.raises(ModelError, match="is a generator of scenes, not a painter") as caught:
            ort.load(scene, {"photo": 1.0})
        assert f"type: pleinair generate --model {scene} --seeds 0-7 --out scenes" in str(caught.value)

    def test_a_kind_of_model_from_the_future(self, scene: Path, tmp_path: Path) -> None:
        refused(changed(scene, tmp_path, kind="sculptor"), r"it is a 'sculptor', which is newer.*--upgrade")

    @pytest.mark.parametrize("content", [b"", b"not a model", bytes(5000)])
    def test_no_models(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "bad.onnx").write_bytes(content)
        refused(tmp_path / "bad.onnx", "cannot be used as a model: .*; fetch or export it again")

    def test_nothing_there(self, tmp_path: Path) -> None:
        refused(tmp_path / "none.onnx", "there is no model file")

    @pytest.mark.parametrize("side", [0, 4, 48])
    def test_a_side_that_no_generator_has(self, scene: Path, tmp_path: Path, side: int) -> None:
        refused(changed(scene, tmp_path, side=side), f"pictures are {side} pixels high")

    def test_pictures_of_another_size_than_it_says(self, scene: Path, tmp_path: Path) -> None:
        engine = load(changed(scene, tmp_path, side=64))
        with pytest.raises(ModelError, match=r"drew .* as it says"):
            engine.draw(*noise(1))

    def test_marks_that_the_graph_does_not_take(self, scene: Path, tmp_path: Path) -> None:
        engine = load(changed(scene, tmp_path, kinds=["forest"]))
        with pytest.raises(ModelError, match="cannot draw 1 pictures of 4 columns") as caught:
            engine.draw(*noise(1, marks=3))
        assert "\n" not in str(caught.value)

    def test_a_graph_with_other_ends(self, trunk: Path, tmp_path: Path) -> None:
        path = changed(trunk, tmp_path, kind="scene", side=32)
        refused(path, r"should turn 'latents', 'noise', 'marks' into 'pictures', but has \['pictures'\]")

    def test_a_runtime_that_is_not_there(self, scene: Path) -> None:
        with pytest.raises(ModelError, match="runtime refuses"):
            load(scene, providers=["NoSuchProvider"])

    def test_a_file_made_by_hand_and_the_house_agree(self, make_scene: Callable[..., Path], tmp_path: Path) -> None:
        engine = load(make_scene(tmp_path / "alps.onnx", ("photo",), (), 64))
        assert engine.draw(*noise(1, 4, marks=1)).shape == (1, 3, 64, 64)
