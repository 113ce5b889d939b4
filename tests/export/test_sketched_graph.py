"""Scenes on sketches as a graph: it draws what the network draws at every side and width, and a run becomes a file."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from pleinair.engine.protocol import Array
from pleinair.engine.scene import checked_columns, halo_of, load
from pleinair.errors import SettingError
from pleinair.export.handover import hand_over, read_run
from pleinair.export.scenes import export_scene, scene_parity
from pleinair.export.sketched_graph import sketched_graph
from pleinair.networks.sketched import SketchedScene
from pleinair.scenes import SceneMaker
from pleinair.scenes import load as load_maker
from pleinair.seeds import HALO, ROWS, columns, latent
from tests.export.generators import scene_spec, small_sketched, write_scene_run
from tests.one_thread import one_thread

__all__ = ["one_thread"]
CLOSE = 2e-5  # of values in about [-1, 1]: rounding in fp32
SPEC = scene_spec(domains=("photo",), kinds=(), side=128)


def values(seeds: int, wide: int, halo: int) -> tuple[Array, Array, Array]:
    """What the pictures of the first seeds are drawn from."""
    cells = np.stack([columns(seed, wide, halo=halo) for seed in range(seeds)])
    return np.stack([latent(seed) for seed in range(seeds)]), cells, np.ones((seeds, 1), np.float32)


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> SceneMaker:
    path = tmp_path_factory.mktemp("sketched") / "scene.onnx"
    export_scene(small_sketched(), SPEC, path, half=False)
    return load_maker(path, threads=1)


@pytest.mark.parametrize("side", [64, 128, 256])
@pytest.mark.parametrize("width", [1, 2])
def test_it_draws_what_the_network_draws(side: int, width: int, tmp_path: Path) -> None:
    network = small_sketched(side, width, seed=side)
    spec = export_scene(network, SPEC, tmp_path / "s.onnx", half=False)
    assert (spec.side, spec.halo, spec.width, spec.kind) == (side, network.halo, width, "scene")
    engine = load(tmp_path / "s.onnx", threads=1)
    assert halo_of(engine.spec) == network.halo
    for wide, count in ((1, 2), (4, 3), (7, 1)):
        given = values(count, wide, network.halo)
        with torch.no_grad():
            wanted = network(*map(torch.from_numpy, given)).numpy()
        assert wanted.std() > 0.01
        np.testing.assert_allclose(engine.draw(*given), wanted, atol=CLOSE)
    assert max(scene_parity(network, tmp_path / "s.onnx").values()) < 0.01


def test_parity_finds_another_network(tmp_path: Path) -> None:
    export_scene(small_sketched(seed=1), SPEC, tmp_path / "s.onnx", half=False)
    assert max(scene_parity(small_sketched(seed=2), tmp_path / "s.onnx").values()) > 2


def test_every_weight_of_both_parts_is_in_the_file() -> None:
    network = small_sketched()
    graph = sketched_graph(network, half=False)
    for part in ("sketch.", "layout."):
        assert any(name.startswith(part) for name in graph.constants)
    many = sum(int(np.prod(tensor.dims)) for name, tensor in graph.constants.items() if ".energy" not in name)
    own = sum(parameter.numel() for parameter in network.parameters())
    assert own < many < own + 4 * 348 * 4 + 5000  # and the orders of noise, ends and scales


def test_nothing_is_computed_that_depends_on_no_input(maker: SceneMaker) -> None:
    assert maker.path is not None
    graph = onnx.load(maker.path).graph
    known = {constant.name for constant in graph.initializer}
    for node in graph.node:
        assert not set(filter(None, node.input)) <= known, f"{node.op_type} has only constants"


def test_the_noise_must_be_as_wide_as_the_halo_says(maker: SceneMaker) -> None:
    spec = maker.spec
    assert checked_columns(spec, *values(2, 3, spec.halo)) == 3
    assert checked_columns(spec, *values(1, 7, HALO)) == 7 + 2 * (HALO - spec.halo)
    with pytest.raises(SettingError, match=r"c \+ 16"):
        checked_columns(spec, *values(1, ROWS, HALO - 2))


@pytest.mark.parametrize(("wide", "wrap"), [(300, "none"), (5000, "none"), (512, "x"), (2240, "x")])
def test_wide_pictures_are_drawn_in_windows_as_they_would_be_at_once(
    maker: SceneMaker, wide: int, wrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []
    for room in (2 * 32 * 32, 10**9):
        monkeypatch.setattr("pleinair.render.scenes.ROOM", room)
        pictures.append(np.asarray(maker.generate([5], size=(wide, 128), wrap=wrap)[0]))  # type: ignore[arg-type]
    assert pictures[0].shape == (128, wide, 3)
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 1
    if wrap == "x":
        across = pictures[1].astype(float)
        seam, steps = np.abs(across[:, 0] - across[:, -1]).mean(), np.abs(np.diff(across, axis=1)).mean((0, 2))
        assert seam < 2 * steps.max()


def test_one_seed_is_one_picture_whatever_it_is_drawn_with(maker: SceneMaker) -> None:
    alone = np.asarray(maker.generate([4])[0]).astype(int)
    among = np.asarray(maker.generate([1, 4, 2])[1])
    assert np.abs(alone - among).max() <= 1


def test_a_run_becomes_a_file(tmp_path: Path) -> None:
    network = small_sketched()
    run = write_scene_run(tmp_path / "valley", network, SPEC)
    read, spec = read_run(run / "average.safetensors")
    assert isinstance(read, SketchedScene)
    assert spec.seen_pictures == 1200
    done = hand_over(run)
    assert (done.spec.name, done.spec.halo, done.spec.side) == ("valley", 8, 128)
    drawn = np.asarray(load_maker(done.path, threads=1).generate([3])[0]).astype(int)
    with torch.no_grad():
        wanted = network(*(torch.from_numpy(x[3:4]) for x in values(4, ROWS, 8)))[0].numpy()
    assert np.abs(drawn - np.clip((wanted.transpose(1, 2, 0) + 1) * 127.5, 0, 255)).max() < 2.5


def test_weights_that_are_halves_already_are_stored_as_they_are(tmp_path: Path) -> None:
    """Who draws on sketches has learned them so; small mistakes of a sketch would become large ones of the scene."""
    worst = []
    for rounded in (False, True):
        network = small_sketched(128, 2, seed=4)
        network = network.half().float() if rounded else network
        export_scene(network, SPEC, tmp_path / "s.onnx", half=True)
        worst.append(max(scene_parity(network, tmp_path / "s.onnx").values()))
    assert worst[1] < 0.5 * worst[0]
