"""A run → a file that paints as its network does, or none at all."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from pleinair.engine import ort
from pleinair.errors import DataError, ModelError, OutputError, ParityError, RunError, SettingError, UnknownStyleError
from pleinair.export import handover
from pleinair.export.handover import completed, hand_over, read_run, weights_of
from pleinair.spec import ModelSpec
from tests.export.generators import write_scene_run
from tests.export.painters import STYLES, noise, painted, small_spec, small_translator, write_run
from tests.export.test_layouts import write_layout_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "meadow")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with one small picture, so that comparing takes no time."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (18, 26, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "a.png")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestHandOver:
    def test_a_run_becomes_a_model_of_its_name_beside_its_weights(self, run: Path, pictures: Path) -> None:
        done = hand_over(run, pictures=pictures)
        assert done.path == run / "meadow.onnx"
        assert names(run) == ["average.safetensors", "meadow.onnx"]
        assert done.size_bytes == done.path.stat().st_size
        assert set(done.differences) == {*STYLES, "mix"}
        assert max(done.differences.values()) < 3
        spec = ort.read_spec(done.path)
        assert spec == done.spec
        assert (spec.name, spec.styles, spec.seen_pictures, spec.license) == ("meadow", STYLES, 1200, "CC0-1.0")

    def test_it_paints_the_averaged_weights(self, run: Path, pictures: Path) -> None:
        done = hand_over(run, half=False, pictures=pictures)
        net = small_translator()
        found = ort.load(done.path, {"monet": 1.0}).paint(noise(net, 8, 8))
        np.testing.assert_allclose(found, painted(net, noise(net, 8, 8), {"monet": 1.0}), atol=2e-5)

    @pytest.mark.parametrize("style", [None, "monet"])
    def test_statistics_go_into_the_weights(self, tmp_path: Path, pictures: Path, style: str | None) -> None:
        net = small_translator(rank=2, statistics=True)
        run = write_run(tmp_path / "steppe", net)
        done = hand_over(run, half=False, style=style, pictures=pictures)  # mixes of styles are compared as well
        found = ort.load(done.path, {"monet": 1.0}).paint(noise(net, 8, 8))
        np.testing.assert_allclose(found, painted(net, noise(net, 8, 8), {"monet": 1.0}), atol=1e-4)

    def test_the_file_of_weights_will_do(self, run: Path, pictures: Path) -> None:
        assert hand_over(run / "average.safetensors", pictures=pictures).path == run / "meadow.onnx"

    def test_a_relative_path_keeps_the_folders_name(
        self, run: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(run)
        assert hand_over(Path(), pictures=pictures).spec.name == "meadow"

    def test_out_and_name(self, run: Path, pictures: Path, tmp_path: Path) -> None:
        done = hand_over(run, tmp_path / "new" / "painter.onnx", name="alpine", pictures=pictures)
        assert names(tmp_path / "new") == ["painter.onnx"]
        assert done.spec.name == "alpine"

    def test_one_style(self, run: Path, pictures: Path) -> None:
        done = hand_over(run, style="monet", half=False, pictures=pictures)
        assert done.path == run / "meadow-monet.onnx"
        assert done.spec.styles == ("monet",)
        assert list(done.differences) == ["monet"]

    def test_an_unknown_style(self, run: Path, pictures: Path) -> None:
        with pytest.raises(UnknownStyleError, match="photo, monet, shanshui"):
            hand_over(run, style="turner", pictures=pictures)
        assert names(run) == ["average.safetensors"]

    def test_the_samples_are_compared_by_default(self, run: Path) -> None:
        assert max(hand_over(run).differences.values()) < 3

    def test_no_pictures_to_compare_by(self, run: Path, tmp_path: Path) -> None:
        with pytest.raises(DataError):
            hand_over(run, pictures=tmp_path / "none")
        assert names(run) == ["average.safetensors"]

    def test_a_file_that_paints_otherwise_is_not_kept_and_the_old_one_is(
        self, run: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (run / "meadow.onnx").write_text("old")
        monkeypatch.setattr(handover, "parity", lambda *_: {"photo": 0.1, "monet": 4.0})
        with pytest.raises(ParityError, match=r"'monet' 4\.00/255"):
            hand_over(run, pictures=pictures)
        assert names(run) == ["average.safetensors", "meadow.onnx"]
        assert (run / "meadow.onnx").read_text() == "old"

    def test_the_bar_is_that_of_the_weights(self, run: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handover, "parity", lambda *_: {"photo": 1.0})
        hand_over(run, half=True, pictures=pictures)
        with pytest.raises(ParityError):
            hand_over(run, half=False, pictures=pictures)

    def test_a_folder_that_cannot_be_written_to(self, run: Path, pictures: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(OutputError):
            hand_over(run, tmp_path / "file" / "t.onnx", pictures=pictures)

    def test_a_folder_in_the_place_of_the_file(self, run: Path, pictures: Path, tmp_path: Path) -> None:
        (tmp_path / "t.onnx").mkdir()
        with pytest.raises(OutputError, match=r"t\.onnx cannot be written"):
            hand_over(run, tmp_path / "t.onnx", pictures=pictures)
        assert names(tmp_path) == ["meadow", "pictures", "t.onnx"]


@pytest.mark.parametrize(("write", "kind"), [(write_scene_run, "scene"), (write_layout_run, "layout")])
class TestGenerators:
    def test_they_are_compared_by_seeds_and_need_no_pictures(
        self, write: Callable[[Path], Path], kind: str, tmp_path: Path
    ) -> None:
        done = hand_over(write(tmp_path / "glen"), pictures=tmp_path / "none")
        assert (done.spec.name, done.spec.kind) == ("glen", kind)
        assert all(name.startswith("seed ") for name in done.differences)
        assert names(tmp_path / "glen") == ["average.safetensors", "glen.onnx"]

    def test_they_are_handed_over_whole(self, write: Callable[[Path], Path], kind: str, tmp_path: Path) -> None:
        run = write(tmp_path / kind)
        with pytest.raises(SettingError, match="exported whole; leave --style monet out"):
            hand_over(run, style="monet")
        assert names(run) == ["average.safetensors"]

    def test_the_bar_is_that_of_the_weights(
        self, write: Callable[[Path], Path], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = write(tmp_path / "glen")
        monkeypatch.setattr(handover, f"{kind}_parity", lambda *_: {"seed 0": 1.0})
        hand_over(run, half=True)
        with pytest.raises(ParityError, match="train on"):
            hand_over(run, half=False)


class TestReading:
    def test_no_run(self, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"no run .*pleinair train translate --run"):
            weights_of(tmp_path / "nowhere")

    def test_no_saving_yet(self, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"no average\.safetensors yet"):
            weights_of(tmp_path)

    def test_the_network_and_its_facts(self, run: Path) -> None:
        net, spec = read_run(run / "average.safetensors")
        wanted = small_translator().state_dict()
        assert all(torch.equal(wanted[name], value) for name, value in net.state_dict().items())
        assert not net.training
        assert (spec.styles, spec.seen_pictures) == (STYLES, 1200)
        assert [block.conv0.dilation for block in net.blocks] == [1, 2]  # type: ignore[union-attr]

    @pytest.mark.parametrize("content", [b"", b"not safetensors", b"\x08" + bytes(20)])
    def test_a_damaged_file(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "average.safetensors").write_bytes(content)
        with pytest.raises(RunError) as caught:
            read_run(tmp_path / "average.safetensors")
        assert "\n" not in str(caught.value)

    def facts(self, run: Path, **changes: object) -> Path:
        """The run's weights with other facts; None takes one away."""
        net = small_translator()
        facts: dict[str, object] = {"network": {"width": 4, "dilations": [1, 2]}, "spec": small_spec(net).to_json()}
        facts = {key: value for key, value in {**facts, **changes}.items() if value is not None}
        path = run / "average.safetensors"
        save_file(load_file(path), path, {key: json.dumps(value) for key, value in facts.items()})
        return path

    def test_a_description_that_was_not_packed_twice(self, run: Path) -> None:
        spec = json.loads(small_spec(small_translator()).to_json())
        assert read_run(self.facts(run, spec=spec))[1].styles == STYLES

    @pytest.mark.parametrize(
        "changes",
        [
            {"spec": None},
            {"network": None},
            {"spec": "{}"},
            {"spec": 3},
            {"network": {"width": "wide", "dilations": []}},
            {"network": {"width": 4}},
            {"network": [4]},
            {"network": {"width": 8, "dilations": [1, 2]}},
            {"network": {"width": 4, "dilations": [1]}},
        ],
    )
    def test_facts_that_do_not_fit_the_weights(self, run: Path, changes: dict[str, object]) -> None:
        with pytest.raises(RunError, match="holds no averaged painter or generator") as caught:
            read_run(self.facts(run, **changes))
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("kind", ["scene", "layout"])
    def test_a_painter_that_says_it_is_a_generator(self, run: Path, kind: str) -> None:
        spec = json.loads(small_spec(small_translator()).to_json()) | {"kind": kind}
        network = {"side": 32, "width": 4, "marks": 1, "classes": 12}
        with pytest.raises(RunError, match="holds no averaged painter or generator"):
            read_run(self.facts(run, spec=spec, network=network))

    def test_weights_of_something_else(self, tmp_path: Path) -> None:
        path = tmp_path / "other.safetensors"
        save_file({"weight": torch.zeros(3)}, path)
        with pytest.raises(RunError, match="holds no averaged painter or generator"):
            read_run(path)


class TestCard:
    spec = ModelSpec("x", STYLES, 4, 8)

    def test_its_fields_replace_the_specs(self) -> None:
        card = {
            "license": "CC-BY-4.0",
            "titles": {"monet": "Claude Monet"},
            "scores": [{"protocol": "kd", "style": "monet", "value": 0.2}],
            "sources": [{"name": "monet", "title": "Paintings", "pictures": 5, "license": "CC0"}],
            "known_failures": ["people"],
        }
        done = completed(self.spec, card)
        assert (done.license, done.titles["monet"], done.scores[0].value) == ("CC-BY-4.0", "Claude Monet", 0.2)
        assert (done.sources[0].pictures, done.known_failures, done.styles) == (5, ("people",), STYLES)

    @pytest.mark.parametrize("key", ["styles", "halo", "stride", "width", "format", "version", "author", ""])
    def test_what_it_may_not_say(self, key: str) -> None:
        with pytest.raises(SettingError, match=f"cannot give '{key}'; it may give name, "):
            completed(self.spec, {key: 1})

    @pytest.mark.parametrize("card", [{"scores": [{"value": 1}]}, {"sources": 3}, {"scores": "x"}])
    def test_what_makes_no_sense(self, card: dict[str, object]) -> None:
        with pytest.raises(SettingError, match="the card does not fit"):
            completed(self.spec, card)

    def test_an_empty_card(self) -> None:
        assert completed(self.spec, {}) == self.spec

    def test_it_reaches_the_file(self, run: Path, pictures: Path) -> None:
        done = hand_over(run, card={"license": "MIT", "name": "alpine"}, pictures=pictures)
        assert done.path == run / "alpine.onnx"
        assert ort.read_spec(done.path).license == "MIT"

    def test_a_name_given_goes_before_the_cards(self, run: Path, pictures: Path) -> None:
        assert hand_over(run, name="mine", card={"name": "alpine"}, pictures=pictures).spec.name == "mine"


def test_a_model_error_is_not_what_a_user_of_runs_sees(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def newer(_text: str) -> ModelSpec:
        raise ModelError("the model was written by a newer pleinair")

    monkeypatch.setattr(ModelSpec, "from_json", newer)
    with pytest.raises(RunError, match="newer pleinair"):
        read_run(run / "average.safetensors")
