"""The layout recipe: both players learn, killed and gone on with, shared by two, and what a trained one paints."""

import json
from collections.abc import Generator as Generating
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pleinair.data.pack import Pack
from pleinair.errors import ModelError, RunError, SettingError
from pleinair.fiction.palette import NAMES
from pleinair.networks.layout import CELL_SIDE, LayoutGenerator
from pleinair.networks.segmenter import AVERAGE, Segmenter
from pleinair.objectives.layout import Layout, Sketch
from pleinair.recipes import layout as recipes
from pleinair.recipes import watching_layouts as watching
from pleinair.recipes.watching_layouts import at_cells, load_layout, noise_of, painted
from pleinair.seeds import HALO, columns
from pleinair.training import checkpoint, launch, loop, state
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice
from tests.labels import striped
from tests.networks.test_segmenter import saved
from tests.training import narrow
from tests.training.rehearsal import mean_colors
from tests.training.test_launch import end_of
from tests.training.toy import Killed

ALONE = Ranks(None, 0, 1, torch.device("cpu"))
PLAIN = Choice(threads=1)
LAYOUT = striped(30, 48).labels


class AloneWorld(Ranks):
    """One process, without Fabric."""

    def __init__(self) -> None:
        super().__init__(None, 0, 1, torch.device("cpu"))

    def autocast(self) -> torch.autocast:
        return torch.autocast("cpu", enabled=False)


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WATCHED", 4), ("SHOWN", 1), ("SEEDS", 2)):
        monkeypatch.setattr(watching, name, value)
    monkeypatch.setattr(recipes, "frozen_extractor", lambda _: mean_colors)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    return saved(tmp_path_factory.mktemp("segmenter") / "run", Segmenter(8))


def build_of(packs: Path, reader: Path) -> Build:
    scenes = [striped(96, 150, first) for first in range(4)]
    return recipes.builder(Pack.open(packs / "photo.pack"), scenes, reader, packs / "frozen.safetensors", None)


def small(pictures: int = 8, **changes: object) -> Run:
    run = replace(recipes.tiny(recipes.layout()), pictures=pictures, preview_pictures=10**9)
    return replace(run, **changes)  # type: ignore[arg-type]


def test_every_player_learns_and_every_term_is_told(packs: Path, reader: Path) -> None:
    run = small()
    torch.manual_seed(0)
    made = state.begin(run, build_of(packs, reader)(run, ALONE.device, PLAIN, ALONE))
    players = made.task.objective.players
    before = {name: [p.detach().clone() for p in module.parameters()] for name, module in players.items()}
    batches = made.task.batches(0, 0, 1)
    figures: dict[str, float] = {}
    for _ in range(2):
        figures |= loop.advance(made, next(batches), AloneWorld())
    batches.close()
    assert all(np.isfinite(value) for value in figures.values())
    assert {name for name, weight in run.weights.items() if weight} <= figures.keys()
    assert 0 <= figures["generator.right"] <= 1
    for name, module in players.items():
        moved = [not torch.equal(a, b) for a, b in zip(before[name], module.parameters(), strict=True)]
        assert sum(moved) > 0.4 * len(moved), name  # the finest stages of a critic wake one a step


def test_the_segmenter_is_read_through_and_does_not_learn(packs: Path, reader: Path) -> None:
    task = build_of(packs, reader)(small(), ALONE.device, PLAIN, ALONE)
    objective = task.objective
    assert isinstance(objective, Layout)
    assert not any(p.requires_grad for p in objective.segmenter.parameters())
    batches = task.batches(0, 0, 1)
    views = objective.views(next(batches), torch.Generator().manual_seed(0), 0)
    batches.close()
    own = list(objective.generator.parameters())
    of_layout = torch.autograd.grad(objective.terms("generator", views)["layout"].mean(), own, allow_unused=True)
    assert sum(g is not None and bool(g.abs().sum() > 0) for g in of_layout) > len(own) // 2
    assert "layout" not in objective.terms("discriminator", views)


@pytest.mark.parametrize("picture", [4])
def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(
    packs: Path, reader: Path, tmp_path: Path, picture: int
) -> None:
    run = small(12, save_seconds=1e-9)

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Sketch]:
        task = build_of(packs, reader)(run, device, choice, ranks)

        def batches(start: int, rank: int, count: int) -> Generating[Sketch, None, None]:
            for number, batch in enumerate(task.batches(start, rank, count)):
                if start + number * run.batch == picture:
                    raise Killed
                yield batch

        return replace(task, batches=batches)

    launch.launch(run, build_of(packs, reader), tmp_path / "whole")
    with pytest.raises(Killed):
        launch.launch(run, build, tmp_path / "killed")
    launch.launch(run, build_of(packs, reader), tmp_path / "killed")
    assert end_of(tmp_path / "killed") == end_of(tmp_path / "whole")
    lines = [json.loads(line) for line in (tmp_path / "whole/stats.jsonl").read_text().splitlines()]
    assert {"watch.score", "watch.right"} <= lines[-1].keys()
    assert list((tmp_path / "whole/previews").iterdir())
    picture_ = painted(load_layout(tmp_path / "whole"), LAYOUT, 7)
    assert picture_.shape == (64, 96, 3)
    assert np.array_equal(picture_, painted(load_layout(tmp_path / "whole" / AVERAGE), LAYOUT, 7))


def test_two_ranks_share_a_batch(packs: Path, reader: Path) -> None:
    task = build_of(packs, reader)(small(), ALONE.device, PLAIN, ALONE)
    whole, even, odd = (next(task.batches(8, rank, ranks)) for rank, ranks in ((0, 1), (0, 2), (1, 2)))
    for name in ("labels", "renders"):
        parts = torch.stack((getattr(even, name), getattr(odd, name)), 1).flatten(0, 1)
        assert torch.equal(parts, getattr(whole, name)), name
    parts = torch.stack((even.drawn.noise, odd.drawn.noise), 1).flatten(0, 1)
    assert torch.equal(parts, whole.drawn.noise)


def test_what_is_built_with_is_asked_for(packs: Path, reader: Path, tmp_path: Path) -> None:
    pack, scenes = Pack.open(packs / "photo.pack"), [striped(96, 150, first) for first in range(4)]
    frozen = packs / "frozen.safetensors"
    few = saved(tmp_path / "few", Segmenter(8, 5))
    for given, error, words in (
        (recipes.builder(pack, scenes, tmp_path / "none", frozen, None), ModelError, "no segmenter"),
        (recipes.builder(pack, scenes, few, frozen, None), SettingError, "reads 5 classes; the palette has 12"),
        (recipes.builder(pack, scenes, reader, None, None), SettingError, "by --features"),
    ):
        with pytest.raises(error, match=words):
            given(small(), ALONE.device, PLAIN, ALONE)


def test_what_is_no_generator_is_refused(reader: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no generator of layouts"):
        load_layout(reader)
    with pytest.raises(RunError, match="no saving"):
        load_layout(tmp_path)
    generator = LayoutGenerator(1)
    network = {"width": 1, "classes": len(NAMES)}
    checkpoint.write(tmp_path / AVERAGE, generator.state_dict(), {"network": network})
    assert sum(p.numel() for p in load_layout(tmp_path).parameters()) > 1000


@pytest.mark.parametrize(
    ("size", "cells"),
    [((1, 1), (4, 4)), ((64, 64), (4, 4)), ((30, 48), (4, 6)), ((900, 300), (12, 4)), ((40, 700), (4, 70))],
)
def test_layouts_of_any_size(size: tuple[int, int], cells: tuple[int, int]) -> None:
    found = at_cells(np.full(size, 3, np.uint8))
    assert found.shape == (cells[0] * CELL_SIDE, cells[1] * CELL_SIDE)
    assert (found == 3).all()


def test_the_noise_of_a_seed_is_that_of_its_scene_from_noise() -> None:
    noise = noise_of(7, 6, 5)
    assert noise.shape[1:] == (6, 5 + 2 * HALO)
    np.testing.assert_array_equal(noise[:, :4], columns(7, 5))
    assert not np.array_equal(noise[:, 4:], noise[:, :2])
    around = noise_of(7, 4, 5, "x")
    np.testing.assert_array_equal(around[..., :HALO], around[..., 5 : 5 + HALO])


def test_seeds_differ_and_are_kept() -> None:
    torch.manual_seed(0)
    generator = LayoutGenerator(1).eval()
    one, same, other = (painted(generator, LAYOUT, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, painted(generator, LAYOUT[:, ::-1], 1))


def test_narrow_numbers_serve_as_well(packs: Path, reader: Path) -> None:
    narrow.check(small(), build_of(packs, reader))
