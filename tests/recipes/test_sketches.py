"""The recipe of sketches: both players learn, killed and gone on with, shared by two, and how a run becomes a file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pleinair.data.pack import Pack
from pleinair.errors import SettingError
from pleinair.export.handover import hand_over
from pleinair.networks.sketched import SKETCHED, SketchedScene
from pleinair.objectives.sketches import Sketching
from pleinair.recipes import scene as scenes
from pleinair.recipes import sketches as recipes
from pleinair.recipes.layout import FICTION
from pleinair.recipes.watching_scenes import drawn
from pleinair.scenes import load
from pleinair.seeds import HALO, NOISE, ROWS
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint, state
from pleinair.training.launch import Build
from pleinair.training.run import Run
from tests.labels import striped
from tests.training import narrow
from tests.training.alone import ALONE, check_going_on, check_learning, check_shares, shared
from tests.training.rehearsal import PLAIN

SCENES = [replace(striped(140, 170, first), name=f"seed{first}") for first in range(4)]
KINDS = {"seed0": "lake", "seed1": "canyon", "seed2": "lake", "elsewhere": "forest"}


def build_of(packs: Path) -> Build:
    return recipes.builder(Pack.open(packs / "photo.pack"), SCENES, packs / "frozen.safetensors", None)


def small(pictures: int = 8, **changes: object) -> Run:
    run = recipes.tiny(recipes.sketches())
    run = replace(run, pictures=pictures, preview_pictures=10**9)
    return replace(run, **changes)  # type: ignore[arg-type]


def test_every_player_learns_and_every_term_is_told(packs: Path) -> None:
    run = small()
    torch.manual_seed(0)
    check_learning(state.begin(run, build_of(packs)(run, ALONE.device, PLAIN, ALONE)))


def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(packs: Path, tmp_path: Path) -> None:
    run = small(12, save_seconds=1e-9)

    check_going_on(run, build_of(packs), 4, tmp_path)
    done = hand_over(tmp_path / "whole")
    assert (done.spec.name, done.spec.kind, done.spec.seen_pictures, done.spec.halo) == ("whole", "scene", 12, 5)
    weights, _ = checkpoint.read(tmp_path / "whole" / checkpoint.AVERAGE)
    network = SketchedScene(SKETCHED, 1, 1, run.network["reads"])
    network.load_state_dict(weights)
    (wanted,) = drawn(network.eval(), [7])
    (found,) = load(done.path, threads=1).generate([7])
    assert np.abs(np.asarray(found).astype(int) - wanted).max() <= 3  # weights are halves


def test_two_ranks_share_a_batch(packs: Path) -> None:
    task = build_of(packs)(small(), ALONE.device, PLAIN, ALONE)
    whole, even, odd = shared(task)
    check_shares(whole, even, odd, ("labels", "renders"))
    check_shares(whole.drawn, even.drawn, odd.drawn, ("noise", "latents", "real", "numbers"))
    assert not torch.equal(even.labels, odd.labels)
    assert isinstance(task.objective, Sketching)
    assert whole.drawn.noise.shape == (4, NOISE, ROWS, ROWS + 2 * HALO)
    assert whole.drawn.real.shape[2:] == (SKETCHED, SKETCHED)
    assert whole.labels.shape[1:] == (recipes.READ_AT, recipes.READ_AT) == (128, 128)


def test_sketches_need_no_critic_of_pixels_nor_who_draws_on_them(packs: Path) -> None:
    aim = build_of(packs)(small(), ALONE.device, PLAIN, ALONE).objective
    assert isinstance(aim, Sketching)
    assert aim.scene.pixels is None
    assert aim.generator.layout is None
    assert aim.sketches.enter[0].in_channels == 15


def test_a_run_says_what_it_is_trained_on(packs: Path) -> None:
    facts = build_of(packs)(small(), ALONE.device, PLAIN, ALONE).facts
    spec = ModelSpec.from_json(facts["spec"])
    assert (spec.kind, spec.side, spec.halo, spec.stride) == ("scene", 64, 5, 1)
    assert (spec.name, spec.recipe, spec.styles, spec.width) == ("scene_sketches", "scene_sketches", ("photo",), 1)
    assert [(source.name, source.pictures) for source in spec.sources] == [("photo", 12), ("photo", 4)]
    assert spec.sources[1].title == FICTION
    assert facts["network"]["sketched"] is True


def test_a_run_is_the_scene_recipe_with_a_critic_of_sketches() -> None:
    run, plain = recipes.sketches(), scenes.scene(["photo"], (), SKETCHED)
    added = {name for name in run.weights if name not in plain.weights}
    held = {"generator.sketched", "discriminator.sketched", "discriminator.sketched_penalty", "generator.named"}
    assert added == held
    assert {name for name in plain.weights if name not in run.weights} == set(recipes.OF_PIXELS)
    assert run.rates == plain.rates
    assert run.data["layouts"] == [128.0, 192.0]
    assert recipes.tiny(run).network == {**run.network, "width": 1}
    assert recipes.tiny(run).data == run.data


def test_what_is_built_with_is_asked_for(packs: Path) -> None:
    build = recipes.builder(Pack.open(packs / "photo.pack"), SCENES, None, None)
    with pytest.raises(SettingError, match="by --features"):
        build(small(), ALONE.device, PLAIN, ALONE)


def test_most_pictures_say_their_kind(packs: Path) -> None:
    run = recipes.tiny(recipes.sketches(["canyon", "lake"]))
    assert run.network["marks"] == 3
    sampler = recipes.sampler_of(run, Pack.open(packs / "photo.pack"), SCENES, KINDS)
    batch = sampler.batch(0, 200)
    marks = batch.photos.drawn.marks
    assert marks.shape == (200, 3)
    assert (marks[:, 0] == 1).all()
    names = [sampler.layouts.scene(number).name for number in range(200)]
    for name, marked in (("seed0", 2), ("seed1", 1), ("seed2", 2), ("seed3", 0)):
        rows = marks[[row for row, own in enumerate(names) if own == name]]
        assert len(rows) > 20
        for mark in (1, 2):
            share = rows[:, mark].mean()
            assert 0.6 < share < 1 if mark == marked else share == 0, (name, mark)
    even, odd = (sampler.batch(0, 200, rank, 2).photos.drawn.marks for rank in (0, 1))
    assert np.array_equal(np.stack((even, odd), 1).reshape(200, 3), marks)


def test_kinds_travel_with_the_run(packs: Path) -> None:
    run = replace(recipes.tiny(recipes.sketches(["canyon", "lake"])), pictures=8)
    build = recipes.builder(Pack.open(packs / "photo.pack"), SCENES, packs / "frozen.safetensors", None, KINDS)
    task = build(run, ALONE.device, PLAIN, ALONE)
    assert ModelSpec.from_json(task.facts["spec"]).kinds == ("canyon", "lake")
    batches = task.batches(0, 0, 1)
    assert next(batches).drawn.marks.shape == (4, 3)
    batches.close()


def test_narrow_numbers_serve_as_well(packs: Path) -> None:
    narrow.check(small(), build_of(packs))
