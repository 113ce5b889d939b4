"""Layout generators as files: compared with their networks, and a run becomes a file or none."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from pleinair.cli.main import main
from pleinair.engine import layout, ort
from pleinair.errors import OutputError, ParityError, RunError, SettingError
from pleinair.export import handover
from pleinair.export.handover import hand_over, read_run
from pleinair.export.layouts import SEEDS, SIZES, export_layout, layout_parity, patches
from pleinair.export.parity import LARGEST_DIFFERENCE, LARGEST_DIFFERENCE_HALF
from pleinair.fiction.palette import NAMES
from pleinair.networks.layout import LayoutGenerator, Told
from pleinair.realist import load as load_realist
from pleinair.recipes.watching_layouts import LearnedEngine
from pleinair.render.real import made_real
from pleinair.seeds import CELL_SIDE
from pleinair.spec import ModelSpec
from pleinair.training.checkpoint import AVERAGE, read, write
from pleinair.version import __version__
from tests.export.test_layout_graph import SPEC, live_generator, scene
from tests.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def generator() -> LayoutGenerator:
    return live_generator()


def write_layout_run(
    folder: Path, generator: LayoutGenerator | None = None, network: object = None, spec: ModelSpec = SPEC
) -> Path:
    """A run folder with averaged weights, as training leaves it."""
    generator = generator or live_generator()
    facts = {
        "styles": list(spec.styles),
        "network": network or {"side": 128, "width": generator.width, "marks": 1, "classes": generator.classes},
        "spec": spec.to_json(),
        "seen_pictures": 1200,
    }
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / AVERAGE, generator.state_dict(), facts)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_layout_run(tmp_path / "heath")


class TestExport:
    def test_the_description_is_filled_in(self, generator: LayoutGenerator, tmp_path: Path) -> None:
        bare = ModelSpec("one", ("photo",), 4, 8, width=99, license="MIT", seen_pictures=7)
        spec = export_layout(generator, bare, tmp_path / "l.onnx")
        assert (spec.kind, spec.kinds, spec.stride, spec.halo, spec.width) == ("layout", NAMES, CELL_SIDE, 0, 1)
        assert (spec.name, spec.license, spec.seen_pictures, spec.version) == ("one", "MIT", 7, __version__)
        assert ort.read_spec(tmp_path / "l.onnx") == layout.load(tmp_path / "l.onnx").spec == spec

    def test_halves_halve_the_file(self, generator: LayoutGenerator, tmp_path: Path) -> None:
        for half, name in ((True, "half.onnx"), (False, "full.onnx")):
            export_layout(generator, SPEC, tmp_path / name, half)
        assert (tmp_path / "half.onnx").stat().st_size < 0.75 * (tmp_path / "full.onnx").stat().st_size

    @pytest.mark.parametrize("classes", [5, 13])
    def test_a_network_of_other_classes_is_refused(self, classes: int, tmp_path: Path) -> None:
        with pytest.raises(SettingError, match=f"the palette has {len(NAMES)} classes, the network draws {classes}$"):
            export_layout(live_generator(classes=classes), SPEC, tmp_path / "l.onnx")
        assert not list(tmp_path.iterdir())

    def test_a_file_that_cannot_be_written(self, generator: LayoutGenerator, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(OutputError):
            export_layout(generator, SPEC, tmp_path / "file" / "l.onnx")


class TestParity:
    @pytest.mark.parametrize(("half", "bar"), [(False, 0.01), (True, LARGEST_DIFFERENCE_HALF)])
    def test_the_first_seeds_are_compared(
        self, generator: LayoutGenerator, tmp_path: Path, half: bool, bar: float
    ) -> None:
        export_layout(generator, SPEC, tmp_path / "l.onnx", half)
        differences = layout_parity(generator, tmp_path / "l.onnx")
        assert list(differences) == [f"seed {seed}" for seed in range(SEEDS)]
        assert 0 < max(differences.values()) < bar
        assert (max(differences.values()) > 0.01) == half

    @pytest.mark.parametrize("number", range(len(NAMES)))
    def test_a_class_that_alone_is_wrong_is_found_by_every_seed(
        self, generator: LayoutGenerator, tmp_path: Path, number: int
    ) -> None:
        assert all((patches(size, seed) == number).any() for size in SIZES for seed in range(SEEDS))
        if number in (0, len(NAMES) - 1):
            export_layout(generator, SPEC, tmp_path / "l.onnx", half=False)
            other = live_generator()
            finest = other.told[-1]
            assert isinstance(finest, Told)
            finest.shift[:, number] += 0.3
            assert min(layout_parity(other, tmp_path / "l.onnx").values()) > LARGEST_DIFFERENCE

    def test_another_network_is_seen(self, generator: LayoutGenerator, tmp_path: Path) -> None:
        export_layout(generator, SPEC, tmp_path / "l.onnx")
        assert min(layout_parity(live_generator(seed=1), tmp_path / "l.onnx").values()) > LARGEST_DIFFERENCE_HALF

    def test_layouts_lie_and_stand_and_are_not_all_whole_cells(self) -> None:
        assert len({(height > width) - (height < width) for height, width in SIZES}) == 3
        assert any(side % CELL_SIDE for size in SIZES for side in size)
        assert patches((50, 112), 3).shape == (50, 112)
        assert patches((50, 112), 3).dtype == np.uint8
        assert not np.array_equal(patches((64, 64), 0), patches((64, 64), 1))


class TestHandOver:
    def test_a_run_becomes_a_model_of_its_name(self, run: Path) -> None:
        done = hand_over(run)
        assert done.path == run / "heath.onnx"
        assert sorted(path.name for path in run.iterdir()) == [AVERAGE, "heath.onnx"]
        assert (done.spec.name, done.spec.kind, done.spec.seen_pictures) == ("heath", "layout", 1200)
        assert (done.spec.kinds, done.spec.stride) == (NAMES, CELL_SIDE)
        assert list(done.differences) == [f"seed {seed}" for seed in range(SEEDS)]
        assert 0.01 < max(done.differences.values()) < LARGEST_DIFFERENCE_HALF
        assert layout.load(done.path).spec == done.spec
        assert done.size_bytes == done.path.stat().st_size

    @pytest.mark.parametrize(("size", "wrap"), [((33, 70), "none"), ((64, 128), "x")])
    def test_its_file_makes_real_what_its_network_does(
        self, run: Path, generator: LayoutGenerator, size: tuple[int, int], wrap: str
    ) -> None:
        around = "x" if wrap == "x" else "none"
        labels, picture = scene(*size)
        found = load_realist(hand_over(run, half=False).path, threads=1).real(labels, picture, 7, wrap=around)  # type: ignore[arg-type]
        wanted = made_real(labels, picture, 7, LearnedEngine(generator), wrap=around)  # type: ignore[arg-type]
        assert np.abs(found.astype(int) - wanted).max() <= 1  # what lies between two steps
        assert (found != wanted).mean() < 1e-3
        assert np.abs(found.astype(int) - picture).mean() > 10

    def test_a_name_a_card_and_full_precision(self, run: Path, tmp_path: Path) -> None:
        out = tmp_path / "out" / "l.onnx"
        done = hand_over(run, out, half=False, name="moor", card={"license": "MIT", "known_failures": ["no people"]})
        assert (done.spec.name, done.spec.license, done.spec.known_failures) == ("moor", "MIT", ("no people",))
        assert max(done.differences.values()) < 0.01
        assert [path.name for path in out.parent.iterdir()] == ["l.onnx"]

    @pytest.mark.parametrize("key", ["kinds", "kind", "stride", "width"])
    def test_what_no_card_may_say(self, run: Path, key: str) -> None:
        with pytest.raises(SettingError, match=f"cannot give '{key}'"):
            hand_over(run, card={key: 64})

    def test_one_style_alone_is_not_to_be_had(self, run: Path) -> None:
        with pytest.raises(SettingError, match="exported whole; leave --style photo out"):
            hand_over(run, style="photo")
        assert [path.name for path in run.iterdir()] == [AVERAGE]

    def test_a_run_of_other_classes_is_refused(self, tmp_path: Path) -> None:
        run = write_layout_run(tmp_path / "few", live_generator(classes=5))
        with pytest.raises(SettingError, match="the network draws 5"):
            hand_over(run)
        assert [path.name for path in run.iterdir()] == [AVERAGE]

    def test_a_file_that_draws_otherwise_is_not_kept_and_the_old_one_is(
        self, run: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (run / "heath.onnx").write_text("old")
        monkeypatch.setattr(handover, "layout_parity", lambda *_: {"seed 0": 0.1, "seed 1": 3.5})
        with pytest.raises(ParityError, match=r"'seed 1' 3\.50/255"):
            hand_over(run)
        assert sorted(path.name for path in run.iterdir()) == [AVERAGE, "heath.onnx"]
        assert (run / "heath.onnx").read_text() == "old"

    def test_the_network_comes_back(self, run: Path, generator: LayoutGenerator) -> None:
        network, spec = read_run(run / AVERAGE)
        assert isinstance(network, LayoutGenerator)
        assert not network.training
        assert all(torch.equal(network.state_dict()[name], value) for name, value in generator.state_dict().items())
        assert (spec.kind, spec.kinds, spec.seen_pictures) == ("layout", NAMES, 1200)

    @pytest.mark.parametrize(
        "network",
        [
            {"side": 128},
            {"width": 1},
            {"classes": len(NAMES)},
            {"width": "x", "classes": len(NAMES)},
            {"width": 1, "classes": 5},
            {"width": 1, "classes": -20},
            {"width": 9, "classes": len(NAMES)},
            {"width": 0, "classes": len(NAMES)},
            {"width": 10**9, "classes": len(NAMES)},
            [3],
        ],
    )
    def test_facts_that_do_not_fit_the_weights(self, tmp_path: Path, network: object) -> None:
        with pytest.raises(RunError, match="holds no averaged painter or generator") as caught:
            hand_over(write_layout_run(tmp_path / "heath", network=network))
        assert "\n" not in str(caught.value)

    def test_the_weights_of_a_generator_of_scenes_are_not_taken_for_one(self, run: Path, tmp_path: Path) -> None:
        tensors, facts = read(run / AVERAGE)
        facts["spec"] = json.dumps(json.loads(SPEC.to_json()) | {"kind": "scene"})
        facts["network"] = {"side": 32, "width": 1, "marks": 1}
        write(tmp_path / AVERAGE, tensors, facts)
        with pytest.raises(RunError, match="holds no averaged painter or generator"):
            read_run(tmp_path / AVERAGE)

    def test_the_verb(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["export", str(run)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith(f"{run / 'heath.onnx'}: photo")
        assert re.fullmatch(r"paints as its network does, at worst [012]\.\d+/255 off \(seed \d\)", lines[1])
