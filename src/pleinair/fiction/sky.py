"""The sky in every direction: gradient, glow, sun and moon, stars, clouds.

Shapes: n directions in a row; colors are linear light (n, 3).
"""

from typing import NamedTuple

import numpy as np

from pleinair.fiction.light import Light
from pleinair.fiction.noise import Array, Draws, Tile, cloudy, key, look_up, smooth

LAYER = 1400.0  # meters over the ground at which clouds have their bases
FOG = 260.0  # meters of air above the eye that are as thick as that before it
STEPS = 10  # through the layer


class Dome(NamedTuple):
    """colors: (n, 3). cloud: how much of the sky is hidden by it, (n,)."""

    colors: Array
    cloud: Array


def air(light: Light, x: Array, y: Array, z: Array) -> Array:
    """Unit directions → the color of clear air there; below the horizon that of the horizon."""
    up = np.clip(z, 0, 1)
    thin = 1 - up
    share = thin * thin
    share = share * share * (np.float32(0.45) + np.float32(0.55) * share)
    zenith, horizon = np.array(light.zenith, np.float32), np.array(light.horizon, np.float32)
    colors = zenith + (horizon - zenith) * share[:, None]
    near = x * np.float32(light.toward[0]) + y * np.float32(light.toward[1]) + z * np.float32(light.toward[2])
    near = np.maximum(near, 0)
    low = 1 if light.elevation < 10 else 0.35
    wide, tight = near * near, near * near * near * near
    tight = tight * tight
    tight = tight * tight
    strength = 1 - light.gray
    glow = (wide * (0.22 * low) * (0.3 + 0.7 * share) + tight * 0.35 + tight * tight * tight * tight * 0.5) * strength
    result: Array = colors + np.array(light.glow, np.float32) * glow[:, None].astype(np.float32)
    return result


def clouds(light: Light, draws: Draws, tile: Tile, x: Array, y: Array, z: Array) -> tuple[Array, Array]:
    """Unit directions → light of the clouds (n, 3) and how much they hide (n,). Marches through a layer of noise."""
    hidden = np.zeros_like(x)
    lit = np.zeros_like(x)
    up = np.maximum(z, np.float32(0.012))
    drift = np.float32(draws.between("drift", 0, 512))
    scale = np.float32(512 / draws.between("cloud size", 9000, 22000))
    # Steps through the layer lie apart sideways by what they rise over the slope: near the horizon they must be thin.
    thick = np.minimum(np.float32(draws.between("cloud thick", 500, 1100)), up * 1000)
    cover = np.float32(light.cover)
    bias = np.float32(0.80) - cover * np.float32(0.62)
    sun_x, sun_y = np.float32(light.toward[0] * 260), np.float32(light.toward[1] * 260)
    for step in range(STEPS):
        rise = np.float32((step + 0.5) / STEPS)
        reach = (np.float32(LAYER) + thick * rise) / up
        px, py = x * reach, y * reach
        foot = reach * np.float32(0.006) * scale
        form = look_up(tile, px * scale + drift, py * scale + drift, foot)
        puffs = look_up(tile, px * (scale * 5) - drift, py * (scale * 5) + rise * 9, foot * 5)
        profile = rise * np.float32(0.34) + smooth(0.12, 0.0, np.full_like(x, rise)) * np.float32(0.05)
        body = form + (puffs - np.float32(0.5)) * np.float32(0.28) - bias - profile
        dense = smooth(0.0, 0.16, body)
        toward = look_up(tile, (px + sun_x) * scale + drift, (py + sun_y) * scale + drift, foot)
        shade = np.clip((form - toward) * 3 + np.float32(0.35) + rise * np.float32(0.55), 0, 1)
        taken = dense * (1 - hidden) * np.float32(0.42)
        lit += taken * shade
        hidden += taken
    hidden = np.minimum(hidden * np.float32(1.12), 1)
    share = lit / np.maximum(hidden, np.float32(1e-3))
    bright, dark = cloud_light(light, 0.36, 0.42, 0.22, 0.25)
    colors = dark + (bright - dark) * share[:, None]
    colors *= np.float32(1.0 - 0.25 * (light.gray > 0.7))
    return colors, hidden * smooth(0.004, 0.07, z)


def cloud_light(light: Light, direct: float, horizon: float, glow: float, under: float) -> tuple[Array, Array]:
    """Colors (3,) of clouds toward the sun and away from it. direct, horizon, glow: shares of these lights toward the
    sun, the last one's while it is low; under: of the horizon's light away from it."""
    level = np.array(light.horizon, np.float32)
    bright = np.array(light.direct, np.float32) * np.float32(direct) + level * np.float32(horizon)
    if light.elevation < 10:
        bright = bright + np.array(light.glow, np.float32) * np.float32(glow)
    return bright, np.array(light.zenith, np.float32) * np.float32(0.55) + level * np.float32(under)


def cloud_tile(draws: Draws) -> Tile:
    return cloudy(key(draws.seed, "clouds"), 8, 0.55)


def dome(light: Light, draws: Draws, tile: Tile, x: Array, y: Array, z: Array) -> Dome:
    """Unit directions → what is seen there, without what stands in front."""
    colors = air(light, x, y, z)
    veil = 1 - np.exp(np.float32(-FOG / light.see) / np.maximum(z, np.float32(0.01)))
    if light.cover <= 0.02:
        return Dome(_veiled(light, colors, x, y, veil), np.zeros_like(x))
    cloud, hidden = clouds(light, draws, tile, x, y, z)
    far = smooth(0.0, 0.25, z)[:, None]  # clouds near the horizon fade into the air
    cloud = colors + (cloud - colors) * (np.float32(0.25) + np.float32(0.75) * far)
    colors = _veiled(light, colors + (cloud - colors) * hidden[:, None], x, y, veil)
    return Dome(colors, hidden * (1 - smooth(0.5, 0.95, veil)))


def _veiled(light: Light, colors: Array, x: Array, y: Array, veil: Array) -> Array:
    """The air between the eye and the sky, as thick as that before the land."""
    level = air(light, x, y, np.full_like(x, 0.03)) * np.float32(0.95)
    result: Array = colors + (level - colors) * veil[:, None]
    return result
