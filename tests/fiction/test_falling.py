"""Rain and snow fall: as the camera and the time have it, the same each time, and only in the picture."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.fiction import falling
from pleinair.fiction.camera import Around, View, view
from pleinair.fiction.falling import KINDS, STILL, Drift, fall
from pleinair.fiction.motion import FRAMES_A_SECOND, PATHS, drift, frames
from pleinair.fiction.noise import Array
from pleinair.fiction.plan import Plan, compose
from pleinair.fiction.render import render
from pleinair.fiction.spec import Camera, SceneSpec

SPEC = SceneSpec(kind="desert", time="noon", seed=4)
WET = ("rain", "storm", "snow")
SIZE = (96, 48)


def plan_of(weather: str, seed: int = 4) -> Plan:
    return compose(replace(SPEC, weather=weather, seed=seed))


def eye(size: tuple[int, int] = SIZE, wrap: Around = "none") -> View:
    return view(Camera(height=5, pitch=0, turn=0, view=60), 0.0, size, wrap)


def fallen(weather: str, drift: Drift = STILL, size: tuple[int, int] = SIZE, wrap: Around = "none") -> Array:
    """What falls before darkness, (h, w): its light, alike in all colors."""
    colors = np.zeros((size[1], size[0], 3), np.float32)
    plan = plan_of(weather)
    fall(plan, colors, eye(size, wrap), drift)
    share: Array = colors[:, :, 1] / np.float32(plan.light.horizon[1] * 1.25)
    return share


@pytest.mark.parametrize("weather", ["clear", "fog", "overcast"])
def test_where_nothing_falls_nothing_is_changed(weather: str) -> None:
    assert not fallen(weather, Drift(3.0, 1.0)).any()


@pytest.mark.parametrize("weather", WET)
def test_the_first_frame_is_the_still_picture(weather: str) -> None:
    colors = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    fall(plan_of(weather), colors)
    for path in ("forward", "back"):
        moving = np.zeros_like(colors)
        fall(plan_of(weather), moving, eye(), drift(path, 0, 1.0))
        assert np.array_equal(moving, colors)
    assert colors.any()


@pytest.mark.parametrize("weather", WET)
def test_it_falls_as_far_as_its_speed_says(weather: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plane by itself: after the time in which it comes ten pixels down it is ten pixels further down."""
    monkeypatch.setattr(falling, "SWAY_METERS", 0.0)
    (plane,) = [each for each in falling._planes(KINDS[weather], 0.0) if each.number == 2]
    monkeypatch.setattr(falling, "_planes", lambda *_: iter([plane]))
    monkeypatch.setattr(falling, "sin", lambda _: -1.6)  # no lean: 0.16 - 0.1 · 1.6
    seen = eye()
    seconds = 10 * seen.pixel * KINDS[weather].meters[1] / KINDS[weather].speed
    first, then = fallen(weather), fallen(weather, Drift(seconds))
    assert np.allclose(then[10:], first[:-10], atol=2e-3)
    assert not np.allclose(then, first, atol=2e-3)


@pytest.mark.parametrize("weather", WET)
def test_the_far_moves_less_than_the_near(weather: str) -> None:
    kind, seen = KINDS[weather], eye()
    down = [
        falling._moved(plan_of(weather), kind, plane, 0.1, seen, Drift(1.0, right=1.0))[2] / plane.zoom
        for plane in falling._planes(kind, 0.0)
    ]
    assert len(down) == 3
    assert all(far < near for far, near in pairwise(down))


@pytest.mark.parametrize(("path", "sign"), [("right", 1), ("left", -1), ("turn", 1)])
def test_streaks_lean_against_the_cameras_way(path: str, sign: int) -> None:
    """Who walks to the right sees rain come from there: further down a streak is further to the left."""
    kind, seen = KINDS["rain"], eye()
    (*_, near) = falling._planes(kind, 0.0)
    lean = [falling._moved(plan_of("rain"), kind, near, 0.0, seen, drift(path, 3, step))[0] for step in (0.0, 0.05)]
    assert lean[0] == 0
    assert sign * lean[1] > 0.01
    fast = falling._moved(plan_of("rain"), kind, near, 0.0, seen, drift(path, 3, 5.0))
    assert abs(fast[0]) == falling.MOST_LEAN
    assert sign * fast[1] > 0  # what the slant leaves out is moved aside


@pytest.mark.parametrize("weather", WET)
def test_a_full_turn_closes_and_turns_by_whole_columns(weather: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(falling, "SWAY_METERS", 0.0)
    monkeypatch.setattr(falling, "KINDS", {weather: KINDS[weather]._replace(speed=0.0)})
    size = (128, 64)
    first = fallen(weather, STILL, size, "x")
    assert first.any()
    turned = fallen(weather, Drift(1.0, turn=360 / 128 * 37), size, "x")
    assert np.allclose(turned, np.roll(first, -37, 1), atol=5e-3)


@pytest.mark.parametrize("weather", WET)
@pytest.mark.parametrize("wrap", ["none", "x"])
def test_going_forward_planes_come_and_go_without_a_jump(weather: str, wrap: Around) -> None:
    """Neighbors in time are alike, where a plane is passed too; and far further on there is as much as at first."""
    kind = KINDS[weather]
    apart = (kind.meters[3] - kind.meters[1]) / 2
    first = fallen(weather, STILL, wrap=wrap)
    for passed in (1, 2, 5):
        before, after = (
            fallen(weather, Drift(1e-9, forward=(apart * passed + aside) * 1e9), wrap=wrap) for aside in (-1e-4, 1e-4)
        )
        assert np.abs(before - after).mean() < 0.05 * first.mean()
        assert 0.5 < before.mean() / first.mean() < 2
        stays = np.abs(before - first).mean() < 0.05 * first.mean()
        assert stays == (wrap == "x")  # in a full turn it only falls


@given(
    weather=st.sampled_from(WET),
    seconds=st.floats(0, 60),
    speeds=st.tuples(*[st.floats(-80, 80)] * 4),
    wrap=st.sampled_from(["none", "x"]),
    width=st.integers(8, 40),
)
@settings(max_examples=60, deadline=None)
def test_whatever_moves_light_stays_between_what_was_and_what_falls(
    weather: str, seconds: float, speeds: tuple[float, float, float, float], wrap: Around, width: int
) -> None:
    share = fallen(weather, Drift(seconds, *speeds), (width, width // 2), wrap)
    assert np.isfinite(share).all()
    assert share.min() >= 0
    assert share.max() <= 1 + 1e-6
    assert np.array_equal(share, fallen(weather, Drift(seconds, *speeds), (width, width // 2), wrap))


def test_a_frame_is_a_moment_and_a_way() -> None:
    for path in PATHS:
        now = drift(path, 12, 0.5)
        assert now.seconds == 12 / FRAMES_A_SECOND
        speeds = (now.forward, now.right, now.up, now.turn)
        assert sum(map(abs, speeds)) == 0.5 * FRAMES_A_SECOND
    assert drift("left", 1, 1.0).right < 0 < drift("right", 1, 1.0).right
    assert drift("back", 1, 1.0).forward < 0


@pytest.mark.parametrize("weather", ["rain", "snow"])
def test_a_clip_in_which_only_the_weather_moves(weather: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera stands: pictures differ, and nothing else does; without what falls the maps are the same."""
    spec = replace(SPEC, weather=weather)
    clip = list(frames(spec, "right", 2, 0.0, (40, 24)))
    again = list(frames(spec, "right", 3, 0.0, (40, 24)))
    assert np.array_equal(clip[0].rendering.picture, render(spec, (40, 24)).picture)
    assert clip[0].motion is not None
    assert np.abs(clip[0].motion.flow).max() < 1e-3
    for before, after in pairwise(clip):
        assert not np.array_equal(before.rendering.picture, after.rendering.picture)
        for name in ("labels", "depth", "normals", "albedo", "anchors", "reach"):
            assert np.array_equal(getattr(before.rendering, name), getattr(after.rendering, name))
    for one, other in zip(clip, again, strict=False):  # a frame does not depend on how many follow
        assert np.array_equal(one.rendering.picture, other.rendering.picture)
    moving = list(frames(spec, "forward", 2, 0.5, (40, 24)))
    monkeypatch.setattr(falling, "fall", lambda *_: None)
    dry = list(frames(spec, "forward", 2, 0.5, (40, 24)))
    assert not np.array_equal(dry[0].rendering.picture, moving[0].rendering.picture)
    for one, other in zip(dry, moving, strict=True):
        for name in ("labels", "depth", "normals", "albedo", "anchors", "reach"):
            assert np.array_equal(getattr(one.rendering, name), getattr(other.rendering, name))
    assert dry[0].motion is not None
    assert moving[0].motion is not None
    assert np.array_equal(dry[0].motion.flow, moving[0].motion.flow)
    assert np.array_equal(dry[0].motion.hidden, moving[0].motion.hidden)
