"""A layout → where each pixel's thing is in space: how far, how high, which way it faces, how much sun it gets.

Below the horizon level ground lies as far as its row says; what rises above it (mountains, hills, cliffs) is a
piece of relief of its own, marched through column by column, which ends where the layout says that it ends.

Shapes: h×w pixels, k steps of a relief, c columns of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pleinair.fiction.camera import View
from pleinair.fiction.layout_regions import AIR, GROUND, Labels, Mask, among, blurred, linked, scale_of
from pleinair.fiction.light import Light
from pleinair.fiction.march import Indices, first_at_least, ladder
from pleinair.fiction.noise import Array, Draws, look_up
from pleinair.fiction.palette import Label
from pleinair.fiction.terrain import Tiles

STEPS = 72
NEAREST_LINE = 1.5  # pixels below the horizon that are the farthest level ground
DEEPER = 5.0  # powers of e by which distance grows over a picture's height above the horizon
STONE = (Label.MOUNTAIN, Label.ROCK, Label.SNOW)
ROUGH, SOFT = "rough", "soft"  # relief of stone, and of hills


@dataclass(frozen=True, eq=False)
class Space:
    """t: distance as the view's rays measure it (h, w), infinite for air. x, y, z: meters. normal: (h, w, 3). foot:
    meters that a pixel stands for. reaches: share of the sun. level: where the ground is level, bool
    (h, w). period: meters after which all of it repeats, of a texture."""

    view: View
    t: Array
    x: Array
    y: Array
    z: Array
    normal: Array
    foot: Array
    reaches: Array
    level: Mask
    period: tuple[float, float] | None = None


def distance(view: View, row: Array) -> Array:
    """How far what stands at a row is (meters, of the view's t); above the horizon it goes on growing."""
    eye, pixel = np.float32(view.place[2]), np.float32(view.pixel)
    off = row - np.float32(view.level)
    near = eye / (np.maximum(off, np.float32(NEAREST_LINE)) * pixel)
    above = np.maximum(-off, 0) * np.float32(DEEPER / max(view.slopes.size, 1))
    result: Array = near * np.exp(np.minimum(above, np.float32(3.2)))
    return result


def space(view: View, labels: Labels, noise: Tiles, draws: Draws, light: Light, around: bool) -> Space:
    """All pixels of a layout."""
    height, width = labels.shape
    row = (np.arange(height, dtype=np.float32) + np.float32(0.5))[:, None]
    t = np.broadcast_to(distance(view, row), labels.shape).astype(np.float32)
    normal = np.zeros((height, width, 3), np.float32)
    normal[..., 2] = 1
    reaches = np.ones(labels.shape, np.float32)
    below = np.broadcast_to(row > view.level + NEAREST_LINE, labels.shape)
    rising = among(labels, (Label.MOUNTAIN, Label.FOREST)) | (among(labels, (Label.SNOW, *GROUND)) & ~below)
    rising |= _cliffs(labels == Label.ROCK, ~below, around)
    kinds = _settled(np.where(rising, np.where(among(labels, STONE), 1, 2), 0).astype(np.uint8), around)
    t = t.copy()
    for kind, name in ((1, ROUGH), (2, SOFT)):
        ids = linked((kinds == kind).astype(np.uint8), around)
        for number, mask in _units(ids, kinds == kind):
            _rise(view, mask, name, number, noise, draws, light, t, normal, reaches, around)
    _boulders(view, labels, rising, t, normal, around)
    air = among(labels, AIR)
    t[air] = np.inf
    far = np.where(air, np.float32(3e4), t)
    x, y = far * view.across, far * view.along
    z = np.float32(view.place[2]) + far * view.slopes[:, None]
    level = below & ~rising & ~air
    z[level] = 0
    foot = far * np.float32(view.pixel * 1.3)
    flat = np.minimum(foot * np.maximum(far / np.float32(view.place[2]), 1), foot * np.float32(3.0))
    return Space(view, t, x, y, z, normal, np.where(level, flat, foot), reaches, level)


def _cliffs(rock: Mask, above: Mask, around: bool) -> Mask:
    """Rock that hangs together with rock above the horizon: cliffs, which rise from their foot. The rest lies about."""
    if not rock.any():
        return rock
    _, inverse = np.unique(linked(rock.astype(np.uint8), around), return_inverse=True)
    number = inverse.reshape(rock.shape)
    high = np.zeros(int(number.max()) + 1, bool)
    high[number[rock & above]] = True
    result: Mask = rock & high[number]
    return result


def _boulders(view: View, labels: Labels, rising: Mask, t: Array, normal: Array, around: bool) -> None:
    """Rocks that lie on level ground are round: their normals, and their distance, that of their foot."""
    mask = (labels == Label.ROCK) & ~rising
    if not mask.any():
        return
    height, width = labels.shape
    form = np.zeros(labels.shape, np.float32)
    for reach in (1, 3, 8):
        form += blurred(
            mask.astype(np.float32), max(round(reach * scale_of(labels.shape)), 1), (False, around)
        ) * np.float32(reach**0.5)
    down, across = (
        np.gradient(form, axis=0) if height > 1 else 0 * form,
        np.gradient(form, axis=1) if width > 1 else 0 * form,
    )
    aside, up = -across[mask] * np.float32(2.2), np.float32(0.42) + down[mask] * np.float32(2.2)
    column = np.nonzero(mask)[1]
    right, ahead = (view.along[column], -view.across[column]), (view.across[column], view.along[column])
    found = np.stack(
        [aside * right[0] - ahead[0] * np.float32(0.6), aside * right[1] - ahead[1] * np.float32(0.6), up], -1
    )
    normal[mask] = found / np.sqrt((found * found).sum(-1, keepdims=True))
    _, inverse = np.unique(linked(mask.astype(np.uint8), around)[mask], return_inverse=True)
    foot = np.zeros(int(inverse.max()) + 1, np.float32)
    np.maximum.at(foot, inverse, np.nonzero(mask)[0].astype(np.float32) + 1)
    t[mask] = distance(view, foot[inverse])


def _settled(kinds: Labels, around: bool) -> Labels:
    """Patches of one kind of relief within the other take part in its: woods and meadows on a mountain's side."""
    ids = linked(kinds, around)
    _, inverse, sizes = np.unique(ids, return_inverse=True, return_counts=True)
    small = (sizes < 0.012 * kinds.size)[inverse].reshape(kinds.shape) & (kinds > 0)
    other = np.zeros(sizes.size, bool)
    number = inverse.reshape(kinds.shape)
    for one, two in (
        ((slice(1, None),), (slice(None, -1),)),
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
    ):
        apart = (kinds[one] != kinds[two]) & (kinds[one] > 0) & (kinds[two] > 0)
        other[number[one][apart]] = True
        other[number[two][apart]] = True
    flip = small & other[inverse].reshape(kinds.shape)
    return np.where(flip, 3 - kinds, kinds).astype(np.uint8)


def _units(ids: Indices, mask: Mask) -> list[tuple[int, Mask]]:
    """The pieces of relief: those that are large each for itself, the rest as one."""
    numbers, sizes = np.unique(ids[mask], return_counts=True)
    large = numbers[sizes > max(0.003 * ids.size, 24)]
    found = [(n + 1, ids == number) for n, number in enumerate(large.tolist()[:40])]
    rest = mask & ~np.isin(ids, large[:40])
    return [*found, *([(0, rest)] if rest.any() else [])]


def _rise(
    view: View, mask: Mask, kind: str, number: int, noise: Tiles, draws: Draws, light: Light, t: Array, normal: Array,
    reaches: Array, around: bool,
) -> None:  # fmt: skip
    """March through one piece of relief, into t, normal and reaches where the mask is."""
    height = mask.shape[0]
    columns = _together(np.nonzero(mask.any(0))[0].astype(np.int32), mask.shape[1], around)
    ring = (False, around and columns.size == mask.shape[1])
    part = mask[:, columns]
    top = part.argmax(0).astype(np.float32)
    bottom = (height - part[::-1].argmax(0)).astype(np.float32)
    span = max(int(columns.size // 24), 1)
    base = blurred(distance(view, bottom)[None] * np.float32(1e-3), span, ring)[0] * np.float32(1e3)
    low, high = blurred(_slope(view, bottom)[None], max(span // 2, 1), ring)[0], _slope(view, top)
    high = blurred(high[None], max(int(columns.size // 90), 1), ring)[0]
    rise = np.maximum(blurred((high - low)[None], span, ring)[0], np.float32(view.pixel * 2))
    tall = float(np.sort(rise)[rise.size * 9 // 10])
    lean = 0.55 if kind == ROUGH else 0.30
    deep = min(max(tall / max(lean - tall, 0.12), 0.08), 1.6)
    share = ((np.arange(STEPS, dtype=np.float32) + np.float32(0.5)) * np.float32(1 / STEPS))[:, None]
    steps = base * (1 + share * np.float32(deep))
    x, y = steps * view.across[columns], steps * view.along[columns]
    size = tall * float(np.median(base)) * (1 + deep)
    form = _form(kind, number, share, x, y, size, steps * np.float32(view.pixel), noise, draws)
    z = low * base + form * _fit(form, steps, low * base, high, ring)
    slopes = z / steps
    rows: Indices = np.nonzero(part.any(1))[0].astype(np.int32)
    seen = _seen(slopes, view.slopes[rows])
    up = _normals(view, columns, z, steps, ring[1])
    lit = _lit(view, columns, z, steps, light)
    here = part[rows]
    at = np.ix_(rows, columns)
    for target, grid in ((t, steps), (reaches, lit)):
        target[at] = np.where(here, seen(grid), target[at])
    value = seen(up)
    value /= np.sqrt((value * value).sum(-1, keepdims=True)) + np.float32(1e-6)
    normal[at] = np.where(here[..., None], value, normal[at])


def _seen(slopes: Array, wanted: Array) -> Callable[[Array], Array]:
    """What turns values along the rays, (steps, n) or (steps, n, 3), into those where each ray first rises as steeply
    as wanted, (rows, n) or (rows, n, 3). slopes: (steps, n); wanted: (rows,)."""
    wanted = np.broadcast_to(wanted[:, None], (wanted.size, slopes.shape[1]))
    index = np.broadcast_to(np.arange(slopes.shape[1], dtype=np.int32), wanted.shape)
    hit = first_at_least(ladder(slopes), index, wanted)
    hit = np.where(hit < 0, STEPS - 1, hit)
    before = np.maximum(hit - 1, 0)
    low, high = slopes[before, index], slopes[hit, index]
    share = np.clip((wanted - low) / np.where(np.abs(high - low) > 1e-6, high - low, 1), 0, 1)

    def between(grid: Array) -> Array:
        one, other = grid[before, index], grid[hit, index]
        found: Array = one + (other - one) * (share if grid.ndim == 2 else share[..., None])
        return found

    return between


def _together(columns: Indices, width: int, around: bool) -> Indices:
    """Columns in the order in which they lie side by side, on a full turn across its seam."""
    if not around or columns.size in (0, width):
        return columns
    gaps = np.diff(columns, append=columns[0] + width)
    return np.roll(columns, -int(gaps.argmax()) - 1)


def _slope(view: View, row: Array) -> Array:
    return view.slope_of(row)


def _form(
    kind: str, number: int, share: Array, x: Array, y: Array, size: float, foot: Array, noise: Tiles, draws: Draws
) -> Array:
    """The relief before it is fitted into its outline, (k, c): 0 at its foot, about 1 at its crest."""
    aside = np.float32(512 * draws.number(f"{kind} {number} aside"))
    ahead = np.float32(512 * draws.number(f"{kind} {number} ahead"))
    if kind == ROUGH:
        scale = np.float32(512 / (size * draws.between(f"ridges {number}", 3.6, 6.5)))
        ridges = look_up(noise.ranges, x * scale + aside, y * scale + ahead, foot * scale)
        fine = look_up(noise.ranges, x * scale * 3 - ahead, y * scale * 3 + aside, foot * scale * 3)
        rough = np.float32(0.12) + ridges * np.float32(1.25) + fine * np.float32(0.22)
        steep: Array = np.sqrt(share) * rough * (np.float32(0.25) + np.float32(0.75) * share)
        return steep
    scale = np.float32(512 / (size * draws.between(f"hills {number}", 9.0, 16.0)))
    swell = look_up(noise.soft, x * scale + aside, y * scale + ahead, foot * scale)
    gentle: Array = np.sqrt(share) * (np.float32(0.45) + swell * np.float32(0.9))
    return gentle


def _fit(form: Array, steps: Array, floor: Array, high: Array, ring: tuple[bool, bool]) -> Array:
    """By what the form of each column is multiplied so that its outline is seen at the slope `high`, (c,)."""
    room = (high * steps - floor) / np.maximum(form, np.float32(0.02))
    found = np.maximum(room[STEPS // 6 :].min(0), 0)
    scale = np.float32(1 / max(float(found.max()), 1e-3))
    reach = max(found.size // 24, 1)
    most = _largest(found, 2 * reach, ring[1])  # so that the relief reaches its outline everywhere
    result: Array = blurred(most[None] * scale, reach, ring)[0] / scale
    return result


def _largest(values: Array, reach: int, around: bool) -> Array:
    """The largest of each place and those up to so many beside it, (c,)."""
    padded = np.pad(values, reach, mode="wrap" if around and reach <= values.size else "edge")
    found = values
    for start in range(2 * reach + 1):
        found = np.maximum(found, padded[start : start + values.size])
    return found


def _normals(view: View, columns: Indices, z: Array, steps: Array, around: bool) -> Array:
    """Unit normals (k, c, 3) of the relief."""
    ahead = np.gradient(z, axis=0) / np.maximum(np.gradient(steps, axis=0), np.float32(1e-3))
    wide = steps * np.float32(view.pixel) * view.lengths[columns]
    if around:
        aside = (np.roll(z, -1, 1) - np.roll(z, 1, 1)) / (2 * wide)
    else:
        aside = np.gradient(z, axis=1) / wide if z.shape[1] > 1 else np.zeros_like(z)
    aside = np.clip(aside, -2.5, 2.5)
    ahead = np.clip(ahead, -0.4, 2.5)
    along, across = view.along[columns] / view.lengths[columns], view.across[columns] / view.lengths[columns]
    east = -(ahead * across + aside * along)
    north = -(ahead * along - aside * across)
    long = np.sqrt(east * east + north * north + 1)
    result: Array = np.stack([east, north, np.ones_like(east)], -1) / long[..., None]
    return result


def _lit(view: View, columns: Indices, z: Array, steps: Array, light: Light) -> Array:
    """Share of the sun that the relief itself leaves to each place of it, (k, c)."""
    flat = max((light.toward[0] ** 2 + light.toward[1] ** 2) ** 0.5, 1e-4)
    rise = light.toward[2] / flat
    along, across = view.along[columns] / view.lengths[columns], view.across[columns] / view.lengths[columns]
    ahead = np.float32(light.toward[0] / flat) * across + np.float32(light.toward[1] / flat) * along
    aside = np.float32(light.toward[0] / flat) * along - np.float32(light.toward[1] / flat) * across
    tall = max(float(z.max() - z.min()), 1.0)
    one = np.maximum(np.gradient(steps, axis=0), np.float32(1e-3))
    wide = steps * np.float32(view.pixel) * view.lengths[columns]
    k, c = np.meshgrid(np.arange(z.shape[0], dtype=np.float32), np.arange(z.shape[1], dtype=np.float32), indexing="ij")
    reaches: Array = np.ones_like(z)
    for step in range(1, 11):
        away = np.float32(tall * 0.035 * step * (1 + 0.25 * step))
        there_k = np.clip(k + ahead * away / one, 0, z.shape[0] - 1).astype(np.int32)
        there_c = np.clip(c + aside * away / wide, 0, z.shape[1] - 1).astype(np.int32)
        over = z[there_k, there_c] - z - away * np.float32(rise)
        reaches = np.minimum(reaches, 1 - np.clip(over / (np.float32(tall * 0.02) + away * np.float32(0.08)), 0, 1))
    return reaches
