"""Scenes on sketches: who draws learns, who sketches does not, what both sides are told, and how a run becomes a
file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st
from torch.nn import functional as F

from pleinair.data.labeled import split
from pleinair.data.pack import Pack
from pleinair.errors import ModelError, SettingError
from pleinair.export.handover import hand_over
from pleinair.networks.layout import CLASSES, LayoutGenerator, told_of
from pleinair.networks.scene import trimmed
from pleinair.networks.segmenter import AVERAGE, Segmenter
from pleinair.networks.sketched import SKETCHED, SketchedScene
from pleinair.objectives.layout import Layout, Sketch
from pleinair.recipes import layout as layouts
from pleinair.recipes import sketched as recipes
from pleinair.recipes.layout import FICTION
from pleinair.recipes.watching_scenes import drawn
from pleinair.scenes import load
from pleinair.seeds import CELL_SIDE, HALO
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint, launch, state
from pleinair.training.launch import Build
from pleinair.training.run import Run
from tests.export.generators import scene_spec, small_sketched
from tests.labels import striped
from tests.networks.test_segmenter import saved
from tests.training import narrow
from tests.training.alone import ALONE, check_going_on, check_shares, shared, steps_of, together
from tests.training.rehearsal import PLAIN

KINDS = ("canyon", "lake")
SCENES = [striped(280, 300, first) for first in range(4)]
Given = tuple[Path, Path]


def write_sketches(folder: Path, seed: int = 3) -> Path:
    """The run of a generator of sketches."""
    generator = small_sketched(SKETCHED, marks=3, seed=seed)
    spec = scene_spec(domains=("photo",), kinds=KINDS, side=SKETCHED)
    network = {"side": SKETCHED, "width": 1, "marks": 3, "reads": [], "sketched": True}
    facts = {"network": network, "spec": spec.to_json()}
    folder.mkdir()
    checkpoint.write(folder / AVERAGE, generator.state_dict(), facts)
    return folder


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """The runs of a segmenter and of a generator of sketches."""
    torch.manual_seed(0)
    home = tmp_path_factory.mktemp("given")
    return saved(home / "reader", Segmenter(8)), write_sketches(home / "sketches")


def build_of(packs: Path, given: Given, start: Path | None = None) -> Build:
    pack = Pack.open(packs / "photo.pack")
    return recipes.builder(pack, SCENES, *given, start, packs / "frozen.safetensors", None)


def small(pictures: int = 8, **changes: object) -> Run:
    run = replace(recipes.tiny(recipes.sketched()), pictures=pictures, preview_pictures=10**9)
    return replace(run, **changes)  # type: ignore[arg-type]


def batch_of(packs: Path, given: Given, start: int = 0) -> Sketch:
    batches = build_of(packs, given)(small(), ALONE.device, PLAIN, ALONE).batches(start, 0, 1)
    found: Sketch = next(batches)
    batches.close()
    return found


def test_who_draws_learns_and_who_sketches_stays(packs: Path, given: Given) -> None:
    run = small()
    torch.manual_seed(0)
    made = state.begin(run, build_of(packs, given)(run, ALONE.device, PLAIN, ALONE))
    whole = made.task.objective.players["generator"]
    assert isinstance(whole, SketchedScene)
    before = {name: value.clone() for name, value in whole.state_dict().items()}
    first, second = steps_of(made, 2)
    figures = first | second
    assert {name for name, weight in run.weights.items() if weight} <= figures.keys()
    assert "generator.structure" not in figures
    moved = {name for name, value in whole.state_dict().items() if not torch.equal(value, before[name])}
    assert all(name.startswith("layout.") for name in moved)
    assert len(moved) > 0.8 * sum(name.startswith("layout.") for name in before)
    averaged = made.averaged.state_dict()
    for name, value in before.items():
        assert torch.equal(averaged[name], value) == (name not in moved), name


def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(packs: Path, given: Given, tmp_path: Path) -> None:
    run = small(12, save_seconds=1e-9)

    check_going_on(run, build_of(packs, given), 4, tmp_path)
    done = hand_over(tmp_path / "whole")
    assert (done.spec.name, done.spec.kind, done.spec.seen_pictures) == ("whole", "scene", 12)
    assert (done.spec.side, done.spec.halo, done.spec.kinds) == (256, 7, KINDS)
    weights, facts = checkpoint.read(tmp_path / "whole" / AVERAGE)
    network = SketchedScene(256, 1, 3, (), facts["network"]["drawn"])
    network.load_state_dict(weights)
    (wanted,) = drawn(network.eval(), [7])
    (found,) = load(done.path, threads=1).generate([7])
    assert np.abs(np.asarray(found).astype(int) - wanted).max() <= 3  # weights are halves


def test_drawing_begins_from_a_layout_generator_and_goes_on_on_other_sketches(
    packs: Path, given: Given, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    layout = LayoutGenerator(1)
    named = {f"module/average/{name}": value for name, value in layout.state_dict().items()}
    checkpoint.write(tmp_path / "layout.safetensors", named, {"styles": ["photo"]})
    run = small(4, rates={name: replace(rate, peak=1e-9) for name, rate in small().rates.items()})
    launch.launch(run, build_of(packs, given, tmp_path / "layout.safetensors"), tmp_path / "first")
    other = given[0], write_sketches(tmp_path / "others", seed=9)
    launch.launch(run, build_of(packs, other), tmp_path / "second", start=tmp_path / "first")
    for name, (_, sketches) in (("first", given), ("second", other)):
        found, _ = checkpoint.read(tmp_path / name / AVERAGE)
        for key, value in layout.state_dict().items():
            torch.testing.assert_close(found[f"layout.{key}"], value)
        own, _ = checkpoint.read(sketches / AVERAGE)
        for key, value in own.items():
            assert torch.equal(found[key], value.half().float()), key  # as they will be stored
    # a generator of scenes sketches, too
    assert recipes.load_sketches(tmp_path / "second")[1]["drawn"] == 1


def test_every_second_picture_is_of_what_is_sketched(packs: Path, given: Given) -> None:
    batch = batch_of(packs, given)
    assert batch.told is not None
    side, times = 64, 4
    assert batch.drawn.numbers.tolist() == [0, 1, 2, 3]
    assert batch.told.shape == (4, CLASSES + 3, side, side + 2 * HALO * CELL_SIDE)
    torch.testing.assert_close(batch.told[:, :CLASSES].sum(1), torch.ones_like(batch.told[:, 0]))
    sampler = layouts.sampler_of(small(), Pack.open(packs / "photo.pack"), split(SCENES)[0])
    plain = layouts.sketch(sampler.batch(0, 4), ALONE.device, torch.contiguous_format)
    for row in (0, 2):
        assert torch.equal(batch.labels[row], plain.labels[row])
        assert torch.equal(batch.renders[row], plain.renders[row])
        known = told_of(plain.labels[row : row + 1], plain.renders[row : row + 1])[0]
        middle, fine = (trimmed(x[None], side) for x in (batch.told[row], known))
        torch.testing.assert_close(F.avg_pool2d(middle, side), F.avg_pool2d(fine, side), atol=0.02, rtol=0)
        assert F.avg_pool2d(fine, times).sub(F.avg_pool2d(middle, times)).abs().mean() < 0.05
    for row in (1, 3):
        middle = trimmed(batch.told[row : row + 1], side)[0]
        assert torch.equal(batch.labels[row], middle[:CLASSES].argmax(0))
        assert torch.equal(batch.renders[row], middle[CLASSES:].clamp(-1, 1))
        assert not torch.equal(batch.labels[row], plain.labels[row])


@settings(max_examples=12, deadline=None)
@drawn_from(number=st.integers(0, 10**6), side=st.sampled_from((16, 24, 32, 64)))
def test_windows_are_parts_of_what_is_sketched(number: int, side: int) -> None:
    whole = small_sketched(256)
    numbers = torch.tensor([number, number + 1])
    both, one = recipes.windows(whole, numbers, side, 0), recipes.windows(whole, numbers[:1], side, 0)
    assert both.shape == (2, CLASSES + 3, side, side + 2 * HALO * CELL_SIDE // 4)
    torch.testing.assert_close(both[:1], one, atol=2e-5, rtol=0)
    torch.testing.assert_close(both[:, :CLASSES].sum(1), torch.ones_like(both[:, 0]))
    assert not torch.equal(both[0], both[1])
    assert not torch.equal(one, recipes.windows(whole, numbers[:1], side, 1))


def test_two_ranks_share_a_batch(packs: Path, given: Given) -> None:
    task = build_of(packs, given)(small(), ALONE.device, PLAIN, ALONE)
    whole, even, odd = shared(task)
    for name in ("labels", "renders", "told"):
        torch.testing.assert_close(together(even, odd, name), getattr(whole, name), atol=2e-5, rtol=0)
    check_shares(whole.drawn, even.drawn, odd.drawn, ("noise",))


def test_the_generator_is_told_what_the_batch_says(packs: Path, given: Given) -> None:
    aim = build_of(packs, given)(small(), ALONE.device, PLAIN, ALONE).objective
    assert isinstance(aim, Layout)
    batch = batch_of(packs, given)
    assert batch.told is not None
    with torch.no_grad():
        views = aim.views(batch, torch.Generator().manual_seed(0), 0)
        wanted = aim.generator(batch.drawn.latents, batch.drawn.noise, batch.told)
    torch.testing.assert_close(views.seen.fake, wanted)
    assert aim.averaged is aim.players["generator"]
    assert isinstance(aim.averaged, SketchedScene)
    assert aim.averaged.layout is aim.generator


def test_a_run_says_what_it_is_trained_on(packs: Path, given: Given) -> None:
    facts = build_of(packs, given)(small(), ALONE.device, PLAIN, ALONE).facts
    spec = ModelSpec.from_json(facts["spec"])
    assert (spec.kind, spec.side, spec.halo, spec.stride, spec.kinds) == ("scene", 256, 7, 1, KINDS)
    assert (spec.name, spec.recipe, spec.styles) == ("scene_sketched", "scene_sketched", ("photo",))
    assert [(source.name, source.pictures) for source in spec.sources] == [("photo", 12), ("photo", 4)]
    assert spec.sources[1].title == FICTION
    network = {"side": 256, "width": 1, "marks": 3, "reads": [], "drawn": 1, "sketched": True}
    assert facts["network"] == network


def test_a_run_is_the_layout_recipe_at_the_size_of_scenes() -> None:
    run, plain = recipes.sketched(), layouts.layout()
    assert set(plain.weights) - set(run.weights) == {"generator.structure"}
    assert all(plain.weights[name] == weight for name, weight in run.weights.items())
    assert (run.data["scales"], run.data["height"]) == ([256, 384], 256)
    assert run.network == plain.network
    assert recipes.tiny(run).network == layouts.tiny(plain).network
    assert recipes.tiny(run).data == run.data


def test_what_is_built_with_is_asked_for(packs: Path, given: Given) -> None:
    with pytest.raises(ModelError, match="no generator of sketches"):
        build_of(packs, (given[0], given[0]))(small(), ALONE.device, PLAIN, ALONE)
    pack = Pack.open(packs / "photo.pack")
    with pytest.raises(SettingError, match="by --features"):
        recipes.builder(pack, SCENES, *given, None, None, None)(small(), ALONE.device, PLAIN, ALONE)
    run = layouts.meaning(small())
    with pytest.raises(SettingError, match="sees with squeezenet1_1; give its file by --classifier"):
        build_of(packs, given)(run, ALONE.device, PLAIN, ALONE)


def test_narrow_numbers_serve_as_well(packs: Path, given: Given) -> None:
    narrow.check(small(), build_of(packs, given))
