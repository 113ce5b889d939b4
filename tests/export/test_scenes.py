"""Scene generators as files: the graph draws what the network draws, and a run becomes a file or none."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file

from pleinair.cli.main import main
from pleinair.engine import ort
from pleinair.engine.scene import load
from pleinair.errors import ParityError, RunError, SettingError
from pleinair.export import handover
from pleinair.export.graph import IR_VERSION, OPSET
from pleinair.export.handover import hand_over, read_run
from pleinair.export.scenes import export_scene, scene_parity
from pleinair.networks.scene import SceneGenerator
from pleinair.seeds import columns, latent
from tests.export.generators import DOMAINS, KINDS, SIDE, scene_spec, small_generator, write_scene_run
from tests.one_thread import one_thread

__all__ = ["one_thread"]
CLOSE = 2e-5  # of values in about [-1, 1]: rounding in fp32
MARKS = len(DOMAINS) + len(KINDS)


@pytest.fixture(scope="module")
def generator() -> SceneGenerator:
    return small_generator()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_scene_run(tmp_path / "valley")


class TestGraph:
    @pytest.mark.parametrize("side", [8, 16, 64, 128, 256])
    def test_it_draws_what_the_network_draws_at_every_side(self, side: int, tmp_path: Path) -> None:
        network = small_generator(side)
        export_scene(network, scene_spec(side=side), tmp_path / "s.onnx", half=False)
        engine = load(tmp_path / "s.onnx", threads=1)
        for wide, count in ((1, 2), (4, 3), (7, 1)):
            z = np.stack([latent(seed) for seed in range(count)])
            cells = np.stack([columns(seed, wide) for seed in range(count)])
            marks = np.random.default_rng(0).uniform(0, 1, (count, MARKS)).astype(np.float32)
            with torch.no_grad():
                wanted = network(*map(torch.from_numpy, (z, cells, marks))).numpy()
            np.testing.assert_allclose(engine.draw(z, cells, marks), wanted, atol=CLOSE)

    def test_the_format_is_one_that_old_runtimes_read(self, generator: SceneGenerator, tmp_path: Path) -> None:
        export_scene(generator, scene_spec(), tmp_path / "s.onnx")
        model = onnx.load(tmp_path / "s.onnx")
        assert (model.opset_import[0].version, model.ir_version) == (OPSET, IR_VERSION) == (17, 8)

    def test_halves_halve_the_file(self, generator: SceneGenerator, tmp_path: Path) -> None:
        for half, name in ((True, "half.onnx"), (False, "full.onnx")):
            export_scene(generator, scene_spec(), tmp_path / name, half)
        assert (tmp_path / "half.onnx").stat().st_size < 0.62 * (tmp_path / "full.onnx").stat().st_size

    def test_nothing_is_computed_that_depends_on_no_input(self, generator: SceneGenerator, tmp_path: Path) -> None:
        export_scene(generator, scene_spec(), tmp_path / "s.onnx", half=False)
        graph = onnx.load(tmp_path / "s.onnx").graph
        known = {constant.name for constant in graph.initializer}
        for node in graph.node:
            assert not set(filter(None, node.input)) <= known, f"{node.op_type} has only constants"

    def test_the_description_is_filled_in(self, generator: SceneGenerator, tmp_path: Path) -> None:
        spec = export_scene(generator, scene_spec(side=0), tmp_path / "s.onnx")
        assert (spec.kind, spec.side, spec.width, spec.stride, spec.halo) == ("scene", SIDE, 4, 1, 0)
        assert spec.version
        assert ort.read_spec(tmp_path / "s.onnx") == spec

    @pytest.mark.parametrize(("domains", "kinds"), [(DOMAINS, ()), (("photo",), KINDS)])
    def test_names_that_are_not_the_networks(
        self, generator: SceneGenerator, tmp_path: Path, domains: tuple[str, ...], kinds: tuple[str, ...]
    ) -> None:
        with pytest.raises(SettingError, match="the network has 5 marks"):
            export_scene(generator, scene_spec(domains=domains, kinds=kinds), tmp_path / "s.onnx")
        assert not list(tmp_path.iterdir())


class TestParity:
    @pytest.mark.parametrize(("half", "bar"), [(False, 0.01), (True, 3.0)])
    def test_the_first_seeds_are_compared(
        self, generator: SceneGenerator, tmp_path: Path, half: bool, bar: float
    ) -> None:
        export_scene(generator, scene_spec(), tmp_path / "s.onnx", half)
        differences = scene_parity(generator, tmp_path / "s.onnx")
        assert list(differences) == [f"seed {seed}" for seed in range(8)]
        assert 0 < max(differences.values()) < bar

    def test_every_domain_is_drawn(self, tmp_path: Path) -> None:
        """One that alone is wrong is found, be it the last of many."""
        domains = tuple(f"d{index}" for index in range(11))
        network = small_generator(16, marks=len(domains))
        export_scene(network, scene_spec(domains=domains, kinds=()), tmp_path / "s.onnx", half=False)
        with torch.no_grad():
            network.told[10] += 1
        differences = scene_parity(network, tmp_path / "s.onnx")
        assert [seed for seed, difference in differences.items() if difference > 0.5] == ["seed 10"]

    def test_another_network_is_seen(self, generator: SceneGenerator, tmp_path: Path) -> None:
        export_scene(generator, scene_spec(), tmp_path / "s.onnx")
        assert max(scene_parity(small_generator(seed=1), tmp_path / "s.onnx").values()) > 3


class TestHandOver:
    def test_a_run_becomes_a_model_of_its_name(self, run: Path) -> None:
        done = hand_over(run)
        assert done.path == run / "valley.onnx"
        assert (done.spec.name, done.spec.kind, done.spec.seen_pictures) == ("valley", "scene", 1200)
        assert (done.spec.styles, done.spec.kinds, done.spec.side) == (DOMAINS, KINDS, SIDE)
        assert max(done.differences.values()) < 3
        assert load(done.path).spec == done.spec

    def test_a_name_a_card_and_full_precision(self, run: Path, tmp_path: Path) -> None:
        out = tmp_path / "out" / "s.onnx"
        done = hand_over(run, out, half=False, name="alps", card={"license": "MIT", "known_failures": ["no people"]})
        assert (done.spec.name, done.spec.license, done.spec.known_failures) == ("alps", "MIT", ("no people",))
        assert max(done.differences.values()) < 0.01

    @pytest.mark.parametrize("key", ["side", "kinds", "kind"])
    def test_what_no_card_may_say(self, run: Path, key: str) -> None:
        with pytest.raises(SettingError, match=f"cannot give '{key}'"):
            hand_over(run, card={key: 64})

    def test_one_domain_alone_is_not_to_be_had(self, run: Path) -> None:
        with pytest.raises(SettingError, match="exported whole; leave --style photo out"):
            hand_over(run, style="photo")
        assert [path.name for path in run.iterdir()] == ["average.safetensors"]

    def test_a_file_that_draws_otherwise_is_not_kept(self, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handover, "scene_parity", lambda *_: {"seed 0": 0.1, "seed 1": 3.5})
        with pytest.raises(ParityError, match=r"'seed 1' 3\.50/255"):
            hand_over(run)
        assert [path.name for path in run.iterdir()] == ["average.safetensors"]

    def test_the_network_comes_back(self, run: Path, generator: SceneGenerator) -> None:
        network, spec = read_run(run / "average.safetensors")
        assert isinstance(network, SceneGenerator)
        assert all(torch.equal(network.state_dict()[name], value) for name, value in generator.state_dict().items())
        assert spec.kinds == KINDS

    @pytest.mark.parametrize(
        "network",
        [
            {},
            {"side": 32, "width": 4},
            {"side": "x", "width": 4, "marks": 5},
            {"side": 48, "width": 4, "marks": 5},
            {"side": 64, "width": 4, "marks": 5},
            {"side": 2**20, "width": 4, "marks": 5},
            [3],
        ],
    )
    def test_facts_that_do_not_fit_the_weights(self, run: Path, network: object) -> None:
        path = run / "average.safetensors"
        facts = {"network": json.dumps(network), "spec": json.dumps(scene_spec().to_json())}
        save_file(load_file(path), path, facts)
        with pytest.raises(RunError, match="holds no averaged painter or generator") as caught:
            hand_over(run)
        assert "\n" not in str(caught.value)

    def test_the_verb(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["export", str(run)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith(f"{run / 'valley.onnx'}: photo, hiroshige; kinds forest, lake, dune; ")
        assert lines[1].startswith("paints as its network does, at worst 0.")
        assert "(seed " in lines[1]
