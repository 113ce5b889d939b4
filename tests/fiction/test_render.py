"""Pictures and their maps: registered, the same again, true to the spec, closed around, and diverse."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from pleinair.errors import SettingError
from pleinair.fiction import render
from pleinair.fiction.palette import COLORS, NAMES, Label, colored
from pleinair.fiction.render import Rendering
from pleinair.fiction.spec import KINDS, TIMES, WEATHERS, Camera, Element, SceneSpec

Shown = Callable[..., Rendering]
DAY = SceneSpec(time="noon", weather="clear", season="summer")


def share(rendering: Rendering, *labels: Label) -> float:
    """Of the picture, what shows one of these."""
    return float(np.isin(rendering.labels, labels).mean())


def mean(rendering: Rendering, where: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.float64]:
    """The mean color of the picture, or of some of its pixels."""
    pixels = rendering.picture.reshape(-1, 3) if where is None else rendering.picture[where]
    result: npt.NDArray[np.float64] = pixels.mean(0)
    return result


# ── maps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_maps_are_registered_and_in_range(shown: Shown, kind: str) -> None:
    found = shown(SceneSpec(kind=kind, seed=1))
    assert found.picture.shape == found.albedo.shape == (60, 96, 3)
    assert found.picture.dtype == found.albedo.dtype == found.labels.dtype == np.uint8
    assert found.labels.max() < len(NAMES)
    sky = np.isin(found.labels, (Label.SKY, Label.CLOUD))
    assert np.array_equal(sky, ~np.isfinite(found.depth))
    assert found.depth[~sky].min() > 0
    long = np.sqrt((found.normals**2).sum(-1))
    assert np.allclose(long[~sky], 1, atol=1e-3)
    assert long[sky].max(initial=0) == 0
    assert found.albedo[sky].max(initial=0) == 0
    assert np.isfinite(found.anchors).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_has_a_sky_a_land_and_contrast(shown: Shown, kind: str) -> None:
    found = shown(replace(DAY, kind=kind, seed=1))
    assert 0.02 < share(found, Label.SKY, Label.CLOUD) < 0.95
    assert found.picture.std() > 15
    assert 40 < found.picture.mean() < 225


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("lake", (Label.WATER,)),
        ("river", (Label.WATER,)),
        ("coast", (Label.WATER, Label.SAND)),
        ("island", (Label.WATER,)),
        ("mountains", (Label.MOUNTAIN, Label.SNOW)),
        ("canyon", (Label.ROCK,)),
        ("desert", (Label.SAND,)),
        ("meadow", (Label.GRASS, Label.FLOWERS)),
        ("forest", (Label.TREE, Label.FOREST)),
        ("glacier", (Label.SNOW,)),
    ],
)
def test_a_kind_shows_what_it_is_of(shown: Shown, kind: str, labels: tuple[Label, ...]) -> None:
    shares = [share(shown(replace(DAY, kind=kind, seed=seed)), *labels) for seed in (1, 2, 3)]
    assert min(shares) > 0.004
    assert max(shares) > 0.05


def test_depth_grows_toward_the_horizon(shown: Shown) -> None:
    found = shown(replace(DAY, kind="desert", seed=1))
    assert np.median(found.depth[-4:]) < np.median(found.depth[-16:-12])


def test_water_is_level_and_far_water_is_far(shown: Shown) -> None:
    found = shown(replace(DAY, kind="island", seed=2))
    water = found.labels == Label.WATER
    assert np.allclose(found.normals[water], (0, 0, 1))
    assert np.abs(found.anchors[water][:, 2]).max() < 1.5


def test_water_mirrors_the_sky(shown: Shown) -> None:
    """Under a red sky water is red, under a blue one blue."""
    red, blue = (shown(SceneSpec(kind="island", seed=2, time=time, weather="clear")) for time in ("dusk", "noon"))
    red_water, blue_water = (mean(each, each.labels == Label.WATER) for each in (red, blue))
    assert red_water[0] > red_water[2]
    assert blue_water[2] > blue_water[0]


def test_the_palette_is_documented_and_told_apart() -> None:
    assert len(NAMES) == len(COLORS) == len(Label) == len(set(COLORS))
    assert colored(np.array([[Label.PATH]], np.uint8))[0, 0].tolist() == list(COLORS[11])


# ── the same again, and not the same ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_spec_is_the_same_bytes() -> None:
    spec = SceneSpec(kind="valley", seed=5)
    one, other = render(spec, (48, 30)), render(spec, (48, 30))
    for name in ("picture", "labels", "depth", "normals", "albedo"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_seeds_differ_visibly(shown: Shown) -> None:
    pictures = [shown(SceneSpec(kind="lake", seed=seed)).picture.astype(float) for seed in range(6)]
    apart = [np.abs(one - other).mean() for n, one in enumerate(pictures) for other in pictures[:n]]
    assert min(apart) > 8
    assert np.mean(apart) > 25


def test_a_larger_picture_shows_the_same_scene() -> None:
    spec = replace(DAY, kind="mountains", seed=4)
    small, large = render(spec, (48, 30)).labels, render(spec, (96, 60)).labels
    assert (small == large[1::2, 1::2]).mean() > 0.8


@pytest.mark.parametrize("time", TIMES)
def test_times_have_their_light(shown: Shown, time: str) -> None:
    found = mean(shown(SceneSpec(kind="lake", seed=5, season="summer", time=time, weather="clear")))
    if time == "night":
        assert found.mean() < 90
        assert found[2] > found[0]
    elif time in ("dawn", "dusk"):
        assert found[0] > found[2]
    else:
        assert found.mean() > 80


@pytest.mark.parametrize("weather", WEATHERS)
def test_weathers_change_the_picture(shown: Shown, weather: str) -> None:
    spec = SceneSpec(kind="valley", seed=5, season="summer", time="afternoon")
    found = shown(replace(spec, weather=weather))
    if weather == "clear":
        return
    clear = shown(replace(spec, weather="clear"))
    assert np.abs(found.picture.astype(float) - clear.picture).mean() > 4
    if weather in ("fog", "rain", "snow", "storm", "overcast"):
        assert np.ptp(mean(found)) < np.ptp(mean(clear)) + 6


def test_fog_hides_what_is_far(shown: Shown) -> None:
    spec = SceneSpec(kind="valley", seed=5, season="summer", time="noon")
    clear, fog = (shown(replace(spec, weather=weather)) for weather in ("clear", "fog"))
    far = np.isfinite(clear.depth) & (clear.depth > 1500) & (clear.depth < 1e5)
    assert fog.picture[far].astype(float).std() < 0.7 * clear.picture[far].astype(float).std()


def test_winter_is_white(shown: Shown) -> None:
    spec = SceneSpec(kind="meadow", seed=3, time="noon", weather="clear")
    summer, winter = (shown(replace(spec, season=season)) for season in ("summer", "winter"))
    assert share(winter, Label.SNOW) > 0.2
    assert share(summer, Label.SNOW) < 0.05


# ── what was asked for ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("place", "sign"), [("left", -1), ("right", 1)])
def test_trees_stand_on_their_side(shown: Shown, place: str, sign: int) -> None:
    spec = replace(DAY, kind="meadow", seed=3, elements=(Element("pine", 4, place, "foreground"),), without=("forest",))
    trees = np.nonzero(shown(spec).labels == Label.TREE)
    assert trees[0].size > 40
    assert sign * (np.median(trees[1]) - 48) > 5


def test_without_trees_no_pixel_is_a_tree(shown: Shown) -> None:
    for kind in ("forest", "valley", "lake"):
        found = shown(SceneSpec(kind=kind, seed=2, without=("tree", "bush")))
        assert share(found, Label.TREE, Label.FOREST) == 0


@pytest.mark.parametrize(
    ("thing", "kind", "label"),
    [
        ("snow", "glacier", Label.SNOW),
        ("sand", "coast", Label.SAND),
        ("flower", "meadow", Label.FLOWERS),
        ("path", "meadow", Label.PATH),
        ("lake", "lake", Label.WATER),
        ("river", "river", Label.WATER),
        ("cloud", "meadow", Label.CLOUD),
    ],
)
def test_what_is_unwanted_has_no_pixel(shown: Shown, thing: str, kind: str, label: Label) -> None:
    weather = "cloudy" if thing == "cloud" else "clear"
    for seed in (1, 2, 3):
        assert share(shown(SceneSpec(kind=kind, seed=seed, without=(thing,), weather=weather)), label) == 0


def test_flowers_of_a_color(shown: Shown) -> None:
    spec = replace(DAY, kind="meadow", seed=4, elements=(Element("flower", color="red"),))
    found = shown(spec)
    field = found.labels == Label.FLOWERS
    assert field.mean() > 0.02
    red = found.albedo[field].astype(float).mean(0)
    assert red[0] > red[2] + 20


def test_the_sun_is_the_brightest_place_on_its_side(shown: Shown) -> None:
    for place, half in (("left", slice(0, 48)), ("right", slice(48, 96))):
        spec = SceneSpec(kind="island", seed=4, time="dusk", weather="clear", elements=(Element("sun", place=place),))
        gray = shown(spec).picture[:30].astype(int).sum(-1)
        _, column = np.unravel_index(gray.argmax(), gray.shape)
        assert column in range(96)[half]


@pytest.mark.parametrize("thing", ["moon", "stars", "aurora", "rainbow", "lightning"])
def test_what_stands_in_the_sky_is_seen_there(shown: Shown, thing: str) -> None:
    time = "afternoon" if thing == "rainbow" else None
    spec = SceneSpec(kind="desert", seed=6, elements=(Element(thing),), time=time)
    plain = replace(spec, elements=(), without=(thing,), time=time or "night" if thing != "lightning" else None)
    assert thing in plain.without
    from pleinair.fiction import heavens

    shown(spec)
    hung = heavens.hang
    try:
        heavens.hang = lambda *_: None
        bare = render(spec, (96, 60))
    finally:
        heavens.hang = hung
    changed = np.abs(shown(spec).picture.astype(int) - bare.picture).max(-1) > 12
    sky = np.isin(bare.labels, (Label.SKY, Label.CLOUD))
    assert changed[sky].sum() >= 3
    assert changed[~sky].sum() <= changed[sky].sum()


# ── doors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_turn_closes() -> None:
    found = render(SceneSpec(kind="lake", seed=3, time="noon", weather="cloudy"), (160, 80), "x")
    pixels = found.picture.astype(float)
    seam = np.abs(pixels[:, 0] - pixels[:, -1]).mean()
    within = np.abs(np.diff(pixels, axis=1)).mean()
    assert seam < 2.5 * within + 1
    assert share(found, Label.SKY, Label.CLOUD) > 0.2


def test_turning_rolls_a_full_turn() -> None:
    spec = SceneSpec(kind="mountains", seed=3, time="noon", weather="cloudy", camera=Camera(height=30, pitch=1))
    one = render(spec, (96, 48), "x").labels
    other = render(replace(spec, camera=replace(spec.camera, turn=90)), (96, 48), "x").labels
    land = np.isin(one, (Label.SKY, Label.CLOUD))
    assert (np.roll(land, -24, 1) == np.isin(other, (Label.SKY, Label.CLOUD))).mean() > 0.97


@pytest.mark.parametrize("size", [(4, 4), (7, 100), (5000, 5000)])
def test_sizes_that_cannot_be(size: tuple[int, int]) -> None:
    with pytest.raises(SettingError, match="8 pixels or more"):
        render(SceneSpec(), size)


@pytest.mark.parametrize("size", [(8, 8), (9, 31), (200, 8)])
def test_odd_sizes_that_can_be(size: tuple[int, int]) -> None:
    assert render(SceneSpec(seed=2), size).picture.shape == (size[1], size[0], 3)


@pytest.mark.parametrize(
    "camera",
    [Camera(pitch=60), Camera(pitch=-60), Camera(height=2000), Camera(height=1), Camera(view=120), Camera(view=20)],
)
def test_cameras_at_their_limits(camera: Camera) -> None:
    found = render(SceneSpec(kind="lake", seed=2, camera=camera), (32, 20))
    assert found.picture.shape == (20, 32, 3)
