"""What layouts wear and grow: moods and films, sky and clouds, water, canopy, ground, trees and tufts."""

from dataclasses import replace

import numpy as np
import pytest

from pleinair.fiction.layout_canopy import clumps, forest, rows_of, shade_of
from pleinair.fiction.layout_cover import WEARS, Grain, clothe
from pleinair.fiction.layout_dress import Dry, _dry
from pleinair.fiction.layout_growth import _runs, cast, plant_trees, tufts
from pleinair.fiction.layout_mood import developed, eye_height, film, looking, spec_of, view_of, world_of
from pleinair.fiction.layout_regions import horizon, regions, scale_of
from pleinair.fiction.layout_sky import paint_sky
from pleinair.fiction.layout_space import space
from pleinair.fiction.layout_water import _beside, paint_water
from pleinair.fiction.palette import Label
from pleinair.fiction.spec import KINDS, SEASONS, SceneSpec
from tests.drawn_layouts import country, ground

LABELS = country()
SIZE = (96, 60)


@pytest.fixture(scope="module")
def dry() -> Dry:
    spec = SceneSpec("lake", season="summer", time="afternoon", weather="cloudy", seed=2)
    parts = regions(LABELS)
    world = world_of(LABELS, parts, spec)
    view = looking(world.plan.camera, SIZE, horizon(LABELS), "none")
    return _dry(world, view, LABELS, parts, False)


def test_seeds_draw_many_moods() -> None:
    specs = [spec_of(LABELS, seed) for seed in range(60)]
    assert {spec.season for spec in specs} == set(SEASONS)
    assert len({spec.time for spec in specs}) >= 5
    assert len({spec.weather for spec in specs}) >= 3
    assert all(spec.kind in KINDS for spec in specs)
    assert not any(spec.weather in ("clear", "fog") for spec in specs)  # its cloud is to be seen
    assert all(spec.season == "winter" for spec in specs if spec.weather == "snow")
    assert spec_of(LABELS, 5) == spec_of(LABELS, 5)


@pytest.mark.parametrize(
    ("label", "kinds"),
    [
        (Label.SAND, {"desert"}), (Label.FOREST, {"forest"}), (Label.MOUNTAIN, {"mountains"}),
        (Label.ROCK, {"canyon", "meadow"}), (Label.GRASS, {"meadow"}), (Label.WATER, {"lake", "river"}),
    ],
)  # fmt: skip
def test_labels_lend_the_kind(label: Label, kinds: set[str]) -> None:
    assert {spec_of(np.full((20, 20), label, np.uint8), seed).kind for seed in range(12)} == kinds


def test_a_sea_below_the_sky_is_a_coast() -> None:
    labels = np.zeros((20, 30), np.uint8)
    labels[8:] = Label.WATER
    assert spec_of(labels, 1).kind == "coast"


def test_the_eye_is_as_high_as_trees_say() -> None:
    parts = regions(LABELS)
    assert eye_height(LABELS, parts, 1) == eye_height(LABELS, parts, 2)
    bare = np.where(LABELS == Label.TREE, Label.GRASS, LABELS)
    free = {round(eye_height(bare, regions(bare), seed), 3) for seed in range(5)}
    assert len(free) == 5
    assert all(1.6 <= eye <= 8 for eye in free)


def test_long_strips_are_seen_wider_and_drawn_no_larger() -> None:
    assert view_of((320, 512)) == view_of((512, 320)) == view_of((100, 250)) == 60
    assert 60 < view_of((100, 300)) < view_of((100, 500)) <= 120
    assert view_of((1, 20_000)) == 120
    assert scale_of((320, 512)) == scale_of((512, 320)) == 1
    assert scale_of((400, 20_000)) == pytest.approx(1000 / 512)
    assert scale_of((1, 1)) == 1 / 512


def test_films_differ_and_keep_their_range() -> None:
    gray = np.full((20, 30, 3), 0.5, np.float32)
    shown = [developed(film(seed), gray, False) for seed in range(6)]
    assert np.std([each.mean() for each in shown]) > 0
    assert all(0.3 < each.mean() < 0.7 for each in shown)
    assert np.array_equal(shown[0], developed(film(0), gray, False))
    dark = next(film(seed) for seed in range(50) if film(seed).corners > 0.2)
    assert developed(dark, gray, False)[0, 0].mean() < developed(dark, gray, True)[0, 0].mean() - 0.05


def test_clouds_are_brighter_than_the_sky_behind(dry: Dry) -> None:
    colors = np.zeros((60, 96, 3), np.float32)
    paint_sky(dry.world, dry.at.view, LABELS, colors, False)
    assert colors[LABELS == Label.CLOUD].mean() > 1.2 * colors[LABELS == Label.SKY].mean()
    assert (colors[50:] == 0).all()
    clear = np.zeros((60, 96, 3), np.float32)
    paint_sky(dry.world, dry.at.view, np.full_like(LABELS, Label.GRASS), clear, False)
    assert (clear == 0).all()


def test_water_mirrors_what_stands_above_it(dry: Dry) -> None:
    wet = LABELS == Label.WATER
    plain = paint_water(dry.world, dry.at, LABELS, dry.sky, dry.colors, False)
    red = dry.colors.copy()
    red[LABELS == Label.FOREST] = (9, 0, 0)
    changed = paint_water(dry.world, dry.at, LABELS, dry.sky, red, False)
    assert plain.shape == (wet.sum(), 3)
    assert np.isfinite(plain).all()
    assert (changed[:, 0] - plain[:, 0]).max() > 1
    rows = np.nonzero(wet)[0]
    moved = np.abs(changed - plain).max(-1) > 0.5
    assert rows[moved].mean() < rows[~moved].mean()  # the forest on the shore lies in the nearest rows


def test_what_stands_before_water_is_not_mirrored_far_off() -> None:
    colors = np.arange(8, dtype=np.float32)[:, None].repeat(3, 1)
    rows = np.array([0, 0, 0, 0, 0, 1, 1, 1], np.int32)
    columns = np.array([0, 1, 2, 3, 4, 0, 1, 2], np.int32)
    good = np.array([True, False, False, False, True, False, False, False])
    found = _beside(colors, good, rows, columns, 10)[:, 0]
    assert found[:5].tolist() == [0, 0, 0, 4, 4]
    assert found[5:].tolist() == [5, 6, 7]  # nothing beside them


def test_rows_of_crowns_come_nearer_and_wider() -> None:
    rows = rows_of(np.linspace(4, 20, 60).astype(np.float32), 96)
    assert (np.diff(rows.feet) > 0).all()
    assert (np.diff(np.diff(rows.feet)) > -1).all()
    assert rows.across[0] == 24 > rows.across[-1]
    assert rows.feet[-1] > 60


@pytest.mark.parametrize("pointed", [0.0, 1.0])
def test_a_forest_is_closed_and_its_crowns_go_around(pointed: float) -> None:
    rows = rows_of(np.full(60, 8, np.float32), 96)
    row, column = (each.ravel().astype(np.float32) for each in np.mgrid[10:60, :96])
    still = np.zeros(row.size, np.float32)
    leaves = forest(rows, row, column, 96, 7, pointed, still)
    assert leaves.gap.mean() < 0.15
    assert np.abs(leaves.aside).max() <= 1.3
    assert leaves.chance.std() > 0.1
    turned = forest(rows, row, column + 96, 96, 7, pointed, still)
    assert (np.abs(turned.low - leaves.low) < 1e-2).mean() > 0.98
    shade = shade_of(leaves)
    assert 0.2 < shade.min() < shade.max() < 1.6


def test_clumps_of_a_tree_depend_on_its_seed() -> None:
    row, column = (each.ravel().astype(np.float32) for each in np.mgrid[:30, :30])
    size, still = np.full(900, 5, np.float32), np.zeros(900, np.float32)
    one, other = (clumps(row, column, size, np.full(900, seed, np.uint32), 60, still) for seed in (1, 2))
    assert not np.array_equal(one.low, other.low)
    assert one.gap.mean() < 0.2


def test_runs_count_what_hangs_together() -> None:
    mask = np.array([[1, 1, 1, 0, 1]], bool)
    run, place = _runs(mask)
    assert run.tolist() == [3, 3, 3, 1]
    assert place.tolist() == [-0.5, 0, 0.5, 0]


def test_all_ground_is_clothed_in_colors_of_things(dry: Dry) -> None:
    albedo = np.full((60, 96, 3), -1, np.float32)
    clothe(dry.world, dry.at, LABELS, albedo)
    for label in WEARS:
        worn = albedo[label == LABELS]
        assert (worn >= -0.01).all()
        assert worn.max() < 1.2
    assert (albedo[LABELS == Label.SKY] == -1).all()
    assert albedo[LABELS == Label.SNOW].mean() > 3 * albedo[LABELS == Label.GRASS].mean()
    grass = albedo[LABELS == Label.GRASS].mean(0)
    assert grass[1] > grass[2]


def test_grain_of_what_repeats_is_of_whole_tiles(dry: Dry) -> None:
    from pleinair.fiction.layout_tile import flat

    labels = ground()
    at = flat(dry.world, labels)
    grain = Grain(dry.world, at, labels == Label.GRASS, "GRASS")
    assert at.period is not None
    for texels in (0.37, 3.0, 30.0):
        across, ahead = grain._scales(texels)
        assert across * at.period[0] / 512 == pytest.approx(round(across * at.period[0] / 512), abs=1e-4)
        assert ahead * at.period[1] / 512 == pytest.approx(round(ahead * at.period[1] / 512), abs=1e-4)


def test_trees_have_wood_below_leaves(dry: Dry) -> None:
    view, noise = dry.at.view, dry.world.noise
    at = space(view, LABELS, noise, dry.world.plan.draws, dry.world.plan.light, False)
    albedo, reaches = np.zeros((60, 96, 3), np.float32), np.ones((60, 96), np.float32)
    plant_trees(dry.world, at, LABELS, regions(LABELS), albedo, reaches)
    tree = LABELS == Label.TREE
    assert (albedo[tree] > 0).all(-1).mean() > 0.9
    assert (albedo[~tree] == 0).all()
    crown, trunk = albedo[25:35, 80:89].mean((0, 1)), albedo[46:50][tree[46:50]].mean(0)
    assert crown[1] > crown[0]  # leaves are green
    assert trunk[0] > trunk[1]  # wood is brown
    assert np.ptp(at.t[tree]) == pytest.approx(0, abs=1e-3)


def test_trees_cast_shadows_on_level_ground_alone(dry: Dry) -> None:
    reaches = np.ones((60, 96), np.float32)
    cast(dry.world, dry.at, LABELS, regions(LABELS), reaches)
    shadowed = reaches < 0.9
    assert shadowed.any()
    assert dry.at.level[shadowed].all()


def test_tufts_stay_within_their_label(dry: Dry) -> None:
    colors = np.full((60, 96, 3), 0.2, np.float32)
    at = dry.at
    near = replace(at, t=at.t * np.float32(0.1), foot=at.foot * np.float32(0.1))
    tufts(dry.world, near, LABELS, colors)
    changed = (colors != np.float32(0.2)).any(-1)
    assert changed.any()
    assert set(np.unique(LABELS[changed]).tolist()) <= {int(Label.GRASS), int(Label.FLOWERS)}
