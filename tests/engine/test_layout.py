"""The engine that draws what is laid out: what it draws, what it refuses, and files that are for something else."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.engine import ort, scene
from pleinair.engine.layout import COLORS, OnnxLayoutEngine, checked_cells, load
from pleinair.engine.protocol import Array
from pleinair.errors import ModelError, SettingError
from pleinair.fiction.palette import NAMES
from pleinair.seeds import CELL_SIDE, HALO, LATENT, NOISE
from pleinair.spec import ModelSpec
from tests.engine.test_scene import changed

TOLD = len(NAMES) + COLORS
Drawn = tuple[Array, Array, Array]


def drawn(rows: int = 2, across: int = 3, seed: int = 0) -> Drawn:
    """Latents, noise and what is told."""
    draw = np.random.default_rng(seed)
    shapes = (1, LATENT), (1, NOISE, rows, across + 2 * HALO), (1, TOLD, rows * 16, (across + 2 * HALO) * 16)
    one, two, three = (draw.normal(0, 0.3, shape).astype(np.float32) for shape in shapes)
    return one, two, three


@pytest.fixture
def engine(layout_model: Path) -> OnnxLayoutEngine:
    return load(layout_model, threads=1)


def refused(path: Path, match: str) -> None:
    """Loading raises one line that names the file."""
    with pytest.raises(ModelError, match=match) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


class TestDrawing:
    @pytest.mark.parametrize(("rows", "across"), [(1, 1), (4, 7), (3, 2)])
    def test_sizes(self, engine: OnnxLayoutEngine, rows: int, across: int) -> None:
        pictures = engine.draw(*drawn(rows, across))
        assert pictures.shape == (1, 3, rows * CELL_SIDE, across * CELL_SIDE)
        assert pictures.dtype == np.float32

    def test_latents_noise_and_what_is_told_all_say_something(self, engine: OnnxLayoutEngine) -> None:
        z, noise, told = drawn()
        before = engine.draw(z, noise, told)
        for other in ((z + 1, noise, told), (z, noise + 1, told), (z, noise, told + 1)):
            assert np.abs(engine.draw(*other) - before).mean() > 0.005

    def test_other_floats_and_orders_are_taken(self, engine: OnnxLayoutEngine) -> None:
        values = drawn()
        wanted = engine.draw(*values)
        np.testing.assert_array_equal(engine.draw(*map(np.asfortranarray, values)), wanted)
        z, noise, told = (value.astype(np.float64) for value in values)
        np.testing.assert_array_equal(engine.draw(z, noise, told), wanted)  # type: ignore[arg-type]

    @settings(max_examples=30, deadline=None)
    @given(
        rows=st.integers(0, 3),
        across=st.integers(-2, 3),
        latents=st.sampled_from((LATENT, LATENT - 1)),
        grains=st.sampled_from((NOISE, 7)),
        told=st.sampled_from((TOLD, TOLD - 3)),
        more=st.sampled_from((0, 0, 1)),
    )
    def test_shapes_that_belong_together_or_one_line(
        self, rows: int, across: int, latents: int, grains: int, told: int, more: int
    ) -> None:
        seen = across + 2 * HALO
        values = [
            np.zeros(shape, np.float32)
            for shape in ((1, latents), (1, grains, rows, seen), (1, told, rows * 16 + more, seen * 16))
        ]
        spec = ModelSpec("one", ("photo",), 16, 0, kind="layout", kinds=NAMES)
        fit = (latents, grains, told, more) == (LATENT, NOISE, TOLD, 0) and rows > 0 and across > 0
        if fit:
            assert checked_cells(spec, *values) == (rows, across)
        else:
            with pytest.raises(SettingError, match="latents, noise and what is told must be"):
                checked_cells(spec, *values)

    def test_two_at_a_time_are_not_drawn(self, engine: OnnxLayoutEngine) -> None:
        doubled = [np.concatenate([value, value]) for value in drawn()]
        with pytest.raises(SettingError, match="must be"):
            engine.draw(*doubled)

    @pytest.mark.parametrize("threads", [0, -2])
    def test_threads_that_cannot_be(self, layout_model: Path, threads: int) -> None:
        with pytest.raises(SettingError, match="threads must be 1 or more"):
            load(layout_model, threads)


class TestFiles:
    def test_the_spec(self, layout_model: Path) -> None:
        spec = load(layout_model).spec
        assert (spec.name, spec.kind, spec.styles, spec.kinds) == ("layout", "layout", ("photo",), NAMES)
        assert ort.read_spec(layout_model) == spec

    def test_others_are_refused_with_what_to_type(self, trunk: Path, scene: Path) -> None:
        refused(trunk, "is a painter of pictures, not a generator of what is laid out; type: pleinair stylize PICTURE")
        refused(scene, "is a generator of scenes, not a generator of what is laid out; type: pleinair generate --model")

    def test_others_refuse_it(self, layout_model: Path) -> None:
        for opened in (lambda: ort.load(layout_model, {"photo": 1.0}), lambda: scene.load(layout_model)):
            with pytest.raises(ModelError, match="is a generator of what is laid out, not a ") as caught:
                opened()
            assert f"type: pleinair paint LAYOUT.png --realist {layout_model} --out painted" in str(caught.value)

    @pytest.mark.parametrize("content", [b"", b"not a model", bytes(5000)])
    def test_no_models(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "bad.onnx").write_bytes(content)
        refused(tmp_path / "bad.onnx", "cannot be used as a model: .*; fetch or export it again")

    def test_nothing_there(self, tmp_path: Path) -> None:
        refused(tmp_path / "none.onnx", "there is no model file")

    def test_a_file_that_says_it_is_one_and_has_other_ends(self, scene: Path, tmp_path: Path) -> None:
        refused(
            changed(scene, tmp_path, kind="layout", kinds=[*NAMES]),
            "it should turn 'latents', 'noise', 'told' into 'pictures'",
        )

    @pytest.mark.parametrize("kinds", [["sky", "water"], [], [*NAMES[::-1]]])
    def test_other_classes_than_the_palettes_are_refused(
        self, layout_model: Path, tmp_path: Path, kinds: list[str]
    ) -> None:
        refused(changed(layout_model, tmp_path, kinds=kinds), "told other classes apart than the palette has")
