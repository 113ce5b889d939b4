"""Ground seen from above, as a texture that tiles in both directions.

Shapes: h×w pixels, which are also the period of everything in it.
"""

import numpy as np

from pleinair.errors import SettingError
from pleinair.fiction.ground import DUNE, GRASS, PATH, RED_ROCK, ROCK, SAND, SNOW, blend
from pleinair.fiction.light import Color
from pleinair.fiction.noise import Array, Tile, cloudy, key, look_up, smooth
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import Plan, compose
from pleinair.fiction.render import SIZE, Rendering, check_size, to_bytes
from pleinair.fiction.shade import lit, tone
from pleinair.fiction.spec import SceneSpec

METERS = 6.0  # of ground that a texture shows from side to side
OVER = 10.0  # meters from the eye to the ground
GROUNDS: dict[str, tuple[tuple[Color, Color], Label]] = {
    "desert": (DUNE, Label.SAND), "coast": (SAND, Label.SAND), "island": (SAND, Label.SAND),
    "canyon": (RED_ROCK, Label.ROCK), "mountains": (ROCK, Label.ROCK), "glacier": (SNOW, Label.SNOW),
    "forest": (((0.07, 0.05, 0.03), (0.20, 0.14, 0.07)), Label.GRASS),
}  # fmt: skip


def tileable(spec: SceneSpec, size: tuple[int, int] = SIZE) -> Rendering:
    """The ground of a spec's kind and season. Its flat pictures go on beyond every edge. Raises SettingError."""
    check_size(size)
    if spec.camera.pitch or spec.camera.turn:
        raise SettingError("a texture is seen from straight above; leave the camera's pitch and turn at 0")
    plan = compose(spec)
    width, height = size
    tile = cloudy(key(spec.seed, "texture"), 8, 0.66)
    other = cloudy(key(spec.seed, "other texture"), 8, 0.6)
    u = np.broadcast_to((np.arange(width, dtype=np.float32) + 0.5) * np.float32(512 / width), (height, width))
    v = np.broadcast_to(
        (np.arange(height, dtype=np.float32)[:, None] + 0.5) * np.float32(512 / height), (height, width)
    )
    foot = 512 / min(width, height)
    relief = look_up(tile, u, v, foot) + look_up(other, u * 3, v * 3, foot * 3) * np.float32(0.25)
    albedo, labels = _ground(plan, tile, other, u, v, foot, relief)
    up = _normals(relief, METERS / width)
    flat = np.ones(width * height, np.float32)
    bright = lit(plan.light, albedo.reshape(-1, 3), up.reshape(-1, 3), flat).reshape(height, width, 3)
    x, y = u * np.float32(METERS / 512), v * np.float32(-METERS / 512 * height / width)
    depth = np.full((height, width), OVER, np.float32) - relief * np.float32(0.1)
    anchors = np.stack([x, y, np.float32(OVER) - depth, np.zeros_like(x)], -1)
    bare = to_bytes(np.sqrt(np.clip(albedo, 0, 1)))
    return Rendering(to_bytes(tone(plan.light, bright)), labels, depth, up, bare, anchors, depth)


def _ground(
    plan: Plan, tile: Tile, other: Tile, u: Array, v: Array, foot: float, relief: Array
) -> tuple[Array, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Albedo (h, w, 3) and classes (h, w)."""
    pair, label = GROUNDS.get(plan.kind, (GRASS[plan.season], Label.GRASS))
    fine = look_up(other, u * 4, v * 4, foot * 4)
    grain = np.clip(relief * np.float32(0.6) + (fine - np.float32(0.5)) * np.float32(1.1), 0, 1)
    albedo = blend(pair, grain.ravel()).reshape(*u.shape, 3)
    labels = np.full(u.shape, int(label), np.uint8)
    patches = look_up(tile, v, u, foot)
    if label == Label.GRASS:  # bare earth between
        share = smooth(0.62, 0.75, patches + (fine - np.float32(0.5)) * np.float32(0.3))
        albedo += (blend(PATH, grain.ravel()).reshape(albedo.shape) - albedo) * share[:, :, None]
        labels[share > 0.5] = Label.PATH
    if plan.cover.snow and label != Label.SNOW:
        share = smooth(0.62, 0.42, patches + (fine - np.float32(0.5)) * np.float32(0.25))
        albedo += (blend(SNOW, grain.ravel()).reshape(albedo.shape) - albedo) * share[:, :, None]
        labels[share > 0.5] = Label.SNOW
    return albedo, labels


def _normals(relief: Array, meters: float) -> Array:
    """Unit normals (h, w, 3) of heights that repeat; x to the right, y up the picture. meters: of a pixel."""
    steep = np.float32(0.12 / (2 * meters))
    east = (np.roll(relief, -1, 1) - np.roll(relief, 1, 1)) * steep
    north = (np.roll(relief, 1, 0) - np.roll(relief, -1, 0)) * steep
    long = np.sqrt(east * east + north * north + 1)
    return np.stack([-east / long, -north / long, 1 / long], -1)
