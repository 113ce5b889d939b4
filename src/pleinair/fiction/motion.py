"""A camera that moves through a world: frames, and where each pixel of one is in the next.

The flow is computed, not estimated: every pixel knows the place in the world that it shows. Rain and snow before it
fall from frame to frame and have no part in flow, maps and what is hidden. Shapes: h×w pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pleinair.errors import SettingError
from pleinair.fiction.camera import Around, View
from pleinair.fiction.falling import STILL, Drift
from pleinair.fiction.noise import Array
from pleinair.fiction.plan import compose
from pleinair.fiction.render import SIZE, Rendering, from_place, standpoint
from pleinair.fiction.spec import Camera, SceneSpec
from pleinair.fiction.surface import World, world

PATHS = ("forward", "back", "left", "right", "up", "turn")
FRAMES_A_SECOND = 24  # as of films: how far rain falls from one to the next
STEP = 1.0  # meters a frame, or degrees of turn
CLOSE = 0.03  # share of the distance by which two views of one place may differ


class Motion(NamedTuple):
    """flow: pixels to the right and down from a frame to the next, float32 (h, w, 2). hidden: what the next frame does
    not show, bool (h, w)."""

    flow: Array
    hidden: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Frame:
    """A rendering, and how it moves to the next; the last has no next."""

    rendering: Rendering
    motion: Motion | None


def frames(
    spec: SceneSpec, path: str, count: int, step: float = STEP, size: tuple[int, int] = SIZE, wrap: Around = "none"
) -> Iterator[Frame]:
    """So many frames along a path, `step` meters (turn: degrees) apart. Raises SettingError."""
    if path not in PATHS:
        raise SettingError(f"path {path!r} is not known; it is one of {', '.join(PATHS)}")
    if count < 2:
        raise SettingError(f"a path has two frames or more, not {count}")
    drifts = [drift(path, number, step) for number in range(count)]
    return _frames(world(compose(spec)), path, drifts, step, size, wrap)


def eyes(spec: SceneSpec, apart: float, size: tuple[int, int] = SIZE, wrap: Around = "none") -> tuple[Frame, Frame]:
    """What a left and a right eye see, so many meters apart, at one moment, at which nothing falls any further.
    Raises SettingError."""
    left, right = _frames(world(compose(spec)), "right", [STILL, STILL], apart, size, wrap)
    return left, right


def _frames(
    built: World, path: str, drifts: Sequence[Drift], step: float, size: tuple[int, int], wrap: Around
) -> Iterator[Frame]:
    floor = standpoint(built, built.plan.camera)
    before: tuple[View, Rendering] | None = None
    for number, each in enumerate(drifts):
        camera = moved(built.plan.camera, path, number * step)
        now = from_place(built, camera, floor, size, wrap, each)
        if before is not None:
            yield Frame(before[1], motion(before[0], before[1], *now))
        before = now
    assert before is not None
    yield Frame(before[1], None)


def moved(camera: Camera, path: str, far: float) -> Camera:
    """The camera so far along its path. Raises SettingError where it cannot be."""
    along = {
        "forward": {"forward": camera.forward + far},
        "back": {"forward": camera.forward - far},
        "left": {"right": camera.right - far},
        "right": {"right": camera.right + far},
        "up": {"height": camera.height + far},
        "turn": {"turn": camera.turn + far},
    }
    return replace(camera, **along[path])


def drift(path: str, number: int, step: float) -> Drift:
    """The time of a frame, and how the camera moves along its path, at FRAMES_A_SECOND."""
    speed = step * FRAMES_A_SECOND
    along = {
        "forward": Drift(forward=speed),
        "back": Drift(forward=-speed),
        "left": Drift(right=-speed),
        "right": Drift(right=speed),
        "up": Drift(up=speed),
        "turn": Drift(turn=speed),
    }
    return replace(along[path], seconds=number / FRAMES_A_SECOND)


def motion(view: View, shown: Rendering, following: View, then: Rendering) -> Motion:
    """Where the pixels of one rendering are in the next."""
    height, width = shown.labels.shape
    x, y, z, aside = (shown.anchors[..., n] for n in range(4))
    east, north = _rightward(following, x, y)
    found = following.see(x + east * aside, y + north * aside, z)
    column, row = found.column, found.row
    here = np.arange(width, dtype=np.float32) + np.float32(0.5)
    right = column - here
    if view.around:
        right = right - np.rint(right * np.float32(1 / width)) * np.float32(width)
    down = row - (np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5))
    flow = np.stack([right, down], -1).astype(np.float32)
    return Motion(flow, _hidden(view, then, here + right, row, found.t))


def _rightward(view: View, x: Array, y: Array) -> tuple[Array | float, Array | float]:
    """The direction over the ground that is to the right of what stands at a place, as flat things are seen."""
    if not view.around:
        return view.facing[1], -view.facing[0]
    u, v = x - np.float32(view.place[0]), y - np.float32(view.place[1])
    long = np.maximum(np.sqrt(u * u + v * v), np.float32(1e-3))
    return v / long, -u / long


def _hidden(view: View, then: Rendering, column: Array, row: Array, t: Array) -> npt.NDArray[np.bool_]:
    """Out of the picture, or behind something that is nearer by more than views of one place differ."""
    height, width = then.labels.shape
    outside = (row < 0) | (row > height) | (t <= 0)
    if not view.around:
        outside |= (column < 0) | (column > width)
    same = np.zeros(t.shape, bool)
    left, top = np.floor(column - np.float32(0.5)), np.floor(row - np.float32(0.5))
    for down in (0, 1):
        for right in (0, 1):
            c, r = np.clip(left + right, -width, 2 * width), np.clip(top + down, 0, height - 1).astype(np.int32)
            c = c.astype(np.int32) % width if view.around else np.clip(c, 0, width - 1).astype(np.int32)
            there = then.reach[r, c]
            same |= np.abs(there - t) <= t * np.float32(CLOSE) + np.float32(0.05)
            same |= ~np.isfinite(there) & (t > 1e6)
    result: npt.NDArray[np.bool_] = outside | ~same
    return result
