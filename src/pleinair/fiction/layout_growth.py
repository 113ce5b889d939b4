"""What grows in a layout: forests crown by crown, single trees within their outlines, tufts near the eye, shadows.

Shapes: h×w pixels, n of one label in a row; colors are linear light.
"""

import numpy as np

from pleinair.fiction.covering import Stand
from pleinair.fiction.ground import FOREST, SNOW, blend
from pleinair.fiction.layout_canopy import Leaves, clumps, forest, rows_of, shade_of
from pleinair.fiction.layout_regions import GROUND, Labels, Mask, Regions, among, blurred, scale_of
from pleinair.fiction.layout_space import Space, distance
from pleinair.fiction.noise import Array, closing, key, look_up, scrambled, smooth, uniform
from pleinair.fiction.palette import Label
from pleinair.fiction.plan import Plan
from pleinair.fiction.plants import WOOD, painted
from pleinair.fiction.splat import level_for, look
from pleinair.fiction.surface import World

CROWN = 5.5  # meters that a forest's crowns are wide
TUFTS = 420  # of a kind, at most
SEEN = 5  # pixels of height from which on a tuft is drawn
MOST_SHADOWS = 60


def plant_forest(world: World, at: Space, labels: Labels, albedo: Array, reaches: Array) -> None:
    """Crowns over the forest: colors into `albedo`, normals into `at`, what light they leave each other into
    `reaches`."""
    mask = labels == Label.FOREST
    if not mask.any():
        return
    draws, width = world.plan.draws, labels.shape[1]
    pitch = _pitch(at, mask, np.float32(CROWN * draws.between("crowns", 0.55, 2.0) / at.view.pixel))
    row, column = np.nonzero(mask)
    pointed = _pines(world, at, mask)
    seed = key(draws.seed, "forest")
    here = pitch[row]
    v, u = row.astype(np.float32), column.astype(np.float32)
    leaves = forest(rows_of(pitch, width), v, u, width, seed, pointed, _fray(world, u, v, here, width))
    _clothe(world, at, mask, leaves, here, pointed, albedo, reaches)


def _pitch(at: Space, mask: Mask, size: np.float32) -> Array:
    """How wide a forest's crowns are in each row, pixels (h,): those of the trees at the row's mean distance. size:
    their width in meters over a pixel's."""
    height = mask.shape[0]
    count = mask.sum(1)
    near = np.where(mask, 1 / np.maximum(at.t, 1), 0).sum(1, dtype=np.float64) / np.maximum(count, 1)
    known = np.nonzero(count)[0]
    near = np.interp(np.arange(height), known, near[known]).astype(np.float32)
    least = np.float32(5.0 * max(scale_of(mask.shape), 0.5))
    wide = np.clip(near * size, least, max(0.09 * height, float(least)))
    return blurred(wide[:, None], max(height // 40, 1))[:, 0]


def _pines(world: World, at: Space, mask: Mask) -> Array:
    """Share of conifers at each pixel of a forest, (n,): woods of either kind and mixed ones."""
    draws = world.plan.draws
    wide = look_up(world.noise.soft, at.x[mask] * np.float32(0.4), at.y[mask] * np.float32(0.4), 1.0)
    level = draws.among("pines", (0.0, 0.25, 0.5, 0.85, 1.0))
    mixed = np.float32(1.6 * (0.1 < level < 0.9))
    result: Array = np.clip(np.float32(level) + (wide - np.float32(0.5)) * mixed, 0, 1)
    return result


def _fray(world: World, u: Array, v: Array, size: Array, width: int) -> Array:
    """Noise about 0 that makes outlines of leaves, at pixels; size: of a crown, pixels."""
    scale = closing(np.minimum(np.float32(512 / 6) / size, 60), width)
    return (look_up(world.noise.rough, u * scale, v * scale, scale * np.float32(0.7)) - np.float32(0.5)) * np.float32(
        1.5
    )


def _clothe(
    world: World, at: Space, mask: Mask, leaves: Leaves, size: Array, pointed: Array, albedo: Array, reaches: Array
) -> None:
    """Leaves' colors, normals and shade into the picture. size: pixels that a crown is wide, (n,)."""
    noise, draws = world.noise, world.plan.draws
    (row, column), width = np.nonzero(mask), mask.shape[1]
    scale = np.float32(512 / 9) / size  # a leaf cluster is a ninth of a crown
    scale = closing(np.minimum(scale, 40), width)
    fine = look_up(noise.rough, column * scale, row * scale, scale)
    grain = look_up(noise.rough, row * np.float32(29), column * np.float32(closing(np.float32(31), width)), 20.0)
    wide = look_up(noise.soft, at.x[mask] * np.float32(1.3), at.y[mask] * np.float32(1.3), 2.0) - np.float32(0.5)
    colors = _foliage(world.plan, leaves, fine, wide, pointed)
    tint = np.array([draws.between(f"leaves {c}", 0.85, 1.15) for c in "rgb"], np.float32)
    bright = shade_of(leaves) * (np.float32(1.25) * fine + np.float32(0.85) * grain) * np.float32(1.35)
    albedo[mask] = colors * tint * (bright * (1 + wide * np.float32(0.7)))[:, None]
    view = at.view
    right, ahead = (view.along[column], -view.across[column]), (view.across[column], view.along[column])
    front = np.sqrt(np.maximum(1 - leaves.aside * leaves.aside - leaves.up * leaves.up, np.float32(0.08)))
    aside = leaves.aside + (fine - np.float32(0.5)) * np.float32(0.7)
    up = leaves.up * np.float32(0.8) + np.float32(0.35) + (grain - np.float32(0.5)) * np.float32(0.5)
    found = np.stack([aside * right[0] - front * ahead[0], aside * right[1] - front * ahead[1], up], -1)
    found /= np.sqrt((found * found).sum(-1, keepdims=True)) + np.float32(1e-6)
    tilt = at.normal[mask] * np.float32(0.55)
    tilt[:, 2] -= np.float32(0.55)
    found += tilt
    found /= np.sqrt((found * found).sum(-1, keepdims=True)) + np.float32(1e-6)
    at.normal[mask] = found
    reaches[mask] *= np.float32(0.3) + np.float32(0.7) * smooth(0.1, 0.75, leaves.low) * (1 - leaves.gap)


def _foliage(plan: Plan, leaves: Leaves, fine: Array, wide: Array, pointed: Array) -> Array:
    """Colors of leaves (n, 3) by the season, snow on them. fine, wide: noise at the pixels."""
    season = plan.season
    share = np.clip(leaves.chance * np.float32(0.75) + fine * np.float32(0.5) - np.float32(0.1) + wide, 0, 1)
    colors = blend(FOREST[season], share)
    if season == "winter":  # bare twigs among what stays green
        colors += (blend(FOREST["summer"], share) - colors) * np.float32(0.6)
    if season in ("autumn", "winter"):
        green = (leaves.chance < pointed).astype(np.float32)
        green = np.maximum(green, np.float32(plan.draws.between("evergreen", 0.0, 0.7)) * (leaves.chance > 0.5))
        colors += (blend(FOREST["summer"], share) - colors) * green[:, None]
        snowy = np.float32(plan.draws.between("snow on trees", -0.5, 0.45))
        lies = (
            np.maximum(snowy, 0)
            * np.float32(season == "winter")
            * smooth(0.35, 0.9, leaves.low + fine - np.float32(0.5))
        )
        colors += (np.array(SNOW[1], np.float32) * np.float32(0.8) - colors) * lies[:, None]
    return colors


def plant_trees(world: World, at: Space, labels: Labels, parts: Regions, albedo: Array, reaches: Array) -> None:
    """Single trees: clumps of leaves, and wood where the outline is as narrow as a trunk."""
    mask = labels == Label.TREE
    if not mask.any():
        return
    draws = world.plan.draws
    (row, column), width = np.nonzero(mask), mask.shape[1]
    ids = parts.ids[mask]
    boxes = parts.boxes[ids].astype(np.float32)
    known = parts.labels[ids] == Label.TREE
    tall = np.where(known, boxes[:, 1] - boxes[:, 0] + 1, 8)
    wide = np.where(known, boxes[:, 3] - boxes[:, 2] + 1, 8)
    foot = np.where(known, boxes[:, 1] + 1, row + 2).astype(np.float32)
    at.t[mask] = distance(at.view, foot)
    far = at.t[mask]
    at.x[mask], at.y[mask] = far * at.view.across[column], far * at.view.along[column]
    at.z[mask] = np.float32(at.view.place[2]) + far * at.view.slopes[row]
    one = np.minimum(tall, wide * np.float32(1.3))
    size = np.maximum(one * np.float32(draws.between("clumps", 0.075, 0.13)), 3)
    seeds = scrambled(ids.astype(np.uint32) + np.uint32(key(draws.seed, "tree")))
    v, u = row.astype(np.float32), column.astype(np.float32)
    leaves = clumps(v, u, size, seeds, width, _fray(world, u, v, size, width) * np.float32(1.5))
    run, place = _runs(mask)
    rise = (foot - row) / np.maximum(tall, 1)
    leaves = _rounded(leaves, place, rise)
    _clothe(world, at, mask, leaves, size, np.zeros_like(size), albedo, reaches)
    trunk = (
        (run < np.maximum(np.float32(0.2) * one, 3)) & (rise < np.float32(0.5)) & (rise < np.float32(1.5) * one / tall)
    )
    _bark(world, at, mask, trunk, place, albedo, reaches)


def _runs(mask: Mask) -> tuple[Array, Array]:
    """For each pixel of a mask: how many of its row hang together with it, and where among them it is, -1 to 1."""
    padded = np.pad(mask, ((0, 0), (1, 1)))
    column = np.broadcast_to(np.arange(padded.shape[1], dtype=np.int32), padded.shape)
    before = np.maximum.accumulate(np.where(padded, 0, column), 1)
    after = np.minimum.accumulate(np.where(padded, 2**30, column)[:, ::-1], 1)[:, ::-1]
    run = (after - before - 1)[padded].astype(np.float32)
    place = (column - before)[padded].astype(np.float32) * 2 / (run + 1) - 1
    return run, place


def _rounded(leaves: Leaves, place: Array, rise: Array) -> Leaves:
    """A crown is round as a whole: the side toward the light is brighter."""
    aside = leaves.aside * np.float32(0.6) + place * np.float32(0.6)
    up = leaves.up * np.float32(0.6) + (rise - np.float32(0.6)) * np.float32(0.9)
    low = np.clip(leaves.low * np.float32(0.75) + rise * np.float32(0.4), 0, 1)
    return leaves._replace(aside=aside, up=up, low=low)


def _bark(world: World, at: Space, mask: Mask, trunk: Mask, place: Array, albedo: Array, reaches: Array) -> None:
    if not trunk.any():
        return
    row, column = (each[trunk] for each in np.nonzero(mask))
    streak = look_up(world.noise.rough, column * np.float32(70), row * np.float32(9), 4.0)
    albedo[row, column] = np.array(WOOD, np.float32) * (np.float32(0.55) + np.float32(0.9) * streak)[:, None]
    view, side = at.view, place[trunk] * np.float32(0.9)
    front = np.sqrt(1 - side * side)
    right, ahead = (view.along[column], -view.across[column]), (view.across[column], view.along[column])
    east, north = side * right[0] - front * ahead[0], side * right[1] - front * ahead[1]
    at.normal[row, column] = np.stack([east, north, np.zeros_like(side)], -1)
    reaches[row, column] *= np.float32(0.7)


def cast(world: World, at: Space, labels: Labels, parts: Regions, reaches: Array) -> None:
    """Shadows of single trees on level ground, into `reaches`."""
    if world.plan.light.gray > 0.5:
        return
    ground = among(labels, (*GROUND, Label.SNOW)) & at.level
    for n in parts.of(Label.TREE).tolist()[:MOST_SHADOWS]:
        first, last, left, right = parts.boxes[n].tolist()
        tall = last + 1 - first
        if tall < 5 or last < at.view.level:
            continue
        foot = np.nonzero(parts.ids[last - tall // 16] == n)[0]
        stems = [stem for stem in np.split(foot, np.nonzero(np.diff(foot) > 2)[0] + 1) if stem.size]
        for stem in stems:
            wide = (right + 1 - left) // len(stems)
            _shadow(world, at, ground, (last, int(stem[stem.size // 2])), (tall, wide), reaches)


def _shadow(
    world: World, at: Space, ground: Mask, foot: tuple[int, int], size: tuple[int, int], reaches: Array
) -> None:
    """One tree's. foot: row and column; size: pixels high and wide."""
    light, view, (height, width) = world.plan.light, at.view, ground.shape
    flat = max((light.toward[0] ** 2 + light.toward[1] ** 2) ** 0.5, 1e-3)
    away = np.float32(-light.toward[0] / flat), np.float32(-light.toward[1] / flat)
    last, column = foot
    far = distance(view, np.array([last + 0.5], np.float32))
    high = float(size[0] * view.pixel * far[0])
    x, y = float(far[0] * view.across[column]), float(far[0] * view.along[column])
    reach = max(high * min(flat / max(light.toward[2], 0.05), 3.5), 0.1)
    tip = view.see(*(np.array([v], np.float32) for v in (x + away[0] * reach, y + away[1] * reach, 0)))
    spot, end = int(np.clip(tip.column[0], -width, 2 * width)), int(np.clip(tip.row[0], 0, height))
    low, top = max(last, end if tip.t[0] > 0.5 else height), min(last, end)
    rows = slice(max(top - 4, 0), min(low + 6, height))
    columns = slice(max(min(column, spot) - size[1] - 3, 0), max(min(max(column, spot) + size[1] + 3, width), 0))
    u, v = at.x[rows, columns] - np.float32(x), at.y[rows, columns] - np.float32(y)
    along, off = (u * away[0] + v * away[1]) / np.float32(reach), u * away[1] - v * away[0]
    half = np.float32(high * 0.3) * np.clip(along * 3 + np.float32(0.25), 0.1, 1)
    dark = np.clip((half - np.abs(off)) / np.float32(high * 0.14), 0, 1)
    dark *= np.clip((1 - along) * 4, 0, 1) * np.clip(along * 12 + 1, 0, 1)
    reaches[rows, columns] *= 1 - dark * np.float32(0.75) * ground[rows, columns]


def tufts(world: World, at: Space, labels: Labels, colors: Array) -> None:
    """Blades and blossoms that stand up near the eye, within their own label."""
    for label, what, meters in ((Label.GRASS, "grass", 0.4), (Label.FLOWERS, "flower", 0.55)):
        mask = (labels == label) & at.level & (at.t * np.float32(at.view.pixel) < meters / 7)
        count = int(mask.sum())
        if count < 40:
            continue
        _scatter(world, at, labels, label, what, meters, mask, colors)


def _scatter(
    world: World, at: Space, labels: Labels, label: Label, what: str, meters: float, mask: Mask, colors: Array
) -> None:
    """Upright tufts of one kind where the mask is, far ones first, as bright as the ground that they stand on."""
    seed = key(world.plan.draws.seed, f"tufts {what}")
    row, column = np.nonzero(mask)
    pixel = np.float32(at.view.pixel)
    room = float((at.foot[mask] * at.t[mask] * pixel).sum(dtype=np.float64)) / (meters * meters)
    many = int(min(TUFTS, 2.5 * room))
    order = np.sort((uniform(seed, many) * row.size).astype(np.int64))
    chance = uniform(key(seed, "size"), many).tolist()
    stand = Stand(what, 1, (0, 1), (1, 2), 1.0, None, False)
    forms = [_dimmed(painted(world.plan, stand, 0, variant), colors[mask]) for variant in range(2)]
    own = labels == label
    for n, pick in enumerate(order.tolist()):
        r, c = int(row[pick]), int(column[pick])
        high = meters * (0.6 + 0.7 * chance[n]) / (float(at.t[r, c]) * at.view.pixel)
        if high >= SEEN:
            _put(forms[n % 2], r, c, high, own, colors)


def _dimmed(levels: tuple[Array, ...], ground: Array) -> tuple[Array, ...]:
    """A form's picture, made about as bright as the ground (n, 3)."""
    last = levels[-1].reshape(-1, levels[-1].shape[-1]).mean(0)
    bright = float(last[1:4].sum()) / max(float(last[0]), 1e-4)
    share = min(max(1.1 * float(ground.mean(0, dtype=np.float64).sum()) / max(bright, 1e-6), 0.3), 1.5)
    dim = np.array([1, share, share, share, *([1] * (last.size - 4))], np.float32)
    return tuple(each * dim for each in levels)


def _put(levels: tuple[Array, ...], row: int, column: int, high: float, own: Mask, colors: Array) -> None:
    height, width = own.shape
    texels = level_for(levels, high)
    side = texels.shape[0]
    top, left, right = max(int(row - high), 0), max(int(column - high / 2), 0), min(int(column + high / 2) + 1, width)
    rows, columns = np.arange(top, min(row + 1, height)), np.arange(left, right)
    if not rows.size or not columns.size:
        return
    v = np.clip((1 - (row + np.float32(0.5) - rows) / np.float32(high)) * side - np.float32(0.5), 0, side - 1.001)
    u = np.clip((np.float32(0.5) + (columns - column) / np.float32(high)) * side - np.float32(0.5), 0, side - 1.001)
    grid_v, grid_u = np.meshgrid(v.astype(np.float32), u.astype(np.float32), indexing="ij")
    patch = look(texels, grid_u.ravel(), grid_v.ravel()).reshape(rows.size, columns.size, -1)
    patch *= own[np.ix_(rows, columns)][..., None] * np.float32(0.6)
    part = colors[top : top + rows.size, left:right]
    part *= 1 - patch[..., :1]
    part += patch[..., 1:4]
