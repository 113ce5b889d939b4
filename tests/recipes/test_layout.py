"""The layout recipe: both players learn, killed and gone on with, shared by two, what a trained one paints, and how it
becomes a file."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from pleinair.data.labeled import LabeledScene
from pleinair.data.pack import Pack
from pleinair.errors import ModelError, RunError, SettingError
from pleinair.export.handover import hand_over
from pleinair.fiction.palette import NAMES
from pleinair.images import to_pixels
from pleinair.networks.layout import LayoutGenerator
from pleinair.networks.segmenter import AVERAGE, Segmenter
from pleinair.objectives.layout import Layout
from pleinair.objectives.matching import MEANT
from pleinair.realist import load
from pleinair.recipes import layout as recipes
from pleinair.recipes import watching_layouts as watching
from pleinair.recipes.watching_layouts import LearnedEngine, WatchedLayouts, load_layout, painted, square
from pleinair.render.told import SKIRT, Around, LaidOut
from pleinair.seeds import CELL_SIDE, HALO, NOISE
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint, state
from pleinair.training.launch import Build
from pleinair.training.run import Run
from tests.labels import striped
from tests.networks.test_segmenter import saved
from tests.training import narrow
from tests.training.alone import ALONE, check_going_on, check_learning, check_shares, shared, steps_of
from tests.training.rehearsal import PLAIN, mean_colors

LAYOUT = striped(30, 48)


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WATCHED", 4), ("SHOWN", 1), ("SEEDS", 2)):
        monkeypatch.setattr(watching, name, value)


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
    figures = check_learning(state.begin(run, build_of(packs, reader)(run, ALONE.device, PLAIN, ALONE)))
    assert 0 <= figures["generator.right"] <= 1


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

    check_going_on(run, build_of(packs, reader), picture, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "whole/stats.jsonl").read_text().splitlines()]
    assert {"watch.score", "watch.right"} <= lines[-1].keys()
    assert list((tmp_path / "whole/previews").iterdir())
    picture_ = painted(load_layout(tmp_path / "whole"), LAYOUT, 7)
    assert picture_.shape == (30, 48, 3)
    assert np.array_equal(picture_, painted(load_layout(tmp_path / "whole" / AVERAGE), LAYOUT, 7))
    done = hand_over(tmp_path / "whole")
    assert (done.spec.name, done.spec.kind, done.spec.seen_pictures) == ("whole", "layout", 12)
    assert [source.pictures for source in done.spec.sources] == [12, 4]
    real = load(done.path, threads=1).real(LAYOUT.labels, LAYOUT.picture, 7)
    assert np.abs(real.astype(int) - picture_).max() <= 3  # weights are halves


def test_two_ranks_share_a_batch(packs: Path, reader: Path) -> None:
    task = build_of(packs, reader)(small(), ALONE.device, PLAIN, ALONE)
    whole, even, odd = shared(task)
    check_shares(whole, even, odd, ("labels", "renders"))
    check_shares(whole.drawn, even.drawn, odd.drawn, ("noise", "latents", "real", "numbers"))
    assert not torch.equal(even.drawn.noise, odd.drawn.noise)


def test_what_is_built_with_is_asked_for(packs: Path, reader: Path, tmp_path: Path) -> None:
    pack, scenes = Pack.open(packs / "photo.pack"), [striped(96, 150, first) for first in range(4)]
    frozen = packs / "frozen.safetensors"
    few = saved(tmp_path / "few", Segmenter(8, 5))
    for build, error, words in (
        (recipes.builder(pack, scenes, tmp_path / "none", frozen, None), ModelError, "no segmenter"),
        (recipes.builder(pack, scenes, few, frozen, None), SettingError, "reads 5 classes; the palette has 12"),
        (recipes.builder(pack, scenes, reader, None, None), SettingError, "by --features"),
    ):
        with pytest.raises(error, match=words):
            build(small(), ALONE.device, PLAIN, ALONE)


def test_what_is_no_generator_is_refused(reader: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no generator of layouts"):
        load_layout(reader)
    with pytest.raises(RunError, match="no saving"):
        load_layout(tmp_path)
    generator = LayoutGenerator(1)
    network = {"width": 1, "classes": len(NAMES)}
    checkpoint.write(tmp_path / AVERAGE, generator.state_dict(), {"network": network})
    assert sum(p.numel() for p in load_layout(tmp_path).parameters()) > 1000


def test_seeds_differ_and_are_kept() -> None:
    torch.manual_seed(0)
    generator = LayoutGenerator(1).eval()
    one, same, other = (painted(generator, LAYOUT, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    for scene in (
        LabeledScene(LAYOUT.picture, LAYOUT.labels[:, ::-1]),
        LabeledScene(255 - LAYOUT.picture, LAYOUT.labels),
    ):
        assert not np.array_equal(one, painted(generator, scene, 1))


def noisy(height: int, width: int) -> LabeledScene:
    """A scene in which no two places are alike."""
    draw = np.random.default_rng([height, width])
    labels = draw.integers(0, len(NAMES), (height, width)).astype(np.uint8)
    return LabeledScene(draw.integers(0, 256, (height, width, 3)).astype(np.uint8), labels)


@settings(max_examples=10, deadline=None)
@drawn_from(height=st.integers(1, 60), width=st.integers(1, 60), around=st.sampled_from(("none", "x")))
def test_a_learned_engine_draws_what_its_network_draws_at_any_size(height: int, width: int, around: Around) -> None:
    width = -(-width // CELL_SIDE) * CELL_SIDE if around == "x" else width
    torch.manual_seed(0)
    generator, scene = LayoutGenerator(1).eval(), noisy(height, width)
    one = LaidOut(scene.labels, scene.picture, 9, around).whole()
    with torch.no_grad():
        wanted = generator(*map(torch.from_numpy, (one.latents, one.noise, one.told))).numpy()
    engine = LearnedEngine(generator)
    drawn = engine.draw(one.latents, one.noise, one.told)
    assert drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn, wanted)
    assert (engine.spec.kind, engine.spec.kinds, engine.spec.stride) == ("layout", NAMES, CELL_SIDE)
    found = painted(generator, scene, 9, around)
    assert found.shape == scene.picture.shape
    top = SKIRT * CELL_SIDE
    np.testing.assert_array_equal(found, to_pixels(wanted[0, :, top : top + height, :width]).transpose(1, 2, 0))


def test_a_narrow_generator_gives_wide_numbers() -> None:
    torch.manual_seed(0)
    generator = LayoutGenerator(1).eval()
    one = LaidOut(LAYOUT.labels, LAYOUT.picture, 0).whole()
    values = one.latents, one.noise, one.told
    wide = LearnedEngine(generator).draw(*values)
    with torch.autocast("cpu", torch.bfloat16):
        drawn = LearnedEngine(generator).draw(*values)
    assert drawn.dtype == np.float32
    assert 0 < np.abs(drawn - wide).max() < 0.1


@settings(max_examples=15, deadline=None)
@drawn_from(height=st.integers(1, 80), width=st.integers(1, 80), side=st.sampled_from((16, 64)))
def test_what_is_watched_is_the_middle_of_a_scene(height: int, width: int, side: int) -> None:
    scene = noisy(height, width)
    found = square(scene, side)
    assert found.labels.shape == (side, side)
    assert found.picture.shape == (side, side, 3)
    span = min(height, width)
    top, left = (height - span + 1) // 2, (width - span + 1) // 2  # half a pixel further where there is no middle
    own_size = square(scene, span).labels
    assert np.array_equal(own_size, scene.labels[top : top + span, left : left + span])
    whole = square(noisy(side, side), side)
    assert np.array_equal(whole.labels, noisy(side, side).labels)
    assert np.array_equal(whole.picture, noisy(side, side).picture)


def test_what_is_watched_is_shown_and_read(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    generator, scenes = LayoutGenerator(1).eval(), [striped(64, 96, first) for first in range(2)]
    watched = WatchedLayouts(Pack.open(packs / "photo.pack"), scenes, Segmenter(8), 64, mean_colors)
    sheet = watched.preview(generator)
    assert sheet.shape == (64 + 8, 4 * 68 + 4, 3)  # layout, render, two seeds of the first
    assert np.array_equal(sheet[4:68, 72:136], watched.scenes[0].picture)
    assert np.array_equal(sheet[4:68, 140:204], painted(generator, watched.scenes[0], 0))
    assert np.array_equal(sheet[4:68, 208:272], painted(generator, watched.scenes[0], 1))
    numbers = iter((0, 1, 0, 1))
    monkeypatch.setattr(watching, "read_back", lambda *_: watched.scenes[next(numbers)].labels)
    figures = watched.watch(generator)
    assert figures["right"] == 1
    assert figures["score"] > 0
    assert not WatchedLayouts(Pack.open(packs / "photo.pack"), scenes, Segmenter(8), 64, None).possible


def test_a_run_says_what_it_is_trained_on(packs: Path, reader: Path) -> None:
    facts = build_of(packs, reader)(small(), ALONE.device, PLAIN, ALONE).facts
    spec = ModelSpec.from_json(facts["spec"])
    assert (spec.kind, spec.kinds, spec.stride, spec.halo) == ("layout", NAMES, CELL_SIDE, 0)
    assert (spec.name, spec.recipe, spec.styles, spec.width) == ("layout", "layout", ("photo",), 1)
    assert [(source.name, source.pictures) for source in spec.sources] == [("photo", 12), ("photo", 4)]
    assert spec.sources[1].title == recipes.FICTION
    assert facts["network"]["classes"] == len(NAMES)


def test_a_run_is_of_crops_of_128_pixels_and_a_rehearsal_of_64() -> None:
    run, rehearsal = recipes.layout(), recipes.tiny(recipes.layout())
    assert (run.network["side"], run.data["scales"]) == (128, [128.0, 256.0])
    assert (rehearsal.network["side"], rehearsal.network["width"]) == (64, 1)
    assert rehearsal.data["scales"][0] == 64
    for name in ("layout", "structure", "tint", "light", "adversarial"):
        assert run.weights[f"generator.{name}"] > 0
    assert not {"generator.rebuilt", "generator.nats"} & run.weights.keys()
    assert rehearsal.weights == run.weights


@pytest.mark.parametrize("side", [64, 96, 128])
def test_noise_is_of_as_many_cells_as_a_crop_has(packs: Path, side: int) -> None:
    run = small(network={**small().network, "side": side}, data={**small().data, "scales": [side, 2 * side]})
    sampler = recipes.sampler_of(run, Pack.open(packs / "photo.pack"), [striped(96, 150)])
    both = sampler.batch(4, 3)
    cells = side // CELL_SIDE
    assert both.noise.shape == (3, NOISE, cells, cells + 2 * HALO)
    assert both.noise.dtype == np.float32
    assert both.layouts.labels.shape == (3, side, side)
    assert both.photos.real.shape == (3, 3, side, side)
    made = recipes.sketch(both, ALONE.device, torch.channels_last)
    assert made.drawn.noise.shape == both.noise.shape
    assert np.array_equal(made.drawn.noise.numpy(), both.noise)
    assert float(made.renders.abs().max()) <= 1
    assert abs(float(both.noise.std()) - 1) < 0.05
    assert abs(float(both.noise.mean())) < 0.05


def test_the_noise_of_a_picture_is_its_numbers_alone(packs: Path) -> None:
    pack, scenes = Pack.open(packs / "photo.pack"), [striped(96, 150)]
    one, other = (recipes.sampler_of(small(seed=seed), pack, scenes) for seed in (0, 1))
    assert np.array_equal(one.batch(4, 4).noise[3], one.batch(6, 2).noise[1])
    assert not np.array_equal(one.batch(4, 1).noise, one.batch(5, 1).noise)
    assert not np.array_equal(one.batch(4, 1).noise, other.batch(4, 1).noise)


def test_a_classifier_looks_on_where_one_is_given(packs: Path, reader: Path) -> None:
    run = recipes.meaning(small())
    added = {name for name in run.weights if name not in small().weights}
    assert added == {f"generator.{name}" for name in MEANT}
    with pytest.raises(SettingError, match="sees with squeezenet1_1; give its file by --classifier"):
        build_of(packs, reader)(run, ALONE.device, PLAIN, ALONE)
    scenes = [striped(96, 150, first) for first in range(4)]
    given = Pack.open(packs / "photo.pack"), scenes, reader, packs / "frozen.safetensors", None
    made = state.begin(run, recipes.builder(*given, packs / "classifier.safetensors")(run, ALONE.device, PLAIN, ALONE))
    figures = steps_of(made, 2)
    for name in MEANT:
        values = [of_step[f"generator.{name}"] for of_step in figures]
        assert all(np.isfinite(values))
        assert max(values) > 0
    remembered = made.task.objective.players["discriminator"].state_dict()
    assert remembered["meant.many"][0].sum() == 2 * run.batch
    plain = build_of(packs, reader)(small(), ALONE.device, PLAIN, ALONE)
    assert not any("meant" in name for name in plain.objective.players["discriminator"].state_dict())


def test_narrow_numbers_serve_as_well(packs: Path, reader: Path) -> None:
    narrow.check(small(), build_of(packs, reader))
