"""The sky of a layout: thin clouds at most where it says sky, and full ones where it says cloud.

Shapes: h×w pixels; colors are linear light.
"""

import numpy as np

from pleinair.fiction.backdrop import Backdrop, backdrop
from pleinair.fiction.camera import View
from pleinair.fiction.heavens import hang
from pleinair.fiction.layout_regions import AIR, Labels, among, blurred, scale_of
from pleinair.fiction.light import Light
from pleinair.fiction.noise import Array, look_up, smooth
from pleinair.fiction.palette import Label
from pleinair.fiction.sky import cloud_light
from pleinair.fiction.surface import World


def paint_sky(world: World, view: View, labels: Labels, colors: Array, around: bool) -> Backdrop:
    """Sky and clouds into `colors`; the clear sky in all directions, which water mirrors."""
    behind = backdrop(world, view)
    air = among(labels, AIR)
    wanted = air.copy()
    wanted[:-1] |= air[1:]  # a row more, as borders are blended
    row, column = np.nonzero(wanted)
    if not row.size:
        return behind
    found, thin = behind.at((column + 0.5).astype(np.float32), (row + 0.5).astype(np.float32))
    tint = [world.plan.draws.between(f"sky {c}", 0.9, 1.1) for c in "rgb"]
    colors[row, column] = found * np.array(tint, np.float32)
    cloud = np.zeros(labels.shape, np.float32)
    cloud[row, column] = thin
    alpha, shown = _clouds(world, view, labels, colors, around)
    hang(world, view, air, np.maximum(cloud, alpha), colors)
    colors += (shown - colors) * alpha[..., None]
    return behind


def _clouds(world: World, view: View, labels: Labels, colors: Array, around: bool) -> tuple[Array, Array]:
    """How much the painted clouds hide (h, w), and their light (h, w, 3)."""
    height = labels.shape[0]
    mask = (labels == Label.CLOUD).astype(np.float32)
    if not mask.any():
        return mask, colors
    size = scale_of(labels.shape)
    near = blurred(mask, max(round(3 * size), 1), (False, around))
    body = blurred(mask, max(round(9 * size), 1), (False, around))
    rise = np.maximum(np.float32(view.level) - np.arange(height, dtype=np.float32)[:, None], 1)
    wide, puff = _puffs(world, labels.shape, rise, size)
    form = (
        body * np.float32(0.9) + (wide - np.float32(0.5)) * np.float32(1.1) + (puff - np.float32(0.5)) * np.float32(0.7)
    )
    alpha = smooth(0.22, 0.80, near * np.float32(1.2) + (puff - np.float32(0.58)) * np.float32(1.0))
    alpha *= smooth(-0.15, 0.45, form) * np.float32(0.35) + np.float32(0.65)
    share = _shade(world.plan.light, view, form, size)
    under = blurred(mask, max(round(14 * size), 1), (False, around))
    drop = np.concatenate([under[max(round(10 * size), 1) :], np.repeat(under[-1:], max(round(10 * size), 1), 0)])[
        :height
    ]
    share = np.clip(share + (drop - under) * np.float32(0.9), 0, 1)
    bright, dark = cloud_light(world.plan.light, 0.46, 0.5, 0.25, 0.28)
    shown = dark + (bright - dark) * share[..., None]
    far = np.float32(0.35) + np.float32(0.65) * smooth(0.0, 0.22 * height, np.broadcast_to(rise, labels.shape))
    return alpha, colors + (shown - colors) * far[..., None]


def _puffs(world: World, shape: tuple[int, ...], rise: Array, size: float) -> tuple[Array, Array]:
    """Noise of clouds (h, w), wide and fine. rise: pixels (h, 1) of a row over the horizon."""
    noise, draws, width = world.noise, world.plan.draws, shape[1]
    near_line = np.float32(60 * size)  # clouds are flatter toward the horizon
    squeezed = rise * np.float32(0.9) + near_line * np.float32(1.6) * np.log(1 + rise / near_line)
    period = max(1, round(width * draws.between("puffs", 1.1, 2.2) / size / 512)) * 512 / width
    u = np.arange(width, dtype=np.float32) * np.float32(period) + np.float32(512 * draws.number("cloud aside"))
    u = np.broadcast_to(u, shape)
    v = np.broadcast_to((squeezed * np.float32(period)).astype(np.float32), shape)
    foot = float(period)
    fine = look_up(noise.soft, u * 4, v * 4, foot * 4)
    return look_up(noise.soft, u, v, foot), look_up(noise.rough, u, v, foot) * np.float32(0.6) + fine * np.float32(0.4)


def _shade(light: Light, view: View, form: Array, size: float) -> Array:
    """Share of light on the clouds, by which way their form falls off, toward the sun or away from it."""
    side = float(np.clip(light.toward[0] * view.facing[1] - light.toward[1] * view.facing[0], -1, 1))
    soft = blurred(form, max(round(1.2 * size), 1))
    across = np.gradient(soft, axis=1) if form.shape[1] > 1 else np.zeros_like(form)
    down = np.gradient(soft, axis=0) if form.shape[0] > 1 else np.zeros_like(form)
    slope = (down * np.float32(0.75) - across * np.float32(side * 0.65)) * np.float32(size)
    result: Array = np.clip(
        np.float32(0.55) + slope * np.float32(6.0) + (form - np.float32(0.55)) * np.float32(0.4), 0, 1
    )
    return result
