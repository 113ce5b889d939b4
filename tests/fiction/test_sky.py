"""Light of clouds: shares of what lights the sky, and of the sun's glow while it is low."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.fiction.light import Light, light
from pleinair.fiction.noise import Draws
from pleinair.fiction.sky import cloud_light

SHARES = st.floats(0, 1)


def of(time: str) -> Light:
    return light(Draws(3), time, "clear", "calm", 30.0)


@given(direct=SHARES, horizon=SHARES, glow=SHARES, under=SHARES)
def test_clouds_are_lit_by_shares(direct: float, horizon: float, glow: float, under: float) -> None:
    day = of("noon")
    bright, dark = cloud_light(day, direct, horizon, glow, under)
    assert bright.dtype == dark.dtype == np.float32
    expected = direct * np.array(day.direct) + horizon * np.array(day.horizon)
    assert np.allclose(bright, expected, atol=1e-5)
    assert np.allclose(dark, 0.55 * np.array(day.zenith) + under * np.array(day.horizon), atol=1e-5)


@pytest.mark.parametrize(("elevation", "glows"), [(2.0, True), (9.9, True), (10.0, False), (60.0, False)])
def test_they_glow_while_the_sun_is_low(elevation: float, glows: bool) -> None:
    low = replace(of("dusk"), elevation=elevation)
    without, with_it = (cloud_light(low, 0.4, 0.4, glow, 0.25)[0] for glow in (0.0, 0.5))
    assert np.allclose(with_it - without, 0.5 * np.array(low.glow) * glows, atol=1e-6)
