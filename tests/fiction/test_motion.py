"""A frame warped by its flow is the next frame, outside of what is hidden; flow is exact where it can be computed by
hand."""

import numpy as np
import numpy.typing as npt
import pytest

from pleinair.errors import SettingError
from pleinair.fiction.motion import PATHS, Frame, eyes, frames, moved
from pleinair.fiction.palette import Label
from pleinair.fiction.spec import Camera, SceneSpec

SIZE = (160, 100)
SPEC = SceneSpec(time="noon", weather="clear", season="summer", seed=4)


def spec(kind: str) -> SceneSpec:
    from dataclasses import replace

    return replace(SPEC, kind=kind)


def warped(
    then: npt.NDArray[np.uint8], flow: npt.NDArray[np.floating], around: bool = False
) -> npt.NDArray[np.floating]:
    """The next frame fetched back along the flow, between pixels linearly."""
    height, width = flow.shape[:2]
    x, y = np.arange(width) + flow[..., 0], np.clip(np.arange(height)[:, None] + flow[..., 1], 0, height - 1.001)
    x = x if around else np.clip(x, 0, width - 1.001)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    a, b = (x - left)[..., None], (y - top)[..., None]
    pixels = then.astype(float)
    one, other = left % width, (left + 1) % width
    upper, lower = (
        pixels[top, one] * (1 - a) + pixels[top, other] * a,
        pixels[top + 1, one] * (1 - a) + pixels[top + 1, other] * a,
    )
    result: npt.NDArray[np.floating] = upper * (1 - b) + lower * b
    return result


def error(pair: list[Frame], around: bool = False) -> float:
    motion = pair[0].motion
    assert motion is not None
    off = np.abs(warped(pair[1].rendering.albedo, motion.flow, around) - pair[0].rendering.albedo).mean(-1)
    return float(off[~motion.hidden].mean())


@pytest.mark.parametrize("path", ["forward", "right", "up"])
@pytest.mark.parametrize("kind", ["meadow", "coast", "desert", "canyon"])
def test_a_frame_warped_by_its_flow_is_the_next(kind: str, path: str) -> None:
    pair = list(frames(spec(kind), path, 2, 0.6, SIZE))
    assert error(pair) < 2.0
    motion = pair[0].motion
    assert motion is not None
    assert motion.hidden.mean() < 0.25


def test_flow_is_better_than_none() -> None:
    pair = list(frames(spec("forest"), "right", 2, 1.0, SIZE))
    still = np.abs(pair[1].rendering.albedo.astype(float) - pair[0].rendering.albedo).mean()
    assert error(pair) < 0.5 * still


def test_a_full_turn_turns_by_whole_columns() -> None:
    pair = list(frames(spec("mountains"), "turn", 2, 360 / 128 * 4, (128, 64), "x"))
    motion = pair[0].motion
    assert motion is not None
    land = ~np.isin(pair[0].rendering.labels, (Label.SKY, Label.CLOUD, Label.TREE, Label.ROCK, Label.GRASS))
    assert np.allclose(motion.flow[land][:, 0], -4, atol=0.05)
    assert np.allclose(motion.flow[land][:, 1], 0, atol=0.05)


def test_the_sky_does_not_move_when_one_walks() -> None:
    pair = list(frames(spec("desert"), "right", 2, 2.0, SIZE))
    motion = pair[0].motion
    assert motion is not None
    sky = np.isin(pair[0].rendering.labels, (Label.SKY, Label.CLOUD))
    assert np.abs(motion.flow[sky]).max() < 0.02
    assert motion.hidden[sky].mean() < 0.1


def test_near_things_move_more_than_far_ones() -> None:
    pair = list(frames(spec("meadow"), "right", 2, 1.0, SIZE))
    motion, depth = pair[0].motion, pair[0].rendering.depth
    assert motion is not None
    near, far = depth < np.quantile(depth, 0.1), (depth > 500) & np.isfinite(depth)
    assert np.abs(motion.flow[near][:, 0]).mean() > 10 * np.abs(motion.flow[far][:, 0]).mean()
    assert (motion.flow[near][:, 0] < 0).all()


def test_parallax_is_focal_length_over_depth() -> None:
    """One step to the right moves a point by its focal length (pixels) over its distance into the picture."""
    pair = list(frames(spec("desert"), "right", 2, 1.0, SIZE))
    motion = pair[0].motion
    assert motion is not None
    reach = pair[0].rendering.reach
    land = np.isfinite(reach)
    focal = 160 / (2 * np.tan(np.radians(30)))
    assert np.allclose(motion.flow[land][:, 0], -focal / reach[land], rtol=0.02, atol=0.02)


def test_what_leaves_the_picture_is_hidden() -> None:
    pair = list(frames(spec("desert"), "turn", 2, 20.0, SIZE))
    motion = pair[0].motion
    assert motion is not None
    assert motion.hidden[:, :20].all()
    assert not motion.hidden[:, 120:].all()


def test_the_last_frame_goes_nowhere() -> None:
    found = list(frames(spec("desert"), "forward", 3, 1.0, (32, 20)))
    assert [frame.motion is None for frame in found] == [False, False, True]
    assert not np.array_equal(found[0].rendering.picture, found[2].rendering.picture)


@pytest.mark.parametrize("path", PATHS)
def test_paths_move_the_camera(path: str) -> None:
    start = Camera(height=5)
    end = moved(start, path, 3)
    changed = {name for name in ("height", "turn", "forward", "right") if getattr(start, name) != getattr(end, name)}
    assert len(changed) == 1
    assert moved(start, path, 0) == start


def test_paths_that_cannot_be() -> None:
    with pytest.raises(SettingError, match="one of forward, back"):
        frames(SPEC, "sideways", 2)
    with pytest.raises(SettingError, match="two frames or more"):
        frames(SPEC, "forward", 1)
    with pytest.raises(SettingError, match="height must be 1 to 2000"):
        list(frames(SPEC, "up", 3, -500.0, (16, 10)))


def test_two_eyes_see_one_moment() -> None:
    """Rain that fell between them would be seen by one eye only: it is where it is. All else is as on a path."""
    rain = SceneSpec(kind="desert", time="noon", weather="rain", seed=4)
    left, right = eyes(rain, 0.0, (40, 24))
    assert np.array_equal(left.rendering.picture, right.rendering.picture)
    pair, path = eyes(rain, 0.5, (40, 24)), list(frames(rain, "right", 2, 0.5, (40, 24)))
    for eye, frame in zip(pair, path, strict=True):
        assert np.array_equal(eye.rendering.albedo, frame.rendering.albedo)
    assert pair[0].motion is not None
    assert path[0].motion is not None
    assert np.array_equal(pair[0].motion.flow, path[0].motion.flow)
    assert np.array_equal(pair[0].motion.hidden, path[0].motion.hidden)
    assert pair[1].motion is None
